"""`stepdown audit`: seal the log, and prove that it is what was sealed."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from flows import sealing
from services import auditing, clock, replaying
from services.access import EVERYWHERE
from services.cli.installation import read_installation
from services.cli.options import AsJson, Data, Url, refusals
from services.errors import CareError
from services.rules.checkpoint import Checkpoint, notes_in
from services.rules.examination import Verification
from services.settings import Settings
from services.store.database import Database
from services.store.kept_notes import kept
from services.store.log_key import log_key

audit = typer.Typer(help="Seal the audit log, and prove that it is what was sealed.", no_args_is_help=True)

Notes = Annotated[
    list[Path] | None,
    typer.Option(
        "--notes", metavar="FILE", help="Checkpoints kept outside the database; may be given again."
    ),
]
PublicKey = Annotated[
    str | None, typer.Option("--key", metavar="TEXT", help="The log's public key, name+id+key.")
]


def register(app: typer.Typer) -> None:
    """Add the commands to a program."""
    app.add_typer(audit, name="audit")


def key_file(settings: Settings) -> Path:
    """Return where the key that signs the log is kept."""
    return settings.data_dir / "keys" / "log"


def notes_file(settings: Settings) -> Path:
    """Return where each checkpoint is kept beside the database; copy it to where its administrator cannot write."""
    return settings.data_dir / "checkpoints.log"


@audit.command("verify")
def verify(
    notes: Notes = None,
    key: PublicKey = None,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Read the whole log and say whether it is what was signed: exit 1 names the first bad place."""
    with refusals():
        house = read_installation(data, database_url)
        outside = [note for file in notes or [notes_file(house.settings)] for note in notes_in(kept(file))]
        found = verified(house.database, key or _public_key(house.settings), outside)
    damaged = bool(found.damages)
    typer.echo(json.dumps(document(found)) if as_json else describe(found), err=damaged and not as_json)
    raise typer.Exit(1 if damaged else 0)


@audit.command("replay")
def replay(
    decision: Annotated[UUID | None, typer.Option("--decision", metavar="ID")] = None,
    every: Annotated[
        bool, typer.Option("--all", help="Every decision ever made; what is done when none is named.")
    ] = False,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Compute past decisions again from their recorded cases; exit 1 if any comes out otherwise."""
    if every and decision is not None:
        raise typer.BadParameter("Give either --all or --decision ID.")
    with refusals(), read_installation(data, database_url).database.transaction(EVERYWHERE) as work:
        replayed = list(replaying.replay(work, decision_id=decision))
    otherwise = [one for one in replayed if one.why]
    told = {"decisions": len(replayed), "identical": len(replayed) - len(otherwise), "otherwise": otherwise}
    if as_json:
        typer.echo(json.dumps(told | {"otherwise": [asdict(one) for one in otherwise]}, default=str))
    else:
        typer.echo(f"{told['identical']} of {told['decisions']} decisions came out identical.")
        for one in otherwise:
            typer.echo(f"{one.decision_id}: {one.why}", err=True)
    raise typer.Exit(1 if otherwise else 0)


@audit.command("seal")
def seal(data: Data = None, database_url: Url = None, as_json: AsJson = False) -> None:
    """Place every waiting entry, sign the log, and keep the note beside the database."""
    with refusals():
        house = read_installation(data, database_url)
        signer = log_key(key_file(house.settings))
        made = sealing.seal(house.database, signer, notes_file(house.settings), at=clock.now())
    said = json.dumps(_of_seal(made, auditing.public_key(signer)))
    typer.echo(said if as_json else made.note if made else "Nothing new to seal.")


def verified(database: Database, public_key: str, notes: Sequence[str]) -> Verification:
    """Verify in a transaction of its own."""
    with database.transaction(EVERYWHERE) as work:
        return auditing.verify(work, public_key, notes=notes)


def _public_key(settings: Settings) -> str:
    if not key_file(settings).exists():
        raise CareError(f"No key at {key_file(settings)}: give the log's public key with --key.")
    return auditing.public_key(log_key(key_file(settings)))


def document(found: Verification) -> dict[str, object]:
    """Return what was found as one JSON document."""
    damages = [
        {"class": damage.kind.value, "first": damage.first, "last": damage.last, "why": damage.why}
        for damage in found.damages
    ]
    counts = {name: getattr(found, name) for name in found.__slots__ if name != "damages"}
    return {"valid": not damages, **counts, "damages": damages}


def describe(found: Verification) -> str:
    """Return what was found as one line; the first damage with its place, counted from 0."""
    if found.damages:
        worst = found.damages[0]
        place = (
            f"entry {worst.first}" if worst.first == worst.last else f"entries {worst.first} to {worst.last}"
        )
        return f"Damaged: {worst.kind.value} at {place} of {found.size}. {worst.why} Valid up to {found.valid_to}."
    return (
        f"Whole: {found.size} entries, proved up to {found.valid_to} by {found.checkpoints} checkpoints and "
        f"{found.notes} notes kept outside; {found.unsealed} not sealed yet."
    )


def _of_seal(made: Checkpoint | None, public_key: str) -> dict[str, object]:
    said = {"size": made.size, "root": made.root.hex(), "note": made.note} if made else {}
    return {"sealed": made is not None, "key": public_key, **said}
