"""`stepdown import`: take in a file from another system, and say what became of every line."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from services import clock, importing
from services.access import EVERYWHERE
from services.cli.installation import found_installation
from services.cli.keeping import OPERATOR
from services.cli.options import AsJson, Data, Url, refusals
from services.errors import NotFound
from services.importing import ImportFile, Line, Outcome, Report, Unreadable
from services.store.database import Database
from services.store.work import Work

SHOWN = 200
"""Rejected lines a terminal lists; `--json` lists all."""

Tick = Callable[[int], None]
File = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help=".ndjson, .csv or FHIR .json")
]


class _Rehearsed(Exception):
    """Ends the one transaction of a dry run, so that nothing stays."""


def register(app: typer.Typer) -> None:
    """Add the command to a program."""
    app.command("import")(import_file)


def import_file(
    file: File,
    pathway: Annotated[
        UUID | None, typer.Option("--pathway", metavar="ID", help="Whose all facts of the file are.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen; store nothing.")] = False,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Import clients, open pathways and facts (NDJSON, CSV), or FHIR R4 answers.

    Exit 0: every line was accepted or known already. 1: some lines were rejected. 2: the file cannot be read.
    """
    with _unusable():
        source = _opened(file, pathway)
    with refusals():
        house = found_installation(data, database_url)
        with _unusable(), _progress(source) as tick:
            report = taken_in(
                house.database, source, at=clock.now(), pathway=pathway, dry_run=dry_run, tick=tick
            )
    if as_json:
        typer.echo(json.dumps({"dry_run": dry_run, **asdict(report)}))
    else:
        _show(report, dry_run)
    raise typer.Exit(1 if report.rejected else 0)


def taken_in(
    database: Database,
    source: ImportFile,
    *,
    at: datetime,
    pathway: UUID | None = None,
    dry_run: bool = False,
    tick: Tick = lambda _: None,
) -> Report:
    """Take in a file, a transaction for each chunk; in a dry run one for all, which is rolled back."""
    lines: list[Line] = []
    with _rehearsal(database) if dry_run else nullcontext() as rehearsed:
        for chunk in importing.chunks(source):
            with nullcontext(rehearsed) if rehearsed else database.transaction(EVERYWHERE) as work:
                lines += importing.record(work, chunk, by=OPERATOR, at=at, pathway_id=pathway)
            tick(len(chunk))
    return Report.of(lines)


@contextmanager
def _rehearsal(database: Database) -> Iterator[Work]:
    with suppress(_Rehearsed), database.transaction(EVERYWHERE) as work:
        yield work
        raise _Rehearsed


def _opened(file: Path, pathway: UUID | None) -> ImportFile:
    source = importing.opened(file)
    if pathway and len(importing.subjects(source)) > 1:
        raise Unreadable("This file is about several clients; --pathway takes the facts of one.")
    return source


@contextmanager
def _unusable() -> Iterator[None]:
    """Say why nothing can be done with a file or a pathway, and leave with 2."""
    try:
        yield
    except (Unreadable, NotFound) as refused:
        Console(stderr=True).print(refused.message, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(2) from refused


@contextmanager
def _progress(source: ImportFile) -> Iterator[Tick]:
    """Show how far an import is on standard error, if a person looks on."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        lines = bar.add_task("Importing", total=source.lines)
        yield lambda count: bar.update(lines, advance=count)


def _show(report: Report, dry_run: bool) -> None:
    console = Console()
    bad = [line for line in report.lines if line.outcome is Outcome.REJECTED]
    if bad:
        table = Table("Line", "Kind", "Where", "Why")
        for line in bad[:SHOWN]:
            table.add_row(str(line.number), line.kind, escape(line.pointer), escape(line.reason))
        console.print(table)
    if len(bad) > SHOWN:
        typer.echo(f"and {len(bad) - SHOWN} more; --json lists all.")
    typer.echo(
        f"{report.accepted} accepted, {report.duplicate} known already, {report.rejected} rejected."
        + (" Nothing was stored: this was a dry run." if dry_run else "")
    )
