"""`stepdown up`: everything on one machine, prepared on its first start."""

from functools import partial
from typing import Annotated

import typer

from models.people import Role
from models.requests import NewProgram
from services import clock, doors, programs
from services.access import EVERYWHERE
from services.cli.installation import Installation, open_installation
from services.cli.keeping import OPERATOR, sign_in_path
from services.cli.options import Data, Url, refusals
from services.cli.processes import Say
from services.cli.up import SignInLink
from services.cli.up import up as bring_up
from services.doors import NewPerson
from services.store.provision import Addresses
from services.store.work import Work

FIRST = NewPerson(name="Administrator", role=Role.ADMIN)


def register(app: typer.Typer) -> None:
    """Add the command to a program."""
    app.command()(up)


def up(
    demo: Annotated[
        int | None, typer.Option("--demo", metavar="N", help="Make N invented clients.", min=1)
    ] = None,
    host: Annotated[str | None, typer.Option("--host")] = None,
    port: Annotated[int | None, typer.Option("--port")] = None,
    data: Data = None,
    database_url: Url = None,
) -> None:
    """Start database, Prefect server, worker, served flows and web; Ctrl-C stops all of it."""
    with refusals():
        prepared = partial(_prepare, data, database_url)
        bring_up(prepared, demo=demo, host=host, port=port, data=data, database_url=database_url)


def _prepare(
    data: Data, database_url: Url, _found: Addresses, demo: int | None, say: Say
) -> list[SignInLink]:
    house = open_installation(data, database_url)
    house.speak_to_prefect()
    if demo is not None:  # before anything else is written: the first audit entry says that it is a demo
        from services.cli.demo import make_demo

        make_demo(house, demo, say)
    with house.database.transaction(EVERYWHERE) as work:
        _first_program(work)
    return _links(house)


def _first_program(work: Work) -> None:
    if not programs.listed(work):
        programs.add(work, NewProgram(name="Main program"), by=OPERATOR, at=clock.now(), via="command")


def _links(house: Installation) -> list[SignInLink]:
    """Let everybody in who is known, one link each, the first start's administrator if nobody is."""
    with house.database.transaction(EVERYWHERE) as work:
        at = clock.now()
        if not doors.listed(work):
            doors.add(work, FIRST, at=at)
        return [
            SignInLink(f"{one.name} ({one.role})", sign_in_path(doors.invite(work, one.id, at=at)))
            for one in doors.listed(work)[:4]
        ]
