"""What a client goes through over HTTP: the spine's own story, step by step, for whoever drives it."""

from datetime import timedelta

from services import clock
from tests.house_up import Person

DAY = timedelta(days=1)
MOVES = ["Moved from IOP to OP"]
"""What the timeline of a client who has stepped down says of moves, newest first."""


def days_ago(days: float) -> str:
    return (clock.now() - days * DAY).isoformat()


def admitted(clinician: Person) -> str:
    """Enrol at assessment, assess, and sign the proposal of IOP."""
    pathway_id = clinician.enrol(started_at=days_ago(40))
    for what in ("phq-9", "c-ssrs", "needs-iop"):
        clinician.assess(pathway_id, what, effective_at=days_ago(12))
    clinician.accept(clinician.proposed(pathway_id, "iop"))
    clinician.arrives(pathway_id, "iop")
    return pathway_id


def treated(clinician: Person) -> str:
    """Take over a client who has been in IOP for three weeks: a review asks for two in the stay, days apart."""
    pathway_id = clinician.enrol(stage="iop", reason="onboarding", started_at=days_ago(20))
    clinician.assess(pathway_id, "needs-iop", effective_at=days_ago(15))
    return pathway_id


def reviewed(clinician: Person, pathway_id: str) -> None:
    """Attend for two weeks, meet the goals, and be reviewed twice."""
    for day in (12, 10, 8, 5, 3, 1):
        body = {"kind": "group", "minutes": 180, "status": "attended", "effective_at": days_ago(day)}
        clinician.post(f"/pathways/{pathway_id}/attendance", **body)
    clinician.assess(pathway_id, "needs-op", effective_at=days_ago(7))
    next_on = (clock.now() + 3 * DAY).date().isoformat()
    plan = {"goals": "met", "next_step": "op", "next_on": next_on, "aftercare": "A meeting on Fridays."}
    clinician.post(f"/pathways/{pathway_id}/plan", **plan)
    for what in ("phq-9", "c-ssrs", "needs-op"):
        clinician.assess(pathway_id, what)


def stepped_down(clinician: Person) -> str:
    """Be treated, be reviewed, and sign the proposal of OP."""
    pathway_id = treated(clinician)
    reviewed(clinician, pathway_id)
    clinician.accept(clinician.proposed(pathway_id, "op"))
    clinician.arrives(pathway_id, "op")
    return pathway_id
