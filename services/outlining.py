"""Outlining a pathway at a glance: its stages as a bar, totals over time, and which assessments do not count yet."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from models.catalogue import instrument
from models.definition import PathwayDefinition, Stage, StageKind
from models.facts import Assessment
from models.views import StageStep, Trend, Unsigned
from services.rules import cadence
from services.rules.change import changed


def cut_off(key: str | None) -> int | None:
    """Return from which total an instrument flags something, if it does."""
    limits = [flag.at_least for flag in instrument(key).flags if flag.scale == "total"] if key else []
    return next((limit for limit in limits if limit is not None), None)


def trends(on_file: Sequence[Assessment], since: datetime | None) -> tuple[Trend, ...]:
    """Return the totals of each instrument over time, and what has changed since a moment. Shapes: oldest first."""
    forms: dict[tuple[str, str], list[Assessment]] = {}
    for one in on_file:
        if one.total is not None:
            forms.setdefault((one.instrument, _about(one)), []).append(one)
    return tuple(_trend(*of, answered, since) for of, answered in forms.items())


def _about(one: Assessment) -> str:
    return (one.band_set or "") if instrument(one.instrument).is_about_one_of_several else ""


def _trend(key: str, about: str, answered: Sequence[Assessment], since: datetime | None) -> Trend:
    form = instrument(key)
    return Trend(
        instrument=key,
        title=form.title,
        about=about,
        points=tuple((one.effective_at, one.total) for one in answered if one.total is not None),
        band=answered[-1].band,
        maximum=form.total.range[1] if form.total else 0,
        cut_off=cut_off(key),
        changes=changed(form, [one for one in answered if since is None or one.effective_at >= since]),
    )


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


def notes(
    looks: Sequence[Row[Any]], on_file: Sequence[Assessment], at: datetime, zone: str
) -> tuple[str, ...]:
    """Say which answers are on file but do not count for looks that are due, or were called for; the next can wait."""
    waiting = (look for look in looks if at >= look.due_at or look.reasons)
    return tuple(dict.fromkeys(note for look in waiting for note in _stale(look, on_file, zone)))


def _stale(look: Row[Any], on_file: Sequence[Assessment], zone: str) -> Iterator[str]:
    newest = {one.instrument: one for one in on_file if one.signed and one.instrument in look.parts}
    old = "is too old to count for the reassessment that is due"
    why = "does not count: it is from before what called for this look" if look.reasons else old
    for one in (newest[part] for part in look.parts if part in newest):
        if one.effective_at < look.counts_from:
            day = cadence.day_of(one.effective_at, zone)
            yield f"{instrument(one.instrument).title} of {day:%-d %b %Y} {why}."


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
