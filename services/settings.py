"""Where an installation keeps its things, from the environment (STEPDOWN_…) and the command line.

Everything is optional. Without STEPDOWN_DATABASE_URL the embedded PostgreSQL in the data folder is used. Passwords
inside addresses never show in a representation or in a validation message.
"""

import os
import re
import secrets
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from models.catalogue import site

_SPELLINGS = ("postgres", "postgresql", "postgresql+psycopg", "postgresql+asyncpg")


def plain(url: str) -> str:
    """Spell a PostgreSQL address as libpq and psycopg read it.

    Raises: ValueError, if it is not the address of a PostgreSQL.
    """
    scheme, found, rest = url.partition("://")
    if not found or scheme not in _SPELLINGS:
        raise ValueError("a PostgreSQL address begins with postgresql://")
    return f"postgresql://{rest}"


def for_sqlalchemy(url: str) -> str:
    """Spell a PostgreSQL address for our own engine: SQLAlchemy over psycopg."""
    return plain(url).replace("postgresql", "postgresql+psycopg", 1)


def for_prefect(url: str) -> str:
    """Spell a PostgreSQL address for Prefect's server: SQLAlchemy over asyncpg, which says ssl for sslmode."""
    return plain(url).replace("postgresql", "postgresql+asyncpg", 1).replace("sslmode=", "ssl=")


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("where our pages are reached begins with https://")
    return url.rstrip("/")


def _mail_server(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
        raise ValueError("a mail server's address begins with smtp:// or smtps://")
    return url


def _mail_address(address: str) -> str:
    if not re.fullmatch(r"[\x21-\x3b\x3d\x3f\x41-\x7e]+@[A-Za-z0-9.-]+", address):
        raise ValueError("a mail address is written like stepdown@example.org")
    return address


def _site_tables(folder: Path | None) -> Path | None:
    # Here, because every process reads its settings before it decides: none works without the site's own tables.
    site.load(folder)
    return folder


Ours = Annotated[str, AfterValidator(for_sqlalchemy)]
Prefects = Annotated[str, AfterValidator(for_prefect)]


class Settings(BaseSettings):
    """One installation, as chosen by the environment and the command line."""

    model_config = SettingsConfigDict(
        env_prefix="STEPDOWN_", env_ignore_empty=True, frozen=True, hide_input_in_errors=True
    )

    data_dir: Annotated[Path, AfterValidator(Path.absolute)] = Field(
        default=Path(".stepdown"), validate_default=True
    )
    database_url: Ours | None = Field(default=None, repr=False)
    owner_url: Ours | None = Field(default=None, repr=False)
    prefect_database_url: Prefects | None = Field(default=None, repr=False)
    prefect_api_url: str | None = None
    prefect_key: str | None = Field(default=None, repr=False)
    key_file: Path = Field(default_factory=lambda given: given["data_dir"] / "keys" / "kek")
    host: str = "127.0.0.1"
    port: int = Field(default=8000, ge=1, le=65535)
    prefect_port: int = Field(default=4200, ge=1, le=65535)
    public_url: Annotated[str, AfterValidator(_web_address)] = "http://127.0.0.1:8000"
    smtp_url: Annotated[str, AfterValidator(_mail_server)] | None = Field(default=None, repr=False)
    mail_from: Annotated[str, AfterValidator(_mail_address)] = "stepdown@localhost"
    webhook_hosts: str = ""
    placement_dir: Annotated[Path | None, AfterValidator(_site_tables)] = Field(
        default=None, validate_default=True
    )
    instance: str = ""

    @classmethod
    def at(cls, data: Path | None = None, database_url: str | None = None) -> Self:
        """Choose the installation a command speaks of: what its options say, else the environment."""
        options: dict[str, Any] = {"data_dir": data, "database_url": database_url}
        return cls(**{name: value for name, value in options.items() if value is not None})


def own_folder(path: Path) -> Path:
    """Make a folder of the installation: closed to others, but root's lets the database's user through.

    A folder that stands already, and every parent, stays as it is.
    """
    if not path.exists():
        path.mkdir(parents=True, exist_ok=True)
        path.chmod(0o711 if os.geteuid() == 0 else 0o700)
    return path


def made_once(path: Path, content: Callable[[], bytes]) -> Path:
    """Make a file of secrets that is not there yet, whole or not at all; only its owner may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(content())
            file.flush()
            os.fsync(file.fileno())
        _put_in_place(draft, path)
    return path


def _put_in_place(draft: Path, path: Path) -> None:
    # A link, unlike a rename, never replaces what another command made in the same moment.
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def secret(path: Path) -> str:
    """Return the secret kept in this file, made at random the first time."""
    own_folder(path.parent.parent)
    return made_once(path, lambda: secrets.token_urlsafe(32).encode()).read_text().strip()


def prefect_api_file(settings: Settings) -> Path:
    """Return the note in which `stepdown up` leaves the address of its Prefect API for other commands."""
    return settings.data_dir / "run" / "prefect-api"


def prefect_environment(
    settings: Settings, *, api_url: str | None = None, server_url: str | None = None
) -> dict[str, str]:
    """Say to Prefect how it works here; the same words for its server and for whoever calls it.

    `server_url`, the address of its own database, is given to the server alone. Nothing leaves the machine, nothing
    but counts is kept, and a call gives up soon: care never waits for the engine.

    Source: the names are those of Prefect 3.8; docs/adr/0001 says why each.
    """
    auth = f"stepdown:{settings.prefect_key or secret(settings.data_dir / 'keys' / 'prefect')}"
    environment = {
        **_QUIET,
        **_RECORDER,
        "PREFECT_HOME": str(settings.data_dir / "prefect"),
        "PREFECT_API_URL": api_url or _known_api(settings),
        "PREFECT_API_AUTH_STRING": auth,
        "PREFECT_SERVER_API_AUTH_STRING": auth,
    }
    if server_url is not None:
        environment["PREFECT_SERVER_DATABASE_CONNECTION_URL"] = for_prefect(server_url)
    return environment


def _known_api(settings: Settings) -> str:
    note = prefect_api_file(settings)
    if settings.prefect_api_url is None and note.exists():
        return note.read_text().strip()
    return settings.prefect_api_url or f"http://127.0.0.1:{settings.prefect_port}/api"


_QUIET: Mapping[str, str] = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
    "PREFECT_API_REQUEST_TIMEOUT": "5",
    "PREFECT_CLIENT_MAX_RETRIES": "0",
    "PREFECT_RUNNER_POLL_FREQUENCY": "2",
    "PREFECT_CLI_COLORS": "false",
}
_RECORDER: Mapping[str, str] = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "2",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "500",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
    "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": "1209600",
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
}
