"""Whose signature a discharge needs: a supervisor's without contact, and where use alone is the cause."""

from dataclasses import replace

import pytest

from models.case import Reason
from models.catalogue.pathway_files import definition
from models.definition import Authority
from models.discharge import HOSPITAL, TRANSFERRED
from services import ids
from services.rules.discharging import against, authority, is_use_alone
from services.rules.sight import Sight
from tests.builders import a_bam, a_case, a_screen, an_attendance, an_authorisation, an_event, on_day
from tests.folding import run

SUD, MH = definition("sud-adult"), definition("mh-adult")


@pytest.mark.parametrize(
    ("reason", "sub_reason", "needs"),
    [
        (1, None, Authority.CLINICIAN),
        (2, None, Authority.CLINICIAN),
        (2, "against-advice", Authority.CLINICIAN),
        (2, "no-contact", Authority.SUPERVISOR),
        (3, "rule-breach", Authority.CLINICIAN),
        (4, "hospital", Authority.CLINICIAN),
        (7, "lost-coverage", Authority.CLINICIAN),
    ],
)
def test_who_signs_a_discharge(reason, sub_reason, needs):
    assert authority(Sight(SUD, a_case("iop"), on_day(9)), reason, sub_reason)[0] == needs


@pytest.mark.parametrize(
    ("facts", "alone"),
    [
        ([], False),
        ([an_event("return-to-use", 8)], True),
        ([an_event("unexpected-drug-test", 8)], True),
        ([a_bam(1), a_bam(8, use=2)], True),
        ([an_event("return-to-use", 8), an_event("unexpected-drug-test", 8)], True),
        ([an_event("return-to-use", 8), an_authorisation(0, 0, 12)], True),
        ([an_authorisation(0, 0, 12)], False),
        ([an_event("return-to-use", 8), an_event("legal-change", 8)], False),
        ([an_event("return-to-use", 8), an_event("overdose", 8)], False),
        ([an_event("legal-change", 8)], False),
        ([an_event("return-to-use", 8), *(an_attendance(day, "missed") for day in (6, 7))], False),
        ([an_event("return-to-use", 8), an_event("benefits-checked", 8)], True),
    ],
)
def test_use_alone_is_no_reason_for_the_program_to_end_care(facts, alone):
    """The same before the engine has called for a look, and after."""
    case = a_case("iop", *facts)
    seen, _ = run(case, 9)
    for one in (case, seen):
        sight = Sight(SUD, one, on_day(9))
        assert is_use_alone(sight) == alone
        needs = Authority.SUPERVISOR if alone else Authority.CLINICIAN
        assert authority(sight, 3, None)[0] == authority(sight, 3, "rule-breach")[0] == needs


def test_a_return_to_use_of_long_ago_is_no_cause():
    case = a_case("iop", an_event("return-to-use", 8))
    called = replace(case, answered=(Reason(trigger="return-to-use", fact_id=case.facts[0].id),))
    assert [is_use_alone(Sight(SUD, called, on_day(day))) for day in (37.9, 38)] == [True, False]


def test_in_mental_health_nothing_is_spared():
    case = a_case("iop", an_event("request", 8), definition="mh-adult@1")
    assert not is_use_alone(Sight(MH, case, on_day(9)))


def test_only_the_reason_that_is_named_needs_a_supervisor():
    used = Sight(SUD, a_case("iop", an_event("return-to-use", 8)), on_day(9))
    assert authority(used, 3, None)[0] == Authority.SUPERVISOR
    assert authority(used, 1, None)[0] == Authority.CLINICIAN
    assert authority(used, 4, "no-contact")[0] == Authority.CLINICIAN


def test_a_reason_of_no_trigger_or_no_fact_is_no_other_cause():
    used = an_event("return-to-use", 8)
    answered = (
        Reason(trigger="returned", fact_id=used.id),
        Reason(trigger="overdose", fact_id=an_event("overdose", 1).id),
    )
    assert is_use_alone(Sight(SUD, a_case("iop", used, answered=answered), on_day(9)))


def test_use_alone_is_use_alone_also_where_all_that_may_be_spared_has_called():
    events = {key: an_event("return-to-use", 8) for key in (*SUD.spared.triggers, "authorisation-ending")}
    events = {key: replace(one, id=ids.named("event", key)) for key, one in events.items()}
    answered = tuple(Reason(trigger=key, fact_id=one.id) for key, one in events.items())
    case = a_case("iop", *events.values(), answered=answered)
    assert is_use_alone(Sight(SUD, case, on_day(9)))


def test_only_an_open_risk_opens_the_way_to_a_hospital_and_no_other_way():
    """A stage is left with an open high risk only to emergency care."""
    risk = Sight(SUD, a_case("iop", a_screen("high", 8), held=True), on_day(9))
    broken = [one.criterion for one in against(risk)]
    assert ("no-open-risk" in broken, "not-held" in broken) == (True, True)
    assert against(risk, TRANSFERRED, HOSPITAL) == ()
    assert [one.criterion for one in against(risk, TRANSFERRED)] == broken
    calm = Sight(SUD, a_case("iop", a_screen("none", 8), held=True), on_day(9))
    assert [one.criterion for one in against(calm, TRANSFERRED, HOSPITAL)] == ["not-held"]
