"""`stepdown remove`: take an installation away, with its database wherever that stands."""

import shutil
from pathlib import Path
from typing import Annotated

import typer

from services import clock, health
from services.access import EVERYWHERE
from services.cli.installation import refuse_nothing
from services.cli.options import Data, refusals
from services.errors import CareError
from services.settings import Settings
from services.store.database import Database
from services.store.embedded import EmbeddedPostgres
from services.store.provision import provision
from services.store.seal import Vault


def register(app: typer.Typer) -> None:
    """Add the command to a program."""
    app.command()(remove)


def remove(
    yes: Annotated[
        bool, typer.Option("--yes", help="Also what is no demo: all of it is gone for good.")
    ] = False,
    data: Data = None,
) -> None:
    """Remove a demo: its folder, its keys, and its database, also where that stands elsewhere."""
    with refusals():
        settings = Settings.at(data)
        _refuse_elsewhere(settings)
        refuse_nothing(settings)
        server = EmbeddedPostgres(settings.data_dir)
        if not yes and not is_demo(server):
            raise CareError(
                f"{settings.data_dir} is no demo, and removing it is for good; --yes removes it all the same."
            )
        server.remove()
        shutil.rmtree(settings.data_dir)
    typer.echo(f"Removed {settings.data_dir} and its database.")


def is_demo(server: EmbeddedPostgres) -> bool:
    """Tell whether an installation is marked as a demo; its server is started to ask, and stopped again."""
    with server.held() as admin:
        database = Database(provision(admin).app_url, Vault.closed(Path()))
        try:
            with database.transaction(EVERYWHERE) as work:
                return health.ready(work, at=clock.now()).demo
        finally:
            database.close()


def _refuse_elsewhere(settings: Settings) -> None:
    if settings.database_url is not None:
        raise CareError("This installation's database is yours: drop it there, then remove the data folder.")
