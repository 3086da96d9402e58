"""Hand-offs as both sides see them: the sender's programs and the receiver's."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.errors import NotFound
from services.store.work import Work


def listed(work: Work, *, pathway_id: UUID | None = None) -> Sequence[Row[Any]]:
    """Return open hand-offs that somebody in scope sends or receives, the earliest offered first."""
    return work.rows(_LISTED, pathway=pathway_id)


def one(work: Work, hand_off_id: UUID) -> Row[Any]:
    """Return a hand-off, ended or not, that somebody in scope sends or receives. Raises: NotFound."""
    row = work.first(_ONE, id=hand_off_id)
    if row is None:
        raise NotFound("hand-off")
    return row


_SEEN = """(CAST(:programs AS uuid[]) IS NULL OR h.from_program_id = ANY(CAST(:programs AS uuid[]))
        OR h.to_program_id = ANY(CAST(:programs AS uuid[])))"""
_LISTED = f"""
SELECT h.*, p.client_id, p.definition, p.stage, f.name AS from_program, t.name AS to_program, t.zone,
       offering.name AS offered_by_name, accepting.name AS accepted_by_name
FROM hand_off h JOIN pathway p ON p.id = h.pathway_id
JOIN program f ON f.id = h.from_program_id JOIN program t ON t.id = h.to_program_id
LEFT JOIN person offering ON offering.id = h.offered_by LEFT JOIN person accepting ON accepting.id = h.answered_by
WHERE h.closed_at IS NULL AND {_SEEN} AND (CAST(:pathway AS uuid) IS NULL OR h.pathway_id = :pathway)
ORDER BY h.offered_at, h.id
"""  # noqa: S608 - constants
_ONE = f"SELECT h.* FROM hand_off h WHERE h.id = :id AND {_SEEN}"  # noqa: S608 - constants
