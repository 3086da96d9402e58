"""FHIR R4: the PHQ-9 of a QuestionnaireResponse, alone or in a Bundle, and what is not read."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from services import chart
from services.store import cases
from services.store.work import Work
from tests import care
from tests.importing import (
    DATA,
    MRN,
    SECRET,
    Take,
    a_client,
    a_pathway,
    lines,
    only_pathway,
    told,
)

OURS = DATA / "phq-9-response.json"
US_CORE = DATA.parents[2] / "shared" / "data" / "us-core" / "QuestionnaireResponse-phq-9-example.json"
# The published example is tried too where it lies beside the repository; ours has the same answers.
EXAMPLES = [OURS, *([US_CORE] if US_CORE.exists() else [])]


def response(**more: Any) -> dict[str, Any]:
    return json.loads(OURS.read_text()) | more


def with_item(place: int, **more: Any) -> dict[str, Any]:
    found = response()
    found["item"][place] |= more
    return found


def coded(code: str, system: str = "http://loinc.org") -> dict[str, Any]:
    return {"valueCoding": {"system": system, "code": code}}


@pytest.fixture
def in_iop(take: Take, work: Work, at: datetime) -> UUID:
    """A client in IOP who is due for a look."""
    assert take(lines(a_client(), a_pathway(started_at="2026-02-23T17:00:00Z"))).rejected == 0
    pathway_id = only_pathway(work)
    care.passes(work, pathway_id, at=at)
    return pathway_id


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_an_old_phq_9_from_fhir_is_history_and_too_old_to_count(
    take: Take, work: Work, in_iop: UUID, at: datetime, example: Path
) -> None:
    assert told(take(example, pathway=in_iop)) == [(1, "accepted", "")]
    care.passes(work, in_iop, at=at)
    (case,) = cases.load(work, [in_iop])
    (phq,) = case.facts
    assert (phq.total, phq.band, phq.answers[8], phq.signed) == (12, "moderate", 0, True)
    seen = chart.pathway(work, in_iop, at=at)
    assert "phq-9" not in seen.dues[0].done
    assert any("29 Nov 2022 is too old to count" in note for note in seen.notes)
    assert told(take(example, pathway=in_iop)) == [(1, "duplicate", "")]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.stem)
def test_the_same_phq_9_authored_now_counts_for_the_look_that_is_due(
    take: Take, work: Work, in_iop: UUID, at: datetime, example: Path
) -> None:
    fresh = json.loads(example.read_text()) | {"authored": at.isoformat()}
    assert told(take(example, pathway=in_iop)) == [(1, "accepted", "")]
    assert told(take(json.dumps(fresh), "fresh.json", pathway=in_iop)) == [(1, "accepted", "")]
    care.passes(work, in_iop, at=at)
    seen = chart.pathway(work, in_iop, at=at)
    assert "phq-9" in seen.dues[0].parts
    assert "phq-9" in seen.dues[0].done
    assert seen.notes == ()


def test_a_subject_is_found_by_its_reference_or_its_identifier(take: Take, work: Work) -> None:
    also = {"system": "fhir", "value": "Patient/one"}
    take(lines(a_client(identifiers=[MRN, also]), a_pathway()))
    by_number = response(id="two", subject={"identifier": MRN})
    stranger = response(id="three", subject={"reference": "Patient/other"})
    local = response(id="four", subject={"reference": "#one"})
    report = take(lines(response(), by_number, stranger, local))
    assert told(report) == [
        (1, "accepted", ""),
        (2, "accepted", ""),
        (3, "rejected", "/subject"),
        (4, "rejected", "/subject"),
    ]


def test_a_bundle_is_reported_entry_by_entry_and_only_answers_are_read(take: Take, in_iop: UUID) -> None:
    resources = [
        response(),
        {"resourceType": "Patient", "name": [{"family": SECRET}]},
        response(id="two", status="in-progress"),
        response(id="three", text={"status": "generated", "div": f"<div>{SECRET * 1000}</div>"}),
        response(id="four", authored="2199-01-01T00:00:00Z"),
        response(),
        None,
    ]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "entry": [{"resource": one} for one in resources],
    }
    report = take(json.dumps(bundle), "bundle.json", pathway=in_iop)
    assert told(report) == [
        (1, "accepted", ""),
        (2, "rejected", "/entry/1/resource/resourceType"),
        (3, "rejected", "/entry/2/resource/status"),
        (4, "accepted", ""),
        (5, "rejected", "/entry/4/resource/authored"),
        (6, "duplicate", ""),
        (7, "rejected", "/entry/6/resource/resourceType"),
    ]
    assert SECRET not in str(report)


def test_answers_may_be_numbers_nested_in_groups_and_left_open(take: Take, work: Work, in_iop: UUID) -> None:
    found = response(questionnaire=None)
    for item, number in zip(found["item"], (2, 2, 2, 2, 1, 1, 2, 0), strict=False):
        item["answer"] = [{"valueInteger": number} if number else {"valueDecimal": 0.0}]
    del found["item"][8]["answer"]
    found["item"] = [{"linkId": "/44249-1", "item": found["item"]}]
    assert told(take(json.dumps(found), "f.json", pathway=in_iop)) == [(1, "accepted", "")]
    (phq,) = cases.load(work, [in_iop])[0].facts
    assert (phq.answers, phq.total) == ((2, 2, 2, 2, 1, 1, 2, 0, None), None)


@pytest.mark.parametrize(
    ("resource", "pointer"),
    [
        (response(resourceType="Observation"), "/resourceType"),
        ([SECRET], "/resourceType"),
        (response(status="entered-in-error"), "/status"),
        ({key: value for key, value in response().items() if key != "status"}, "/status"),
        ({key: value for key, value in response().items() if key != "id"}, "/id"),
        ({key: value for key, value in response().items() if key != "authored"}, "/authored"),
        (response(authored="2022-11"), "/authored"),
        (response(authored="2022-11-29"), "/authored"),
        (response(authored=f"{SECRET}"), "/authored"),
        (response(secret=SECRET), "/secret"),
        (
            response(modifierExtension=[{"url": "http://example.org", "valueBoolean": True}]),
            "/modifierExtension",
        ),
        (response(questionnaire="http://example.org/other", item=[{"linkId": SECRET}]), "/questionnaire"),
        (response(item=response()["item"][:8]), "/item"),
        (response(item=SECRET), "/item"),
        (response(item=[*response()["item"], response()["item"][0]]), "/item/11"),
        (with_item(3, linkId=None), "/item/3/linkId"),
        (with_item(3, answer=[coded("LA6570-1"), coded("LA6568-5")]), "/item/3/answer"),
        (with_item(3, answer=[coded(SECRET)]), "/item/3/answer/0/valueCoding"),
        (with_item(3, answer=[coded("LA6570-1", "http://example.org")]), "/item/3/answer/0/valueCoding"),
        (with_item(3, answer=[{"valueInteger": 4}]), "/item/3/answer/0"),
        (with_item(3, answer=[{"valueDecimal": 1.5}]), "/item/3/answer/0"),
        (with_item(3, answer=[{"valueString": SECRET}]), "/item/3/answer/0"),
        (with_item(3, answer=[{"valueInteger": 2, "valueString": SECRET}]), "/item/3/answer/0"),
        (with_item(9, answer=[{"valueDecimal": 13}]), "/item/9"),
    ],
)
def test_a_wrong_response_is_rejected_with_its_place_and_never_its_value(
    take: Take, in_iop: UUID, resource: object, pointer: str
) -> None:
    report = take(json.dumps(resource), "f.json", pathway=in_iop)
    assert told(report) == [(1, "rejected", pointer)]
    assert SECRET not in str(report)


@pytest.mark.parametrize("text", ['{"resourceType": ', "[" * 100_000, f'{{"item": {"[" * 500}{"]" * 500}}}'])
def test_a_document_that_is_not_fhir_json_is_rejected(take: Take, text: str) -> None:
    assert [outcome for _, outcome, _ in told(take(text, "f.json"))] == ["rejected"]
