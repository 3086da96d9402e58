"""Editions: what is said where ratings are there, made in an edition of the criteria that this program does not read.

They are as good as none: they recommend nothing, complete no look and are compared with no others. They are never passed
over in silence: whatever waits for ratings names them, and asks for ratings in the right edition.
"""

from models.criterion import Criterion
from models.decision import Met
from services.rules import wording
from services.rules.reading import Answer
from services.rules.sight import RATINGS, Sight


def told(criterion: Criterion, answer: Answer, sight: Sight) -> Answer:
    """Name the ratings of another edition in an answer that is unknown for want of ratings, and ask for readable ones."""
    if answer.met != Met.UNKNOWN or not sight.unread or not _reads_ratings(criterion):
        return answer
    newest, read = sight.unread[0], sight.signed(RATINGS)
    if read and read[0].effective_at >= newest.effective_at:
        return answer
    actual = (
        f"{answer.actual}; rated in {newest.edition} {wording.on(newest.effective_at, sight)}, not read here"
    )
    evidence = (newest.id, *answer.evidence)
    return answer._replace(actual=actual, evidence=evidence, ask=asked(sight))


def asked(sight: Sight) -> str:
    """Return what to ask for."""
    return f"Rate in the edition this program uses ({sight.definition.placement.edition})"


def _reads_ratings(criterion: Criterion) -> bool:
    """Whether nothing but signed ratings answers it."""
    assessed = criterion.kind == "assessed" and criterion.instrument == RATINGS
    return assessed or criterion.kind in ("recommended", "worsened", "no-progress")
