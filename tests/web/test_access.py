"""Who gets in: every route has its action, nobody walks in without a key, and no role does what the table denies."""

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from services import doors, ids
from services.access import ACCESS, EVERYWHERE
from services.web import api, pages
from services.web.visits import OPEN, Routes
from tests.web.conftest import HOST, Api, Browser, House

OPEN_PATHS = {"/api/v1/health/live", "/api/v1/health/ready", "/sign-in"}
GRANTED = {200, 201, 204, 303, 400, 404, 409, 415, 422}


def _routes() -> Iterator[tuple[str, str, str]]:
    for prefix, routers in (("/api/v1", api.ROUTES), ("", pages.ROUTES)):
        for router in routers:
            for route in router.routes:
                assert isinstance(route, APIRoute)
                action = (route.openapi_extra or {}).get("x-action", "")
                for verb in sorted(route.methods):
                    yield verb, prefix + route.path, action


ROUTES = list(_routes())


def _concrete(path: str) -> str:
    return (
        path.replace("{key}", "sud-adult")
        .replace("{", "")
        .replace("}", "")
        .replace("pathway_id", str(ids.new()))
        .replace("decision_id", str(ids.new()))
        .replace("session_id", str(ids.new()))
        .replace("client_id", str(ids.new()))
        .replace("work_id", str(ids.new()))
        .replace("notice_id", str(ids.new()))
        .replace("fact_id", str(ids.new()))
        .replace("one_id", str(ids.new()))
    )


def test_every_route_names_an_action_of_the_access_table() -> None:
    assert len(ROUTES) > 50
    assert [route for route in ROUTES if route[2] not in {*ACCESS, OPEN}] == []


def test_only_health_and_the_door_are_open() -> None:
    assert {path for _, path, action in ROUTES if action == OPEN} == OPEN_PATHS


def test_a_route_without_a_listed_action_cannot_be_made() -> None:
    with pytest.raises(LookupError, match="no action 'fly'"):
        Routes().on("GET", "/sky", action="fly")


def test_the_application_serves_no_route_beside_the_listed_ones(app: FastAPI) -> None:
    described = {(verb.upper(), path) for path, ops in app.openapi()["paths"].items() for verb in ops}
    assert described == {(verb, path) for verb, path, _ in ROUTES if path.startswith("/api/")}


@pytest.mark.parametrize(
    ("verb", "path"), [(v, p) for v, p, action in ROUTES if action != OPEN and p != "/api/v1/events"]
)
def test_nobody_comes_in_without_a_key(app: FastAPI, verb: str, path: str) -> None:
    stranger = TestClient(app, base_url=HOST, follow_redirects=False)
    answer = stranger.request(verb, _concrete(path))
    if path.startswith("/api/"):
        assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
        assert answer.json()["code"] == "not-signed-in"
    else:
        assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


@pytest.mark.parametrize("role", ["coordinator", "nurse", "trainee", "auditor", "admin", "service", "lead"])
def test_the_api_grants_a_role_what_the_table_lists_and_nothing_else(
    app: FastAPI, house: House, role: str
) -> None:
    client = Api(app, house.keys[role])
    for verb, path, action in ROUTES:
        if action == OPEN or path == "/api/v1/events" or not path.startswith("/api/"):
            continue
        body: Any = {} if verb in {"POST", "PATCH"} else None
        status = client.request(verb, HOST + _concrete(path), json=body).status_code
        listed = role in {one.value for one in ACCESS[action]}
        assert (status in GRANTED) is listed, f"{role} {verb} {path}: {status}"
        assert (status == 403) is not listed


def test_a_made_up_or_expired_key_is_nobody(app: FastAPI, house: House) -> None:
    assert Api(app, "sk_made_up").get("/programs").status_code == 401
    assert Api(app, "x" * 5_000).get("/programs").status_code == 401


def test_a_link_is_used_up_by_its_button_and_not_by_looking(app: FastAPI, house: House) -> None:
    with house.database.transaction(EVERYWHERE) as work:
        token = doors.invite(work, house.people["nurse"], at=house.at)
    client = TestClient(app, base_url=HOST, follow_redirects=False)
    for _ in range(2):
        page = client.get("/sign-in", params={"token": token})
        assert (page.status_code, token in page.text) == (200, True)
    first = client.post("/sign-in", data={"token": token}, headers={"Origin": HOST})
    assert (first.status_code, first.headers["location"]) == (303, "/?said=signed-in")
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert client.get("/").status_code == 200
    second = TestClient(app, base_url=HOST).post("/sign-in", data={"token": token}, headers={"Origin": HOST})
    assert (second.status_code, "used or is too old" in second.text) == (401, True)


def test_whoever_came_by_a_link_goes_on_to_its_page_after_signing_in(app: FastAPI, house: House) -> None:
    client = TestClient(app, base_url=HOST, follow_redirects=False)
    assert client.get("/alerts").headers["location"] == "/sign-in"
    client.get("/work", headers={"Sec-Fetch-Mode": "cors"})  # what a page loads is nowhere to go
    assert _enters(client, house) == "/alerts?said=signed-in"
    assert _enters(client, house) == "/?said=signed-in"


@pytest.mark.parametrize("path", ["/pathways/%E2%82%AC", "/pathways/%0aabc", "/pathways/a%20b"])
def test_a_path_that_is_no_page_of_ours_is_not_noted(app: FastAPI, path: str) -> None:
    answer = TestClient(app, base_url=HOST, follow_redirects=False).get(path)
    assert answer.status_code in {303, 404}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("planted", ["//elsewhere.example", "https://elsewhere.example", "/a b", "/a%0d%0ab"])
def test_no_planted_way_leads_out_of_the_house(app: FastAPI, house: House, planted: str) -> None:
    client = TestClient(app, base_url=HOST, follow_redirects=False, cookies={"stepdown-way": planted})
    assert _enters(client, house) == "/?said=signed-in"


def _enters(client: TestClient, house: House) -> str:
    with house.database.transaction(EVERYWHERE) as work:
        token = doors.invite(work, house.people["nurse"], at=house.at)
    entered = client.post("/sign-in", data={"token": token}, headers={"Origin": HOST})
    return entered.headers["location"]


def test_over_https_the_cookie_is_guarded_by_its_name(app: FastAPI, house: House) -> None:
    with house.database.transaction(EVERYWHERE) as work:
        token = doors.invite(work, house.people["nurse"], at=house.at)
    client = TestClient(app, base_url="https://testserver", follow_redirects=False)
    answer = client.post("/sign-in", data={"token": token}, headers={"Origin": "https://testserver"})
    [cookie] = [one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-stepdown=")]
    assert "Secure" in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Origin": "https://elsewhere.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
    ],
)
def test_a_form_from_another_site_changes_nothing(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.post("/clients", data={"form_token": browser.token, "text": "x"}, headers=headers)
    assert (answer.status_code, "another site" in answer.text) == (403, True)


def test_a_form_of_another_session_changes_nothing(browser: Browser) -> None:
    for token in ("", "0" * 64, "é"):
        answer = browser.post("/clients", data={"form_token": token}, headers={"Origin": HOST})
        assert (answer.status_code, "another session" in answer.text) == (403, True)


def test_a_session_changes_nothing_over_the_api_without_its_form_token(browser: Browser) -> None:
    body = {"name": "North"}
    refused = browser.post("/api/v1/programs", json=body, headers={"Origin": HOST})
    headers = {"Origin": HOST, "X-Form-Token": browser.token}
    assert (
        refused.status_code,
        browser.post("/api/v1/programs", json=body, headers=headers).status_code,
    ) == (
        403,
        201,
    )


def test_signing_out_ends_the_session(app: FastAPI, house: House) -> None:
    leaving = Browser(app, house.session("nurse"))
    assert leaving.get("/").status_code == 200
    assert leaving.submit("/sign-out").status_code == 303
    again = Browser(app, leaving.cookies.get("stepdown") or "gone")
    assert again.get("/").headers["location"] == "/sign-in"
