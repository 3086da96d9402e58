"""What is known of a client beside the ratings: where they have been, and which placement facts hold."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import takewhile

from models.case import Case, Stay
from models.definition import Outcome, PathwayDefinition, StageKind
from models.facts import Event
from models.occurrence import PlacementFact
from services.rules.placement import intensity


class Known:
    """The stays and the events of one case at one instant. Events come newest first."""

    def __init__(
        self, definition: PathwayDefinition, case: Case, events: Sequence[Event], at: datetime
    ) -> None:
        self.definition, self.events, self.at = definition, events, at
        self.stays, self.stage = case.stays, definition.stage(case.stage)
        self._away = {stage.key for stage in definition.stages if stage.kind == StageKind.EXTERNAL}

    @property
    def here_since(self) -> datetime:
        """Since when the client has been in the present stage, hospital and jail aside."""
        return self._only_in((self.stage.key,))[-1].started_at

    @property
    def entered(self) -> datetime:
        """When the walk began."""
        return self.stays[0].started_at

    @property
    def with_us_since(self) -> datetime:
        """Since when the client has been with us: since the walk began, or since they came back from elsewhere."""
        run = list(takewhile(lambda stay: stay.stage not in self._away, reversed(self.stays)))
        return run[-1].started_at if run else self.stays[-1].started_at

    def was_with_us(self, moment: datetime) -> bool:
        """Whether the client was not in hospital or jail at a moment: nobody misses a session from there."""
        elsewhere = (stay for stay in self.stays if stay.stage in self._away)
        return not any(
            stay.started_at <= moment and (stay.ended_at is None or moment < stay.ended_at)
            for stay in elsewhere
        )

    @cached_property
    def facts(self) -> dict[str, datetime | None]:
        """The placement facts that hold, and until when they hold by themselves.

        What nobody has confirmed or ended is unknown, and unknown moves nobody: a stage presumes what its clients came by.
        """
        held: dict[str, datetime | None] = {}
        if any(self._was_completed(stay) for stay in self.stays):
            held["completed-higher-level"] = None
        for fact in self.definition.placement_facts:
            if event := self._holding(fact):
                held[fact.fact] = event.effective_at + fact.within if fact.within else None
        presumed = (fact for fact in self._presumed if fact not in self._ended)
        return {**dict.fromkeys(presumed), **held}

    @property
    def _presumed(self) -> tuple[str, ...]:
        """What the present stage presumes; and the diagnosis, once a stage of care has taken the client in."""
        care = {stage.key for stage in self.definition.stages if stage.kind == StageKind.CARE}
        taken_in = any(stay.stage in care for stay in self.stays)
        return (*self.stage.presumes, *((self.definition.diagnosis,) if taken_in else ()))

    @property
    def turns(self) -> Iterator[datetime]:
        """The moments at which time alone changes what is known: a fact lapses, or what ended it is long ago."""
        return (turn for turn in (*self.facts.values(), *self._ended.values()) if turn)

    @cached_property
    def _ended(self) -> dict[str, datetime | None]:
        """The placement facts that an event has ended, and until when that speaks against them, if not for good."""
        ended: dict[str, datetime | None] = {}
        for fact in self.definition.placement_facts:
            event = self._newest(fact.ended_by)
            until = event.effective_at + fact.within if event and fact.within else None
            if event and (until is None or until > self.at):
                ended[fact.fact] = until
        return ended

    def _holding(self, fact: PlacementFact) -> Event | None:
        event = self._newest((fact.event,))
        if event is None or (fact.within is not None and event.effective_at + fact.within <= self.at):
            return None
        later = (one for one in self.events if one.event in fact.ended_by)
        ended = any(one.effective_at >= event.effective_at for one in later)
        return None if ended or not self._counts(event, fact) else event

    def _counts(self, event: Event, fact: PlacementFact) -> bool:
        """Whether it happened where it counts: in one of the fact's stages, and the client has left them for no other."""
        if not fact.stages:
            return True
        stays = self._only_in(fact.stages)
        return bool(stays) and event.effective_at >= stays[-1].started_at

    def _newest(self, kinds: Iterable[str]) -> Event | None:
        return next((event for event in self.events if event.event in kinds), None)

    def _only_in(self, stages: Sequence[str]) -> list[Stay]:
        """The last stays, newest first, in these stages and nowhere else but in hospital or jail."""
        there = {*stages, *self._away}
        run = list(takewhile(lambda stay: stay.stage in there, reversed(self.stays)))
        begun = next((n for n, stay in enumerate(reversed(run)) if stay.stage in stages), len(run))
        return run[: len(run) - begun]

    def _was_completed(self, stay: Stay) -> bool:
        levels = {stage.key: stage.level for stage in self.definition.stages}
        left, here = (
            intensity(self.definition.placement, levels.get(key, self.stage.level))
            for key in (stay.stage, self.stage.key)
        )
        return stay.ended_by == Outcome.STEP_DOWN and left > here
