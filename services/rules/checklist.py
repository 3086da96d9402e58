"""What an assessment consists of, and how much of it is done. It is told, and gates nothing: an urgent admission goes on."""

from collections.abc import Iterable, Mapping

from models.criterion import ChecklistComplete
from models.facts import Checklist, PartStatus
from services.rules import wording
from services.rules.reading import Answer, met, not_met, unknown
from services.rules.sight import Sight


def standing(recorded: Iterable[Checklist]) -> Mapping[str, tuple[PartStatus, Checklist]]:
    """Return how each part stands by the newest word on it. Shapes: newest first."""
    found: dict[str, tuple[PartStatus, Checklist]] = {}
    for one in recorded:
        for part, status in one.parts:
            found.setdefault(part, (status, one))
    return found


def complete(criterion: ChecklistComplete, sight: Sight) -> Answer:
    """Say whether every part is done or does not apply: a part nobody recorded of late is unknown."""
    since = sight.within(criterion.fresh_for)
    parts = sight.definition.checklist
    fresh = standing(one for one in sight.checklists if one.effective_at > since)
    said = {part.key: fresh[part.key] for part in parts if part.key in fresh}
    left = [part.label for part in parts if part.key in said and said[part.key][0] == PartStatus.NOT_DONE]
    open_ = [part.label for part in parts if part.key not in said]
    evidence = list(dict.fromkeys(fact for _, fact in said.values()))
    actual = wording.parts_done(len(parts) - len(left) - len(open_), len(parts), left, open_)
    if open_ and not left:
        return unknown(actual, evidence)
    until = min((one.effective_at + criterion.fresh_for for one in evidence), default=None)
    return (not_met if left else met)(actual, evidence, until=until)
