"""Answers: what they come to, by which cuts, and who stands for them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from models.catalogue import UnknownInstrument, instrument, instruments
from models.definition import Authority
from models.facts import FactKind
from models.faults import escaped
from models.instrument import BadAnswer, Instrument, NoSuchBandSet, Score
from models.people import Role
from models.requests import NewAssessment
from services.access import Principal, credential_for
from services.errors import Invalid, NoSuchWord
from services.rules import scoring
from services.store.pathways import Target

# By which cuts a band was found is part of it: sites differ, and cuts change.
_SCORED = ("answers", "subscales", "flags", "open_flags", "band_set", "could_be")


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What a fact says, apart from whose it is and who says it."""

    kind: FactKind
    code: str
    body: Mapping[str, object]
    total: int | None = None
    band: str | None = None
    signed: bool = False
    attested: bool = False
    note: str | None = None
    session_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """By whose hand, when and by what way something is recorded."""

    by: Principal
    at: datetime
    via: str

    @property
    def attests(self) -> bool:
        """Whether a source may stand for answers: in a file, or by another system's key; never by a person."""
        return self.via == "import" or self.by.role is Role.SERVICE


def score(request: NewAssessment) -> Score:
    """Return what answers come to. Raises: NoSuchWord, Invalid."""
    try:
        form = instrument(request.instrument)
        answers = scoring.answers_from(form, request.answers)
        found = scoring.score(form, answers, band_set=_about(form, request))
        _edition(request)
    except UnknownInstrument as unknown:
        raise NoSuchWord("instrument", instruments(), pointer="/instrument") from unknown
    except NoSuchBandSet as unknown:
        raise NoSuchWord("band set", unknown.known, pointer="/band_set") from unknown
    except BadAnswer as bad:
        raise Invalid(str(bad), pointer=f"/answers/{_place(request, bad)}") from bad
    if set(found.answers) == {None}:
        raise Invalid("At least one item must be answered.", pointer="/answers")
    return found


def _edition(request: NewAssessment) -> str | None:
    """Return the edition that ratings are of: the one that was named, else the house's own. Raises: NoSuchWord."""
    form = instrument(request.instrument)
    known = [one.key for one in form.editions]
    if request.edition is not None and request.edition not in known:
        raise NoSuchWord("edition", known, pointer="/edition")
    return request.edition or form.edition


def _about(form: Instrument, request: NewAssessment) -> str | None:
    """Return the band set that was named, where there is one to name. Raises: NoSuchBandSet."""
    if request.band_set is not None and request.band_set not in form.named_sets:
        raise NoSuchBandSet(form.key, form.named_sets)
    return request.band_set


def _place(request: NewAssessment, bad: BadAnswer) -> str:
    """Say where an answer stands in what was sent: by its place in a list, under its own key in an object."""
    if not isinstance(request.answers, dict):
        return str(bad.item - 1)
    if bad.key is not None:
        return escaped(bad.key)
    names = {str(bad.item), instrument(request.instrument).label(bad.item)}
    return escaped(next(key for key in request.answers if key in names))


def assessment(_whose: Target, request: NewAssessment, hand: Hand) -> Content:
    """Return what a fact says of answers. Raises: NoSuchWord, Invalid, NotAllowed."""
    result, (signed, attested) = score(request), _stands_for(request, hand)
    body = {name: getattr(result, name) for name in _SCORED} | {"edition": _edition(request)}
    return Content(
        kind=FactKind.ASSESSMENT,
        code=request.instrument,
        body=body,
        total=result.total,
        band=result.band,
        signed=signed,
        attested=attested,
        note=request.note,
    )


def counts(request: NewAssessment, *, by: Principal, at: datetime, via: str = "api") -> bool:
    """Tell whether answers count as signed: a clinician signs, a source attests, or the client filled them in."""
    self_report = instrument(request.instrument).self_report
    return request.signed or _attested(request, Hand(by, at, via)) or self_report


def _stands_for(request: NewAssessment, hand: Hand) -> tuple[bool, bool]:
    """Say whether answers count as signed, and whether they do so by their source or their client alone."""
    attested = _attested(request, hand)
    if request.signed and not attested:
        credential_for(hand.by, Authority.CLINICIAN, on=hand.at.date())
        return True, False
    attested = attested or instrument(request.instrument).self_report
    return attested, attested


def _attested(request: NewAssessment, hand: Hand) -> bool:
    wanted = request.signed or "signed" not in request.model_fields_set
    return hand.attests and bool(request.source) and wanted
