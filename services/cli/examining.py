"""`stepdown doctor`: how the installation stands, and whether what must always hold does hold."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Annotated, cast

import typer

from models.oracle import INVARIANTS, Breach
from models.views import Alarms
from services import alerts, auditing, clock, health, invariants, reconciling
from services.access import EVERYWHERE
from services.cli.audit import key_file, notes_file
from services.cli.installation import Installation, read_installation
from services.cli.options import AsJson, Data, Url, refusals
from services.errors import CareError
from services.health import Health
from services.rules.checkpoint import notes_in
from services.store.invariants import snapshot
from services.store.kept_notes import kept
from services.store.log_key import log_key


def register(app: typer.Typer) -> None:
    """Add the command to a program."""
    app.command()(doctor)


def doctor(
    oracle: Annotated[
        bool, typer.Option("--invariants", help="Read the whole record too, and say what does not hold.")
    ] = False,
    data: Data = None,
    database_url: Url = None,
    as_json: AsJson = False,
) -> None:
    """Say how the installation stands; exit 1 if something needs a person."""
    with refusals():
        house = read_installation(data, database_url, migrated=False)
        if not house.database.answers():
            raise CareError("The database does not answer.")
        breaches = _breaches(house) if oracle else None
        state, missed, alarms = _state(house)
    found = {
        "database": "answers",
        "engine": state.engine,
        "late": state.late,
        "missed": missed,
        "alerts": asdict(alarms),
        "demo": state.demo,
        "needs": _needs(state, missed, alarms, breaches or ()),
    }
    typer.echo(_document(found, breaches) if as_json else _said(found, breaches))
    raise typer.Exit(1 if found["needs"] else 0)


def _state(house: Installation) -> tuple[Health, int, Alarms]:
    with house.database.transaction(EVERYWHERE) as work:
        at = clock.now()
        return health.ready(work, at=at), len(reconciling.missed(work, at=at)), alerts.alarms(work, at=at)


def _needs(state: Health, missed: int, alarms: Alarms, breaches: Sequence[Breach]) -> list[str]:
    """Say in words what needs a person, and what to do."""
    counted = (
        (state.late, "{} pathways wait longer than five minutes. logs/worker.log says why."),
        (
            missed,
            "{} looks came due unhandled. `reconcile` wakes them every ten minutes under `stepdown serve`.",
        ),
        (alarms.untold, "{} alerts reached nobody. The page /alerts says why; `stepdown on-call list`."),
        (alarms.dead, "{} alerts have dead letters. The page /alerts tries them again."),
        (alarms.late, "{} alerts wait for a worker to tell somebody. Start `stepdown worker`."),
        (len(breaches), "{} things do not hold that always must. Keep the data as it is, and report them."),
    )
    return [*_worker_needed(state), *(text.format(count) for count, text in counted if count)]


def _worker_needed(state: Health) -> list[str]:
    if state.ready:
        return []
    seen = (
        f"the last one beat at {state.worker_seen:%Y-%m-%d %H:%M} UTC"
        if state.worker_seen
        else "none ever did"
    )
    return [f"no worker moves clients ({seen}). Start `stepdown up`, or `stepdown worker`."]


def _breaches(house: Installation) -> list[Breach]:
    """Read the record as of one moment; writing goes on meanwhile."""
    signer, notes = key_file(house.settings), notes_in(kept(notes_file(house.settings)))
    key = auditing.public_key(log_key(signer)) if signer.exists() else None
    with house.database.transaction(EVERYWHERE) as work:
        snapshot(work)
        return list(invariants.check(work, at=clock.now(), public_key=key, notes=notes))


def _document(found: Mapping[str, object], breaches: Sequence[Breach] | None) -> str:
    broken = {} if breaches is None else {"breaches": [asdict(one) for one in breaches]}
    return json.dumps({**found, **broken}, default=str)


def _said(found: Mapping[str, object], breaches: Sequence[Breach] | None) -> str:
    lines = [f"{name}: {_in_words(value)}" for name, value in found.items() if name != "needs"]
    lines += [f"Needs a person: {one}" for one in cast(list[str], found["needs"])] or [
        "Nothing needs a person."
    ]
    for name, promise in INVARIANTS.items() if breaches is not None else ():
        broken = [one for one in breaches or () if one.invariant == name]
        lines += [f"{name} {promise}: {f'{len(broken)} do not hold' if broken else 'holds'}"]
        lines += [f"    {f'{one.pathway_id} ' if one.pathway_id else ''}{one.what}" for one in broken]
    return "\n".join(lines)


def _in_words(value: object) -> object:
    return ", ".join(f"{n} {name}" for name, n in value.items()) if isinstance(value, dict) else value
