"""`stepdown program | user | key`: who may come in, and where."""

import json
from datetime import date
from typing import Annotated
from uuid import UUID

import typer
from pydantic import TypeAdapter

from models.people import Role
from models.requests import Name, NewProgram, ProgramChange, Setting
from services import clock, doors, programs
from services.access import EVERYWHERE, Principal
from services.cli.installation import Installation, found_installation, open_installation
from services.cli.options import AsJson, Data, Url, day, refusals, typed
from services.cli.readiness import pages_of
from services.doors import NewPerson

program = typer.Typer(help="Programs: the services at sites that deliver stages.", no_args_is_help=True)
user = typer.Typer(help="People who sign in.", no_args_is_help=True)
key = typer.Typer(help="Keys for other systems.", no_args_is_help=True)

OPERATOR = Principal(id=doors.SETUP.id, name="command line", role=Role.ADMIN, scope=EVERYWHERE)
"""Whoever can run commands here owns the installation's files anyway."""

Named = Annotated[str, typer.Option("--name", parser=typed(TypeAdapter(Name)), metavar="TEXT")]
Until = Annotated[
    date | None,
    typer.Option(
        "--until",
        parser=day,
        metavar="DAY",
        help="Last day of the credential, YYYY-MM-DD.",
    ),
]
InRole = Annotated[Role, typer.Option("--role")]
InProgram = Annotated[
    list[UUID] | None, typer.Option("--program", help="May be given again; every program if left out.")
]

OfProgram = Annotated[UUID | None, typer.Option("--program", help="The default program if left out.")]


def register(app: typer.Typer) -> None:
    """Add the commands to a program."""
    for name, group in (("program", program), ("user", user), ("key", key)):
        app.add_typer(group, name=name)


@program.command("add")
def add_program(
    name: Named,
    zone: Annotated[str, typer.Option("--zone", help="IANA time zone.")] = "America/New_York",
    setting: Annotated[Setting | None, typer.Option("--setting", help="In what kind of site it is.")] = None,
    crisis_line: Annotated[
        str | None, typer.Option("--crisis-line", help="Whom its clients reach at any hour.")
    ] = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Add a program."""
    with refusals():
        house = found_installation(data, database_url)
        with house.database.transaction(EVERYWHERE) as work:
            program_id = programs.add(
                work,
                NewProgram(name=name, zone=zone, setting=setting, crisis_line=crisis_line),
                by=OPERATOR,
                at=clock.now(),
                via="command",
            )
    _say({"id": program_id, "name": name, "zone": zone}, f"Program {name}: {program_id}", as_json)


@program.command("day")
def mark_day(
    on: Annotated[date, typer.Argument(parser=day, metavar="DAY", help="A weekday, YYYY-MM-DD.")],
    closed: Annotated[bool, typer.Option("--closed/--open", help="Closed, or open on a holiday.")] = True,
    program_id: OfProgram = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Say that a program is closed on a weekday, or open on a public holiday."""
    with refusals():
        house = open_installation(data, database_url)
        with house.database.transaction(EVERYWHERE) as work:
            kept = programs.mark(
                work, program_id, on, closed=closed, by=OPERATOR, at=clock.now(), via="command"
            )
    state = "closed" if closed else "open"
    _say({"program": kept.id, "day": on, "closed": closed}, f"{kept.name} is {state} on {on}", as_json)


@program.command("crisis-line")
def say_crisis_line(
    line: Annotated[str, typer.Argument(help="A telephone number, and when it answers; empty to name none.")],
    program_id: OfProgram = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Say whom the clients of a program reach at any hour: it stands on their copy of the plan."""
    with refusals():
        house, asked = open_installation(data, database_url), ProgramChange(crisis_line=line or None)
        with house.database.transaction(EVERYWHERE) as work:
            kept = programs.change(work, program_id, asked, by=OPERATOR, at=clock.now(), via="command")
    said = f"Clients of {kept.name} reach at any hour: {line or 'nobody yet'}"
    _say({"program": kept.id, "crisis_line": asked.crisis_line}, said, as_json)


@program.command("days")
def closed_days(
    program_id: OfProgram = None, data: Data = None, database_url: Url = None, as_json: AsJson = False
) -> None:
    """List the weekdays of the coming year on which a program is closed."""
    with refusals():
        house = open_installation(data, database_url)
        with house.database.transaction(EVERYWHERE) as work:
            found = programs.closed_days(work, program_id, clock.now().date())
    _say({"closed": found}, "\n".join(f"{one:%a %d %b %Y}" for one in found), as_json)


@user.command("add")
def add_user(
    name: Named,
    role: InRole,
    credential: Annotated[
        str, typer.Option("--credential", help="What somebody signs under, e.g. LCSW 12345.")
    ] = "",
    until: Until = None,
    program_id: InProgram = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Add somebody who signs in, and print their one-time link."""
    new = NewPerson(
        name=name,
        role=role,
        programs=tuple(program_id or ()),
        credential=credential,
        credential_until=until,
    )
    with refusals():
        house = found_installation(data, database_url)
        with house.database.transaction(EVERYWHERE) as work:
            person_id = doors.add(work, new, at=clock.now())
            token = doors.invite(work, person_id, at=clock.now())
    _say_link(house, f"{name} ({role.value})", token, as_json, id=person_id)


@user.command("link")
def link_user(name: Named, data: Data = None, database_url: Url = None, as_json: AsJson = False) -> None:
    """Print a new one-time link for somebody who is known already."""
    with refusals():
        house = open_installation(data, database_url)
        with house.database.transaction(EVERYWHERE) as work:
            token = doors.invite_by_name(work, name, at=clock.now())
    _say_link(house, name, token, as_json)


@key.command("add")
def add_key(
    name: Named,
    role: InRole,
    program_id: InProgram = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Add a key for another system; it is shown once."""
    with refusals():
        house = found_installation(data, database_url)
        key_id, secret = cut(house, name, role, tuple(program_id or ()))
    _say({"key": secret, "id": key_id}, f"Key {name} (shown once): {secret}", as_json)


def cut(house: Installation, name: str, role: Role, program_ids: tuple[UUID, ...] = ()) -> tuple[UUID, str]:
    """Add a key and return its id and its secret."""
    with house.database.transaction(EVERYWHERE) as work:
        person_id = doors.add(work, NewPerson(name=name, role=role, programs=program_ids), at=clock.now())
        return person_id, doors.cut_key(work, person_id, at=clock.now())


def sign_in_path(token: str) -> str:
    """Return the path of a one-time link on our own pages."""
    return f"/sign-in?token={token}"


def _say_link(house: Installation, who: str, token: str, as_json: bool, **more: object) -> None:
    """Say where somebody signs in: on the pages that run here, or where the operator has them."""
    path, pages = sign_in_path(token), pages_of(house.settings)
    where = f"{pages}{path}" if pages else f"{path}, on the address of your pages (none run from here now)"
    values = {**more, "link": path, "url": pages and f"{pages}{path}"}
    _say(values, f"{who} signs in once within 30 minutes at {where}", as_json)


def _say(values: dict[str, object], line: str, as_json: bool) -> None:
    typer.echo(json.dumps(values, default=str) if as_json else line)
