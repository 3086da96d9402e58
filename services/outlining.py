"""Outlining a pathway at a glance: its stages as a bar, totals over time, and which assessments do not count yet."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import Row

from models.case import Case
from models.catalogue import instrument
from models.criterion import ChecklistComplete
from models.definition import ChecklistPart, PathwayDefinition, Stage, StageKind
from models.facts import FIRST_EDITION, Assessment, Checklist, PartStatus
from models.rhythm import alternatives
from models.views import (
    ByItem,
    ChecklistView,
    ItemChange,
    PartLine,
    ShareLine,
    StageStep,
    TallyLine,
    Trend,
    Unsigned,
    WeekLine,
)
from services.rules import cadence
from services.rules import weeks as counting
from services.rules.change import changed
from services.rules.checklist import standing
from services.rules.sight import Sight
from services.rules.weeks import Tally


def cut_off(key: str | None, scale: str = "total") -> int | None:
    """Return from which value of a scale an instrument flags something, if it does."""
    limits = [flag.at_least for flag in instrument(key).flags if flag.scale == scale] if key else []
    return next((limit for limit in limits if limit is not None), None)


def scores(on_file: Sequence[Assessment], since: datetime | None) -> dict[str, Any]:
    """Return how forms run over time by the names under which a pathway shows it."""
    return {"trends": trends(on_file, since), "by_item": by_item(on_file, since)}


def trends(on_file: Sequence[Assessment], since: datetime | None) -> tuple[Trend, ...]:
    """Return how each total runs over time, or each subscale of what has no total. Shapes: oldest first."""
    forms: dict[tuple[str, str], list[Assessment]] = {}
    for one in on_file:
        forms.setdefault((one.instrument, _about(one)), []).append(one)
    return tuple(
        one for (key, about), answered in forms.items() for one in _runs(key, about, answered, since)
    )


def _about(one: Assessment) -> str:
    return (one.band_set or "") if instrument(one.instrument).is_about_one_of_several else ""


def _runs(key: str, about: str, answered: Sequence[Assessment], since: datetime | None) -> Iterator[Trend]:
    """What has changed since a moment, and in all, is said of the form, so with the first of its scales alone."""
    form, here = instrument(key), [one for one in answered if since is None or one.effective_at >= since]
    told, in_all = changed(form, here), changed(form, answered) if len(here) < len(answered) else ()
    for scale in (form.total,) if form.total else form.subscales:
        values = ((one.effective_at, _value(one, scale.key)) for one in answered)
        if points := tuple((at, value) for at, value in values if value is not None):
            yield Trend(
                instrument=key,
                title=form.title,
                about=about if form.total else scale.key,
                points=points,
                band=answered[-1].band,
                maximum=scale.range[1],
                cut_off=cut_off(key, scale.key),
                changes=told,
                changes_in_all=in_all,
            )
            told = in_all = ()


def by_item(on_file: Sequence[Assessment], since: datetime | None) -> tuple[ByItem, ...]:
    """Return what has changed in forms that are read item by item, since the first of them after a moment."""
    here = [one for one in on_file if since is None or one.effective_at >= since]
    keys = dict.fromkeys(one.instrument for one in here if instrument(one.instrument).is_read_by_item)
    return tuple(_compared([one for one in here if one.instrument == key]) for key in keys)


def _compared(answered: Sequence[Assessment]) -> ByItem:
    first, last = answered[0], answered[-1]
    items = tuple(_changed_items(first, last))
    return ByItem(
        instrument=last.instrument, first_at=first.effective_at, last_at=last.effective_at, changed=items
    )


def _changed_items(first: Assessment, last: Assessment) -> Iterator[ItemChange]:
    for item, before, now in zip(count(1), first.answers, last.answers, strict=False):
        if before != now:
            name = instrument(last.instrument).items[item - 1].name
            yield ItemChange(number=item, name=name, before=before, now=now)


def _value(one: Assessment, scale: str) -> int | None:
    return one.total if scale == "total" else dict(one.subscales).get(scale)


def bar(template: PathwayDefinition, here: str, visited: Collection[str]) -> tuple[StageStep, ...]:
    """Return the stages in walking order, as the client has or has not come through them."""
    walked = [
        stage
        for stage in template.stages
        if stage.key == here or stage.kind in (StageKind.ENTRY, StageKind.CARE)
    ]
    place = next((number for number, stage in enumerate(walked) if stage.key == here), 0)

    def state(number: int, stage: Stage) -> str:
        behind = "done" if stage.key in visited else "skipped"
        return "here" if number == place else behind if number < place else "ahead"

    return tuple(
        StageStep(stage=stage.key, label=stage.label, state=state(number, stage))
        for number, stage in enumerate(walked)
    )


def notes(sight: Sight, looks: Sequence[Row[Any]]) -> tuple[str, ...]:
    """Say which answers are on file but do not count for looks that are due, or were called for; the next can wait."""
    on_file, zone = sight.case.of(Assessment), sight.case.zone
    waiting = (look for look in looks if sight.at >= look.due_at or look.reasons)
    stale = (note for look in waiting for note in _stale(look, on_file, zone))
    return tuple(dict.fromkeys((*_unread(sight.definition, on_file, zone), *stale)))


def _stale(look: Row[Any], on_file: Sequence[Assessment], zone: str) -> Iterator[str]:
    asked = [key for part in look.parts if part not in look.done for key in alternatives(part)]
    newest = {one.instrument: one for one in on_file if one.signed and one.instrument in asked}
    old = "is too old to count for the reassessment that is due"
    why = "does not count: it is from before what called for this look" if look.reasons else old
    for one in (newest[key] for key in asked if key in newest):
        if one.effective_at < look.counts_from:
            day = cadence.day_of(one.effective_at, zone)
            yield f"{instrument(one.instrument).title} of {day:%-d %b %Y} {why}."


def weeks(sight: Sight) -> tuple[WeekLine, ...]:
    """Return the running week of a stay and the last whole ones against what the stage delivers, newest first."""
    return tuple(
        WeekLine(**one._asdict() | {"hours": _tally(one.hours), "days": _tally(one.days)})
        for one in counting.weeks(sight)
    )


def _tally(one: Tally | None) -> TallyLine | None:
    return TallyLine(**one._asdict()) if one else None


def shares(sight: Sight) -> tuple[ShareLine, ...]:
    """Return what became of the sessions of the last two and four weeks; nothing where none was to take place."""
    found = (counting.share(days, sight) for days in (14, 28))
    return tuple(ShareLine(**one._asdict()) for one in found if one.planned)


def _unread(template: PathwayDefinition, on_file: Sequence[Assessment], zone: str) -> tuple[str, ...]:
    """Which ratings were made in an edition that the pathway's table does not read, if they are the newest."""
    rated = [one for one in on_file if instrument(one.instrument).placement]
    table = template.placement
    if not rated or (rated[-1].edition or FIRST_EDITION) == table.edition:
        return ()
    day = f"{cadence.day_of(rated[-1].effective_at, zone):%-d %b %Y}"
    said = f"The ratings of {day} were made in {rated[-1].edition}, which {table.title} does not read"
    return (f"{said}: they count for nothing here. Rate in the edition this program uses ({table.edition}).",)


def checklist(template: PathwayDefinition, case: Case, at: datetime) -> ChecklistView | None:
    """Return how the parts of the assessment stand; nothing where none are kept.

    Where a decision mentions them, only what is recent enough for it counts; elsewhere whatever was recorded.
    """
    mentioned = map(template.criterion, template.stage(case.stage).mentions)
    asking = next((one for one in mentioned if isinstance(one, ChecklistComplete)), None)
    recorded = [one for one in case.of(Checklist) if not asking or one.effective_at > at - asking.fresh_for]
    said = standing(reversed(recorded))
    parts = tuple(_part(part, *said.get(part.key, (None, None))) for part in template.checklist)
    done = sum(one.status in (PartStatus.DONE, PartStatus.NOT_APPLICABLE) for one in parts)
    asked = asking is not None and done < len(parts)
    return ChecklistView(parts=parts, done=done, of=len(parts), asked=asked) if parts else None


def _part(part: ChecklistPart, status: PartStatus | None, fact: Checklist | None) -> PartLine:
    return PartLine(key=part.key, label=part.label, status=status, at=fact.effective_at if fact else None)


def unsigned(on_file: Sequence[Assessment]) -> tuple[Unsigned, ...]:
    """Return the newest recordings that wait for a signature, one for each instrument; one signed since ends the wait."""
    newest = {one.instrument: one for one in on_file if not one.signed}
    signed = {one.instrument: one.effective_at for one in on_file if one.signed}
    return tuple(
        Unsigned(id=one.id, instrument=key, at=one.effective_at)
        for key, one in newest.items()
        # Forms know minutes, so a signature under the same answers may lie seconds before them.
        if key not in signed or signed[key] < one.effective_at.replace(second=0, microsecond=0)
    )
