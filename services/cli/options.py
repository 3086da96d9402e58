"""Options that every command shares, and how a refusal is said: one line, and exit 1."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.errors import CareError

Data = Annotated[Path | None, typer.Option("--data", metavar="DIR", help="The installation's data folder.")]
Url = Annotated[str | None, typer.Option("--database-url", metavar="URL", help="Your own PostgreSQL.")]
AsJson = Annotated[bool, typer.Option("--json", help="One JSON document and nothing else.")]


@contextmanager
def refusals() -> Iterator[None]:
    """Say a refusal in one line on standard error and leave with 1."""
    try:
        yield
    except CareError as refused:
        Console(stderr=True).print(refused.message, style="red", markup=False, soft_wrap=True)
        raise typer.Exit(1) from refused
