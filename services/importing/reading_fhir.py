"""Read FHIR R4: answers to an instrument as a QuestionnaireResponse, alone or in a Bundle.

Nothing else is read and nothing is fetched; narrative, contained resources and attachments are dropped. A response is
recognised by its questionnaire's name or by the LOINC codes of its items; its wording is neither needed nor kept.

Source: FHIR R4B, which also reads R4; LOINC codes from the catalogue.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse
from pydantic import ValidationError

from models.catalogue import instrument, instruments
from models.faults import pointer, say
from models.instrument import Instrument, Item
from models.requests import Identifier
from services.errors import Invalid
from services.importing.drafts import Draft, unreadable

SOURCE = "fhir"
LOINC = "http://loinc.org"
FINISHED = ("completed", "amended")
_DROPPED = ("text", "contained")

Asked = Mapping[str | None, tuple[str, Any]]
"""The items of a response by their code, each with its pointer."""


def drafts(resource: object, number: int | None = None) -> Iterator[Draft]:
    """Return what a resource holds: one draft, or one for each entry of a Bundle, counted where no number is given."""
    if not isinstance(resource, dict) or resource.get("resourceType") != "Bundle":
        yield _draft(resource, number or 1, "")
        return
    entries = resource.get("entry", [])
    if not isinstance(entries, list):
        yield unreadable(number or 1, Invalid("A list is needed.", pointer="/entry"))
        return
    for place, entry in enumerate(entries):
        inner = entry.get("resource") if isinstance(entry, dict) else None
        yield _draft(inner, number or place + 1, f"/entry/{place}/resource")


def _draft(resource: object, number: int, base: str) -> Draft:
    try:
        return _answered(_response(resource), number, base)
    except Invalid as fault:
        return unreadable(number, Invalid(fault.message, pointer=base + fault.pointer), kind="assessment")


def _response(resource: object) -> Any:
    if not isinstance(resource, dict) or resource.get("resourceType") != "QuestionnaireResponse":
        raise Invalid("Only a QuestionnaireResponse is read, alone or in a Bundle.", pointer="/resourceType")
    try:
        response = QuestionnaireResponse.model_validate(
            {name: value for name, value in resource.items() if name not in _DROPPED}
        )
    except ValidationError as refusal:
        raise _misspelt(refusal.errors()[0], resource) from None
    except RecursionError:
        raise Invalid("This is nested too deeply.", pointer="/item") from None
    _check(response)
    return response


def _misspelt(error: Mapping[str, Any], resource: object) -> Invalid:
    """FHIR's own messages may repeat a value, so they are not passed on."""
    missing = str(error["type"]).endswith("missing")
    where = pointer(error["loc"], resource, missing=missing)
    if missing:
        return Invalid("This is needed.", pointer=where)
    # A choice of types is checked by the whole answer and named there.
    return Invalid("This is not FHIR R4." if error["type"] == "value_error" else say(error), pointer=where)


def _check(response: Any) -> None:
    if response.status not in FINISHED:
        raise Invalid(f"Only finished answers are read: {' or '.join(FINISHED)}.", pointer="/status")
    if response.id is None:
        raise Invalid("This is needed, so that importing twice is noticed.", pointer="/id")
    if not isinstance(response.authored, datetime) or response.authored.tzinfo is None:
        raise Invalid("A date and time with its offset from UTC is needed.", pointer="/authored")
    if response.modifierExtension:
        raise Invalid(
            "An extension that changes the meaning is not understood.", pointer="/modifierExtension"
        )


def _answered(response: Any, number: int, base: str) -> Draft:
    asked = _asked(response)
    form = _form(response, asked)
    answers = [_answer(form, place, item, asked) for place, item in enumerate(form.items, start=1)]
    _check_total(form, answers, asked)
    fields = {
        "instrument": form.key,
        "answers": answers,
        "effective_at": response.authored,
        "source": SOURCE,
        "source_id": f"{response.id}@{response.authored.isoformat()}",
    }
    places = {"": base, "/client": f"{base}/subject", "/effective_at": f"{base}/authored"}
    items = [asked[item.loinc][0] for item in form.items if item.loinc in asked]
    places |= {f"/answers/{place}": base + where for place, where in enumerate(items)}
    return Draft(number, "assessment", fields, subjects=_subjects(response), places=places)


def _subjects(response: Any) -> tuple[Identifier, ...]:
    """Return what the client may be known by. A reference into the file itself names nobody."""
    subject, found = response.subject, []
    if subject is not None and subject.identifier is not None:
        found.append((subject.identifier.system, subject.identifier.value))
    if subject is not None and subject.reference and not subject.reference.startswith("#"):
        found.append((SOURCE, subject.reference))
    try:
        return tuple(Identifier(system=system, value=value) for system, value in found if system and value)
    except ValidationError:
        raise Invalid("This names nobody.", pointer="/subject") from None


def _asked(response: Any) -> Asked:
    """Return the items by code, those inside groups too. Raises: Invalid, for an item answered twice."""
    found: dict[str | None, tuple[str, Any]] = {}
    for code, where, item in _walk(response.item, ""):
        if code in found:
            raise Invalid("This item is here twice.", pointer=where)
        found[code] = where, item
    return found


def _walk(items: Any, base: str) -> Iterator[tuple[str, str, Any]]:
    for place, item in enumerate(items or ()):
        where = f"{base}/item/{place}"
        yield item.linkId.rsplit("/", 1)[-1], where, item
        yield from _walk(item.item, where)


def _form(response: Any, asked: Asked) -> Instrument:
    """Return the instrument that was answered: by the questionnaire's name, else by the items it shares."""
    forms = [one for one in map(instrument, instruments()) if all(item.loinc for item in one.items)]
    name = (response.questionnaire or "").partition("|")[0].rsplit("/", 1)[-1]
    for form in forms:
        if form.key in name or (form.loinc.panel and form.loinc.panel in name):
            return form
    shared = {form.key: sum(item.loinc in asked for item in form.items) for form in forms}
    best = max(shared, key=shared.__getitem__, default="")
    if not shared.get(best):
        known = ", ".join(form.key for form in forms)
        raise Invalid(
            f"These items are of no instrument known by LOINC codes: {known}.", pointer="/questionnaire"
        )
    return instrument(best)


def _answer(form: Instrument, number: int, item: Item, asked: Asked) -> int | None:
    if item.loinc not in asked:
        raise Invalid(f"{form.key} item {number} (LOINC {item.loinc}) is missing.", pointer="/item")
    where, given = asked[item.loinc]
    answers = given.answer or []
    if len(answers) > 1:
        raise Invalid("One answer is expected.", pointer=f"{where}/answer")
    return _value(form, item, answers[0], f"{where}/answer/0") if answers else None


def _value(form: Instrument, item: Item, answer: Any, where: str) -> int:
    if answer.valueCoding is not None:
        coding = answer.valueCoding
        if coding.system not in (LOINC, None) or coding.code not in form.loinc.answers:
            known = ", ".join(form.loinc.answers)
            raise Invalid(f"One of the LOINC answers {known} is expected.", pointer=f"{where}/valueCoding")
        return form.loinc.answers[coding.code]
    number = answer.valueInteger if answer.valueInteger is not None else answer.valueDecimal
    if number not in item.values:
        known = ", ".join(map(str, item.values))
        raise Invalid(f"A LOINC answer or one of {known} is expected.", pointer=where)
    return int(number)


def _check_total(form: Instrument, answers: list[int | None], asked: Asked) -> None:
    """A total that its answers do not add up to means that one of them was read wrongly, here or there."""
    where, stated = asked.get(form.loinc.total or "", ("", None))
    given = stated.answer[0] if stated is not None and stated.answer else None
    total = (
        None
        if given is None
        else given.valueInteger
        if given.valueInteger is not None
        else given.valueDecimal
    )
    if form.total is None or total is None or None in answers:
        return
    points = [form.items[number - 1].points(answers[number - 1] or 0) for number in form.total.items]
    if total != sum(points):
        raise Invalid("This total is not what the answers add up to.", pointer=where)
