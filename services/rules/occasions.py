"""Occasions: the looks that a stage keeps open by the clock, when each is due, and what it asks for.

One is the review itself. What is asked for in a rhythm of its own, the check-up, is a look beside it, so that each is late
by its own grace and limit. A withdrawal scale is asked for again by its last band, counted from the scale itself.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

from models.case import Done
from models.definition import StageKind
from models.facts import Assessment
from models.rhythm import Pace, Review, Rhythm, alternatives
from models.word import Span
from services import ids
from services.rules.cadence import Clock, clock_of, earliest
from services.rules.sight import RATINGS, Sight

Kind = Literal["periodic", "check-up"]
AT_ONCE = Span(0, "d")


class Occasion(NamedTuple):
    """One look by the clock. Its id follows from the last one, so that it opens once."""

    id: UUID
    kind: Kind
    clock: Clock
    counts_from: datetime
    parts: tuple[str, ...]


class _Line(NamedTuple):
    """One rhythm of a stage: when its last look of this stay was completed, and how many were."""

    kind: Kind
    rhythm: Rhythm
    parts: tuple[str, ...]
    done_at: datetime | None
    times: int


def occasions(sight: Sight, review: Review) -> tuple[Occasion, ...]:
    """Return the looks that are to be open now, at most one of each kind."""
    found = ((line.rhythm, _occasion(sight, review, line)) for line in _lines(sight, review))
    return tuple(one for rhythm, one in found if not _is_over(rhythm, one, sight))


def _is_over(rhythm: Rhythm, one: Occasion, sight: Sight) -> bool:
    """Whether it would fall due after its rhythm has ended for this stay."""
    return rhythm.until is not None and one.clock.due_at > sight.case.since + rhythm.until


def whole(sight: Sight, review: Review) -> tuple[str, ...]:
    """Return all that a look at a client can ask for here."""
    beside = _checkup(sight, review)
    checkup = beside.parts if beside else ()
    return tuple(dict.fromkeys((RATINGS, *review.parts, *checkup, *scales(sight, review))))


def _checkup(sight: Sight, review: Review) -> Rhythm | None:
    """What this client is asked for beside the review: all are, or those with whom a part of it was used before."""
    asked = review.checkup
    if asked and asked.where_used and not any(sight.assessments(key) for key in asked.instruments):
        return None
    return asked


def scales(sight: Sight, review: Review | None) -> tuple[str, ...]:
    """Return those of a review's scales in use for the client; all of them where nobody has used one yet."""
    if review is None:
        return ()
    return tuple(sight.in_use(review.scales, review.counts)) or review.scales


def _lines(sight: Sight, review: Review) -> Iterator[_Line]:
    own, beside = (*review.parts, *scales(sight, review)), _checkup(sight, review)
    if beside is None:
        asked = whole(sight, review) if _is_fresh(sight, sight.case.reviewed_at, review) else own
        yield _Line("periodic", review, asked, sight.case.reviewed_at, _times(_done(sight, "periodic", own)))
        return
    yield _line(sight, "periodic", review, own)
    yield _line(sight, "check-up", beside, beside.parts)


def _line(sight: Sight, kind: Kind, rhythm: Rhythm, parts: tuple[str, ...]) -> _Line:
    done = _done(sight, kind, parts)
    return _Line(kind, rhythm, parts, _last(done), _times(done))


def _done(sight: Sight, kind: str, parts: tuple[str, ...]) -> list[Done]:
    """The looks of this stay that restart a rhythm: its own, and where it asks for the six ratings, all that did."""
    rated = RATINGS in parts
    return [one for one in sight.case.done if one.kind == kind or (rated and RATINGS in one.parts)]


def _last(done: Iterable[Done]) -> datetime | None:
    return max((one.last_at for one in done), default=None)


def _times(done: Iterable[Done]) -> int:
    return sum(one.times for one in done)


def _occasion(sight: Sight, review: Review, line: _Line) -> Occasion:
    if line.kind == "periodic" and review.by_band and (scaled := _of_scales(sight, review, line)):
        return scaled
    clock = _clock(sight, line)
    counts_from = max(clock.due_at - review.counts, _counts_after(sight, line))
    return _named(sight, line, clock, counts_from, line.done_at)


def _named(
    sight: Sight, line: _Line, clock: Clock, counts_from: datetime, cause: datetime | None
) -> Occasion:
    # A stay is named by its number: two of one stage may begin at the same moment, where what happened was told late.
    case, word = sight.case, "look" if line.kind == "periodic" else line.kind
    named = ids.named(word, case.pathway_id, len(case.stays), cause, case.resumed_at)
    return Occasion(named, line.kind, clock, counts_from, line.parts)


def _clock(sight: Sight, line: _Line) -> Clock:
    zone, closed, last = sight.case.zone, sight.case.closed_days, _last_look(sight, line)
    if last == sight.case.resumed_at or _is_unseen(sight, line):
        return clock_of(line.rhythm, last, zone, every=AT_ONCE, closed=closed)
    if line.rhythm.first and last == sight.case.since:
        first = Pace(every=line.rhythm.first, outer=line.rhythm.first)
        return clock_of(first, last, zone, closed=closed)
    start = last if line.kind == "periodic" else _asked_last(sight, line)
    pace = line.rhythm.pace(start - sight.case.since, line.times)
    return clock_of(pace, start, zone, closed=closed)


def _last_look(sight: Sight, line: _Line) -> datetime:
    return max(filter(None, (sight.case.since, line.done_at, sight.case.resumed_at)))


def _is_fresh(sight: Sight, done_at: datetime | None, review: Review) -> bool:
    """Whether the next look is the first of a stay, or follows a pause: it asks for the ratings too."""
    line = _Line("periodic", review, (), done_at, 0)
    last = _last_look(sight, line)
    begins = review.first is not None and last == sight.case.since
    return begins or last == sight.case.resumed_at or _is_unseen(sight, line)


def _is_unseen(sight: Sight, line: _Line) -> bool:
    """Whether the client came straight to a level of care, and nobody has signed ratings yet."""
    direct = len(sight.case.stays) == 1 and sight.stage.kind == StageKind.CARE
    awaited = line.kind == "periodic" or RATINGS in line.parts
    return direct and awaited and line.done_at is None and not sight.signed(RATINGS)


def _asked_last(sight: Sight, line: _Line) -> datetime:
    """When a check-up was last answered in this stay: by its ratings, or by what stands for them."""
    lead = RATINGS if RATINGS in line.parts else line.parts[0]
    answers = (one.effective_at for key in alternatives(lead) for one in sight.signed(key)[:1])
    newest = max(answers, default=None)
    return newest if newest and newest >= sight.case.since else line.done_at or sight.case.since


def _of_scales(sight: Sight, review: Review, line: _Line) -> Occasion | None:
    """The look at withdrawal scales: whichever in use is due first, each by its own band and counted from its own last form.

    None after a pause, and for whom nobody knows yet: then all is asked for at once. A newer form makes another occasion.
    """
    case, last = sight.case, _last_look(sight, line)
    if last == case.resumed_at or _is_unseen(sight, line):
        return None
    used = sight.in_use(review.scales, review.counts)
    dues = {scale: _due_of(sight, review, scale) for scale in used}
    if not dues:
        clock = clock_of(review.shortest, last, case.zone, closed=case.closed_days)
        return _named(sight, line, clock, _counts_after(sight, line), last)
    clock = earliest(clock for clock, _ in dues.values())
    asked = tuple(scale for scale, (own, _) in dues.items() if own.due_at <= clock.due_at)
    newest = max(made for _, made in dues.values())
    counts_from = max(made for scale, (_, made) in dues.items() if scale in asked) + timedelta.resolution
    return _named(sight, line._replace(parts=asked), clock, max(counts_from, last), newest)


def _due_of(sight: Sight, review: Review, scale: str) -> tuple[Clock, datetime]:
    """When one scale is due again, and when it was last finished; an unsigned form may shorten the step, not lengthen it."""
    case, since = sight.case, sight.case.since
    made = max([since, *(one.effective_at for one in sight.finished(scale)[:1])])
    paces = [review.pace_of(scale, band, made - since) for band in _bands(sight.speaking(scale))]
    pace = min(paces, key=lambda one: one.every.length, default=review.shortest)
    return clock_of(pace, made, case.zone, closed=case.closed_days), made


def _bands(forms: Iterable[Assessment]) -> set[str]:
    return {band for one in forms for band in ((one.band,) if one.band else one.could_be)}


def _counts_after(sight: Sight, line: _Line) -> datetime:
    """A look is answered by what came after the last one. Only the first of a walk counts what was known before it."""
    case, last = sight.case, _last_look(sight, line)
    if line.done_at == last:
        return last + timedelta.resolution
    return last if len(case.stays) > 1 or last != case.since else datetime.min.replace(tzinfo=UTC)
