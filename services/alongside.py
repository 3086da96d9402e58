"""What stands alongside a walk: what the payer says, the walks before and after it, what speaks against ending it."""

from typing import Any
from uuid import UUID

from services import authorisations
from services.rules.authorising import authorised
from services.rules.discharging import is_use_alone
from services.rules.sight import Sight
from services.store import pathways
from services.store.work import Work


def shown(work: Work, pathway_id: UUID, sight: Sight) -> dict[str, Any]:
    """Return it by the names under which the pathway shows it."""
    follows, followed_by = pathways.linked(work, pathway_id)
    return {
        "follows": follows,
        "followed_by": followed_by,
        "authorised": authorised(sight),
        "authorisations": authorisations.lines(work, sight),
        "use_alone": is_use_alone(sight),
    }
