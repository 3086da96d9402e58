"""Scores over time on the pathway's page and in the API: trends, what has changed since when, and item by item."""

from datetime import timedelta

from tests.web.conftest import Api, Browser, House


def _enrolled(api: Api, house: House) -> str:
    """Enrol a client five minutes ago."""
    person = {"given_name": "Ana", "family_name": "Rivera", "birth_date": "1990-05-17"}
    client = api.post("/clients", json=person).json()["id"]
    pathway = api.post("/pathways", json={"client_id": client, "started_at": _minutes_ago(house, 5)})
    assert pathway.status_code == 201
    house.engine(pathway.json()["id"])
    return str(pathway.json()["id"])


def _minutes_ago(house: House, minutes: int) -> str:
    return (house.at - timedelta(minutes=minutes)).isoformat()


def test_a_form_about_a_substance_says_which_and_its_change_is_told(clinician: Api, house: House) -> None:
    pathway = _enrolled(clinician, house)
    path = f"/pathways/{pathway}/assessments"
    for ago, answers in ((1, [6, 6, 7, 8, 6, 6]), (0, [2, 0, 0, 0, 0, 0])):
        body = {"instrument": "assist", "answers": answers, "band_set": "opioids"}
        said = clinician.post(path, json=body | {"effective_at": _minutes_ago(house, ago)})
    assert (said.json()["score"]["total"], said.json()["score"]["band"]) == (2, "low")
    for ago, answers in ((1, [2, 2, 2, 2, 2, 2, 2, 0, 0]), (0, [1, 1, 1, 1, 0, 0, 0, 0, 0])):
        body = {"instrument": "phq-9", "answers": answers, "effective_at": _minutes_ago(house, ago)}
        clinician.post(path, json=body)
    trends = {one["instrument"]: one for one in clinician.get(f"/pathways/{pathway}").json()["trends"]}
    assert (trends["assist"]["about"], len(trends["assist"]["points"])) == ("opioids", 2)
    assert {"response", "remission"} <= set(trends["phq-9"]["changes"])
    men = {"instrument": "audit-c", "answers": [1, 1, 1], "band_set": "men"}
    assert clinician.post(path, json=men).json()["score"]["band"] == "negative"
    for instrument, band_set in (("assist", "tea"), ("phq-9", "kroenke-2001")):
        body = {"instrument": instrument, "answers": [0], "band_set": band_set}
        refused = clinician.post(path, json=body)
        assert (refused.status_code, refused.json()["errors"][0]["pointer"]) == (422, "/band_set")


def test_a_form_without_a_total_is_followed_by_its_subscales(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = _enrolled(clinician, house)
    for ago, days in ((2, 3), (1, 0), (0, 0)):
        answers = [0, 0, 0, days, days, days, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
        body = {"instrument": "bam", "answers": answers, "effective_at": _minutes_ago(house, ago)}
        assert clinician.post(f"/pathways/{pathway}/assessments", json=body).status_code == 201
    trends = clinician.get(f"/pathways/{pathway}").json()["trends"]
    assert [one["about"] for one in trends] == ["use", "risk", "protective"]
    assert [value for _, value in trends[0]["points"]][-2:] == [0, 0]
    assert "response" in trends[0]["changes"]
    assert "BAM, use: 0" in browser.get(f"/pathways/{pathway}").text


def test_a_form_that_comes_to_nothing_is_followed_item_by_item(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = _enrolled(clinician, house)
    for ago, used in ((2, 12), (1, 4)):
        answers = [0, 5, 0, used, 0, *[None] * 12]
        body = {"instrument": "bam-r", "answers": answers, "effective_at": _minutes_ago(house, ago)}
        assert clinician.post(f"/pathways/{pathway}/assessments", json=body).status_code == 201
    [form] = clinician.get(f"/pathways/{pathway}").json()["by_item"]
    assert form["changed"] == [{"number": 4, "name": "", "before": 12, "now": 4}]
    assert "BAM-R, item by item" in browser.get(f"/pathways/{pathway}").text


def test_a_score_is_held_against_the_first_of_the_stay_and_the_first_on_file(
    clinician: Api, browser: Browser, house: House
) -> None:
    pathway = house.pathway("op")
    before, now = (house.at - timedelta(days=200)).isoformat(), _minutes_ago(house, 0)
    for when, answers in ((before, [3] * 8 + [0]), (now, [1, 1, 0, 0, 0, 0, 0, 0, 0])):
        body = {"instrument": "phq-9", "answers": answers, "effective_at": when}
        assert clinician.post(f"/pathways/{pathway}/assessments", json=body).status_code == 201
    [trend] = clinician.get(f"/pathways/{pathway}").json()["trends"]
    assert (trend["changes"], "remission" in trend["changes_in_all"]) == ([], True)
    assert "Since the first on file, " in browser.get(f"/pathways/{pathway}").text
