"""`stepdown define`: the pathway definitions, read and checked."""

import json
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
)
from models.definition import PathwayDefinition
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
    """Show the stages and routes of a definition, with who signs and on which criteria."""
    with refusals():
        try:
            found = definition(name)
        except UnknownDefinition as unknown:
            raise CareError(str(unknown)) from unknown
    if as_json:
        typer.echo(found.model_dump_json())
        return
    Console().print(_routes(found))


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


def _routes(one: PathwayDefinition) -> Table:
    table = Table("From", "To", "Outcome", "Signed by", "Criteria", title=f"{one.name} · {one.title}")
    for route in one.routes:
        criteria = "\n".join(one.criterion(key).label for key in route.criteria)
        table.add_row(
            one.stage(route.start).label, one.stage(route.to).label, route.outcome, route.authority, criteria
        )
    return table
