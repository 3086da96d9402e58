"""Why a decision is what it is: the same words on the page of a pathway, in the API and in the audit."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from fastapi import FastAPI

from tests.web.conftest import Api, Browser, House


@pytest.fixture(scope="module")
def supervisor(app: FastAPI, house: House) -> Api:
    return Api(app, house.keys["supervisor"])


@pytest.fixture(scope="module", params=["proposed", "missing", "at risk"])
def pathway(request: Any, house: House, clinician: Api) -> str:
    """A client who is proposed for a level, one of whom too little is known, one at high risk."""
    pathway = house.pathway(stage="iop" if request.param != "proposed" else None)
    if request.param == "proposed":
        house.look(pathway, "needs-iop")
    if request.param == "at risk":
        screen = {"instrument": "c-ssrs", "answers": [1, 1, 1, 1, 0, 0, 0], "signed": True}
        assert clinician.post(f"/pathways/{pathway}/assessments", json=screen).status_code == 201
    house.engine(pathway)
    return pathway


def _text(page: str) -> str:
    """All that a page says, without its marks."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


def _lines(findings: list[dict[str, Any]]) -> Iterator[str]:
    for one in findings:
        yield from (one["label"], one["expected"], one["actual"])
        yield from [one["ask"]] if one["met"] == "unknown" else []


def _why(made: dict[str, Any]) -> list[str]:
    """Everything that the API says of why: the verdict, what is missing, what would change it, the way it goes."""
    said = [made["headline"], *made["missing"]]
    for other in made["alterations"]:
        said += [f"{other['says']} {other['takes']}"]
        said += [
            f"{one['label']} expected: {one['expected']}; now: {one['actual']}" for one in other["lacks"]
        ]
        said += [f"Enough: {one['enough']}." for one in other["lacks"] if one["enough"]]
    for route in made["routes"]:
        if route["to_stage"] == made["to_stage"]:
            said += [route["says"], *_lines(route["findings"])]
    return [*said, *_lines([one for one in made["guards"] if one["met"] != "met"])]


def test_the_same_words_stand_on_the_page_in_the_api_and_in_the_audit(
    house: House, browser: Browser, clinician: Api, supervisor: Api, pathway: str
) -> None:
    made = clinician.get(f"/pathways/{pathway}").json()["decision"]
    said = _why(made)
    assert len(said) > 5
    for way in ("", "/audit"):
        shown = _text(browser.get(f"/pathways/{pathway}{way}").text)
        assert [one for one in said if one not in shown] == [], way
    assert _why(clinician.get(f"/pathways/{pathway}/decisions").json()[0]) == said
    lines = supervisor.get(f"/pathways/{pathway}/audit").json()
    entry = next(one for one in reversed(lines) if one["entry"]["action"] == "decision.made")
    assert entry["decision"]["id"] == made["id"]
    assert _why(entry["decision"]) == said


def test_each_decision_in_the_audit_keeps_the_words_it_was_made_with(
    house: House, clinician: Api, supervisor: Api, pathway: str
) -> None:
    before = [one["decision"] for one in supervisor.get(f"/pathways/{pathway}/audit").json()]
    house.look(pathway, "needs-op")
    house.engine(pathway)
    after = supervisor.get(f"/pathways/{pathway}/audit").json()
    kept = [one["decision"] for one in after[: len(before)]]
    assert [_why(one) for one in kept if one] == [_why(one) for one in before if one]
    told = [one["entry"]["told"]["decision_id"] for one in after if one["decision"]]
    assert told == [one["decision"]["id"] for one in after if one["decision"]]
    made = [one["id"] for one in clinician.get(f"/pathways/{pathway}/decisions").json()]
    assert sorted(made) == sorted(told)


def test_how_much_would_be_enough_is_said_on_page_in_the_api_and_in_the_audit(
    house: House, browser: Browser, clinician: Api, supervisor: Api
) -> None:
    used = house.pathway(stage="iop")
    assert clinician.post(f"/pathways/{used}/events", json={"kind": "return-to-use"}).status_code == 201
    house.engine(used)
    made = clinician.get(f"/pathways/{used}").json()["decision"]
    [said] = {one["enough"] for other in made["alterations"] for one in other["lacks"]} - {""}
    assert re.fullmatch(r"none until \d+ \w+( \d+)?, and a look after \d+ \w+", said)
    for way in ("", "/audit"):
        assert f"Enough: {said}." in _text(browser.get(f"/pathways/{used}{way}").text)
    lines = supervisor.get(f"/pathways/{used}/audit").json()
    told = [one["decision"]["alterations"] for one in lines if one["decision"]]
    assert told[-1] == made["alterations"]


def test_an_entry_that_is_no_decision_has_no_why(supervisor: Api, pathway: str) -> None:
    lines = supervisor.get(f"/pathways/{pathway}/audit").json()
    other = [one["decision"] for one in lines if one["entry"]["action"] != "decision.made"]
    assert other
    assert set(other) == {None}


def test_a_way_out_is_named_by_what_it_alone_asks_for(
    supervisor: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway()
    house.engine(pathway)
    routes = supervisor.get(f"/pathways/{pathway}").json()["decision"]["routes"]
    asked = [one["asks"] for one in routes]
    assert len(routes) > 3
    assert len({*asked}) == len(routes)
    everywhere = {one["label"] for one in routes[0]["findings"]}
    for route in routes:
        everywhere &= {one["label"] for one in route["findings"]}
    assert not everywhere & set(asked)
    assert "Ratings ask for IOP, and more" in _text(browser.get(f"/pathways/{pathway}").text)
