"""A case as it is seen at one instant. Facts dated later are not there yet; newest come first."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import TypeVar

from models.case import Case, F
from models.criterion import AuthorisationEnding, Recommended, Underdosed
from models.definition import PathwayDefinition, Stage, StageKind
from models.facts import (
    FIRST_EDITION,
    Assessment,
    Attempt,
    Attendance,
    Authorisation,
    Checklist,
    Event,
    Fact,
    Plan,
)
from models.instrument import Answers
from models.placement import PlacementTable, Recommendation
from services.errors import NoSuchStage
from services.rules.known import Known
from services.rules.placement import intensity, place

RATINGS = "six-dimensions"
RISK = "c-ssrs"
Watched = TypeVar("Watched", Underdosed, AuthorisationEnding)


class Sight:
    """What the criteria read: one pass over the facts, shared by all criteria of a decision.

    `unread` are ratings of an edition that the placement table does not read: no criterion sees them, none is compared.

    Raises: NoSuchStage, if the case stands where the definition has no stage.
    """

    def __init__(self, definition: PathwayDefinition, case: Case, at: datetime) -> None:
        self.definition, self.case = definition, case
        self.at = max(at, case.recorded_at or at)
        self.stage = stage_of(definition, case)
        self._placed: dict[Answers, Recommendation] = {}
        seen = [fact for fact in reversed(case.facts) if fact.effective_at <= self.at]
        self.events, self.checklists = _of(Event, seen), _of(Checklist, seen)
        self.attempts, self.authorisations = _of(Attempt, seen), _of(Authorisation, seen)
        self.attendance = [one for one in _of(Attendance, seen) if self._counts(one)]
        self.plans = [one for one in _of(Plan, seen) if not one.shared]
        self.unread = [one for one in _of(Assessment, seen) if self._is_of_another_edition(one)]
        self._assessments: defaultdict[str, list[Assessment]] = defaultdict(list)
        for one in _of(Assessment, seen):
            if not self._is_of_another_edition(one):
                self._assessments[one.instrument].append(one)

    @property
    def sessions(self) -> tuple[Attendance, ...]:
        """The sessions whose time is care, those to come too, oldest first."""
        return tuple(one for one in self.case.of(Attendance) if self._counts(one))

    def _counts(self, session: Attendance) -> bool:
        return session.service not in self.definition.uncounted

    def _is_of_another_edition(self, one: Assessment) -> bool:
        """Whether these are ratings that the placement table does not read: it is as if nobody had rated."""
        return (
            one.instrument == RATINGS and (one.edition or FIRST_EDITION) != self.definition.placement.edition
        )

    def assessments(self, instrument: str) -> list[Assessment]:
        """Return the assessments with an instrument, newest first."""
        return self._assessments.get(instrument, [])

    def signed(self, instrument: str) -> list[Assessment]:
        """Return the signed ones, newest first; what came to no result, or lacks a rating, does not count."""
        return [one for one in self.assessments(instrument) if one.signed and _is_whole(one)]

    def finished(self, instrument: str) -> list[Assessment]:
        """Return those that came to a result, signed or not, newest first."""
        return [one for one in self.assessments(instrument) if _is_whole(one)]

    def speaking(self, instrument: str) -> list[Assessment]:
        """Return what speaks now, newest first: back to the newest that is signed and finished, and no further.

        Until somebody signs, nothing takes back what was seen before; what is not finished takes nothing back either.
        """
        spoken: list[Assessment] = []
        for one in self.assessments(instrument):
            spoken.append(one)
            if _takes_back(one):
                break
        return spoken

    def in_use(self, scales: Iterable[str], before: timedelta) -> list[str]:
        """Return those of the scales that were recorded in the present stay, or so shortly before it."""
        since = self.case.since - before
        return [key for key in scales if any(one.effective_at >= since for one in self.assessments(key)[:1])]

    def within(self, window: timedelta) -> datetime:
        """Return when a look-back begins; a fact of that very moment is outside."""
        return self.at - window

    def level(self, ratings: Assessment | None) -> str | None:
        """Return the level of care these ratings ask for now, from the present stage, with what else is known."""
        return self.placed(ratings).recommended

    def placed(self, ratings: Assessment | None) -> Recommendation:
        """Return what the placement table makes of these ratings now, with every rule that fires."""
        table = self.definition.placement
        answers = ratings.answers if ratings else (None,) * len(table.ratings)
        if answers not in self._placed:
            self._placed[answers] = _place(
                _Same(table), answers, self.stage.level, self.risk, self.placement_facts
            )
        return self._placed[answers]

    @cached_property
    def placement_facts(self) -> frozenset[str]:
        """What is known of the client beside the ratings, in the words of the placement table."""
        return frozenset(self.known.facts).intersection(self.definition.placement.fact_names)

    def watches(self, kind: type[Watched]) -> Iterator[Watched]:
        """Return the criteria of a kind by which triggers of this stage call: those that time alone may bring about."""
        for trigger in self.definition.triggers:
            asked = self.definition.criterion(trigger.criterion) if trigger.criterion else None
            if isinstance(asked, kind) and self.stage.key in (trigger.stages or (self.stage.key,)):
                yield asked

    @cached_property
    def rated_since(self) -> datetime:
        """Since when ratings may speak at all: as long as any criterion of the definition would call them fresh."""
        asked = (one.fresh_for for one in self.definition.criteria if isinstance(one, Recommended))
        return self.within(max(asked, default=timedelta()))

    def intensity(self, level: str) -> int:
        """Return where a level stands on this definition's ladder."""
        return intensity(self.definition.placement, level)

    @cached_property
    def labels(self) -> dict[str, str]:
        """How the levels of care are called here: by the first stage that gives them."""
        return {
            stage.level: stage.label for stage in reversed(self.definition.stages) if stage.level != "none"
        }

    @cached_property
    def known(self) -> Known:
        """What is known of the client beside the ratings."""
        return Known(self.definition, self.case, self.events, self.at)

    @cached_property
    def risk(self) -> str | None:
        """The worst band that a suicide screen has shown since the last one a clinician signed, that one included."""
        ranks = self.definition.placement.risks
        least = (one.could_be[0] for one in self.speaking(RISK) if one.could_be)
        return max((band for band in least if band in ranks), key=ranks.index, default=None)

    def of_kinds(self, kinds: Collection[str]) -> Iterable[Event]:
        """Return the events of these kinds, newest first."""
        return (event for event in self.events if event.event in kinds)


def _of(kind: type[F], facts: Iterable[Fact]) -> list[F]:
    return [fact for fact in facts if isinstance(fact, kind)]


def stage_of(definition: PathwayDefinition, case: Case) -> Stage:
    """Return the stage a case stands in. Raises: NoSuchStage."""
    for stage in definition.stages:
        if stage.key == case.stage:
            return stage
    raise NoSuchStage("stage", [stage.key for stage in definition.stages])


def is_here(stage: Stage) -> bool:
    """Tell whether the client is with us: not elsewhere, and the walk has not ended."""
    return stage.kind in (StageKind.ENTRY, StageKind.CARE)


def _is_whole(one: Assessment) -> bool:
    """Whether it says what it is for: every answer, else, but for the ratings, a total, a band or a subscale."""
    answered = bool(one.answers) and None not in one.answers
    if one.instrument == RATINGS:
        return answered
    return answered or one.total is not None or one.band is not None or bool(one.subscales)


def _takes_back(one: Assessment) -> bool:
    """Whether it ends what was seen before: finished and signed; a suicide screen by a clinician, not by its source."""
    finished = one.band is not None or (one.instrument == RATINGS and _is_whole(one))
    return one.signed and finished and not (one.instrument == RISK and one.attested)


class _Same:
    """A table that equals only itself: no table changes, and comparing rows costs more than reading them."""

    __slots__ = ("table",)

    def __init__(self, table: PlacementTable) -> None:
        self.table = table

    def __hash__(self) -> int:
        return id(self.table)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.table is other.table


@lru_cache(maxsize=8192)
def _place(
    same: _Same, ratings: tuple[int | None, ...], current: str, risk: str | None, facts: frozenset[str]
) -> Recommendation:
    return place(same.table, ratings, current=current, risk=risk, facts=facts)
