"""Questions of the oracle: each names the rows that break an invariant, set by set, and reads only.

Asked of one snapshot (`snapshot`), so that a change committed while we read is seen whole or not at all.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from models.canonical import canonical
from models.oracle import Image, Told
from services.store.work import Work

MOST = 100
"""So many breaches of a kind are named; who has more knows enough."""


def snapshot(work: Work) -> None:
    """Let everything this transaction asks be answered as of one moment. Its first statement."""
    work.run("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")


def pathway_ids(work: Work, *, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next pathways in order of id, for reading page by page."""
    found = work.rows(
        """SELECT id FROM pathway WHERE CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)
           ORDER BY id LIMIT :limit""",
        after=after,
        limit=limit,
    )
    return [row.id for row in found]


def told(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Told]]:
    """Return the audit entries of pathways, in order."""
    found: defaultdict[UUID, list[Told]] = defaultdict(list)
    for row in work.rows(
        """SELECT pathway_id, bytes FROM audit_entry WHERE pathway_id = ANY(CAST(:ids AS uuid[]))
           ORDER BY pathway_id, pathway_version""",
        ids=list(ids),
    ):
        entry = json.loads(row.bytes)
        found[row.pathway_id].append(
            Told(
                entry["action"],
                entry["pathway"],
                entry["version"],
                entry["at"],
                entry["actor"],
                entry["told"],
            )
        )
    return found


def stored(work: Work, ids: Sequence[UUID]) -> dict[UUID, Image]:
    """Return the state of pathways, row by row, in the plain values of the audit."""
    images: defaultdict[UUID, Image] = defaultdict(dict)
    for table, (key, columns) in _TABLES.items():
        for row in work.rows(_state(table, key, columns), ids=list(ids)):
            values = row._asdict()
            whose, name = values.pop("whose"), values.pop("key")
            images[whose][table, name] = _plain(values)
    return images


def _plain(values: Mapping[str, object]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(canonical(values))
    return found


def _state(table: str, key: str, columns: str) -> str:
    whose = "id" if table == "pathway" else "pathway_id"
    known_before = " AND pathway_version > 1" if table == "fact_known" else ""
    return f"""SELECT {whose} AS whose, {key} AS key, {columns} FROM {table}
               WHERE {whose} = ANY(CAST(:ids AS uuid[])){known_before}"""  # noqa: S608 - constants


# Each table with its key as text and the columns that the entries tell. What a new pathway knew from its first version
# is told by the entries of the client's other pathways.
_TABLES = {
    "pathway": (
        "id::text",
        """client_id, program_id, owner_id, definition, definition_hash, stage, version, closed_at,
           quarantined_at, decision_id, sign_off_id, follows""",
    ),
    "placement": ("id::text", "stage, started_at, ended_at, ended_by, opened_version, closed_version"),
    "fact": (
        "id::text",
        """pathway_version, client_id, kind, code, effective_at, signed, attested, source, source_id, session_id, corrects,
           recorded_at, recorded_by""",
    ),
    "fact_known": ("fact_id::text", "pathway_version"),
    "roster": ("session_id::text", "known"),
    "reassessment": (
        "id::text",
        """kind, stage, parts, opened_at, counts_from, due_at, late_at, outer_at, called_at, escalated_at, closed_at,
           status, decision_id, opened_version, closed_version""",
    ),
    "reassessment_reason": ("trigger || ' ' || fact_id", "reassessment_id, pathway_version"),
    "due_move": (
        "id::text",
        "pathway_version, reassessment_id, due_before, due_at, reason_code, moved_by, role, recorded_at",
    ),
    "decision": (
        "id::text",
        """pathway_version, reassessment_id, supersedes, definition, definition_hash, engine, outcome, rule, to_stage,
           authority, case_sha256, evidence_sha256, verdict""",
    ),
    "sign_off": (
        "id::text",
        """pathway_version, decision_id, meaning, to_stage, starts_at, credential, discharge, reason_code, signed_by,
           role, recorded_at""",
    ),
    "transition": (
        "id::text",
        """pathway_version, how, from_stage, to_stage, outcome, rule, decision_id, sign_off_id, fact_id, run_id,
           effective_at, recorded_at, discharge""",
    ),
    "work_item": (
        "id::text",
        "kind, cause, for_role, opened_at, due_at, closed_at, outcome, opened_version, closed_version",
    ),
    "hold": ("id::text", "reason_code, started_at, ended_at, opened_version, closed_version"),
    "plan_countersigned": ("fact_id::text", "pathway_version, signed_by, role, credential, recorded_at"),
    "notice": ("id::text", "kind, work_id, raised_at, pathway_version"),
    "notice_acknowledged": ("notice_id::text", "acknowledged_by, role, recorded_at, pathway_version"),
}


def miscounted(work: Work) -> Sequence[Row[Any]]:
    """Return pathways whose version is not the number of their entries, counted from 1 without a gap."""
    return work.rows(
        """SELECT p.id AS pathway_id, p.version, count(e.id) AS entries
           FROM pathway p LEFT JOIN audit_entry e ON e.pathway_id = p.id
           GROUP BY p.id HAVING p.version <> count(e.id) OR min(e.pathway_version) <> 1
              OR max(e.pathway_version) <> p.version LIMIT :most""",
        most=MOST,
    )


def homeless(work: Work) -> Sequence[Row[Any]]:
    """Return audit entries of pathways that are not there."""
    return work.rows(
        """SELECT DISTINCT e.pathway_id FROM audit_entry e WHERE e.pathway_id IS NOT NULL
           AND NOT EXISTS (SELECT FROM pathway p WHERE p.id = e.pathway_id) LIMIT :most""",
        most=MOST,
    )


def uncommitted_facts(work: Work, ids: Sequence[UUID]) -> Iterator[tuple[UUID, UUID]]:
    """Return facts `(pathway, fact)` whose content is not what their entry committed to; erased clients apart."""
    rows = work.rows(
        """SELECT f.id, f.pathway_id, f.client_id, f.body, f.sealed, k.wrapped,
                  convert_from(e.bytes, 'UTF8')::jsonb -> 'told' ->> 'commitment' AS commitment
           FROM fact f JOIN client_key k ON k.client_id = f.client_id
           LEFT JOIN audit_entry e ON e.pathway_id = f.pathway_id AND e.pathway_version = f.pathway_version
           WHERE f.pathway_id = ANY(CAST(:ids AS uuid[]))""",
        ids=list(ids),
    )
    for row in rows:
        key = work.vault.unwrap(row.wrapped, row.client_id)
        if key.commitment(row.id, row.body, row.sealed or b"") != row.commitment:
            yield row.pathway_id, row.id


def unwatched(work: Work) -> Sequence[Row[Any]]:
    """Return notices that nobody follows up their ladder."""
    return work.rows(
        """SELECT n.pathway_id, n.id FROM notice n
           WHERE NOT EXISTS (SELECT FROM alert a WHERE a.notice_id = n.id) LIMIT :most""",
        most=MOST,
    )


def misnamed_cases(work: Work) -> Sequence[Row[Any]]:
    """Return decisions whose stored case is not the one that their entry names by its hash."""
    return work.rows(
        """SELECT pathway_id, id FROM decision WHERE encode(sha256(case_bytes), 'hex') <> case_sha256 LIMIT :most""",
        most=MOST,
    )


def unhandled(work: Work, before: datetime) -> Sequence[Row[Any]]:
    """Return open pathways that have waited for the engine since before a moment and are not set aside."""
    return work.rows(
        """SELECT id AS pathway_id, wake_at FROM pathway WHERE wake_at < :before AND quarantined_at IS NULL
           AND closed_at IS NULL ORDER BY wake_at LIMIT :most""",
        before=before,
        most=MOST,
    )


def asleep(work: Work, at: datetime, *, after: UUID | None, limit: int) -> list[UUID]:
    """Return the next open pathways that nothing wakes before a moment, set aside apart, in order of id."""
    found = work.rows(
        """SELECT id FROM pathway WHERE closed_at IS NULL AND quarantined_at IS NULL AND (wake_at IS NULL OR wake_at > :at)
           AND (CAST(:after AS uuid) IS NULL OR id > CAST(:after AS uuid)) ORDER BY id LIMIT :limit""",
        at=at,
        after=after,
        limit=limit,
    )
    return [row.id for row in found]


def causeless(work: Work) -> Sequence[Row[Any]]:
    """Return moves that name no cause, or one that is not of their pathway or not recorded before them."""
    return work.rows(
        """SELECT t.pathway_id, t.id FROM transition t
           LEFT JOIN decision d ON d.id = t.decision_id LEFT JOIN sign_off s ON s.id = t.sign_off_id
           LEFT JOIN fact_known f ON f.fact_id = t.fact_id AND f.pathway_id = t.pathway_id
           WHERE num_nonnulls(d.id, s.id, f.fact_id) = 0
              OR (t.how = 'route' AND d.id IS NULL) OR (t.how IN ('override', 'discharge') AND s.id IS NULL)
              OR (t.how = 'reported' AND f.fact_id IS NULL)
              OR d.pathway_id <> t.pathway_id OR s.pathway_id <> t.pathway_id
              OR greatest(d.pathway_version, s.pathway_version, f.pathway_version) >= t.pathway_version
           LIMIT :most""",
        most=MOST,
    )


def ways_taken(work: Work) -> Sequence[Row[Any]]:
    """Return each way that clients were moved by a route, with one pathway that went it."""
    return work.rows(
        """SELECT p.definition, t.rule, t.from_stage, t.to_stage, min(t.pathway_id::text)::uuid AS pathway_id
           FROM transition t JOIN pathway p ON p.id = t.pathway_id
           WHERE t.how = 'route' GROUP BY 1, 2, 3, 4"""
    )


def unsigned_moves(work: Work) -> Sequence[Row[Any]]:
    """Return moves by a route that a person had to sign and nobody signed."""
    return work.rows(
        """SELECT t.pathway_id, t.id FROM transition t JOIN decision d ON d.id = t.decision_id
           WHERE t.how = 'route' AND d.authority <> 'automatic' AND t.sign_off_id IS NULL LIMIT :most""",
        most=MOST,
    )


def overlong(work: Work, before: datetime) -> Sequence[Row[Any]]:
    """Return transactions of ours, on this database, that have been open since before a moment, by process."""
    return work.rows(
        """SELECT pid, state FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
           AND usename = current_user AND xact_start < :before
           LIMIT :most""",
        before=before,
        most=MOST,
    )


def outlived(work: Work) -> Sequence[Row[Any]]:
    """Return ways in that were used after their time, by person."""
    return work.rows(
        "SELECT person_id, kind FROM token WHERE used_at > expires_at LIMIT :most",
        most=MOST,
    )


def unanswered(work: Work) -> Sequence[Row[Any]]:
    """Return remembered requests without an answer, or with a refusal: their transaction should have left nothing."""
    return work.rows(
        """SELECT person_id, status FROM command WHERE answer IS NULL OR status NOT BETWEEN 200 AND 399 LIMIT :most""",
        most=MOST,
    )


def unkept(work: Work) -> Sequence[Row[Any]]:
    """Return remembered requests whose answer names a thing that is not there: acknowledged, and lost."""
    return work.rows(
        f"""SELECT thing FROM (SELECT (convert_from(answer, 'UTF8')::jsonb ->> 'id')::uuid AS thing FROM command
              WHERE status = 201 AND answer IS NOT NULL) AS acknowledged
            WHERE thing IS NOT NULL AND {_ABSENT} LIMIT :most""",  # noqa: S608 - constants
        most=MOST,
    )


def absent(work: Work, things: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Return those of the acknowledged things that are not there."""
    return work.rows(
        f"SELECT thing FROM unnest(CAST(:things AS uuid[])) AS acknowledged(thing) WHERE {_ABSENT}",  # noqa: S608
        things=list(things),
    )


def beside(work: Work, people: Sequence[UUID], acknowledged: Sequence[UUID]) -> Sequence[Row[Any]]:
    """Return what people recorded or signed beside what was acknowledged to them."""
    return work.rows(
        """SELECT what, id, pathway_id FROM (
             SELECT 'fact' AS what, id, pathway_id, recorded_by AS who FROM fact
             UNION ALL SELECT 'sign_off', id, pathway_id, signed_by FROM sign_off) AS made
           WHERE who = ANY(CAST(:people AS uuid[])) AND id <> ALL(CAST(:things AS uuid[])) LIMIT :most""",
        people=list(people),
        things=list(acknowledged),
        most=MOST,
    )


_THINGS = (
    "client",
    "pathway",
    "fact",
    "sign_off",
    "hold",
    "due_move",
    "care_session",
    "program",
    "person",
    "work_item",
    "notice",
)
_ON_CALL = ("duty", "absence", "contact")
_ABSENT = " AND ".join(
    f"NOT EXISTS (SELECT FROM {one} WHERE {one}.id = thing)" for one in (*_THINGS, *_ON_CALL)
)
