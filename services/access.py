"""Who may do what, in one table. A route that is not listed here cannot be served.

Roles say what a person may do, the scope says for whom: the programs they work in. Signing needs more: a credential
that is valid on the day. A key (role `service`) records, but never signs.
"""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from models.definition import Authority
from models.people import Actor, Role
from services.errors import NotAllowed


@dataclass(frozen=True, slots=True)
class Scope:
    """The programs whose clients may be seen. `None` is every program, and only the engine and the command line have it."""

    programs: frozenset[UUID] | None

    def holds(self, program_id: UUID) -> bool:
        """Tell whether a program is inside."""
        return self.programs is None or program_id in self.programs


EVERYWHERE = Scope(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """An authenticated person or key, as one request sees them."""

    id: UUID
    name: str
    role: Role
    scope: Scope
    credential: str = ""
    credential_until: date | None = None

    def actor(self, via: str, request_id: str | None = None) -> Actor:
        """Return how the audit names this person."""
        return Actor(id=self.id, role=self.role.value, via=via, request_id=request_id)  # type: ignore[arg-type]


_R = Role
CARE = frozenset({_R.COORDINATOR, _R.CLINICIAN, _R.NURSE, _R.PRESCRIBER, _R.TRAINEE, _R.SUPERVISOR, _R.LEAD})
RECORDERS = CARE | {_R.SERVICE}
SIGNERS = frozenset({_R.CLINICIAN, _R.PRESCRIBER, _R.SUPERVISOR, _R.LEAD})
READERS = RECORDERS | {_R.AUDITOR}
KEEPERS = frozenset({_R.ADMIN, _R.LEAD, _R.SUPERVISOR})
EVERYONE = frozenset(Role)
OVERRIDERS = frozenset({_R.SUPERVISOR, _R.LEAD})

ACCESS: dict[str, frozenset[Role]] = {
    "see-programs": EVERYONE,
    "keep-programs": KEEPERS,
    "see-clients": READERS,
    "keep-clients": RECORDERS,
    "enrol": RECORDERS,
    "see-pathways": READERS,
    "record-facts": RECORDERS,
    "plan-sessions": RECORDERS,
    "hold": CARE,
    "move-due-dates": SIGNERS | {_R.COORDINATOR},
    "sign-off": SIGNERS,
    "override": OVERRIDERS,
    "discharge": SIGNERS,
    "withdraw": SIGNERS,
    "countersign": OVERRIDERS,
    "see-work": READERS,
    "keep-work": CARE,
    "retry": KEEPERS,
    "see-alerts": READERS,
    "acknowledge": CARE,
    "see-on-call": EVERYONE,
    "keep-on-call": KEEPERS,
    "see-definitions": EVERYONE,
    "see-audit": frozenset({_R.AUDITOR, _R.SUPERVISOR, _R.LEAD}),
    "see-events": READERS,
    "keep-people": frozenset({_R.ADMIN}),
}

_SIGNS: dict[Authority, frozenset[Role]] = {
    Authority.AUTOMATIC: SIGNERS,
    Authority.CLINICIAN: SIGNERS,
    Authority.PRESCRIBER: frozenset({_R.PRESCRIBER}),
    Authority.SUPERVISOR: OVERRIDERS,
}


def allow(principal: Principal, action: str) -> None:
    """Let pass whoever the table lists for an action. Raises: NotAllowed."""
    if principal.role not in ACCESS[action]:
        allowed = ", ".join(sorted(role.value for role in ACCESS[action]))
        raise NotAllowed(
            f"The role '{principal.role.value}' may not {action.replace('-', ' ')}. It needs: {allowed}."
        )


def may_sign(principal: Principal, authority: Authority) -> bool:
    """Tell whether somebody's role signs under an authority; the credential is looked at when they do."""
    return principal.role in _SIGNS[authority]


def credential_for(principal: Principal, authority: Authority, *, on: date) -> str:
    """Return the credential under which someone signs on a day. Raises: NotAllowed."""
    if not may_sign(principal, authority):
        needed = ", ".join(sorted(role.value for role in _SIGNS[authority]))
        raise NotAllowed(f"This needs the signature of: {needed}.")
    if not principal.credential:
        raise NotAllowed("You have no credential on file; an administrator adds it.")
    if principal.credential_until and principal.credential_until < on:
        raise NotAllowed("Your credential has expired; an administrator renews it.")
    return principal.credential
