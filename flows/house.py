"""Where the flows work: the database of this installation, opened once in a process from its settings."""

from functools import cache

from services.settings import Settings
from services.store.database import Database
from services.store.provision import application_url
from services.store.seal import Vault


@cache
def database() -> Database:
    """Return this process's way to the installation named by the environment."""
    settings = Settings.at()
    return Database(application_url(settings), Vault.at(settings.key_file))
