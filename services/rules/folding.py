"""Fold: what the state must be, told by nothing but the audit entries. The oracle's own reading of the log.

It shares no code with the ledger that writes: one short function for each action says which rows an entry leaves and
how it changes those before it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from models.catalogue import ladder
from models.oracle import Image, Told
from services import ids


class UnknownAction(LookupError):
    """An entry whose action nobody knows how to fold."""


@dataclass(slots=True)
class _Fold:
    image: Image = field(default_factory=dict)
    open_placement: tuple[str, str] | None = None

    def row(self, table: str, key: str, **values: Any) -> None:
        self.image[table, key] = values

    def change(self, table: str, key: str, **values: Any) -> None:
        self.image.setdefault((table, key), {}).update(values)


def fold(entries: Iterable[Told]) -> Image:
    """Return the rows that the entries of one pathway, in order, leave. Raises: UnknownAction."""
    folding = _Fold()
    for one in entries:
        if one.action not in _ACTIONS:
            raise UnknownAction(one.action)
        _ACTIONS[one.action](folding, one)
        folding.change("pathway", one.pathway_id, version=one.version)
    return {key: _filled(row) for key, row in folding.image.items()}


def differences(told: Image, stored: Image) -> Iterator[str]:
    """Say, row by row, where the state is not what the entries tell; names of tables, keys and columns only."""
    for table, key in sorted(told.keys() - stored.keys()):
        yield f"{table} {key} is told and not there"
    for table, key in sorted(stored.keys() - told.keys()):
        yield f"{table} {key} is there and not told"
    for table, key in sorted(told.keys() & stored.keys()):
        said, stands = told[table, key], stored[table, key]
        odd = sorted(name for name in said.keys() | stands.keys() if said.get(name) != stands.get(name))
        if odd:
            yield f"{table} {key} differs in {', '.join(odd)}"


def _filled(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def _take(one: Told, *names: str) -> dict[str, Any]:
    return {name: one.what.get(name) for name in names}


def _opened(to: _Fold, one: Told) -> None:
    names = ("client_id", "program_id", "owner_id", "definition", "definition_hash", "stage")
    to.row("pathway", one.pathway_id, **_take(one, *names, "follows", "came_from", "referred_by"))
    _placed(to, one, one.what["started_at"])


def _placed(to: _Fold, one: Told, started_at: str) -> None:
    stage = one.what.get("to_stage", one.what.get("stage"))
    to.open_placement = ("placement", one.what["placement_id"])
    to.row(*to.open_placement, stage=stage, started_at=started_at, opened_version=one.version)


def _fact(to: _Fold, one: Told) -> None:
    names = ("client_id", "kind", "code", "effective_at", "signed", "source_id", "session_id", "corrects")
    more = {"source": one.what.get("source", ""), "attested": one.what.get("attested", False)}
    by = {"recorded_at": one.at, "recorded_by": one.actor["id"], "pathway_version": one.version}
    to.row("fact", one.what["fact_id"], **_take(one, *names), **more, **by)
    _known(to, one)


def _known(to: _Fold, one: Told) -> None:
    to.row("fact_known", one.what["fact_id"], pathway_version=one.version)


def _rostered(to: _Fold, one: Told) -> None:
    to.row("roster", one.what["session_id"], known=one.version)


_CLOCK = ("counts_from", "due_at", "late_at", "outer_at", "parts")


def _look_opened(to: _Fold, one: Told) -> None:
    fixed = {"status": "open", "opened_at": one.at, "opened_version": one.version}
    to.row("reassessment", one.what["reassessment_id"], **_take(one, "kind", "stage", *_CLOCK), **fixed)
    _reasons(to, one)


def _look_hastened(to: _Fold, one: Told) -> None:
    to.change("reassessment", one.what["reassessment_id"], **_take(one, *_CLOCK))
    _reasons(to, one)


def _look_redated(to: _Fold, one: Told) -> None:
    by = {"moved_by": one.actor["id"], "role": one.actor["role"], "recorded_at": one.at}
    names = ("reassessment_id", "due_before", "due_at", "reason_code")
    to.row("due_move", one.what["move_id"], pathway_version=one.version, **_take(one, *names), **by)
    to.change("reassessment", one.what["reassessment_id"], **_take(one, "counts_from", "due_at", "late_at"))


def _reasons(to: _Fold, one: Told) -> None:
    for reason in one.what.get("reasons", ()):
        key = f"{reason['trigger']} {reason['fact_id']}"
        look = one.what["reassessment_id"]
        to.row("reassessment_reason", key, reassessment_id=look, pathway_version=one.version)


def _look_called(to: _Fold, one: Told) -> None:
    to.change("reassessment", one.what["reassessment_id"], called_at=one.at)


def _look_escalated(to: _Fold, one: Told) -> None:
    to.change("reassessment", one.what["reassessment_id"], escalated_at=one.at)


def _look_closed(to: _Fold, one: Told) -> None:
    ended = {"closed_at": one.at, "closed_version": one.version}
    to.change("reassessment", one.what["reassessment_id"], **_take(one, "status", "decision_id"), **ended)


def _decided(to: _Fold, one: Told) -> None:
    names = ("reassessment_id", "supersedes", "definition", "definition_hash", "engine", "outcome", "rule")
    more = ("to_stage", "authority", "case_sha256", "evidence_sha256", "verdict")
    to.row("decision", one.what["decision_id"], pathway_version=one.version, **_take(one, *names, *more))
    to.change("pathway", one.pathway_id, decision_id=one.what["decision_id"])


def _signed(to: _Fold, one: Told) -> None:
    names = ("decision_id", "meaning", "to_stage", "starts_at", "credential", "discharge", "reason_code")
    by = {"signed_by": one.actor["id"], "role": one.actor["role"], "recorded_at": one.at}
    to.row("sign_off", one.what["sign_off_id"], pathway_version=one.version, **_take(one, *names), **by)
    if one.what["meaning"] not in {"declined", "withdrawn"}:
        to.change("pathway", one.pathway_id, sign_off_id=one.what["sign_off_id"])


def _set_aside(to: _Fold, one: Told) -> None:
    to.change("pathway", one.pathway_id, sign_off_id=None)


def _moved(to: _Fold, one: Told) -> None:
    names = ("how", "from_stage", "to_stage", "outcome", "rule", "decision_id", "sign_off_id", "fact_id")
    run = {"run_id": one.actor.get("run_id"), "recorded_at": one.at, "pathway_version": one.version}
    to.row("transition", one.what["transition_id"], **_take(one, *names, "effective_at", "discharge"), **run)
    if to.open_placement:
        ended = {"ended_at": one.what["effective_at"], "ended_by": one.what["outcome"]}
        to.change(*to.open_placement, **ended, closed_version=one.version)
        to.open_placement = None
    gone = one.at if one.what["ends"] else None
    to.change("pathway", one.pathway_id, stage=one.what["to_stage"], sign_off_id=None, closed_at=gone)
    if not one.what["ends"]:
        _placed(to, one, one.what["effective_at"])


def _work_opened(to: _Fold, one: Told) -> None:
    told = _take(one, "kind", "cause", "for_role", "due_at", "program_id")
    to.row("work_item", one.what["work_id"], **told, opened_at=one.at, opened_version=one.version)
    _noticed(to, one, one.what["kind"], work_id=one.what["work_id"])


def _noticed(to: _Fold, one: Told, kind: str, **work: str) -> None:
    if ladder(kind, date.fromisoformat(one.at[:10])):
        key = str(ids.named("notice", one.pathway_id, one.version))
        to.row("notice", key, kind=kind, raised_at=one.at, pathway_version=one.version, **work)


def _acknowledged(to: _Fold, one: Told) -> None:
    by = {"acknowledged_by": one.actor["id"], "role": one.actor["role"], "recorded_at": one.at}
    to.row("notice_acknowledged", one.what["notice_id"], pathway_version=one.version, **by)


def _countersigned(to: _Fold, one: Told) -> None:
    by = {"signed_by": one.actor["id"], "role": one.actor["role"], "recorded_at": one.at}
    row = {**_take(one, "credential"), **by, "pathway_version": one.version}
    to.row("plan_countersigned", one.what["fact_id"], **row)


def _work_closed(to: _Fold, one: Told) -> None:
    ended = {"closed_at": one.at, "closed_version": one.version}
    to.change("work_item", one.what["work_id"], outcome=one.what["outcome"], **ended)


def _held(to: _Fold, one: Told) -> None:
    began = {"started_at": one.at, "opened_version": one.version}
    to.row("hold", one.what["hold_id"], reason_code=one.what["reason_code"], **began)


def _resumed(to: _Fold, one: Told) -> None:
    to.change("hold", one.what["hold_id"], ended_at=one.at, closed_version=one.version)


def _quarantined(to: _Fold, one: Told) -> None:
    to.change("pathway", one.pathway_id, quarantined_at=one.at)
    _noticed(to, one, "set-aside")


def _released(to: _Fold, one: Told) -> None:
    to.change("pathway", one.pathway_id, quarantined_at=None)


def _missed(_to: _Fold, _one: Told) -> None:
    """A gap that was found changes no state; it wakes."""


def _hand_off_offered(to: _Fold, one: Told) -> None:
    names = ("from_program_id", "to_program_id", "kind", "consent_id", "starts_at")
    by = {"status": "offered", "offered_at": one.at, "offered_by": one.actor["id"]}
    to.row("hand_off", one.what["hand_off_id"], **_take(one, *names), **by, opened_version=one.version)


def _hand_off_answered(to: _Fold, one: Told) -> None:
    by = {"answered_at": one.at, "answered_by": one.actor["id"], "answered_version": one.version}
    to.change("hand_off", one.what["hand_off_id"], **by)
    if one.action == "hand-off.accepted":
        agreed = {"status": "accepted", **_take(one, "owner_id", "starts_at")}
        to.change("hand_off", one.what["hand_off_id"], **agreed)
    else:
        _hand_off_ended(to, one)


def _hand_off_ended(to: _Fold, one: Told) -> None:
    ended = {"closed_at": one.at, "closed_version": one.version}
    to.change("hand_off", one.what["hand_off_id"], status=one.action.removeprefix("hand-off."), **ended)


def _taken_over(to: _Fold, one: Told) -> None:
    _hand_off_ended(to, one)
    to.change("pathway", one.pathway_id, **_take(one, "program_id", "owner_id"))


_ACTIONS: dict[str, Callable[[_Fold, Told], None]] = {
    "pathway.opened": _opened,
    "fact.recorded": _fact,
    "fact.shared": _known,
    "session.planned": _rostered,
    "plan.countersigned": _countersigned,
    "reassessment.opened": _look_opened,
    "reassessment.hastened": _look_hastened,
    "reassessment.moved": _look_redated,
    "reassessment.called": _look_called,
    "reassessment.escalated": _look_escalated,
    "reassessment.closed": _look_closed,
    "decision.made": _decided,
    "decision.signed-off": _signed,
    "sign-off.set-aside": _set_aside,
    "pathway.moved": _moved,
    "work.opened": _work_opened,
    "work.closed": _work_closed,
    "pathway.held": _held,
    "pathway.resumed": _resumed,
    "pathway.quarantined": _quarantined,
    "pathway.missed": _missed,
    "pathway.released": _released,
    "notice.acknowledged": _acknowledged,
    "hand-off.offered": _hand_off_offered,
    "hand-off.accepted": _hand_off_answered,
    "hand-off.declined": _hand_off_answered,
    "hand-off.revoked": _hand_off_ended,
    "hand-off.taken-over": _taken_over,
}
