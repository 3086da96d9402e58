"""`stepdown score` and `stepdown place`: the scoring and placement rules at a terminal, without any database."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Literal, NoReturn

import typer

from models.catalogue import UnknownInstrument, UnknownTable, instrument, placement_table
from models.instrument import Answers, BadAnswer, Instrument, NoSuchBandSet, Score
from models.placement import PlacementTable, Recommendation, UnknownName
from services.cli.options import AsJson, with_own_tables
from services.rules import placement, scoring

Sex = Literal["female", "male", "other", "unknown"]


def score(
    key: Annotated[str, typer.Argument(metavar="INSTRUMENT")],
    items: Annotated[list[str], typer.Argument(metavar="ITEM...", help="In official order, - for missing.")],
    bands: Annotated[
        str | None, typer.Option("--set", metavar="BANDS", help="Band set, if not the default.")
    ] = None,
    sex: Annotated[
        Sex | None, typer.Option("--sex", help="For instruments whose cut-off differs by sex.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Score the answers to an instrument."""
    try:
        what = instrument(key)
        scored = _scored(what, _numbers(what.key, items), bands, sex)
    except (UnknownInstrument, BadAnswer, NoSuchBandSet) as error:
        _refuse(error)
    document = _of_score(what, scored)
    typer.echo(json.dumps(document) if as_json else _lines(document))


def place(
    ratings: Annotated[
        str, typer.Option("--ratings", metavar="R1,...,R6", help="0 to 4 each, - for missing.")
    ],
    current: Annotated[
        str | None, typer.Option("--current", metavar="STAGE", help="Where the client is now.")
    ] = None,
    risk: Annotated[
        str | None, typer.Option("--risk", help="C-SSRS band: none, low, moderate, high.")
    ] = None,
    fact: Annotated[
        list[str] | None, typer.Option("--fact", metavar="NAME", help="May be given again.")
    ] = None,
    key: Annotated[
        str, typer.Option("--table", metavar="KEY", help="The house's table, or one this site has loaded.")
    ] = "hr-1",
    as_json: AsJson = False,
) -> None:
    """Recommend a level of care from the six ratings."""
    with_own_tables()
    try:
        table = placement_table(key)
        numbers = _numbers(table.key, ratings.split(","))
        found = placement.place(table, numbers, current=current, risk=risk, facts=frozenset(fact or ()))
    except (BadAnswer, UnknownName, UnknownTable) as error:
        _refuse(error)
    document = _of_place(table, found)
    typer.echo(json.dumps(document) if as_json else _lines(document | _in_words(table)))


def register(app: typer.Typer) -> None:
    """Add both commands to a program."""
    # Unknown options pass through as items, so that -1 is refused as a bad item by its number.
    app.command("score", context_settings={"ignore_unknown_options": True})(score)
    app.command("place")(place)


def _scored(what: Instrument, answers: Answers, bands: str | None, sex: str | None) -> Score:
    if what.placement and bands is None:
        return scoring.rate(what, placement_table(what.placement), answers)
    return scoring.score(what, answers, band_set=bands, sex=sex)


def _numbers(key: str, texts: Iterable[str]) -> Answers:
    return tuple(_number(key, item, text.strip()) for item, text in enumerate(texts, start=1))


def _number(key: str, item: int, text: str) -> int | None:
    if text in ("-", ""):
        return None
    if not re.fullmatch(r"-?[0-9]{1,3}", text):
        raise BadAnswer(key, item, (), "a whole number is needed")
    return int(text)


def _of_score(what: Instrument, scored: Score) -> dict[str, object]:
    document: dict[str, object] = {
        "instrument": scored.instrument,
        "total": scored.total,
        "band": scored.band,
        "subscales": dict(scored.subscales),
        "flags": list(scored.flags),
        "missing": list(scored.missing),
    }
    placed = {"recommended": scored.recommended, "rules": list(scored.rules)} if what.placement else {}
    return document | placed


def _of_place(table: PlacementTable, found: Recommendation) -> dict[str, object]:
    return {
        "recommended": found.recommended,
        "rules": list(found.rules),
        "missing": list(found.missing),
        "why": list(found.why),
        "suggestions": list(found.suggestions),
        "hit_policy": str(table.hit_policy),
        "edition": table.edition,
        "table": table.name,
    }


def _in_words(table: PlacementTable) -> dict[str, object]:
    """Say for a person what the codes of a table mean, and whose it is."""
    return {
        "hit_policy": f"{table.hit_policy}: {table.hit_policy.says}",
        "edition": f"{table.edition} ({table.scale_type}); ratings of another edition are not read",
        "table": f"{table.name}, {table.title}: {table.licence}",
    }


def _lines(document: Mapping[str, object]) -> str:
    return "\n".join(f"{name:<12} {_said(value)}" for name, value in document.items())


def _said(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {number}" for name, number in value.items()) or "-"
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "-"
    return "-" if value is None else str(value)


def _refuse(error: Exception) -> NoReturn:
    hint = " Write - where one is missing." if isinstance(error, BadAnswer) else ""
    typer.echo(f"{error}{hint}", err=True)
    raise typer.Exit(2) from error
