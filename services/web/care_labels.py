"""What services, weeks, obligations and earlier care are called on a screen; the rest is in `labels`."""

from collections.abc import Collection

from models.views import TallyLine

SERVICES = {
    "individual": "Individual",
    "group": "Group",
    "family": "Family",
    "medical": "Medical",
    "behavioural-therapy": "Behavioural therapy",
    "skills": "Skills training",
    "relapse-prevention": "Relapse prevention",
    "life-skills": "Life skills",
    "coping-skills": "Coping skills",
    "education": "Education",
    "peer": "Peer",
    "holistic": "Holistic",
    "aftercare-planning": "Aftercare planning",
    "supervision": "Supervision",
    "meeting": "12-step meeting",
    "sober-living": "Sober living",
    "recovery-activity": "Recovery activity",
}
OBLIGATIONS = {
    "work": "Work",
    "school": "School",
    "family": "Family care",
    "volunteering": "Volunteering",
    "other": "Other",
}
CAME_FROM = {
    "none": "No care before",
    "op": "OP",
    "iop": "IOP",
    "detox": "Detox",
    "residential": "Residential care",
    "hospital": "Hospital",
}
REFERRED_BY = {
    "self": "The client or their family",
    "addiction-care": "Addiction care",
    "health-care": "Other health care",
    "school": "School",
    "employer": "Employer",
    "community": "Community",
    "court": "Court or probation",
}
WEEKDAYS = {
    "mon": "Mon",
    "tue": "Tue",
    "wed": "Wed",
    "thu": "Thu",
    "fri": "Fri",
    "sat": "Sat",
    "sun": "Sun",
}
STANDS = {"under": "Under", "over": "Over", "on-target": "On target", "unknown": "Not known yet"}
STANDS_MARKS = {"under": "▽", "over": "△", "on-target": "✓", "unknown": "?"}
STANDS_BADGES = {"under": "overdue", "over": "overdue", "on-target": "ok", "unknown": "later"}


def services(here: Collection[tuple[str, str]]) -> dict[str, str]:
    """Return what a session may be of, what the stage delivers first and by its own name."""
    return {**dict(here), **{key: text for key, text in SERVICES.items() if key not in dict(here)}}


def tally(one: TallyLine, unit: str) -> str:
    """Say how much of something a week has, and what could still come to it."""
    target = f"at least {one.least}" if unit == "days" and one.most == 7 else f"{one.least} to {one.most}"
    more = [f"{one.planned:g} planned"] if one.planned else []
    more += [f"{one.unlogged:g} not charted"] if one.unlogged else []
    return ", ".join([f"{one.attended:g} of {target} {unit} attended", *more])
