"""Who works in the invented clinic and signs in to the demo."""

from datetime import date, timedelta

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


def staff(today: date) -> list[NewPerson]:
    """Return everybody who works here; credentials stay valid for two years from today."""
    until = today + timedelta(days=730)
    signing = [
        NewPerson(name=name, role=role, credential=credential, credential_until=until)
        for name, role, credential in _CREDENTIALED
    ]
    return [*(NewPerson(name=name, role=Role.COORDINATOR) for name in COORDINATORS), *signing]
