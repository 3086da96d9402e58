"""Options that every command shares, how what is typed is read, and how a refusal is said: one line, and exit 1."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from pydantic import TypeAdapter, ValidationError
from rich.console import Console

from models.faults import say
from services.errors import CareError
from services.settings import Settings

T = TypeVar("T")
Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="The installation's data folder.")]
Url = Annotated[str | None, typer.Option("--database-url", metavar="URL", help="Your own PostgreSQL.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document and nothing else.")]


def typed(kind: TypeAdapter[T]) -> Callable[[str], T]:
    """Return how an option of this kind is read; what does not fit is wrong usage, said in one line."""

    def read(text: str) -> T:
        try:
            return kind.validate_python(text)
        except ValidationError as wrong:
            raise typer.BadParameter(say(wrong.errors()[0])) from wrong

    return read


def day(text: str) -> date:
    """Read a day."""
    try:
        return date.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter("a day is written like 2027-06-30") from wrong


def moment(text: str) -> datetime:
    """Read a moment: with its offset, or else in UTC."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as wrong:
        raise typer.BadParameter("a moment is written like 2026-03-02T17:00Z") from wrong
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


@contextmanager
def refusals() -> Iterator[None]:
    """Say a refusal in one line on standard error and leave with 1; with 2 where an option or a setting cannot be read."""
    try:
        yield
    except CareError as refused:
        _say(refused.message)
        raise typer.Exit(1) from refused
    except ValidationError as wrong:
        first = wrong.errors()[0]
        _say(f"{'.'.join(map(str, first['loc']))}: {say(first)}")
        raise typer.Exit(2) from wrong


def with_own_tables() -> None:
    """Load the site's own placement tables, for a command that opens no installation; a bad one ends it with 2."""
    with refusals():
        Settings.at()


def _say(refusal: str) -> None:
    Console(stderr=True).print(refusal, style="red", markup=False, soft_wrap=True)
