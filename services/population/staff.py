"""Who works in the invented clinic and signs in to the demo."""

from datetime import date, timedelta

from models.alerting import Standby
from models.people import Role
from services.doors import NewPerson

COORDINATORS = ("Noor Abara", "Tara Weiss", "Udo Okafor")
CLINICIAN, FACILITATOR, PRESCRIBER, SUPERVISOR = "Sam Lindt", "Vera Lund", "Paz Iyer", "Mo Osei"

_CREDENTIALED = (
    (CLINICIAN, Role.CLINICIAN, "LCSW 20417"),
    (FACILITATOR, Role.CLINICIAN, "LPC 33150"),
    (PRESCRIBER, Role.PRESCRIBER, "MD 58221"),
    (SUPERVISOR, Role.SUPERVISOR, "LPC 11870"),
)

_DAY, _NIGHT, _ALWAYS = ("08:00", "17:00"), ("17:00", "08:00"), ("00:00", "00:00")
ON_CALL = (
    (FACILITATOR, Standby.ON_CALL, _DAY),
    (CLINICIAN, Standby.ON_CALL, _NIGHT),
    (PRESCRIBER, Standby.BACKUP, _ALWAYS),
    (SUPERVISOR, Standby.SUPERVISOR, _ALWAYS),
    (SUPERVISOR, Standby.LEAD, _ALWAYS),
)
"""Who stands by as what, from when until when, on every day."""


def address(name: str) -> str:
    """Return an invented mail address, of a domain that is nobody's for ever."""
    return f"{name.lower().replace(' ', '.')}@clinic.example"


STAFF = frozenset({*COORDINATORS, *(name for name, _, _ in _CREDENTIALED)})


def staff(today: date) -> list[NewPerson]:
    """Return everybody who works here; credentials stay valid for two years from today."""
    until = today + timedelta(days=730)
    signing = [
        NewPerson(name=name, role=role, credential=credential, credential_until=until)
        for name, role, credential in _CREDENTIALED
    ]
    return [*(NewPerson(name=name, role=Role.COORDINATOR) for name in COORDINATORS), *signing]
