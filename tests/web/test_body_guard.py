"""What the guard lets through and what it refuses, on the smallest application there is."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from fastapi import FastAPI, Request
from fastapi.testclient import TestClient

from services.errors import CareError
from services.web import problems
from services.web.body_guard import CAP_BYTES, BodyGuard
from services.web.envelope import Envelope

SECRET = "Wilhelmina-Canary"


def _refuse(_request: Request, error: CareError) -> Any:
    return problems.of_care(error).response()


def _fault(_request: Request) -> Any:
    return problems.of_status(500).response()


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(BodyGuard, refuse=_refuse)
    app.add_middleware(Envelope, fault=_fault)

    @app.post("/api/echo")
    async def echo(request: Request) -> object:
        return json.loads(await request.body() or b"null")

    @app.post("/form")
    async def form(request: Request) -> object:
        return request.state.form.multi_items()

    @app.get("/api/fall")
    def fall() -> None:
        raise ValueError(SECRET)

    return TestClient(app)


def _json(body: str | bytes) -> dict[str, Any]:
    return {"content": body, "headers": {"content-type": "application/json"}}


@pytest.mark.parametrize(
    "text",
    [
        "{}",
        "null",
        '{"a":[1,2.5,true,null,"ü😀"]}',
        '{"a":"\\ud83d\\ude00"}',
        f"{2**53}",
        '{"brackets":"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["}',
        "[" * 32 + "]" * 32,
    ],
)
def test_plain_json_passes_unchanged(client: TestClient, text: str) -> None:
    answer = client.post("/api/echo", **_json(text))
    assert (answer.status_code, answer.json()) == (200, json.loads(text))


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (f'{{"a":1,"a":"{SECRET}"}}', "/a"),
        (f'{{"x":{{"{SECRET[:3]}/~":1,"{SECRET[:3]}/~":2}}}}', "/x/Wil~1~0"),
        ('{"a":NaN}', "/a"),
        ('{"a":[0,Infinity]}', "/a/1"),
        ('{"a":-Infinity}', "/a"),
        ('{"a":1e400}', "/a"),
        ('{"a":9007199254740993}', "/a"),
        ('{"a":-9007199254740993}', "/a"),
        ('{"a":' + "9" * 10_000 + "}", "/a"),
        ('{"a":0.' + "1" * 10_000 + "}", "/a"),
        ('{"a":"\\ud800"}', "/a"),
        ('{"a":"x\\u0000y"}', "/a"),
        ('{"\\u0000":1}', ""),
        ('{"\\udfff":1}', ""),
        ("[" * 33 + "]" * 33, ""),
        ("[" * 100_000, ""),
        ('{"a":' * 40 + "1" + "}" * 40, ""),
        (f'{{"a":"{SECRET}"', ""),
        (f"{{'a':'{SECRET}'}}", ""),
        ('{"a":"line\nbreak"}', ""),
        ('{"a":1,}', ""),
        ('{"a":01}', ""),
        ("{}{}", ""),
        ("// a comment\n{}", ""),
        (b"\xef\xbb\xbf{}", ""),
        ('{"a":1}'.encode("utf-16"), ""),
        (b'{"a":"\xff"}', ""),
        (b'{"a":"\xc0\xaf"}', ""),
        (b'{"a":"\xed\xa0\x80"}', ""),
        (b"\x00", ""),
    ],
)
def test_json_of_two_meanings_is_refused_with_a_pointer(
    client: TestClient, body: str | bytes, pointer: str
) -> None:
    answer = client.post("/api/echo", **_json(body))
    assert answer.status_code == 400
    assert answer.headers["content-type"] == problems.MEDIA
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert SECRET not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"content-type": "text/plain"}, 415),
        ({"content-type": "application/x-www-form-urlencoded"}, 415),
        ({"content-type": "application/json; charset=utf-16"}, 415),
        ({"content-type": "application/json", "content-encoding": "gzip"}, 415),
        ({"content-type": ""}, 415),
        ({"content-type": "application/json; charset=UTF-8"}, 200),
    ],
)
def test_only_plain_json_in_utf8_is_taken(client: TestClient, headers: dict[str, str], status: int) -> None:
    assert client.post("/api/echo", content="{}", headers=headers).status_code == status


def test_a_body_over_the_cap_is_refused_by_its_declared_length(client: TestClient) -> None:
    answer = client.post("/api/echo", **_json('"' + "x" * CAP_BYTES + '"'))
    assert (answer.status_code, answer.json()["code"]) == (413, "too-large")


def test_a_stream_without_end_is_refused_at_the_cap() -> None:
    import asyncio

    read: list[int] = []
    sent: list[dict[str, Any]] = []

    async def endless() -> AsyncIterator[dict[str, Any]]:
        while True:
            read.append(1)
            yield {"type": "http.request", "body": b" " * 100_000, "more_body": True}

    async def run() -> None:
        chunks = endless()

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {
            "type": "http",
            "method": "POST",
            "path": "/api/echo",
            "headers": [(b"content-type", b"application/json")],
            "query_string": b"",
        }
        await BodyGuard(None, refuse=_refuse)(scope, chunks.__anext__, send)  # type: ignore[arg-type]

    asyncio.run(run())
    assert (sent[0]["status"], len(read)) == (413, 11)


def test_forms_are_read_as_utf8_fields(client: TestClient) -> None:
    answer = client.post("/form", data={"name": "Zoë", "also": ["1", "2"]})
    assert answer.json() == [["name", "Zoë"], ["also", "1"], ["also", "2"]]


@pytest.mark.parametrize("body", [b"a=%00", b"a=%ff", b"a=\xff", b"&".join([b"a=1"] * 3000)])
def test_forms_that_cannot_be_read_are_refused(client: TestClient, body: bytes) -> None:
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/form", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize("address", ["/api/echo?x=%00", "/api/%00"])
def test_a_nul_in_the_address_is_refused(client: TestClient, address: str) -> None:
    assert client.get(address).status_code == 400


def test_what_an_exception_says_reaches_neither_the_answer_nor_the_log(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        answer = client.get("/api/fall", params={"text": SECRET})
    assert answer.status_code == 500
    assert answer.headers["content-type"] == problems.MEDIA
    ours = [record.getMessage() for record in caplog.records if record.name.startswith("stepdown")]
    assert any(answer.headers["x-request-id"] in line and "ValueError" in line for line in ours)
    assert SECRET not in "".join(ours) + answer.text


def test_every_answer_carries_the_headers_a_browser_must_obey(client: TestClient) -> None:
    answer = client.post("/api/echo", **_json("{}"))
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "unsafe" not in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["x-content-type-options"] == "nosniff"
