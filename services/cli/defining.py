"""`stepdown define`: the pathway definitions, read and checked."""

import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from models.catalogue.pathway_files import (
    NotADefinition,
    UnknownDefinition,
    definition,
    definition_hash,
    definitions,
    read_definition,
    shown,
)
from models.definition import PathwayDefinition, Route
from models.word import Word
from services.cli.options import AsJson, refusals, with_own_tables
from services.errors import CareError

define = typer.Typer(
    help="Pathway definitions: what the catalogue holds, and whether a file is one.", no_args_is_help=True
)


def register(app: typer.Typer) -> None:
    """Add the commands to a program."""
    app.add_typer(define, name="define")


@define.command("list")
def listed(as_json: AsJson = False) -> None:
    """List the shipped definitions with their hashes."""
    if as_json:
        typer.echo(json.dumps([_heading(one) for one in definitions()]))
        return
    for one in definitions():
        typer.echo(f"{one.name}  {one.title}  {definition_hash(one)[:12]}")


@define.command("show")
def show(
    name: Annotated[str, typer.Argument(metavar="KEY[@VERSION]")],
    as_json: AsJson = False,
) -> None:
    """Show a definition: who has reviewed it, who signs which route on which criteria, and the source of each threshold."""
    with refusals():
        try:
            found = definition(name)
        except UnknownDefinition as unknown:
            raise CareError(str(unknown)) from unknown
    if as_json:
        typer.echo(json.dumps(shown(found)))
        return
    Console().print(_standing(found), _routes(found), _sources(found), sep="\n\n")


@define.command("check")
def check(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)], as_json: AsJson = False
) -> None:
    """Say whether a file is a pathway definition, and line by line what is wrong with it."""
    with_own_tables()
    try:
        found = read_definition(file.read_text("utf-8"))
    except (NotADefinition, UnicodeDecodeError) as wrong:
        problems = wrong.problems if isinstance(wrong, NotADefinition) else ((1, "this is not UTF-8 text"),)
        told = [{"line": line, "problem": what} for line, what in problems]
        typer.echo(
            json.dumps({"valid": False, "problems": told}) if as_json else _lines(file, problems),
            err=not as_json,
        )
        raise typer.Exit(1) from wrong
    typer.echo(json.dumps({"valid": True} | _heading(found)) if as_json else f"{found.name} is a definition.")


def _heading(one: PathwayDefinition) -> dict[str, object]:
    return {"key": one.key, "version": one.version, "title": one.title, "hash": definition_hash(one)}


def _lines(file: Path, problems: tuple[tuple[int, str], ...]) -> str:
    return "\n".join(f"{file.name}:{line}: {what}" for line, what in problems)


def _standing(one: PathwayDefinition) -> str:
    table = one.placement
    return "\n".join(
        (
            f"{one.name} · {one.title}, in force {one.in_force}: {one.reviewed}.",
            f"Levels by {table.key}@{table.version} · {table.title}, in force {table.in_force}: {table.reviewed}.",
            f"{table.licence}; {table.source}.",
        )
    )


def _routes(one: PathwayDefinition) -> Table:
    return _table(
        ("From", "To", "Outcome", "Signed by", "Criteria", "Source"),
        (_route(one, route) for route in one.routes),
    )


def _route(one: PathwayDefinition, route: Route) -> tuple[str, ...]:
    start, to = one.stage(route.start).label, one.stage(route.to).label
    criteria = "\n".join(one.criterion(key).label for key in route.criteria)
    return start, to, route.outcome, route.authority, criteria, route.source


def _sources(one: PathwayDefinition) -> Table:
    """What everything else in the definition rests on; the placement table speaks for itself."""
    rest = (getattr(one, field) for field in type(one).model_fields if field not in {"placement", "routes"})
    return _table(("What", "Name", "Source"), (row for value in rest for row in _sourced(value, "")))


def _sourced(value: object, name: str) -> Iterator[tuple[str, str, str]]:
    if isinstance(value, tuple):
        for each in value:
            yield from _sourced(each, name)
    elif isinstance(value, Word):
        own = next(
            (getattr(value, word) for word in ("label", "fact", "event") if getattr(value, word, "")), name
        )
        if source := getattr(value, "source", ""):
            yield re.sub(r"\B([A-Z])", r" \1", type(value).__name__).lower(), own, source
        for field in type(value).model_fields:
            yield from _sourced(getattr(value, field), own)


def _table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> Table:
    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    return table
