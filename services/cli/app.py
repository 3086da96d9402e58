"""The program `stepdown`, put together from its commands."""

import typer

from services.cli import (
    audit,
    defining,
    examining,
    importing,
    keeping,
    on_call,
    removing,
    running,
    scoring,
    starting,
)

app = typer.Typer(
    help="Care pathways for addiction and mental-health programs.",
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a traceback must not carry a client's data
    add_completion=False,
)
for commands in (
    starting,
    running,
    examining,
    keeping,
    on_call,
    importing,
    defining,
    scoring,
    audit,
    removing,
):
    commands.register(app)


def main() -> None:
    """Run the program."""
    app(prog_name="stepdown")
