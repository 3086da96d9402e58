"""Cases and facts for tests, said briefly.

Days are counted from MONDAY; the instant a builder means is MONDAY plus so many days at noon UTC.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import count

from models.case import AnyFact, Case, Signature, Stay
from models.catalogue import instrument, pathway_files
from models.facts import (
    Assessment,
    Attempt,
    AttemptOutcome,
    Attendance,
    AttendanceStatus,
    Authorisation,
    Checklist,
    Event,
    PartStatus,
    Plan,
)
from services import ids
from services.rules.scoring import score

MONDAY = datetime(2026, 1, 5, 12, tzinfo=UTC)
ZONE = "America/New_York"
EVENTS = (
    "return-to-use",
    "overdose",
    "ed-visit",
    "request",
    "remission-confirmed",
    "acute-functional-impact",
)
REPORTS = ("left-against-advice", "hospitalised", "incarcerated", "returned", "died", "admitted-elsewhere")
_numbers = count()


def on_day(day: float) -> datetime:
    """The instant so many days after MONDAY noon."""
    return MONDAY + timedelta(days=day)


def _fact(day: float, known: int = 1) -> dict[str, object]:
    return {
        "id": ids.named("fact", next(_numbers)),
        "effective_at": on_day(day),
        "recorded_at": on_day(day),
        "known": known,
    }


def an_assessment(
    key: str,
    day: float,
    *answers: int | None,
    signed: bool = True,
    attested: bool = False,
    edition: str | None = None,
) -> Assessment:
    """A scored assessment, as the real scoring gives it."""
    scored = score(instrument(key), answers)
    return Assessment(
        **_fact(day),
        instrument=key,
        answers=scored.answers,
        total=scored.total,
        band=scored.band,
        band_set=scored.band_set,
        could_be=scored.could_be,
        subscales=scored.subscales,
        flags=scored.flags,
        open_flags=scored.open_flags,
        signed=signed,
        attested=attested,
        edition=edition or instrument(key).edition,
    )


def a_form(key: str, answers: str, day: float, *, signed: bool = True) -> Assessment:
    """A form answer by answer, `?` where one is missing and `-` where it was not asked: `1110?00`."""
    return an_assessment(key, day, *(None if one in "?-" else int(one) for one in answers), signed=signed)


def by_set(one: Assessment, band_set: str) -> Assessment:
    """The same form by the cuts of another band set."""
    scored = score(instrument(one.instrument), one.answers, band_set=band_set)
    names = ("band", "band_set", "could_be", "flags", "open_flags")
    return replace(one, **{name: getattr(scored, name) for name in names})


def emptied(one: Assessment) -> Assessment:
    """The same form with no answer left on it."""
    scored = score(instrument(one.instrument), [None] * len(one.answers))
    names = ("answers", "total", "band", "could_be", "subscales", "flags", "open_flags")
    return replace(one, **{name: getattr(scored, name) for name in names})


RATINGS: dict[str, tuple[int | None, ...]] = {
    "incomplete": (0, 0, 0, None, 0, 0),
    "aftercare": (0, 0, 0, 1, 1, 1),
    "op": (0, 0, 0, 1, 2, 1),
    "iop": (0, 1, 1, 2, 3, 1),
    "high-intensity-outpatient": (0, 1, 3, 1, 1, 1),
    "detox-ambulatory": (2, 0, 0, 1, 1, 1),
    "residential-low": (0, 1, 1, 1, 1, 4),
    "residential-high": (0, 1, 1, 1, 4, 1),
    "detox": (3, 1, 1, 2, 3, 1),
    "emergency": (4, 1, 1, 2, 3, 1),
}


def ratings(level: str, day: float, *, signed: bool = True, edition: str | None = None) -> Assessment:
    """Six ratings that ask for a level; `aftercare` stands for all at most 1, which is OP unless more is known."""
    return an_assessment("six-dimensions", day, *RATINGS[level], signed=signed, edition=edition)


BANDS = {"none": (), "low": (1,), "moderate": (1, 2, 3), "high": (1, 2, 3, 4)}


def a_screen(band: str, day: float, *, signed: bool = True, attested: bool = False) -> Assessment:
    """A suicide screen that comes to a band."""
    answers = [1 if item in BANDS[band] else 0 for item in range(1, 8)]
    if 2 not in BANDS[band]:
        answers[2:5] = [None, None, None]
    return an_assessment("c-ssrs", day, *answers, signed=signed, attested=attested)


def a_phq(total: int, day: float, *, item9: int = 0, signed: bool = True) -> Assessment:
    """A PHQ-9 of this total."""
    rest, answers = total - item9, []
    for _ in range(8):
        answers.append(min(3, rest))
        rest -= answers[-1]
    return an_assessment("phq-9", day, *answers, item9, signed=signed)


def a_total(key: str, total: int, day: float, *, signed: bool = True) -> Assessment:
    """A form of this total, its first items as high as they go."""
    answers = []
    for item in instrument(key).items:
        answers.append(max(value for value in item.values if value <= total))
        total -= answers[-1]
    return an_assessment(key, day, *answers, signed=signed)


def a_bam(day: float, *, use: int = 0, risk: int = 0, signed: bool = True) -> Assessment:
    """A BAM with so many points of use and, in fours, of risk, and nothing else amiss."""
    burden = [min(4, max(0, risk - 4 * n)) for n in range(6)]
    answers = [*burden[:3], use, 0, 0, 0, burden[3], 2, 2, burden[4], 2, 2, 4, burden[5], 2, 0]
    return an_assessment("bam", day, *answers, signed=signed)


def an_attendance(day: float, status: str = "attended", minutes: int = 180) -> Attendance:
    """One session, of three hours."""
    return Attendance(**_fact(day), service="group", minutes=minutes, status=AttendanceStatus(status))


def an_authorisation(
    day: float, starts: int, ends: int, level: str = "iop", decision: str = "approved", **more: object
) -> Authorisation:
    """What a payer said on a day, of the days from one to another."""
    span = {"starts_on": on_day(starts).date(), "ends_on": on_day(ends).date()}
    return Authorisation(**_fact(day), **span, level=level, decision=decision, **more)


def an_attempt(outcome: str, day: float) -> Attempt:
    """Somebody tried to reach the client by phone."""
    return Attempt(**_fact(day), outcome=AttemptOutcome(outcome), way="phone")


def an_event(kind: str, day: float, *, known: int = 1, shared: bool = False) -> Event:
    """Something reported."""
    return Event(**_fact(day, known), event=kind, shared=shared)


def a_plan(
    day: float, goals: str = "met", next_step: str | None = "op", in_days: int | None = 7, **more: object
) -> Plan:
    """A plan that names the next step so many days after it, and what follows the level."""
    dated: date | None = (on_day(day) + timedelta(days=in_days)).date() if in_days is not None else None
    said = {"goals": goals, "next_step": next_step, "next_on": dated, "aftercare": next_step is not None}
    return Plan(**_fact(day), **{**said, **more})


def a_checklist(day: float, status: str = "done", *parts: str) -> Checklist:
    """How these parts of the assessment stand, all six if none is named."""
    named = parts or tuple(part.key for part in pathway_files.definition("sud-adult").checklist)
    return Checklist(**_fact(day), parts=tuple((part, PartStatus(status)) for part in named))


def a_case(
    stage: str = "iop",
    *facts: AnyFact,
    definition: str = "sud-adult@1",
    since: float = 0,
    before: tuple[Stay, ...] = (),
    number: int = 0,
    **more: object,
) -> Case:
    """A pathway in a stage since a day, with its facts in order."""
    return Case(
        pathway_id=ids.named("pathway", number),
        definition=definition,
        version=1,
        zone=ZONE,
        stage=stage,
        stays=(*before, Stay(stage=stage, started_at=on_day(since))),
        facts=in_order(facts),
        **more,
    )


def in_order(facts: tuple[AnyFact, ...]) -> tuple[AnyFact, ...]:
    """Facts as a case holds them."""
    return tuple(sorted(facts, key=lambda fact: (fact.effective_at, fact.known, fact.id)))


def with_facts(case: Case, *facts: AnyFact) -> Case:
    """The same case with more facts."""
    return replace(case, facts=in_order((*case.facts, *facts)))


def ready_to_step_down() -> tuple[AnyFact, ...]:
    """Facts of an IOP stay since day 0 that permit OP on day 28, each needed."""
    return (
        ratings("op", 14),
        ratings("op", 27.5),
        a_screen("none", 27.5),
        a_phq(6, 27.5),
        a_plan(27),
        *(an_attendance(day) for day in (15, 17, 19, 22, 24)),
        an_attendance(26, "missed"),
    )


def accepted(case: Case, at: datetime, starts_at: datetime | None = None) -> Case:
    """The case with its standing proposal accepted, as the sign-off use case leaves it."""
    standing = case.standing
    assert standing is not None
    assert standing.to_stage is not None
    signature = Signature(
        id=ids.named("sign-off", standing.id),
        meaning="accepted",
        to_stage=standing.to_stage,
        starts_at=starts_at or at,
        decision_id=standing.id,
    )
    left = tuple(item for item in case.work if item.kind != "sign-off")
    return replace(case, signature=signature, standing=replace(standing, signed=True), work=left)
