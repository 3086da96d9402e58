"""`stepdown web | worker | serve | migrate | sweep`: the parts of an installation, one by one."""

import json
import logging
import signal
from datetime import datetime
from typing import Annotated

import typer

from services import clock, health
from services.access import EVERYWHERE
from services.cli.audit import key_file, notes_file
from services.cli.installation import Installation, found_installation, open_installation
from services.cli.options import AsJson, Data, Url, moment, refusals
from services.errors import CareError
from services.sending import senders
from services.store.log_key import log_key


def register(app: typer.Typer) -> None:
    """Add the commands to a program."""
    for command in (web, worker, serve, migrate, sweep):
        app.command()(command)


def web(
    host: Annotated[str, typer.Option("--host")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port")] = 8000,
    data: Data = None,
    database_url: Url = None,
) -> None:
    """Serve the pages and the API."""
    import uvicorn

    from services.web.app import create_app

    with refusals():
        house = open_installation(data, database_url, migrated=False)
    app = create_app(house.database, instance=house.settings.instance)
    uvicorn.run(app, host=host, port=port, log_level="warning", access_log=False, timeout_graceful_shutdown=3)


def worker(data: Data = None, database_url: Url = None) -> None:
    """Listen for wake-ups and move clients, and tell people; any number may run."""
    with refusals():
        house = open_installation(data, database_url, migrated=False)
    house.speak_to_prefect()
    logging.basicConfig(level=logging.WARNING)
    from flows.messenger import Messenger
    from flows.worker import Worker

    messenger = Messenger(house.database, senders(house.settings))
    one = Worker(house.database, log_key(key_file(house.settings)), notes_file(house.settings), messenger)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: one.stopping.set())
    one.run()


def serve(data: Data = None, database_url: Url = None) -> None:
    """Serve the flows that Prefect schedules: the sweep every minute, housekeeping every hour."""
    with refusals():
        house = open_installation(data, database_url, migrated=False)
    house.speak_to_prefect()
    from flows.serving import serve_flows

    serve_flows(house.settings.data_dir / "prefect" / "scratch")


def migrate(data: Data = None, database_url: Url = None) -> None:
    """Bring the schema to what this version needs; running it again changes nothing."""
    with refusals():
        found_installation(data, database_url)
    typer.echo("The schema is up to date.")


def sweep(
    as_of: Annotated[
        datetime | None,
        typer.Option(
            "--as-of",
            parser=moment,
            metavar="TIME",
            help="Demo installations or --dry-run only; UTC unless it says its offset.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what is due; change nothing.")] = False,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Wake what is due, once, in this process, under a flow run."""
    with refusals():
        house = open_installation(data, database_url)
        counts = _due(house, as_of) if dry_run else _swept(house, as_of)
    typer.echo(json.dumps(counts) if as_json else _counted(counts))


def _due(house: Installation, as_of: datetime | None) -> dict[str, int]:
    """Return what a sweep would find due, by cohort."""
    from flows.walking import due

    return dict(due(house.database, at=as_of or clock.now()))


def _swept(house: Installation, as_of: datetime | None) -> dict[str, int]:
    house.speak_to_prefect()
    with house.database.transaction(EVERYWHERE) as work:
        state = health.ready(work, at=clock.now())
    if as_of is not None and not state.demo:
        raise CareError("--as-of is for demo installations and --dry-run: a real one moves by the clock.")
    from flows.care_pathway import call_in_process
    from flows.engine import refuse_away

    refuse_away()
    return call_in_process("sweep", at=as_of)


def _counted(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} ×{count}" for name, count in counts.items()) or "Nothing was due."
