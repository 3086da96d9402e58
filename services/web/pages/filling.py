"""Forms: what was typed, what it means, and the way back with the typed text kept when something is wrong."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError

from models.faults import inmost, say
from services import idempotency
from services.errors import CareError, Conflict, Invalid, NotAllowed
from services.store.work import Work
from services.web.visits import Visit


@dataclass(frozen=True)
class Filled:
    """A form as it was typed: its values, and by field what is wrong."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)
    details: Mapping[str, Any] = field(default_factory=dict)
    status: int = 200
    key: str = "f"

    def of(self, key: str) -> "Filled":
        """Return the same form under a key of its own, where a page holds several."""
        return replace(self, key=key)

    def id(self, name: str) -> str:
        """Return the id of a field in the page."""
        return f"{self.key}-{name}"

    def value(self, name: str, otherwise: object = "") -> str:
        """Return what stands in a field; a field that was sent empty stays empty."""
        return str(self.values.get(name, otherwise))


BLANK = Filled()


def submitted(visit: Visit, act: Callable[[], Response], again: Callable[[Filled], Response]) -> Response:
    """Carry out a form, or show it again with the typed text and what is wrong."""
    try:
        return act()
    except ValidationError as bad:
        errors = {_field(error["loc"]): say(error) for error in bad.errors()}
        told = inmost(place.replace(".", "/") for place in errors)
        errors = {place: text for place, text in errors.items() if place.replace(".", "/") in told}
        return again(Filled(visit.form, errors, status=422))
    except (Invalid, Conflict, NotAllowed) as refusal:
        return again(_refused(visit, refusal))


def _field(loc: tuple[int | str, ...]) -> str:
    number = next((str(step) for step in loc[1:] if isinstance(step, int)), None)
    return ".".join([str(loc[0]) if loc else "", *([number] if number else [])])


def _refused(visit: Visit, refusal: CareError) -> Filled:
    place = refusal.pointer.strip("/").replace("/", ".")
    return Filled(visit.form, {place: refusal.message}, refusal.details, refusal.status)


def once(visit: Visit, act: Callable[[Work], object]) -> str:
    """Carry out a form in one transaction; sent twice, it is done once. Return what it made, as text."""
    key = visit.form.get("once")
    with visit.transaction() as work:
        told = f"{visit.request.url.path}\n".encode() + visit.request.state.body
        seen = idempotency.remember(work, visit.by, key, told, at=visit.at) if key else None
        if seen is not None:
            return seen.body.decode()
        made = str(act(work))
        if key:
            idempotency.answer(work, visit.by, key, 303, made.encode())
    return made


def onward(path: str, said: str) -> RedirectResponse:
    """Return the way on after a form, with a short code for what happened."""
    return RedirectResponse(f"{path}?said={said}", 303)


def given(form: Mapping[str, str], *names: str) -> dict[str, Any]:
    """Return the fields of these names that hold something."""
    return {name: form[name] for name in names if form.get(name, "").strip()}


def whole(text: str) -> int | str:
    """Return a typed whole number; anything else is left for the model to refuse."""
    return int(text) if re.fullmatch(r"\s*-?[0-9]{1,9}\s*", text) else text


def moment(text: str, zone: str) -> str | None:
    """Return a typed local time with its offset; anything else is left for the model to refuse."""
    if not text.strip():
        return None
    try:
        return _in_zone(text.strip()[:16], ZoneInfo(zone)) or text
    except (ValueError, OverflowError):
        return text


def _in_zone(text: str, zone: ZoneInfo) -> str | None:
    naive = datetime.strptime(text, "%Y-%m-%dT%H:%M")  # noqa: DTZ007 - the zone comes next
    aware = naive.replace(tzinfo=zone)
    # An hour that the clocks were put forward over never was.
    exists = aware.astimezone(UTC).astimezone(zone).replace(tzinfo=None) == naive
    return aware.isoformat() if exists else None
