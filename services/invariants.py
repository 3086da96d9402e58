"""The oracle: whether what must always hold does hold, read from the record alone.

Every test under faults asks it, and `stepdown doctor --invariants` asks it of a live installation. What only the one
who sent the requests can know (what was acknowledged, what was begun) is given; the rest is in the database.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from models.catalogue.pathway_files import UnknownDefinition, definition
from models.oracle import Breach, Image, Told
from services import auditing, deciding
from services.reconciling import CATCH_UP, missed
from services.rules.folding import UnknownAction, differences, fold
from services.store import images
from services.store import invariants as ask
from services.store.work import Work

PATIENCE = timedelta(minutes=2)
"""No transaction of ours is open for longer."""

PAGE = 500


def check(
    work: Work, *, at: datetime, public_key: str | None = None, notes: Sequence[str] = ()
) -> Iterator[Breach]:
    """Return every invariant that does not hold, of a database that nobody changes meanwhile or of a snapshot.

    Shapes: pathways are read page by page; of each kind of breach at most 100 are named.
    """
    yield from _acknowledged(work)
    yield from _numbered(work)
    yield from _folded(work)
    yield from _followed(work)
    yield from _proved(work, public_key, notes)
    yield from _handled(work, at)
    yield from _caused(work)
    yield from _ended(work, at)


def lost(work: Work, acknowledged: Sequence[UUID]) -> Iterator[Breach]:
    """Return what was acknowledged to whoever asked and is not there."""
    for row in ask.absent(work, acknowledged):
        yield Breach(invariant="I1", what=f"{row.thing} was acknowledged and is not there")


def uncalled(work: Work, people: Sequence[UUID], acknowledged: Sequence[UUID]) -> Iterator[Breach]:
    """Return what stands there by the hand of people whose every request was acknowledged, and none was for it."""
    for row in ask.beside(work, people, acknowledged):
        yield Breach(
            invariant="I2",
            what=f"{row.what} {row.id} is there and nobody began it",
            pathway_id=row.pathway_id,
        )


def _acknowledged(work: Work) -> Iterator[Breach]:
    for row in ask.unkept(work):
        yield Breach(invariant="I1", what=f"{row.thing} was acknowledged and is not there")
    for row in ask.unanswered(work):
        yield Breach(invariant="I10", what=f"a request of {row.person_id} was kept with status {row.status}")


def _numbered(work: Work) -> Iterator[Breach]:
    for row in ask.miscounted(work):
        what = f"stands at version {row.version} with {row.entries} entries"
        yield Breach(invariant="I3", what=what, pathway_id=row.pathway_id)
    for row in ask.homeless(work):
        yield Breach(invariant="I3", what="has entries and is not there", pathway_id=row.pathway_id)


def _folded(work: Work) -> Iterator[Breach]:
    after: UUID | None = None
    while page := ask.pathway_ids(work, after=after, limit=PAGE):
        told, stored = images.told(work, page), images.stored(work, page)
        for one in page:
            yield from _unlike(one, told.get(one, []), stored[one])
        for pathway_id, fact_id in ask.uncommitted_facts(work, page):
            yield _apart(pathway_id, f"fact {fact_id} does not say what its entry committed to")
        after = page[-1]
    for row in ask.misnamed_cases(work):
        yield _apart(row.pathway_id, f"decision {row.id} does not hold the case its entry names")


def _followed(work: Work) -> Iterator[Breach]:
    for row in ask.unwatched(work):
        what = f"nobody follows notice {row.id} up its ladder"
        yield Breach(invariant="I5", what=what, pathway_id=row.pathway_id)


def _unlike(pathway_id: UUID, told: Sequence[Told], stored: Image) -> Iterator[Breach]:
    try:
        yield from (_apart(pathway_id, what) for what in differences(fold(told), stored))
    except UnknownAction as unknown:
        yield _apart(pathway_id, f"nobody knows what the action {unknown} leaves")


def _apart(pathway_id: UUID, what: str) -> Breach:
    invariant = "I5" if what.startswith("notice ") else "I4"
    return Breach(invariant=invariant, what=what, pathway_id=pathway_id)


def _proved(work: Work, public_key: str | None, notes: Sequence[str]) -> Iterator[Breach]:
    if public_key is None:
        return
    for damage in auditing.verify(work, public_key, notes=notes).damages:
        yield Breach(
            invariant="I6", what=f"{damage.kind} at entries {damage.first} to {damage.last}: {damage.why}"
        )


def _handled(work: Work, at: datetime) -> Iterator[Breach]:
    """Ask the wake-up clock, the records without it, and the rules themselves."""
    for row in ask.unhandled(work, at - CATCH_UP):
        yield _slept(row.pathway_id, f"due since {row.wake_at:%Y-%m-%d %H:%MZ}")
    for gap in missed(work, at=at):
        yield _slept(gap.pathway_id, f"{gap.what} since {gap.since:%Y-%m-%d %H:%MZ}")
    after: UUID | None = None
    while page := ask.asleep(work, at, after=after, limit=PAGE):
        for one in deciding.restless(work, page, at=at):
            yield _slept(one, "a pass would change it, and nothing wakes it")
        after = page[-1]


def _slept(pathway_id: UUID, what: str) -> Breach:
    return Breach(invariant="I7", what=what, pathway_id=pathway_id)


def _caused(work: Work) -> Iterator[Breach]:
    for row in ask.causeless(work):
        yield Breach(invariant="I8", what=f"move {row.id} has no cause before it", pathway_id=row.pathway_id)
    for row in ask.unsigned_moves(work):
        yield Breach(invariant="I8", what=f"move {row.id} lacks its signature", pathway_id=row.pathway_id)
    for row in ask.ways_taken(work):
        if not _is_route(row.definition, row.rule, row.from_stage, row.to_stage):
            what = f"moved from {row.from_stage} to {row.to_stage}, which {row.definition} has no route for"
            yield Breach(invariant="I8", what=what, pathway_id=row.pathway_id)


def _is_route(name: str, rule: str | None, from_stage: str, to_stage: str) -> bool:
    try:
        routes = definition(name).routes
    except UnknownDefinition:
        return False
    return any((one.key, one.start, one.to) == (rule, from_stage, to_stage) for one in routes)


def _ended(work: Work, at: datetime) -> Iterator[Breach]:
    for row in ask.overlong(work, at - PATIENCE):
        yield Breach(invariant="I9", what=f"process {row.pid} has held a transaction open ({row.state})")
    for row in ask.outlived(work):
        yield Breach(invariant="I9", what=f"a {row.kind} of {row.person_id} was used after its time")
