"""`stepdown on-call`: who stands by in a program, who covers for the absent, and how each is reached."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID
from zoneinfo import ZoneInfo

import typer
from pydantic import ValidationError

from models.alerting import Channel, Standby
from models.faults import say
from models.requests import NewAbsence, NewContact, NewDuty
from services import clock, doors, programs
from services import on_call as crew
from services.access import EVERYWHERE
from services.cli.installation import open_installation
from services.cli.keeping import OPERATOR
from services.cli.options import AsJson, Data, Url, refusals
from services.errors import Invalid
from services.on_call import DAYS, OnCall
from services.store.work import Work

on_call = typer.Typer(
    help="Who is told when somebody must act, when, and how they are reached.", no_args_is_help=True
)

Whose = Annotated[str, typer.Option("--person", help="Somebody who signs in, by name.")]
InProgram = Annotated[UUID | None, typer.Option("--program", help="The first program if left out.")]


def register(app: typer.Typer) -> None:
    """Add the commands to a program."""
    app.add_typer(on_call, name="on-call")


@on_call.command("add")
def add_duty(
    person: Whose,
    standby: Annotated[Standby, typer.Option("--as")] = Standby.ON_CALL,
    days: Annotated[str, typer.Option("--days", help="For example mon-fri or sat,sun.")] = "mon-sun",
    since: Annotated[
        str, typer.Option("--from", help="By the program's own clock; over midnight too.")
    ] = "00:00",
    until: Annotated[str, typer.Option("--until")] = "00:00",
    first_on: Annotated[
        str | None, typer.Option("--first-on", help="First day it begins, YYYY-MM-DD.")
    ] = None,
    last_on: Annotated[str | None, typer.Option("--last-on", help="Last day it begins.")] = None,
    program_id: InProgram = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Let somebody stand by in a program."""
    told = {"standby": standby, "since": since, "until": until, "first_on": first_on, "last_on": last_on}

    def added(work: Work) -> dict[str, Any]:
        whose = doors.by_name(work, person)
        asked = _asked(NewDuty, person_id=whose, program_id=program_id, days=read_days(days), **told)
        return {"id": crew.add_duty(work, asked, by=OPERATOR, at=clock.now(), via="command")}

    _say(_done(added, data, database_url), f"{person} stands by as {standby.value}", as_json)


@on_call.command("absence")
def add_absence(
    person: Whose,
    since: Annotated[str, typer.Option("--from", help="By the first program's clock, YYYY-MM-DDTHH:MM.")],
    until: Annotated[str, typer.Option("--until")],
    cover: Annotated[str | None, typer.Option("--cover", help="Who takes their duties, by name.")] = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Note that somebody is not there, and who covers for them."""

    def added(work: Work) -> dict[str, Any]:
        zone = programs.listed(work)[0].zone
        covers = doors.by_name(work, cover) if cover else None
        times = {"starts_at": _moment(since, zone), "ends_at": _moment(until, zone)}
        asked = _asked(NewAbsence, person_id=doors.by_name(work, person), cover_id=covers, **times)
        return {"id": crew.add_absence(work, asked, by=OPERATOR, at=clock.now(), via="command")}

    said = f"{person} is absent; {f'{cover} covers' if cover else 'nobody covers'}"
    _say(_done(added, data, database_url), said, as_json)


@on_call.command("contact")
def add_contact(
    person: Whose,
    email: Annotated[str | None, typer.Option("--email", metavar="ADDRESS")] = None,
    webhook: Annotated[str | None, typer.Option("--webhook", metavar="URL")] = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Add a way to reach somebody; a webhook's secret is shown once."""
    if (email is None) == (webhook is None):
        raise typer.BadParameter("Give either --email ADDRESS or --webhook URL.")
    channel, address = (Channel.EMAIL, email) if email else (Channel.WEBHOOK, webhook)

    def added(work: Work) -> dict[str, Any]:
        asked = _asked(NewContact, person_id=doors.by_name(work, person), channel=channel, address=address)
        made, secret = crew.add_contact(work, asked, by=OPERATOR, at=clock.now(), via="command")
        return {"id": made} | ({"secret": secret} if secret else {})

    found = _done(added, data, database_url)
    shown = f"; its secret (shown once): {found['secret']}" if "secret" in found else ""
    _say(found, f"{person} is reached by {channel.value}{shown}", as_json)


@on_call.command("end")
def end(one: UUID, data: Data = None, database_url: Url = None, as_json: AsJson = False) -> None:
    """End a duty, an absence or a contact by its id."""

    def ended(work: Work) -> dict[str, Any]:
        crew.end(work, one, by=OPERATOR, at=clock.now(), via="command")
        return {"id": one}

    _say(_done(ended, data, database_url), "Ended", as_json)


@on_call.command("list")
def listed(data: Data = None, database_url: Url = None, as_json: AsJson = False) -> None:
    """List who stands by when, who is absent, and how each is reached."""
    with refusals(), open_installation(data, database_url).database.transaction(EVERYWHERE) as work:
        found = crew.listed(work, at=clock.now())
    typer.echo(json.dumps(asdict(found), default=str) if as_json else _lines(found))


def read_days(text: str) -> list[str]:
    """Return the weekdays a text names: `mon-fri`, `sat,sun`, `fri-mon`; what is none is left for the model to refuse."""
    found: list[str] = []
    for part in text.lower().split(","):
        first, _, last = part.strip().partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            return [text]
        begins, length = DAYS.index(first), (DAYS.index(last or first) - DAYS.index(first)) % 7
        found += [DAYS[(begins + step) % 7] for step in range(length + 1)]
    return list(dict.fromkeys(found))


def _moment(text: str, zone: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%dT%H:%M").replace(tzinfo=ZoneInfo(zone))
    except ValueError as wrong:
        raise Invalid("A moment is written like 2026-03-02T17:00.") from wrong


def _asked(kind: Any, **told: Any) -> Any:
    try:
        return kind(**told)
    except ValidationError as wrong:
        raise Invalid("; ".join(f"{error['loc'][0]}: {say(error)}" for error in wrong.errors())) from wrong


def _done(act: Any, data: Data, database_url: Url) -> dict[str, Any]:
    with refusals(), open_installation(data, database_url).database.transaction(EVERYWHERE) as work:
        found: dict[str, Any] = act(work)
    return found


def _say(values: dict[str, Any], line: str, as_json: bool) -> None:
    typer.echo(json.dumps(values, default=str) if as_json else f"{line} ({values['id']}).")


def _lines(found: OnCall) -> str:
    duties = [
        f"{one.program}: {one.standby:10} {one.person}, {' '.join(one.days)} {one.since:%H:%M}-{one.until:%H:%M} ({one.id})"
        for one in found.duties
    ]
    absences = [
        f"absent: {one.person} {one.starts_at:%Y-%m-%d %H:%MZ} to {one.ends_at:%Y-%m-%d %H:%MZ}, "
        f"{one.cover or 'nobody'} covers ({one.id})"
        for one in found.absences
    ]
    contacts = [f"{one.person}: {one.channel} {one.address} ({one.id})" for one in found.contacts]
    return "\n".join([*duties, *absences, *contacts]) or "Nobody is on call yet: stepdown on-call add --help"
