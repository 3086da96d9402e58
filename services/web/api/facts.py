"""What is recorded on a pathway: assessments, attendance, events, authorisations, holds, moved due dates."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel

from models.decision import Decision
from models.instrument import Score
from models.requests import (
    NewAssessment,
    NewAttempt,
    NewAttendance,
    NewAuthorisation,
    NewChecklist,
    NewDueDate,
    NewEvent,
    NewHold,
)
from models.views import AuthorisationLine
from services import answering, authorisations, deciding, due_dates, holds, recording, worklist
from services.store.work import Work
from services.web.api.posting import Created, Post, Posting
from services.web.problems import documented
from services.web.visits import Routes, Visiting

routes = Routes(prefix="/pathways/{pathway_id}", tags=["facts"])
_REFUSED = documented(400, 401, 403, 404, 409, 412, 413, 415, 422, 503)


class Assessed(BaseModel):
    """A recorded assessment, what it scored, and what the rules would now say; nothing is decided yet.

    Not `signed`, it is kept and counts for no decision until a clinician signs such answers.
    """

    id: UUID
    signed: bool
    score: Score
    preview: Decision


@routes.on(
    "POST",
    "/assessments",
    action="record-facts",
    status_code=201,
    response_model=Assessed,
    responses=_REFUSED,
)
def assess(post: Post, pathway_id: UUID, asked: NewAssessment) -> Response:
    """Record answers to an instrument; the answer says the score and what the rules would conclude."""
    return post.once(lambda work: _assessed(work, post, pathway_id, asked), pathway_id=pathway_id)


def _assessed(work: Work, post: Posting, pathway_id: UUID, asked: NewAssessment) -> Mapping[str, object]:
    [fact_id] = recording.assessments(work, [(pathway_id, asked)], **post.visit.hand)
    preview = deciding.preview(work, pathway_id, at=post.visit.at)
    signed = answering.counts(asked, **post.visit.hand)
    return {"id": fact_id, "signed": signed, "score": answering.score(asked), "preview": preview}


@routes.on(
    "POST",
    "/attendance",
    action="record-facts",
    status_code=201,
    response_model=Created,
    responses=_REFUSED,
)
def attend(post: Post, pathway_id: UUID, asked: NewAttendance) -> Response:
    """Record what became of a session for this client."""
    return post.once(
        lambda work: {"id": recording.attendance(work, [(pathway_id, asked)], **post.visit.hand)[0]},
        pathway_id=pathway_id,
    )


@routes.on(
    "POST", "/events", action="record-facts", status_code=201, response_model=Created, responses=_REFUSED
)
def report(post: Post, pathway_id: UUID, asked: NewEvent) -> Response:
    """Report something that happened, at its true time; it is never refused for what it means."""
    return post.once(
        lambda work: {"id": recording.events(work, [(pathway_id, asked)], **post.visit.hand)[0]},
        pathway_id=pathway_id,
    )


@routes.on(
    "POST", "/checklist", action="record-facts", status_code=201, response_model=Created, responses=_REFUSED
)
def check_off(post: Post, pathway_id: UUID, asked: NewChecklist) -> Response:
    """Record how parts of the assessment stand; it is told how much is done, and no admission waits for it."""
    return post.once(
        lambda work: {"id": recording.checklists(work, [(pathway_id, asked)], **post.visit.hand)[0]},
        pathway_id=pathway_id,
    )


@routes.on(
    "POST",
    "/authorisations",
    action="record-facts",
    status_code=201,
    response_model=Created,
    responses=_REFUSED,
)
def authorise(post: Post, pathway_id: UUID, asked: NewAuthorisation) -> Response:
    """Record what a payer said about a level of care. It never changes what the rules recommend."""
    return post.once(
        lambda work: {"id": authorisations.record(work, [(pathway_id, asked)], **post.visit.hand)[0]},
        pathway_id=pathway_id,
    )


@routes.on(
    "POST", "/attempts", action="record-facts", status_code=201, response_model=Created, responses=_REFUSED
)
def attempt(post: Post, pathway_id: UUID, asked: NewAttempt) -> Response:
    """Record what came of trying to reach the client; with `work_id` it ends that outreach."""
    return post.once(
        lambda work: {"id": worklist.attempt(work, pathway_id, asked, **post.visit.hand)},
        pathway_id=pathway_id,
    )


@routes.on("GET", "/authorisations", action="see-pathways", responses=documented(401, 403, 404, 422, 503))
def show_authorisations(visit: Visiting, pathway_id: UUID) -> list[AuthorisationLine]:
    """List what payers said, with what attended care has used of it; the last to end first."""
    with visit.transaction() as work:
        return list(authorisations.listed(work, pathway_id, at=visit.at))


@routes.on("POST", "/holds", action="hold", status_code=201, response_model=Created, responses=_REFUSED)
def hold(post: Post, pathway_id: UUID, asked: NewHold) -> Response:
    """Stop the clocks of a pathway."""
    return post.once(
        lambda work: {"id": holds.hold(work, pathway_id, asked, **post.visit.hand)}, pathway_id=pathway_id
    )


@routes.on("POST", "/resume", action="hold", status_code=201, response_model=Created, responses=_REFUSED)
def resume(post: Post, pathway_id: UUID) -> Response:
    """Let the clocks run again."""
    return post.once(lambda work: _resumed(work, post, pathway_id), pathway_id=pathway_id)


def _resumed(work: Work, post: Posting, pathway_id: UUID) -> Mapping[str, object]:
    holds.resume(work, pathway_id, **post.visit.hand)
    return {"id": pathway_id}


@routes.on(
    "POST", "/due-dates", action="move-due-dates", status_code=201, response_model=Created, responses=_REFUSED
)
def move_due_date(post: Post, pathway_id: UUID, asked: NewDueDate) -> Response:
    """Move the due date of one open look within its outer limit, with a reason."""
    return post.once(
        lambda work: {"id": due_dates.move(work, pathway_id, asked, **post.visit.hand)}, pathway_id=pathway_id
    )


@routes.on("POST", "/retry", action="retry", status_code=201, response_model=Created, responses=_REFUSED)
def retry(post: Post, pathway_id: UUID) -> Response:
    """Let the engine try again a pathway that it left aside."""
    return post.once(lambda work: _released(work, post, pathway_id), pathway_id=pathway_id)


def _released(work: Work, post: Posting, pathway_id: UUID) -> Mapping[str, object]:
    worklist.retry(work, pathway_id, **post.visit.hand)
    return {"id": pathway_id}
