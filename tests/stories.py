"""Stories: one client through twelve weeks, day by day, on a virtual clock and the pure rules alone.

The engine passes when it said it would wake, and after everything that becomes known or is signed. In between somebody
looks in every noon: time that nobody announced must change nothing.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from models import changes as c
from models.case import AnyFact, Case, Signature, Work
from models.catalogue.pathway_files import definition
from models.catalogue.reading import read
from models.decision import Decision, Met
from models.definition import PathwayDefinition
from models.facts import Attendance, AttendanceStatus, Plan
from services import ids
from services.rules import decide
from services.rules.decisions import guards
from tests.builders import a_case, accepted, in_order, on_day
from tests.folding import passes
from tests.vignettes.facts import facts_of

_FOLDER = Path(__file__).parent / "vignettes" / "stories"
STORIES: dict[str, dict[str, Any]] = {
    file.stem: read(file.read_text("utf-8"))  # type: ignore[misc]
    for file in sorted(_FOLDER.glob("*.yaml"))
}
_DAY = timedelta(days=1)


class Pass(NamedTuple):
    """One pass of the engine: the case before it, what the rules say of that, and what came of it."""

    at: datetime
    before: Case
    decision: Decision
    step: c.Step
    after: Case
    announced: bool


@dataclass(frozen=True)
class Row:
    """One row of a story, as it was lived: the passes since the row before, and the case at its end."""

    told: dict[str, Any]
    passes: tuple[Pass, ...]
    case: Case
    refused: tuple[str, ...]

    @property
    def at(self) -> datetime:
        return on_day(self.told["day"])

    @property
    def said(self) -> list[c.Change]:
        return [change for one in self.passes for change in one.step.changes]


@dataclass
class Walk:
    """A client on the virtual clock."""

    definition: PathwayDefinition
    case: Case
    at: datetime
    wake_at: datetime | None = None
    passes: list[Pass] = field(default_factory=list)

    def live(self, row: dict[str, Any]) -> Row:
        """Let time pass until a row's moment, take in what it tells, and come to rest."""
        self.passes = []
        self._wait(on_day(row["day"]))
        self.case = learned(self.case, row.get("known", ()), self.at)
        refused = [act for act in row.get("refused", ()) if not self._permits(act)]
        for act in row.get("does", ()):
            assert self._permits(act), f"day {row['day']}: {act} would be refused"
            verb, *words = act.split()
            self.case = _ACTS[verb](self.case, self.at, *words)
        self._look(announced=True)
        return Row(row, tuple(self.passes), self.case, tuple(refused))

    def _wait(self, at: datetime) -> None:
        while self.at < at:
            noon = on_day((self.at - on_day(0)) // _DAY + 1)
            self.at = min(at, noon, self.wake_at or at)
            if self.at < at:
                self._look(announced=self.at == self.wake_at)

    def _look(self, *, announced: bool) -> None:
        for before, step, after in passes(self.case, self.at, self.definition):
            decision = decide(self.definition, [before], at=self.at)[0]
            self.passes.append(Pass(self.at, before, decision, step, after, announced))
            self.case, self.wake_at = after, step.wake_at

    def _permits(self, act: str) -> bool:
        """Whether the use case would take a signature: what is signed still stands, and the guards bind the rest."""
        verb = act.split(maxsplit=1)[0]
        if verb in {"overrides", "discharges"}:
            return all(one.met is Met.MET for one in guards(self.definition, self.case, self.at))
        return self._stands() if verb in {"accepts", "declines"} else True

    def _stands(self) -> bool:
        """Whether a move is proposed that nobody signed, and the rules still say so now."""
        standing, now = self.case.standing, decide(self.definition, [self.case], at=self.at)[0]
        proposed = standing.to_stage if standing and not standing.signed else None
        return proposed is not None and proposed == now.to_stage


@cache
def lived(name: str) -> tuple[Row, ...]:
    """Return a story as it was lived, row by row."""
    story = STORIES[name]
    one = definition(story["definition"])
    began = on_day(story["days"][0]["day"])
    walk = Walk(one, a_case(story["enters"], definition=one.name), began)
    return tuple(walk.live(row) for row in story["days"])


def learned(case: Case, told: list[str], at: datetime) -> Case:
    """The case once it knows more: a session that is charted is unlogged no more, and a plan is the word that was owed."""
    facts = [fact for text in told for fact in facts_of(text)]
    new = [replace(fact, recorded_at=at, known=case.version + n) for n, fact in enumerate(facts, 1)]
    charted = {fact.effective_at for fact in new if isinstance(fact, Attendance)}
    kept = [fact for fact in case.facts if not (_is_unlogged(fact) and fact.effective_at in charted)]
    return replace(
        case,
        facts=in_order((*kept, *new)),
        version=case.version + len(new),
        recorded_at=at if new else case.recorded_at,
        work=_without(case, "review-plan") if any(isinstance(fact, Plan) for fact in new) else case.work,
    )


def _without(case: Case, kind: str) -> tuple[Work, ...]:
    return tuple(item for item in case.work if item.kind != kind)


def _is_unlogged(fact: AnyFact) -> bool:
    return isinstance(fact, Attendance) and fact.status is AttendanceStatus.UNLOGGED


def _accepts(case: Case, at: datetime, *when: str) -> Case:
    return accepted(case, at, _start(at, *when))


def _declines(case: Case, at: datetime) -> Case:
    assert case.standing
    return replace(case, standing=replace(case.standing, signed=True), work=_without(case, "sign-off"))


def _overrides(case: Case, at: datetime, _to: str, stage: str, *when: str) -> Case:
    signature = Signature(
        id=_act(case, "override"), meaning="overridden", to_stage=stage, starts_at=_start(at, *when)
    )
    return replace(case, signature=signature)


def _discharges(case: Case, at: datetime, _as: str, reason: str) -> Case:
    signature = Signature(
        id=_act(case, "discharge"),
        meaning="discharged",
        to_stage="discharged",
        starts_at=at,
        discharge=int(reason),
    )
    return replace(case, signature=signature)


def _withdraws(case: Case, at: datetime) -> Case:
    assert case.signature
    assert case.standing
    withdrawn = case.standing.id == case.signature.decision_id
    return replace(case, signature=None, standing=replace(case.standing, withdrawn=withdrawn))


def _holds(case: Case, at: datetime) -> Case:
    return replace(case, held=True, holds=(_act(case, "hold"),))


def _resumes(case: Case, at: datetime) -> Case:
    return replace(case, held=False, holds=(), resumed_at=at)


def _finishes(case: Case, at: datetime, kind: str) -> Case:
    assert any(item.kind == kind for item in case.work), f"no {kind} is open"
    return replace(case, work=_without(case, kind))


def _readmits(case: Case, at: datetime, _to: str, stage: str) -> Case:
    """A new pathway, which knows from its first version what was known of the client before."""
    known = tuple(replace(fact, known=1) for fact in case.facts)
    since = (at - on_day(0)) / _DAY
    return a_case(stage, *known, definition=case.definition, since=since, number=1)


def _start(at: datetime, *when: str) -> datetime:
    """Read `for 35`, the day on which a signed move begins; at once where none is named."""
    return on_day(float(when[1])) if when else at


def _act(case: Case, what: str) -> UUID:
    return ids.named(what, case.pathway_id, case.version)


_ACTS: dict[str, Callable[..., Case]] = {
    "accepts": _accepts,
    "declines": _declines,
    "overrides": _overrides,
    "discharges": _discharges,
    "withdraws": _withdraws,
    "holds": _holds,
    "resumes": _resumes,
    "finishes": _finishes,
    "readmits": _readmits,
}


def all_passes(name: str) -> Iterator[Pass]:
    """Every pass of a story, in order."""
    return (one for row in lived(name) for one in row.passes)
