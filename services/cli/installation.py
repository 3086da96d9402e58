"""The installation a command speaks of, opened: its settings, its databases, its keys."""

import os
from dataclasses import dataclass
from pathlib import Path

from services.settings import Settings, prefect_environment
from services.store.database import Database
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


def open_installation(data: Path | None, database_url: str | None, *, migrated: bool = True) -> Installation:
    """Open an installation, its schema brought up to date first unless a part of it only works there.

    Raises: CareError, with what to do.
    """
    settings = Settings.at(data, database_url)
    url = _migrated(settings) if migrated else application_url(settings)
    return Installation(settings, Database(url, Vault.at(settings.key_file)))


def _migrated(settings: Settings) -> str:
    found = addresses(settings)
    migrate(found.owner_url, found.app_url)
    return found.app_url
