"""Importing: every line accepted, known already or rejected with its place; one bad line never spoils another."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event

from services import importing
from services.errors import NotFound
from services.importing import Outcome
from services.store import cases, programs
from services.store.work import Work
from tests import care
from tests.importing import (
    DATA,
    MRN,
    SECRET,
    Take,
    a_client,
    a_pathway,
    a_plan,
    an_assessment,
    counted,
    lines,
    only_pathway,
    told,
)


def test_a_file_in_any_order_brings_client_pathway_and_facts(take: Take, work: Work, at: datetime) -> None:
    report = take(DATA / "onboarding.ndjson")
    assert (report.accepted, report.duplicate, report.rejected) == (6, 0, 0)
    assert [line.kind for line in report.lines] == [
        "event",
        "assessment",
        "attendance",
        "plan",
        "pathway",
        "client",
    ]
    (case,) = cases.load(work, [only_pathway(work)])
    assert (case.stage, case.since.isoformat()) == ("iop", "2026-02-16T14:00:00+00:00")
    assert sorted(fact.kind for fact in case.facts) == ["assessment", "attendance", "event", "plan"]
    assert next(fact for fact in case.facts if fact.kind == "assessment").signed
    (opened,) = work.rows(
        "SELECT convert_from(bytes, 'utf8') AS entry FROM audit_entry WHERE kind = 'pathway.opened'"
    )
    assert '"onboarding"' in opened.entry
    assert '"via":"import"' in opened.entry


def test_a_second_import_finds_only_duplicates_and_stores_nothing(take: Take, work: Work) -> None:
    take(DATA / "onboarding.ndjson")
    before = counted(work)
    report = take(DATA / "onboarding.ndjson")
    assert {line.outcome for line in report.lines} == {Outcome.DUPLICATE}
    assert all(line.reason for line in report.lines)
    assert counted(work) == before


def test_a_bad_line_does_not_spoil_its_chunk(take: Take, work: Work) -> None:
    report = take(
        lines(
            a_client(),
            a_pathway(),
            an_assessment(source_id="1"),
            an_assessment(source_id="2", answers=[9] * 9),
            {**an_assessment(source_id="3"), "type": "event", "kind": "no-such-event"} | {"instrument": None},
            {"type": "event", "client": MRN, "kind": "no-such-event", "source_id": "4"}
            | {"effective_at": "2026-02-27T15:00:00Z"},
            an_assessment(source_id="1"),
            an_assessment(source_id="5"),
        )
    )
    assert told(report)[2:] == [
        (3, "accepted", ""),
        (4, "rejected", "/answers/0"),
        (5, "rejected", "/instrument"),
        (6, "rejected", "/kind"),
        (7, "duplicate", ""),
        (8, "accepted", ""),
    ]
    assert work.rows("SELECT count(*) AS n FROM fact")[0].n == 2


def test_the_second_of_two_lines_for_one_thing_is_taken_when_the_first_is_refused(take: Take) -> None:
    good, bad = a_pathway(), a_pathway(stage="no-such-stage")
    report = take(lines(a_client(), bad, good, good))
    assert told(report)[1:] == [(2, "rejected", "/stage"), (3, "accepted", ""), (4, "duplicate", "")]


def test_a_session_that_is_not_here_is_told_and_the_rest_of_the_chunk_stays(take: Take) -> None:
    session = {"type": "attendance", "client": MRN, "kind": "group", "minutes": 60, "status": "attended"}
    session |= {"effective_at": "2026-02-27T15:00:00Z", "source_id": "s"}
    strange = session | {"session_id": "7b6c7a4c-0000-4000-8000-000000000000", "source_id": "t"}
    report = take(lines(a_client(), a_pathway(), session, strange, an_assessment()))
    assert told(report)[2:] == [(3, "accepted", ""), (4, "rejected", "/session_id"), (5, "accepted", "")]


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"type": SECRET}, "/type"),
    ({}, "/type"),
    (a_client(2, birth_date="2199-01-01"), "/birth_date"),
    (a_client(2, birth_date="1700-01-01"), "/birth_date"),
    (a_client(2, birth_date=19900517), "/birth_date"),
    (a_client(2, identifiers=[]), "/identifiers"),
    (a_client(2, identifiers=[MRN | {"value": "é9"}, MRN | {"value": "É9"}]), "/identifiers/1"),
    (a_client(2, given_name=f"{SECRET}\u0000"), "/given_name"),
    (a_client(2, given_name="\ud800"), "/given_name"),
    (a_client(2, nickname=SECRET), "/nickname"),
    (a_client(2, program_id="7b6c7a4c-0000-4000-8000-000000000000"), "/program_id"),
    (a_pathway(9999), "/client"),
    (a_pathway(definition="no-such-pathway"), "/definition"),
    (a_pathway(definition="mh-adult", stage="no-such-stage"), "/stage"),
    (a_pathway(definition="mh-adult", started_at="2199-01-01T00:00:00Z"), "/started_at"),
    (a_pathway(definition="mh-adult", owner_id="7b6c7a4c-0000-4000-8000-000000000000"), "/owner_id"),
    (a_pathway(client_id="7b6c7a4c-0000-4000-8000-000000000000"), "/client"),
    (an_assessment(9999), "/client"),
    (an_assessment(client=None), "/client"),
    (an_assessment(client={"system": "urn:mrn"}), "/client/value"),
    (an_assessment(definition="mh-adult"), "/definition"),
    (an_assessment(definition=SECRET.lower()), "/definition"),
    (an_assessment(instrument=SECRET.lower()), "/instrument"),
    (an_assessment(answers=[2, 2, 2]), "/answers/3"),
    (an_assessment(answers=[2, 2, 2, 2, 1, 1, 2, 0, "0"]), "/answers/8"),
    (an_assessment(effective_at="2026-02-27T15:00:00"), "/effective_at"),
    (an_assessment(effective_at="2199-02-27T15:00:00Z"), "/effective_at"),
    (an_assessment(effective_at=20260227), "/effective_at"),
    (an_assessment(effective_at="20260227"), "/effective_at"),
    (an_assessment(effective_at="0001-01-01T00:00:00+14:00"), "/effective_at"),
    (an_assessment(effective_at=None), "/effective_at"),
    (an_assessment(source_id=None), "/source_id"),
    (an_assessment(source_id=f"{SECRET}\u0000"), "/source_id"),
    (an_assessment(source_id="\udfff"), "/source_id"),
    (an_assessment(source_id=""), "/source_id"),
    (a_plan(next_step="no-such-stage"), "/next_step"),
    (a_plan(next_on="20260320"), "/next_on"),
    (a_plan(session_id=None), "/session_id"),
]


@pytest.mark.parametrize(
    ("line", "pointer"), REFUSED, ids=lambda value: str(value)[:40] if isinstance(value, str) else ""
)
def test_a_wrong_line_is_rejected_with_its_place_and_never_its_value(
    take: Take, line: dict[str, Any], pointer: str
) -> None:
    report = take(lines(a_client(), a_pathway(), line))
    (bad,) = report.lines[2:]
    assert (bad.outcome, bad.pointer) == (Outcome.REJECTED, pointer)
    assert bad.reason.endswith(".")
    assert SECRET.lower() not in str(report).lower()


def test_a_client_on_two_pathways_needs_the_definition_named(take: Take) -> None:
    take(lines(a_client(), a_pathway(), a_pathway(definition="mh-adult")))
    report = take(lines(an_assessment(source_id="1"), an_assessment(source_id="2", definition="mh-adult")))
    assert told(report) == [(1, "rejected", "/definition"), (2, "accepted", "")]


def test_a_named_pathway_takes_facts_without_a_client_and_refuses_those_of_others(
    take: Take, work: Work
) -> None:
    take(lines(a_client(), a_pathway()))
    mine = only_pathway(work)
    take(lines(a_client(2), a_pathway(2)))
    no_name = an_assessment(source_id="1")
    del no_name["client"]
    report = take(lines(no_name, an_assessment(source_id="2"), an_assessment(2, source_id="3")), pathway=mine)
    assert told(report) == [(1, "accepted", ""), (2, "accepted", ""), (3, "rejected", "/client")]
    with pytest.raises(NotFound):
        take(lines(no_name), pathway=UUID(int=7))


@contextmanager
def statements(work: Work) -> Iterator[Counter[str]]:
    seen: Counter[str] = Counter()

    def count(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        seen[statement.split(maxsplit=1)[0]] += 1

    event.listen(work.connection, "before_cursor_execute", count)
    try:
        yield seen
    finally:
        event.remove(work.connection, "before_cursor_execute", count)


def test_two_thousand_lines_take_a_constant_number_of_statements_a_chunk(
    take: Take, work: Work, by: care.Principal, at: datetime, tmp_path: Path
) -> None:
    def of(count: int, first: int) -> str:
        numbers = range(first, first + count)
        return lines(
            *(a_client(number) for number in numbers),
            *(a_pathway(number) for number in numbers),
            *(an_assessment(number, f"a-{number}") for number in numbers),
        )

    costs = []
    for count, first in ((2, 0), (2_000, 10)):
        file = tmp_path / f"{count}.ndjson"
        file.write_text(of(count, first))
        for chunk in importing.chunks(importing.opened(file)):
            with statements(work) as seen:
                done = importing.record(work, chunk, by=by, at=at)
            assert {line.outcome for line in done} == {Outcome.ACCEPTED}
            costs.append((chunk[0].kind, len(chunk), seen.total()))
    small = {kind: cost for kind, size, cost in costs if size == 2}
    assert {(kind, cost) for kind, size, cost in costs if size == 500} == set(small.items())
    assert len(costs) == 3 + 3 * 4
    assert max(small.values()) <= 20


def test_an_imported_client_lives_in_the_first_program(take: Take, work: Work) -> None:
    take(lines(a_client()))
    (row,) = work.rows("SELECT program_id FROM client")
    assert row.program_id == programs.listed(work)[0].id
