"""Every refusal in one shape: RFC 9457 problem+json, with a pointer to the field and never the value.

A message says what would be right. The text of a refused value is not repeated: it may be a client's data.
"""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from models.faults import inmost, pointer, say
from services.errors import CareError

MEDIA = "application/problem+json"


class Fault(BaseModel):
    """One thing that is wrong: a JSON pointer into the body, or the name of a parameter of the address."""

    pointer: str | None = Field(default=None, description="RFC 6901, into the request body")
    parameter: str | None = Field(default=None, description="in the path, the query or a header")
    detail: str


class Problem(BaseModel):
    """Why a request was not carried out (RFC 9457). `code` is stable; texts may be improved."""

    model_config = ConfigDict(json_schema_extra={"description": "RFC 9457 problem details"})

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str
    request_id: str = ""
    errors: tuple[Fault, ...] = ()
    details: Mapping[str, Any] = Field(default_factory=dict)

    def response(self, headers: Mapping[str, str] | None = None) -> JSONResponse:
        """Return this problem as an answer of the API."""
        body = self.model_dump(mode="json", exclude_none=True)
        return JSONResponse(body, self.status, headers=dict(headers or {}), media_type=MEDIA)


def of_status(status: int, detail: str = "", code: str = "") -> Problem:
    """Return the problem a bare HTTP status means."""
    phrase = HTTPStatus(status).phrase
    code = code or phrase.lower().replace(" ", "-")
    return Problem(title=phrase, status=status, code=code, detail=detail or f"{phrase}.")


def of_care(error: CareError) -> Problem:
    """Return the problem of something Stepdown refused to do."""
    plain = of_status(error.status, error.message, error.code)
    where = {"parameter": error.parameter} if error.parameter else {"pointer": error.pointer}
    fault = Fault(**where, detail=error.message)
    return plain.model_copy(update={"errors": (fault,), "details": error.details})


def of_validation(errors: Sequence[Mapping[str, Any]], body: object = None) -> Problem:
    """Return the problem of a request that does not fit its model, a fault for every field."""
    plain = of_status(422, "Something in the request cannot be right.", "invalid")
    return plain.model_copy(update={"errors": faults(errors, body)})


def faults(errors: Sequence[Mapping[str, Any]], body: object = None) -> tuple[Fault, ...]:
    """Return pydantic's errors as faults, one for each place; of a place and its part only the part."""
    found: dict[str, Fault] = {}
    for error in errors:
        fault = _fault(error, body)
        found.setdefault(f"{fault.pointer} {fault.parameter}", fault)
    told = inmost(one.pointer for one in found.values() if one.pointer is not None)
    return tuple(one for one in found.values() if one.pointer is None or one.pointer in told)


def _fault(error: Mapping[str, Any], body: object) -> Fault:
    where, *loc = error["loc"]
    if where in {"path", "query", "header", "cookie"}:
        return Fault(parameter=str(loc[0])[:100], detail=say(error))
    if where == "body" and error["type"] == "json_invalid":
        return Fault(pointer="", detail=say(error))
    return Fault(pointer=pointer(loc, body, missing=error["type"] == "missing"), detail=say(error))


_REFUSALS = {
    400: "The body or the address cannot be read.",
    401: "Not signed in.",
    403: "The role does not allow it, or the request came from another site.",
    404: "Nothing of that id in your programs.",
    409: "What you saw has changed.",
    412: "The version named by If-Match is not the present one.",
    413: "The body is too large.",
    415: "The body is of a wrong kind.",
    422: "A field cannot be right; `errors` points to it.",
    500: "A fault of ours, logged under the request id.",
    503: "A part that is needed is away; try again.",
}


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return how OpenAPI lists these refusals of an operation."""
    schema = {"schema": {"$ref": "#/components/schemas/Problem"}}
    return {one: {"description": _REFUSALS[one], "content": {MEDIA: schema}} for one in statuses}
