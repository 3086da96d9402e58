"""What a use case could not see before it wrote, because two asked at once: the database's laws in the use cases' words."""

from psycopg.errors import ForeignKeyViolation, UniqueViolation
from sqlalchemy.exc import IntegrityError

from services.errors import AlreadyOpen, AlreadySigned, CareError, Conflict, Invalid

_BROKEN: dict[str, tuple[type[CareError], str, str]] = {
    "client_identifier_pkey": (
        Conflict,
        "A client with this identifier is registered already.",
        "/identifiers",
    ),
    "fact_from_source": (Conflict, "This source has told this already, under the same id.", "/source_id"),
    "fact_once_per_seat": (Conflict, "This client's attendance is charted already.", "/session_id"),
    "pathway_one_open": (AlreadyOpen, "This client walks this pathway already.", "/client_id"),
    "sign_off_once": (AlreadySigned, "Somebody has signed under this decision already.", ""),
    "pathway_owner_id_fkey": (Invalid, "Nobody of this id signs in here.", "/owner_id"),
    "pathway_client_id_fkey": (Invalid, "There is no such client.", "/client_id"),
    "pathway_program_id_fkey": (Invalid, "There is no such program.", "/program_id"),
    "client_program_id_fkey": (Invalid, "There is no such program.", "/program_id"),
    "fact_session_id_fkey": (Invalid, "This client is expected at no such session.", "/session_id"),
}
"""By the name of the constraint. One that is not listed is a fault of ours."""


def refusal(error: IntegrityError) -> CareError | None:
    """Return what a broken constraint means for whoever asked, or nothing where it is a fault of ours."""
    broken = error.orig
    if not isinstance(broken, UniqueViolation | ForeignKeyViolation):
        return None
    known = _BROKEN.get(broken.diag.constraint_name or "")
    return known[0](known[1], pointer=known[2]) if known else None
