"""`stepdown up`: everything on one machine, prepared on its first start."""

from datetime import datetime
from functools import partial
from typing import Annotated

import typer

from models.people import Role
from models.requests import NewProgram
from services import clock, doors, health, programs
from services.access import EVERYWHERE
from services.cli.installation import found_installation
from services.cli.keeping import OPERATOR, sign_in_path
from services.cli.options import Data, Url, refusals
from services.cli.processes import Say
from services.cli.up import SignInLink, Welcome
from services.cli.up import up as bring_up
from services.doors import NewPerson
from services.population.staff import STAFF
from services.store import installation
from services.store.provision import Addresses
from services.store.work import Work

FIRST = NewPerson(name="Administrator", role=Role.ADMIN)
MOST_LINKS = 12
"""Sign-in links that one start prints."""


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


def _prepare(data: Data, database_url: Url, _found: Addresses, demo: int | None, say: Say) -> Welcome:
    house = found_installation(data, database_url)
    house.speak_to_prefect()
    if demo is not None:  # before anything else is written: the first audit entry says that it is a demo
        from services.cli.demo import make_demo

        make_demo(house, demo, say)
    with house.database.transaction(EVERYWHERE) as work:
        _first_program(work)
        return _welcome(work, clock.now())


def _first_program(work: Work) -> None:
    if not programs.listed(work):
        programs.add(work, NewProgram(name="Main program"), by=OPERATOR, at=clock.now(), via="command")


def _welcome(work: Work, at: datetime) -> Welcome:
    """Let in whoever is known, a link each, the first start's administrator if nobody is; a demo's staff come first."""
    if not doors.listed(work):
        doors.add(work, FIRST, at=at)
    is_demo = health.ready(work, at=at).demo
    staff = STAFF if is_demo else frozenset[str]()
    known = sorted(doors.listed(work), key=lambda one: one.name not in staff)
    links = [
        SignInLink(f"{one.name} ({one.role})", sign_in_path(doors.invite(work, one.id, at=at)))
        for one in known[:MOST_LINKS]
    ]
    more = len(known) - len(links)
    others = [f"{more} more sign in here, each by `stepdown user link --name NAME`."] if more else []
    return Welcome(links, [*others, *(_whereabouts(work) if is_demo else ())])


def _whereabouts(work: Work) -> list[str]:
    """Say where the clients are whom the boards do not show."""
    open_, closed = installation.pathways(work)
    return [
        f"{open_} invented pathways are on the boards, one board for each definition; {closed} have ended, by "
        "completion or discharge, and stand on none."
    ]
