"""A POST that may be sent twice: the same key and body give the same answer and one effect.

The answer is stored in the transaction of the effect. With `If-Match` the pathway is locked first, and a version that
is no longer the present one is refused before anything is written.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Header, Response
from pydantic import BaseModel
from pydantic_core import to_json

from services import chart, idempotency
from services.errors import Conflict
from services.store import pathways
from services.store.work import Work
from services.web.visits import Visit, Visiting

Act = Callable[[Work], Mapping[str, object]]
_JSON = "application/json"


class Created(BaseModel):
    """What was made."""

    id: UUID


class CreatedMany(BaseModel):
    """What was made, in the order it was asked for."""

    ids: list[UUID]


class Outdated(Conflict):
    """The version named by If-Match is not the present one."""

    code, status = "outdated", 412


@dataclass(frozen=True, slots=True)
class Posting:
    """One POST: the visit, its idempotency key and the version it was written against."""

    visit: Visit
    key: str | None
    version: str | None

    def once(self, act: Act, *, pathway_id: UUID | None = None) -> Response:
        """Do this once and answer 201; a repetition is answered from what is stored. Raises: KeyReused, Outdated."""
        with self.visit.transaction() as work:
            seen = self._seen(work)
            if seen is not None:
                return seen
            if pathway_id is not None and self.version is not None:
                _check_version(work, pathway_id, self.version, self.visit)
            body = to_json(act(work))
            if self.key is not None:
                idempotency.answer(work, self.visit.by, self.key, 201, body)
        return Response(body, 201, media_type=_JSON)

    def _seen(self, work: Work) -> Response | None:
        if self.key is None:
            return None
        request = self.visit.request
        told = f"{request.method} {request.url.path}\n".encode() + request.state.body
        seen = idempotency.remember(work, self.visit.by, self.key, told, at=self.visit.at)
        if seen is None:
            return None
        return Response(seen.body, seen.status, {"Idempotency-Replayed": "true"}, _JSON)


def _check_version(work: Work, pathway_id: UUID, wanted: str, visit: Visit) -> None:
    pathways.target(work, pathway_id)
    present = etag(chart.pathway(work, pathway_id, at=visit.at).version)
    if wanted not in {"*", present}:
        raise Outdated("The pathway has changed since you read it.", details={"etag": present})


def etag(version: int) -> str:
    """Return a pathway version as an entity tag."""
    return f'"{version}"'


def _posting(
    visit: Visiting,
    key: Annotated[
        str | None,
        Header(
            alias="Idempotency-Key",
            min_length=1,
            max_length=200,
            pattern=r"^[\x21-\x7e]+$",
            description="The same key and body give the same answer and one effect",
        ),
    ] = None,
    version: Annotated[
        str | None,
        Header(
            alias="If-Match", max_length=40, description="The ETag of the pathway you read; * is any version"
        ),
    ] = None,
) -> Posting:
    return Posting(visit, key, version)


Post = Annotated[Posting, Depends(_posting)]
