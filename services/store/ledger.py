"""The one pen: state, history, audit entry, outgoing notice and wake-up of a change, in one transaction.

Each change takes the next version of its pathway and leaves one audit entry, so that a pathway's version is the number
of its entries, without gaps. Rows of one table go in together, whether they are of one client or of thousands.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import compress
from operator import not_
from uuid import UUID

from sqlalchemy import Row, insert, update
from sqlalchemy.sql.expression import bindparam
from sqlmodel import SQLModel

from models.canonical import canonical
from models.changes import Change, PathwayOpened
from models.people import Actor
from models.tables import care
from services import ids
from services.errors import Conflict
from services.store.rows import Insert, Numbered, Update, rows
from services.store.work import Work

NAMED = 100
"""So many pathways one notice names; beyond that it says that many changed. PostgreSQL takes 8,000 bytes."""

_ENTRIES = SQLModel.metadata.tables["audit_entry"]


@dataclass(frozen=True, slots=True)
class _Place:
    version: int
    at: datetime
    was_due: bool


def write(
    work: Work,
    changes: Sequence[Change],
    *,
    actor: Actor,
    at: datetime,
    wakes: Mapping[UUID, datetime | None] | None = None,
) -> None:
    """Write changes in the order given, set by set.

    Shapes: any number of pathways, any number of changes each.
    Time:   recorded at `at`, or at the pathway's last record where `at` is before it. Pathways named in `wakes` wake
            then; the others are due at once.
    Raises: Conflict, if a row that a change closes is not open any more.
    """
    if not changes and not wakes:
        return
    _open_pathways(work, [change for change in changes if isinstance(change, PathwayOpened)], at)
    places = _take_versions(work, changes, at, wakes or {})
    numbered = _number(changes, places, actor)
    _store(work, [row for one in numbered for row in rows(one)])
    if numbered:
        work.run(insert(_ENTRIES), *[_entry(one) for one in numbered])
    _share_history(work, changes)
    _tell(work, changes, places, at, wakes or {})


def installation_entry(work: Work, action: str, *, actor: Actor, at: datetime, **told: object) -> None:
    """Write an audit entry that belongs to no pathway: a demo was made, a user was added."""
    entry_id = ids.new()
    data = {"action": action, **told} | _heading(entry_id, at, actor)
    row = {"id": entry_id, "pathway_id": None, "pathway_version": None, "recorded_at": at, "kind": action}
    work.run(insert(_ENTRIES), row | {"bytes": canonical(data)})


def _open_pathways(work: Work, opened: Sequence[PathwayOpened], at: datetime) -> None:
    new = [
        {
            "id": change.pathway_id,
            "client_id": change.client_id,
            "program_id": change.program_id,
            "owner_id": change.owner_id,
            "definition": change.definition,
            "definition_key": change.definition.partition("@")[0],
            "definition_hash": change.definition_hash,
            "stage": change.stage,
            "follows": change.follows,
            "came_from": change.came_from,
            "referred_by": change.referred_by,
            "opened_at": change.started_at,
            "recorded_at": at,
            "version": 0,
            "attempts": 0,
        }
        for change in opened
    ]
    if new:
        work.run(insert(care.Pathway), *new)


def _take_versions(
    work: Work, changes: Sequence[Change], at: datetime, wakes: Mapping[UUID, datetime | None]
) -> dict[UUID, _Place]:
    """Lock the pathways in one order, so that two writers never wait for each other, and take their next versions."""
    counts = Counter(change.pathway_id for change in changes) + Counter(dict.fromkeys(wakes, 0))
    wanted = sorted(set(counts) | set(wakes))
    before = {row.id: row for row in work.rows(_LOCK, ids=wanted)}
    taken = work.rows(
        _TAKE,
        ids=wanted,
        counts=[counts[one] for one in wanted],
        fixed=[one in wakes for one in wanted],
        wakes=[wakes.get(one) for one in wanted],
        at=at,
    )
    if len(taken) != len(wanted):
        raise Conflict("A pathway that was to be written is gone.")
    return {
        row.id: _Place(row.version - counts[row.id], row.recorded_at, _is_due(before[row.id], at))
        for row in taken
    }


_LOCK = "SELECT id, wake_at FROM pathway WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR UPDATE"
_TAKE = """
UPDATE pathway SET
    version = version + given.n,
    recorded_at = greatest(recorded_at, CAST(:at AS timestamptz)),
    wake_at = CASE WHEN given.fixed THEN given.wake_at
                   WHEN closed_at IS NOT NULL THEN NULL
                   ELSE least(pathway.wake_at, CAST(:at AS timestamptz)) END
FROM unnest(CAST(:ids AS uuid[]), CAST(:counts AS int[]), CAST(:fixed AS boolean[]), CAST(:wakes AS timestamptz[]))
     AS given(id, n, fixed, wake_at)
WHERE pathway.id = given.id
RETURNING pathway.id, pathway.version, pathway.recorded_at
"""


def _is_due(row: Row[tuple[UUID, datetime | None]], at: datetime) -> bool:
    return row.wake_at is not None and row.wake_at <= at


def _number(changes: Iterable[Change], places: Mapping[UUID, _Place], actor: Actor) -> list[Numbered]:
    taken: Counter[UUID] = Counter()
    numbered = []
    for change in changes:
        taken[change.pathway_id] += 1
        place = places[change.pathway_id]
        numbered.append(Numbered(change, place.version + taken[change.pathway_id], place.at, actor))
    return numbered


def _store(work: Work, all_rows: Sequence[Insert | Update]) -> None:
    """Change and close what was open before, then add, then the rest: a successor never meets its predecessor."""
    new = [row for row in all_rows if isinstance(row, Insert)]
    fresh = {row.values["id"] for row in new if "id" in row.values}
    updates = sorted((row for row in all_rows if isinstance(row, Update)), key=_turn)
    stood = [row.of_open and row.where.get("id") not in fresh for row in updates]
    _update_all(work, [*compress(updates, stood)])
    _add_all(work, new)
    _update_all(work, [*compress(updates, map(not_, stood))])


def _add_all(work: Work, new: Sequence[Insert]) -> None:
    """Add rows of whatever tables, parents before children, so that foreign keys hold row by row."""
    added: defaultdict[object, list[Mapping[str, object]]] = defaultdict(list)
    for row in new:
        added[row.table.__tablename__].append(row.values)
    for table in SQLModel.metadata.sorted_tables:
        if table.name in added:
            work.run(insert(table), *added[table.name])


def _turn(row: Update) -> tuple[bool, int]:
    """A row is changed before it is closed; what was seen of it is checked before it is changed regardless."""
    return row.closes, -len(row.where)


def _update_all(work: Work, updates: Sequence[Update]) -> None:
    groups: defaultdict[tuple[object, ...], list[Update]] = defaultdict(list)
    for row in updates:
        groups[row.table, tuple(row.where), tuple(row.values)].append(row)
    for group in groups.values():
        _update(work, group)


def _update(work: Work, group: Sequence[Update]) -> None:
    """Update rows that name the same columns. A row that is not as it was seen fails the whole write."""
    table, where, values = (
        SQLModel.metadata.tables[str(group[0].table.__tablename__)],
        group[0].where,
        group[0].values,
    )
    conditions = [
        table.c[name].is_(None) if value is None else table.c[name] == bindparam(f"w_{name}")
        for name, value in where.items()
    ]
    statement = update(table).where(*conditions).values({name: bindparam(f"v_{name}") for name in values})
    many = [
        {f"w_{k}": v for k, v in one.where.items() if v is not None}
        | {f"v_{k}": v for k, v in one.values.items()}
        for one in group
    ]
    if work.run(statement, *many) != len(many):
        raise Conflict("Something changed while this was being written; look again.")


def _entry(one: Numbered) -> dict[str, object]:
    entry_id = ids.named("audit", one.change.pathway_id, one.version)
    data = _heading(entry_id, one.at, one.actor) | {
        "action": one.change.action,
        "pathway": one.change.pathway_id,
        "version": one.version,
        "told": one.change.told(),
    }
    return {
        "id": entry_id,
        "pathway_id": one.change.pathway_id,
        "pathway_version": one.version,
        "recorded_at": one.at,
        "kind": one.change.action,
        "bytes": canonical(data),
    }


def _heading(entry_id: UUID, at: datetime, actor: Actor) -> dict[str, object]:
    return {"v": 1, "log": "stepdown", "id": entry_id, "at": at, "actor": actor}


def _share_history(work: Work, changes: Sequence[Change]) -> None:
    """A new pathway knows from its first version what was known of the client before."""
    opened = [change.pathway_id for change in changes if isinstance(change, PathwayOpened)]
    if opened:
        work.run(
            """INSERT INTO fact_known (pathway_id, fact_id, pathway_version)
               SELECT pathway.id, fact.id, 1 FROM pathway JOIN fact ON fact.client_id = pathway.client_id
               WHERE pathway.id = ANY(CAST(:opened AS uuid[])) ON CONFLICT DO NOTHING""",
            opened=opened,
        )


def _tell(
    work: Work,
    changes: Sequence[Change],
    places: Mapping[UUID, _Place],
    at: datetime,
    wakes: Mapping[UUID, datetime | None],
) -> None:
    """Wake the worker where a pathway has newly come due, and tell the pages what changed. Delivered at commit."""
    newly_due = [
        one
        for one, place in places.items()
        if not place.was_due and (one not in wakes or _soon(wakes[one], at))
    ]
    changed = sorted({str(change.pathway_id) for change in changes})
    if newly_due:
        work.run("SELECT pg_notify('stepdown_wake', '')")
    if changed:
        work.run(
            "SELECT pg_notify('stepdown_changed', :what)",
            what=",".join(changed) if len(changed) <= NAMED else "*",
        )


def _soon(wake: datetime | None, at: datetime) -> bool:
    return wake is not None and wake <= at
