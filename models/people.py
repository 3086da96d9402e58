"""People who use Stepdown: roles, credentials, and who did something."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID


class Role(StrEnum):
    """What a person or key may do; `services/access.py` holds the table."""

    COORDINATOR = "coordinator"
    CLINICIAN = "clinician"
    NURSE = "nurse"
    PRESCRIBER = "prescriber"
    TRAINEE = "trainee"
    SUPERVISOR = "supervisor"
    LEAD = "lead"
    AUDITOR = "auditor"
    ADMIN = "admin"
    SERVICE = "service"


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who wrote something, in which role, and by what way. `run_id` names the flow run, if one did it."""

    id: UUID
    role: str
    via: Literal["page", "api", "import", "command", "flow", "worker", "demo"]
    run_id: UUID | None = None
    request_id: str | None = None
