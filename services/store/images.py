"""Images of pathways for the oracle: what their audit entries told, and what their rows hold now."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from models.canonical import canonical
from models.oracle import Image, Told
from services.store.work import Work

_OF_AN_ENTRY = ("action", "pathway", "version", "at", "actor", "told")


def told(work: Work, ids: Sequence[UUID]) -> dict[UUID, list[Told]]:
    """Return the audit entries of pathways, in order."""
    found: defaultdict[UUID, list[Told]] = defaultdict(list)
    for row in work.rows(
        """SELECT pathway_id, bytes FROM audit_entry WHERE pathway_id = ANY(CAST(:ids AS uuid[]))
           ORDER BY pathway_id, pathway_version""",
        ids=list(ids),
    ):
        entry = json.loads(row.bytes)
        found[row.pathway_id].append(Told(*(entry[name] for name in _OF_AN_ENTRY)))
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
           quarantined_at, decision_id, sign_off_id, follows, came_from, referred_by""",
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
        "kind, cause, for_role, program_id, opened_at, due_at, closed_at, outcome, opened_version, closed_version",
    ),
    "hand_off": (
        "id::text",
        """from_program_id, to_program_id, kind, status, consent_id, starts_at, offered_at, offered_by, answered_at,
           answered_by, owner_id, closed_at, opened_version, answered_version, closed_version""",
    ),
    "hold": ("id::text", "reason_code, started_at, ended_at, opened_version, closed_version"),
    "plan_countersigned": ("fact_id::text", "pathway_version, signed_by, role, credential, recorded_at"),
    "notice": ("id::text", "kind, work_id, raised_at, pathway_version"),
    "notice_acknowledged": ("notice_id::text", "acknowledged_by, role, recorded_at, pathway_version"),
}
