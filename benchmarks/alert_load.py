"""How many alerts reach a person: invented clinics live twelve weeks, and an engine walks every hour, also at night.

    make bench-alert-load

An interrupting alert is a notice: it goes by the alert delivery to somebody on call, at any hour. All else stands in the
worklist until somebody looks. Told per ten clients per day in care, by what called for it: a look that several triggers
called counts for the first of them. Whoever is told takes over within five minutes, so the ladders do not climb.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from flows import walking
from models.alerting import Channel
from services import alerts, reminders
from services.access import EVERYWHERE
from services.cli.demo import Made, principals, tell
from services.cli.virtual_days import ENGINE
from services.population.days import half_days
from services.store import notices
from services.store.database import Database
from services.store.work import Work
from tests.conftest import VAULT, Cluster, start

TODAY = date(2026, 11, 24)
_HOUR, _SOON = timedelta(hours=1), timedelta(minutes=5)
_MANY = 100_000


@dataclass(frozen=True)
class Load:
    """What reached people and what waited for them. `notices` by trigger and kind, `looks` by trigger, `listed` by kind.

    Units: `client_days` are days of open pathways; `letters` are deliveries, `off_hours` the notices raised at weekends or
    outside 8 to 18, `called` the clients about whom somebody was called, `mornings` the letters that tell in the morning
    what is soon, due and overdue, and interrupt nobody, `looks_told` what they count.
    """

    notices: Counter[tuple[str, str]] = field(default_factory=Counter)
    looks: Counter[str] = field(default_factory=Counter)
    listed: Counter[str] = field(default_factory=Counter)
    letters: int = 0
    off_hours: int = 0
    called: int = 0
    mornings: int = 0
    looks_told: int = 0
    client_days: float = 0.0

    def __add__(self, other: "Load") -> "Load":
        """Join two clinics."""
        return Load(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))

    def per_ten(self, count: int) -> float:
        """Return so many of something per ten clients per day."""
        return 10 * count / self.client_days if self.client_days else 0.0


def main(count: int = 80, weeks: int = 12, clinics: int = 3) -> None:
    """Live the clinics, each on a database of its own, and print what was measured."""
    with ExitStack() as stack:
        cluster, load = start(stack, "embedded"), Load()
        for number in range(clinics):
            load += lived(cluster, Made(TODAY, count, weeks * 7, seed=f"alert load {number}"))
    print("\n".join(told(load)))


def lived(cluster: Cluster, made: Made) -> Load:
    """Let one clinic live on a fresh database, and measure it."""
    with closing(Database(cluster.fresh().app_url, VAULT)) as database:
        tell(database, made, lambda line: print(line, file=sys.stderr), walk=every_hour(database, made))
        with database.transaction(EVERYWHERE) as work:
            return measured(work, made.ends)


def every_hour(database: Database, made: Made) -> Callable[[datetime], None]:
    """Return a walk that goes on every hour until the clinic next writes something up, and tells whom it concerns."""
    ends = [one.at for one in half_days(made.today, made.days)]
    until = dict(zip(ends, [*ends[1:], made.ends], strict=True))

    def walk(at: datetime) -> None:
        last = until.get(at, at)
        while True:
            walking.walk(database, at=at, actor=ENGINE)
            with database.transaction(EVERYWHERE) as work:
                deliver(work, at)
            if (at := at + _HOUR) >= last:
                return

    return walk


def deliver(work: Work, at: datetime) -> None:
    """Tell who is on call, and let the first who was told take it over soon after."""
    reminders.write_due(work, at=at)
    alerts.climb_due(work, at=at, limit=_MANY)
    while letter := alerts.take(work, Channel.EMAIL, at=at):
        alerts.sent(work, letter, at=at)
    waiting = [row.id for row in notices.undone(work, limit=_MANY) if row.open]
    said = notices.told(work, waiting) if waiting else {}
    who = principals(work) if waiting else {}
    for notice_id in waiting:
        first = next((row.person for row in said[notice_id] if row.sent_at), None)
        if first:
            alerts.acknowledge(work, notice_id, by=who[first], at=at + _SOON)


def measured(work: Work, until: datetime) -> Load:
    """Return what reached people and what waited for them, up to a moment."""
    (sums,) = work.rows(_SUMS, until=until)
    return Load(
        notices=Counter({(row.trigger, row.kind): row.many for row in work.rows(_NOTICES)}),
        looks=Counter({row.trigger: row.many for row in work.rows(_LOOKS)}),
        listed=Counter({row.kind: row.many for row in work.rows(_LISTED)}),
        **{
            name: getattr(sums, name) for name in ("letters", "off_hours", "called", "mornings", "looks_told")
        },
        client_days=float(sums.client_days),
    )


def told(load: Load) -> Iterator[str]:
    """Return the figures as two tables, the loudest trigger first."""
    yield "| called by | looks | call now | overdue | set aside | interrupting, per ten clients per day |"
    yield "|---|---|---|---|---|---|"
    for trigger in sorted({*load.looks, *(one for one, _ in load.notices)}, key=lambda one: _rank(load, one)):
        yield _row(load, trigger, load.looks[trigger], lambda kind, of=trigger: load.notices[of, kind])
    yield _row(load, "**all**", load.looks.total(), lambda kind: _of_kind(load, kind))
    yield ""
    yield f"{load.client_days:.0f} days of clients in care; {load.letters} letters; {load.off_hours} notices at night or on"
    yield f"weekends; the calls are about {load.called} clients."
    yield f"{load.mornings} morning letters, each of {load.looks_told / max(1, load.mornings):.1f} looks."
    yield ""
    yield "| only in the worklist | items | per ten clients per day |"
    yield "|---|---|---|"
    for kind, many in load.listed.most_common():
        yield f"| {kind} | {many} | {load.per_ten(many):.2f} |"
    yield f"| **all** | {load.listed.total()} | {load.per_ten(load.listed.total()):.2f} |"


_KINDS = ("call-now", "overdue", "set-aside")


def _row(load: Load, name: str, looks: int, many: Callable[[str], int]) -> str:
    counts = [many(kind) for kind in _KINDS]
    cells = (name, looks, *counts, f"{load.per_ten(sum(counts)):.3f}")
    return f"| {' | '.join(map(str, cells))} |"


def _of_kind(load: Load, kind: str) -> int:
    return sum(many for (_, one), many in load.notices.items() if one == kind)


def _rank(load: Load, trigger: str) -> tuple[Any, ...]:
    return -sum(load.notices[trigger, kind] for kind in _KINDS), -load.looks[trigger], trigger


_BY_CLOCK = "r.kind || ' look, ' || r.stage"
_NOTICES = f"""
SELECT n.kind, count(*) AS many, CASE WHEN n.kind = 'call-now' AND f.code = 'c-ssrs' THEN 'suicide-risk-high'
                                      WHEN n.kind = 'call-now' THEN 'rating that asks for emergency care'
                                      WHEN n.kind = 'set-aside' THEN 'the engine'
                                      ELSE coalesce(first.trigger, {_BY_CLOCK}) END AS trigger
FROM notice n LEFT JOIN work_item w ON w.id = n.work_id
LEFT JOIN fact f ON f.id = w.cause LEFT JOIN reassessment r ON r.id = w.cause
LEFT JOIN LATERAL (SELECT trigger FROM reassessment_reason why WHERE why.reassessment_id = r.id
                   ORDER BY pathway_version, trigger LIMIT 1) first ON true
GROUP BY n.kind, 3
"""  # noqa: S608 - constants
_LOOKS = f"""
SELECT trigger, count(*) AS many FROM reassessment_reason GROUP BY trigger
UNION ALL
SELECT {_BY_CLOCK}, count(*) FROM reassessment r WHERE kind <> 'triggered' AND called_at IS NOT NULL GROUP BY 1
"""  # noqa: S608 - constants
_LISTED = """
SELECT kind, count(*) AS many FROM work_item w
WHERE NOT EXISTS (SELECT FROM notice n WHERE n.work_id = w.id) GROUP BY kind
"""
_SUMS = """
SELECT (SELECT count(*) FROM delivery WHERE sent_at IS NOT NULL) AS letters,
       (SELECT count(*) FROM notice n JOIN pathway p ON p.id = n.pathway_id JOIN program ON program.id = p.program_id
         WHERE extract(isodow FROM n.raised_at AT TIME ZONE program.zone) > 5
            OR extract(hour FROM n.raised_at AT TIME ZONE program.zone) NOT BETWEEN 8 AND 17) AS off_hours,
       (SELECT count(DISTINCT pathway_id) FROM notice WHERE kind = 'call-now') AS called,
       (SELECT count(*) FROM reminder) AS mornings,
       (SELECT coalesce(sum(soon + today + overdue), 0) FROM reminder) AS looks_told,
       (SELECT coalesce(sum(extract(epoch FROM least(coalesce(closed_at, :until), :until) - opened_at)), 0) / 86400
          FROM pathway) AS client_days
"""

if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
