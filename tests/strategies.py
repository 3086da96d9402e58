"""Any facts and any cases, as Hypothesis strategies, in the words of `builders`."""

from dataclasses import replace

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from models.case import AnyFact, Case
from models.catalogue import instrument, pathway_files
from models.facts import Assessment, AttemptOutcome, AttendanceStatus, Authorisation, PartStatus
from services import ids
from tests.builders import (
    BANDS,
    EVENTS,
    RATINGS,
    a_bam,
    a_case,
    a_checklist,
    a_phq,
    a_plan,
    a_screen,
    a_total,
    an_assessment,
    an_attempt,
    an_attendance,
    an_authorisation,
    an_event,
    in_order,
    ratings,
)


def _numbered(facts: list[AnyFact]) -> tuple[AnyFact, ...]:
    """The same facts with ids of their own, so that an example can be shown again."""
    return in_order(tuple(replace(fact, id=ids.named("example", n)) for n, fact in enumerate(facts)))


def _unfinished(day: SearchStrategy[float], signed: SearchStrategy[bool]) -> SearchStrategy[Assessment]:
    """Any form of some instruments, with answers missing here and there."""

    def of(key: str) -> SearchStrategy[Assessment]:
        answers = st.tuples(*(st.sampled_from((None, *item.values)) for item in instrument(key).items))
        return st.builds(
            lambda when, given, by: an_assessment(key, when, *given, signed=by), day, answers, signed
        )

    return st.sampled_from(["c-ssrs", "phq-9", "ciwa-ar", "cows", "six-dimensions"]).flatmap(of)


def some_authorisations(days: int = 40) -> SearchStrategy[Authorisation]:
    """Anything a payer may say, of levels that overlap in time as they like."""
    return st.builds(
        lambda day, length, told, **more: an_authorisation(day, day, day + length, *told, **more),
        st.integers(0, days),
        st.integers(0, days),
        st.tuples(
            st.sampled_from(["iop", "op"]), st.sampled_from(["approved", "partly", "pending", "denied"])
        ),
        unit=st.sampled_from(["day", "session", "15-min", "hour"]),
        units=st.none() | st.integers(1, 12),
    )


def some_facts(
    days: int = 40, most: int = 30, kinds: tuple[str, ...] = EVENTS
) -> SearchStrategy[tuple[AnyFact, ...]]:
    """Any facts a pathway may hold: assessments, sessions, events and plans, over so many days."""
    day = st.integers(0, days * 4).map(lambda quarter: quarter / 4)
    signed = st.booleans()
    anything = st.one_of(
        st.builds(
            ratings,
            st.sampled_from(sorted(RATINGS)),
            day,
            signed=signed,
            edition=st.sampled_from((None, None, "asam-4")),
        ),
        st.builds(a_screen, st.sampled_from(sorted(BANDS)), day, signed=signed),
        st.builds(a_phq, st.integers(3, 24), day, item9=st.integers(0, 3), signed=signed),
        st.builds(a_total, st.just("ciwa-ar"), st.integers(0, 40), day, signed=signed),
        st.builds(a_total, st.just("cows"), st.integers(0, 40), day, signed=signed),
        st.builds(a_bam, day, use=st.integers(0, 4), signed=signed),
        _unfinished(day, signed),
        st.builds(an_attendance, day, st.sampled_from(sorted(AttendanceStatus))),
        st.builds(an_event, st.sampled_from(kinds), day),
        some_authorisations(days),
        st.builds(an_attempt, st.sampled_from(sorted(AttemptOutcome)), day),
        st.builds(
            a_checklist,
            day,
            st.sampled_from(sorted(PartStatus)),
            st.sampled_from(["lab-tests", "substance-use"]),
        ),
        st.builds(
            a_plan,
            day,
            st.sampled_from(["open", "met", "transferred"]),
            in_days=st.none() | st.integers(-5, 30),
        ),
    )
    return st.lists(anything, max_size=most).map(_numbered)


def some_cases(definition: str = "sud-adult@1") -> SearchStrategy[Case]:
    """Any case of a client who is with us."""
    stages = [stage.key for stage in pathway_files.definition(definition).stages]
    return st.builds(
        lambda stage, facts, since, held: replace(
            a_case(stage, *facts, definition=definition, since=since), held=held
        ),
        st.sampled_from(stages),
        some_facts(),
        st.integers(0, 20),
        st.booleans(),
    )
