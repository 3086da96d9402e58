"""Levels of care, told: what the rules recommend and on which basis, what a person selected, what a payer authorised.

The three are kept apart. Neither cost nor wish nor supply ever lowers what is recommended: they may only select.
"""

from typing import NamedTuple

from models.catalogue.site import is_ours
from models.definition import PathwayDefinition
from models.placement import Basis
from models.views import BasisLine, Levels


class Selected(NamedTuple):
    """The stage that somebody signed for: how (accepted, declined, overridden, discharged), and why around the routes."""

    stage: str
    how: str
    reason_code: str | None


_AS_FOUND = (
    "table",
    "edition",
    "hit_policy",
    "rated_at",
    "risk",
    "facts",
    "rules",
    "missing",
    "why",
    "suggestions",
)


def basis(template: PathwayDefinition, found: Basis | None) -> BasisLine | None:
    """Return what a recommended level rests on, in words; nothing for a decision from before that was kept."""
    if found is None:
        return None
    table = template.placement
    return BasisLine(
        **{name: getattr(found, name) for name in _AS_FOUND},
        title=table.title,
        note=table.licence if is_ours(table) else f"{table.licence}; loaded by this site",
        policy=found.hit_policy.says,
        ratings=tuple(zip(table.ratings, found.ratings, strict=False)),
    )


def kept_apart(
    template: PathwayDefinition, recommended: str | None, selected: Selected | None = None
) -> Levels:
    """Return what was recommended beside what was selected; a payer's level is no part of a decision."""
    level = template.stage(selected.stage).level if selected else None
    if selected is None or (selected.how == "declined" and level == "none"):
        return Levels(recommended=recommended)
    return Levels(
        recommended=recommended,
        selected=level,
        how=selected.how,
        reason_code=selected.reason_code if selected.how == "overridden" else None,
    )
