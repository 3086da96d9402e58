"""Check one draft by itself: its fields by the API's own requests, its times, its score. Nothing is looked up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from models.faults import inmost, pointer, say
from services import answering, clients, recording
from services.errors import CareError, Invalid
from services.importing.drafts import Draft, Line, rejected
from services.importing.requests import (
    KINDS,
    NOBODY,
    AnyLine,
    AssessmentLine,
    ClientLine,
    FactLine,
    PathwayLine,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line that makes sense by itself. `keys` are what makes it the same as another; `target` is whom it is about.

    The target of a pathway is its client, of a fact its pathway; it is known once it has been looked up. `request` is
    one of `KINDS`.
    """

    draft: Draft
    request: Any
    target: UUID = NOBODY
    keys: frozenset[object] = field(default_factory=frozenset)


def checked(draft: Draft, *, at: datetime) -> Entry | Line:
    """Return a draft as an entry, or rejected with the first thing that is wrong."""
    try:
        if draft.fault:
            raise draft.fault
        request = KINDS[draft.kind].model_validate(draft.fields)
        _check(request, at)
    except ValidationError as refusal:
        return rejected(draft, _fault(refusal.errors(include_url=False), draft.fields))
    except CareError as fault:
        return rejected(draft, fault)
    return Entry(draft, request)


def _fault(errors: Sequence[Mapping[str, Any]], fields: Mapping[str, object]) -> Invalid:
    """The first thing that is wrong, where it is wrong."""
    places = [pointer(error["loc"], fields, missing=error["type"] == "missing") for error in errors]
    told = inmost(places)
    return next(
        Invalid(say(error), pointer=place)
        for error, place in zip(errors, places, strict=True)
        if place in told
    )


def _check(request: AnyLine, at: datetime) -> None:
    if isinstance(request, ClientLine):
        _check_client(request, at)
    elif isinstance(request, PathwayLine):
        _refuse_future(request.started_at, at, "/started_at")
    elif isinstance(request, FactLine):
        _refuse_future(request.effective_at, at, "/effective_at")
    if isinstance(request, AssessmentLine):
        answering.score(request)


def _check_client(request: ClientLine, at: datetime) -> None:
    if (
        not at.year - clients.EARLIEST_BIRTH_YEARS <= request.birth_date.year
        or request.birth_date > at.date()
    ):
        raise Invalid(
            f"A birth date lies in the past {clients.EARLIEST_BIRTH_YEARS} years.", pointer="/birth_date"
        )


def _refuse_future(moment: datetime | None, at: datetime, where: str) -> None:
    if moment is not None and moment > at + recording.TOLERANCE:
        raise Invalid("This lies in the future; only what has happened is taken in.", pointer=where)
