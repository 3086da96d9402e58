"""NDJSON and CSV as people really save them, and files that are neither."""

import json

import pytest

from services.importing import Outcome, Report, Unreadable
from services.store.work import Work
from tests.importing import (
    DATA,
    SECRET,
    Take,
    a_client,
    told,
)


def test_tables_come_with_bom_semicolons_and_missing_answers(take: Take, work: Work) -> None:
    assert take(DATA / "clients.csv").accepted == 2
    pathways = "client.system\tclient.value\tstage\r\nurn:mrn\t2001\tiop\r\nurn:mrn\t2002\top\r\n"
    assert take(pathways, "p.tsv").accepted == 2
    assert take(DATA / "assessments.csv").accepted == 2
    rows = work.rows("SELECT total, signed FROM fact ORDER BY source_id")
    assert [(row.total, row.signed) for row in rows] == [(12, True), (None, True)]
    kinds = (
        "type,client.system,client.value,kind,minutes,status,effective_at,source_id\n"
        "event,urn:mrn,2001,return-to-use,,,2026-02-27T15:00:00Z,1\n"
        "attendance,urn:mrn,2001,group,90,missed,2026-02-27T15:00:00Z,2\n"
    )
    assert take(kinds, "k.csv").accepted == 2


@pytest.mark.parametrize(
    "line",
    [
        f'{{"type": "client", "given_name": "{SECRET}"',
        f'["{SECRET}"]',
        '{"type": "client", "type": "event"}',
        '{"type": "event", "minutes": NaN}',
        f'{{"type": "client", "n": {"9" * 5000}}}',
        "[" * 100_000,
        f'{{"type": "client", "given_name": "{SECRET * 100_000}"}}',
        f"{SECRET}\x00",
    ],
    ids=["cut off", "array", "doubled", "NaN", "long number", "deep", "huge", "NUL"],
)
def test_a_line_that_is_not_one_json_object_is_rejected_alone(take: Take, line: str) -> None:
    report = take(f"{line}\n\n{json.dumps(a_client())}\n")
    assert told(report) == [(1, "rejected", ""), (3, "accepted", "")]
    assert SECRET not in str(report)


HEADER = "given_name,family_name,birth_date,identifiers.0.system,identifiers.0.value\n"
GOOD = "Ana,Invented,1990-05-17,urn:mrn,1001\n"


@pytest.mark.parametrize(
    ("row", "pointer"),
    [
        (f"{SECRET},Invented\n", ""),
        (f"{SECRET},Invented,1990-05-17,urn:mrn,1001,more\n", ""),
        (f"{SECRET},Invented,not a day,urn:mrn,1002\n", "/birth_date"),
        (f"{SECRET},Inv\0ented,1990-05-17,urn:mrn,1002\n", "/family_name"),
        (f'"{SECRET}"s,Invented,1990-05-17,urn:mrn,1002\n', ""),
        (f"{SECRET * 20_000},Invented,1990-05-17,urn:mrn,1002\n", ""),
        (f"{SECRET},Invented,1990-05-17,,1002\n", "/identifiers/0/system"),
    ],
    ids=["short", "long", "bad day", "NUL", "quote", "huge", "half an identifier"],
)
def test_a_bad_row_is_rejected_and_the_next_one_taken(take: Take, row: str, pointer: str) -> None:
    report = take(HEADER + row + GOOD, "clients.csv")
    assert told(report) == [(2, "rejected", pointer), (3, "accepted", "")]
    assert SECRET not in str(report)


def test_a_quote_left_open_costs_the_rows_it_swallows_and_no_other(take: Take) -> None:
    report = take(HEADER + GOOD + f'"{SECRET},Invented,1990-05-17,urn:mrn,1002\n', "clients.csv")
    assert told(report) == [(2, "accepted", ""), (3, "rejected", "")]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("f.xlsx", b"PK", ".ndjson"),
        ("f", b"{}", ".ndjson"),
        ("f.csv", b"", "empty"),
        ("f.csv", HEADER.encode() + "Zo\xeb,".encode("cp1252"), "Line 2 is not UTF-8"),
        ("f.csv", HEADER.encode("utf-16"), "Line 1 is not UTF-8"),
        ("f.csv", f"{SECRET},Invented,1990-05-17\n".encode(), "column `type`"),
        ("f.csv", f"given_name,{SECRET}\n".encode(), "Column 2 is unknown"),
        ("f.csv", b"given_name,birth_date,given_name\n", "Column 3 is there twice"),
        ("f.csv", b'given_name,"birth_date\n', "not CSV"),
        ("f.ndjson", b'{"type": "client"}\n' * 1_000_001, "1,000,000 lines"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(take: Take, name: str, content: bytes, why: str) -> None:
    with pytest.raises(Unreadable, match=why) as refused:
        take(content, name)
    assert SECRET not in refused.value.message


def test_a_header_alone_holds_nothing(take: Take) -> None:
    assert take(HEADER, "clients.csv") == Report(lines=(), accepted=0, duplicate=0, rejected=0)


def test_the_examples_of_the_documentation_are_taken_as_they_stand(take: Take) -> None:
    blocks = (DATA.parent.parent / "docs" / "import.md").read_text().split("```")[1::2]
    for block, name in ((blocks[0], "f.ndjson"), (blocks[1], "f.csv"), (blocks[2], "f.ndjson")):
        report = take(block.partition("\n")[2], name)
        assert report.lines
        assert {line.outcome for line in report.lines} == {Outcome.ACCEPTED}
