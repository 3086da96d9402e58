"""Facts as the vignettes write them: `ratings op @14 unsigned`, `attended @15,17`, `c-ssrs 1110?00 @4`."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from models.care_plan import Dose, Goal
from models.case import AnyFact
from models.facts import Assessment, AttendanceStatus
from services.rules.cadence import day_of, start_of
from tests.builders import (
    a_bam,
    a_checklist,
    a_form,
    a_phq,
    a_plan,
    a_screen,
    a_total,
    an_attempt,
    an_attendance,
    an_authorisation,
    an_event,
    by_set,
    on_day,
    ratings,
)

_PAYERS_SAY = {"approved", "partly", "pending", "denied"}


def facts_of(text: str) -> list[AnyFact]:
    """Read one wording: what it says, the days on which it was true, and by whom and when it became known.

    `attested` where only its source stands for it; `learned @9` where we heard of it later; `in asam-4` of which edition
    ratings are; `by va` by which band set a scale is read.
    """
    said, _, when = text.partition(" @")
    days, _, notes = when.partition(" ")
    facts = [_fact(*said.split(), day=float(day), signed="unsigned" not in notes) for day in days.split(",")]
    learned = re.search(r"learned @(\S+)", notes)
    more: dict[str, Any] = {"recorded_at": on_day(float(learned[1])), "known": 2} if learned else {}
    if edition := re.search(r"in (asam-\d)", notes):
        more["edition"] = edition[1]
    if "attested" in notes:
        more["attested"] = True
    if band_set := re.search(r"by (\S+)", notes):
        facts = [by_set(one, band_set[1]) for one in facts if isinstance(one, Assessment)]
    return [replace(fact, **more) for fact in facts]


def _fact(name: str, *words: str, day: float, signed: bool) -> AnyFact:
    if name in {*AttendanceStatus}:
        return an_attendance(day, name, *map(int, words))
    if name in _PAYERS_SAY:
        return _authorisation(name, *words, day=day)
    if name in _SAID:
        return _SAID[name](words, day)
    if re.fullmatch(r"[0-9?-]{6,}", words[0]):
        return a_form({"ratings": "six-dimensions"}.get(name, name), words[0], day, signed=signed)
    return _scored(name, words[0], day, signed=signed)


def _authorisation(decision: str, level: str, days: str, *units: str, day: float) -> AnyFact:
    """Read `approved iop 0..27 20 day`: from the first to the last day, both included, and as many units as there are."""
    starts, ends = map(int, days.split(".."))
    more = {"units": int(units[0]), "unit": units[1]} if units else {}
    return an_authorisation(day, starts, ends, level, decision, **more)


def _scored(name: str, what: str, day: float, *, signed: bool) -> Assessment:
    match name:
        case "ratings":
            return ratings(what, day, signed=signed)
        case "c-ssrs":
            return a_screen(what, day, signed=signed)
        case "phq-9":
            return a_phq(int(what), day, signed=signed)
        case "bam":
            return a_bam(day, signed=signed, **_bam(what))
    return a_total(name, int(what), day, signed=signed)


def _plan(words: tuple[str, ...], day: float) -> AnyFact:
    """Read `met op+7`, `met op+7 without-aftercare`, `open group-3x180 for-use for-home`: next step, services, goals."""
    more: dict[str, Any] = {"aftercare": False} if "without-aftercare" in words else {}
    doses = [re.fullmatch(r"([a-z]+)-(\d)x(\d+)", word) for word in words]
    more["services"] = tuple(
        Dose(service=one[1], per_week=int(one[2]), minutes=int(one[3])) for one in doses if one
    )
    keys = [word.removeprefix("for-") for word in words if word.startswith("for-")]
    more["by_goal"] = tuple(Goal(key=one, dimension=5) for one in keys)
    step = next(filter(None, (re.fullmatch(r"([a-z]+)([+-]\d+)", word) for word in words)), None)
    return a_plan(day, words[0], step and step[1], int(step[2]) if step else None, **more)


def _bam(points: str) -> dict[str, int]:
    scale, _, count = points.rpartition("-")
    return {scale or "use": int(count)}


_SAID = {
    "event": lambda words, day: an_event(words[0], day),
    "checklist": lambda words, day: a_checklist(day, *words),
    "attempt": lambda words, day: an_attempt(words[0], day),
    "plan": _plan,
}


def day_number(moment: datetime, zone: str) -> int:
    """Return on which day of a vignette a moment lies, in the program's zone."""
    return day_of(moment, zone).toordinal() - on_day(0).toordinal()


def when(moment: datetime, zone: str) -> str:
    """Say a moment as the vignettes do: `day 17` where a whole day of the program is meant, else exactly, as `@10.5`."""
    if moment == start_of(day_of(moment, zone), zone):
        return f"day {day_number(moment, zone)}"
    return f"@{round((moment - on_day(0)) / timedelta(days=1), 3):g}"
