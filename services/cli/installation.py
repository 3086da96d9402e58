"""The installation a command speaks of, opened: its settings, its databases, its keys."""

import os
from dataclasses import dataclass
from pathlib import Path

from services.errors import CareError
from services.settings import Settings, prefect_environment
from services.store.database import Database
from services.store.embedded import EmbeddedPostgres
from services.store.migrate import migrate
from services.store.provision import addresses, application_url
from services.store.seal import Vault


@dataclass(frozen=True)
class Installation:
    """Settings, and the database as the application sees it."""

    settings: Settings
    database: Database

    def speak_to_prefect(self) -> None:
        """Put this installation's Prefect into the environment; before Prefect is imported."""
        os.environ.update(prefect_environment(self.settings))
        os.environ["STEPDOWN_DATA_DIR"] = str(self.settings.data_dir)
        # Flows called in this process work where this command does.
        if self.settings.database_url is not None:
            os.environ["STEPDOWN_DATABASE_URL"] = self.settings.database_url


def found_installation(data: Path | None, database_url: str | None) -> Installation:
    """Open an installation, made where there is none yet, its schema brought up to date first.

    Raises: CareError, with what to do.
    """
    settings = Settings.at(data, database_url)
    return Installation(settings, Database(_migrated(settings), Vault.at(settings.key_file)))


def open_installation(data: Path | None, database_url: str | None, *, migrated: bool = True) -> Installation:
    """Open an installation that is there, its schema brought up to date first unless a part of it only works there.

    Raises: CareError, with what to do.
    """
    settings = Settings.at(data, database_url)
    refuse_nothing(settings)
    if not settings.key_file.exists():
        raise CareError(_NO_KEY.format(file=settings.key_file))
    return Installation(settings, Database(_url(settings, migrated), Vault.at(settings.key_file)))


def read_installation(data: Path | None, database_url: str | None, *, migrated: bool = True) -> Installation:
    """Open an installation for a command that opens no sealed name: it makes no key to them, and needs none.

    Raises: CareError, with what to do.
    """
    settings = Settings.at(data, database_url)
    refuse_nothing(settings)
    vault = Vault.at(settings.key_file) if settings.key_file.exists() else Vault.closed(settings.key_file)
    return Installation(settings, Database(_url(settings, migrated), vault))


def refuse_nothing(settings: Settings) -> None:
    """Refuse a folder that should hold the database, and holds none. Raises: CareError, with what to do."""
    if settings.database_url is None and not EmbeddedPostgres(settings.data_dir).data.exists():
        raise CareError(_NOTHING.format(folder=settings.data_dir))


def _url(settings: Settings, migrated: bool) -> str:
    return _migrated(settings) if migrated else application_url(settings)


def _migrated(settings: Settings) -> str:
    found = addresses(settings)
    migrate(found.owner_url, found.app_url)
    return found.app_url


_NOTHING = (
    "{folder} holds no installation, and nothing was made there. Name the folder of yours with --data or "
    "STEPDOWN_DATA_DIR, or begin one with `stepdown up`."
)
_NO_KEY = (
    "There is no key at {file}, without which no sealed name can be read. Name its file with STEPDOWN_KEY_FILE, or its "
    "folder with --data; for a new installation run `stepdown migrate` first."
)
