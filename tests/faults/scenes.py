"""Every command that changes something, one scene each, for dying in the middle of it at every point.

A scene is sent by a writer who does not give up; `then` says what must be true in the end, whatever died on the way.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.faults.writers import Writer
from tests.house_up import until
from tests.journeys import days_ago


@dataclass(frozen=True)
class Scene:
    """One command: what is there before, the command itself, and how it shows."""

    name: str
    given: Callable[[Writer], Any]
    act: Callable[[Writer, Any], Any]
    then: Callable[[Writer, Any], bool]


def _nobody(_by: Writer) -> None:
    return None


def _client(by: Writer) -> str:
    return str(by.post("/clients", given_name="Ana", family_name="Rivera", birth_date="1990-05-17")["id"])


def _enrolled(by: Writer) -> str:
    return str(by.post("/pathways", client_id=_client(by))["id"])


def _proposed(by: Writer) -> tuple[str, str]:
    pathway_id = _enrolled(by)
    for what in ("phq-9", "c-ssrs", "needs-iop"):
        by.assess(pathway_id, what)
    return pathway_id, by.proposed(pathway_id, "iop")


def _held(by: Writer) -> str:
    pathway_id = _enrolled(by)
    by.post(f"/pathways/{pathway_id}/holds", reason="travel")
    return pathway_id


def _entries(by: Writer, pathway_id: str, kind: str) -> int:
    return [one["kind"] for one in by.get(f"/pathways/{pathway_id}/timeline")].count(kind)


def _once(kind: str) -> Callable[[Writer, Any], bool]:
    return lambda by, pathway_id: _entries(by, pathway_id, kind) == 1


def _post(path: str, **body: object) -> Callable[[Writer, Any], Any]:
    return lambda by, pathway_id: by.post(f"/pathways/{pathway_id}/{path}", **body)


def _acknowledged(_by: Writer, _prepared: Any) -> bool:
    """What else is to be said of it the oracle says."""
    return True


def _moved(by: Writer, pathway_id: str) -> bool:
    return by.moves(pathway_id) == ["Moved from Assessment to IOP"]


_GROUP = {"kind": "group", "minutes": 180, "status": "attended", "effective_at": days_ago(0)}

SCENES = (
    Scene("client", _nobody, lambda by, _: _client(by), _acknowledged),
    Scene(
        "enrol",
        _client,
        lambda by, client: by.post("/pathways", client_id=client),
        _acknowledged,
    ),
    Scene("assessment", _enrolled, lambda by, one: by.assess(one, "phq-9"), _once("assessment")),
    Scene("attendance", _enrolled, _post("attendance", **_GROUP), _once("attendance")),
    Scene("event", _enrolled, _post("events", kind="ed-visit"), _once("event")),
    Scene("plan", _enrolled, _post("plan", goals="met", next_step="op"), _once("plan")),
    Scene("hold", _enrolled, _post("holds", reason="travel"), _once("hold")),
    Scene("resume", _held, _post("resume"), _once("resume")),
    Scene(
        "sign-off",
        _proposed,
        lambda by, pair: by.accept(pair[1]),
        lambda by, pair: _moved(by, pair[0]),
    ),
    Scene(
        "discharge",
        _enrolled,
        _post("discharge", reason=7, note="moves away"),
        lambda by, one: by.status(one)["stage"] == "discharged",
    ),
    Scene(
        "departure",
        _enrolled,
        _post("events", kind="left-against-advice"),
        lambda by, one: by.status(one)["stage"] == "discharged" and len(by.moves(one)) == 1,
    ),
)


def play(scene: Scene, by: Writer, prepared: Any) -> None:
    """Do the command, and wait until it shows. Raises: AssertionError, if it never does."""
    scene.act(by, prepared)
    until(lambda: scene.then(by, prepared), f"{scene.name} never showed, or showed twice", by.patience)
