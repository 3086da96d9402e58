"""The spine over HTTP, against the real server, worker and Prefect; then with parts of them killed."""

import random
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from tests import care
from tests.house_up import Installation, Person, until
from tests.journeys import MOVES, admitted, reviewed, stepped_down, treated


def test_a_client_walks_from_assessment_to_iop(house: Installation, clinician: Person) -> None:
    assert clinician.moves(admitted(clinician)) == ["Moved from Assessment to IOP"]


def test_a_client_walks_from_iop_to_op_and_is_called_back(house: Installation, clinician: Person) -> None:
    pathway_id = stepped_down(clinician)
    assert clinician.moves(pathway_id) == MOVES
    next_due, *_ = until(lambda: clinician.status(pathway_id)["dues"], "no next reassessment")
    assert next_due["state"] == "later"
    clinician.post(f"/pathways/{pathway_id}/events", kind="return-to-use")
    clinician.proposed(pathway_id, "iop")
    assert ["return-to-use"] in [due["reasons"] for due in clinician.status(pathway_id)["dues"]]


def test_the_step_down_is_proposed_with_its_findings(house: Installation, clinician: Person) -> None:
    pathway_id = treated(clinician)
    reviewed(clinician, pathway_id)
    clinician.proposed(pathway_id, "op")
    routes = clinician.status(pathway_id)["decision"]["routes"]
    [down] = [route for route in routes if route["to_stage"] == "op"]
    assert {finding["met"] for finding in down["findings"]} == {"met"}
    assert all(
        finding["expected"] and finding["actual"] and finding["source"] for finding in down["findings"]
    )


def test_prefect_shows_the_stages_by_name_and_counts(house: Installation, clinician: Person) -> None:
    def recorded() -> object:
        admitted(clinician)
        return house.prefect("/task_runs/filter", task_runs={"name": {"any_": ["assessment ×1"]}})

    until(recorded, "no task run of the assessment stage")


def test_a_move_names_its_flow_run(house: Installation, clinician: Person) -> None:
    run_ids = until(lambda: runs_of(clinician, admitted(clinician)), "no decision names a flow run")
    runs = house.prefect("/flow_runs/filter", flow_runs={"id": {"any_": run_ids}})
    assert {run["id"] for run in runs} == set(run_ids)
    assert {run["parameters"]["trigger"] for run in runs} <= {"wake", "sweep"}


def runs_of(clinician: Person, pathway_id: str) -> list[str]:
    """Return the flow runs that decisions name; none while Prefect is taken for away."""
    decisions = clinician.get(f"/pathways/{pathway_id}/decisions")
    return sorted({one["run_id"] for one in decisions} - {None})


def test_a_positive_screener_makes_the_step_down_unsignable(house: Installation, clinician: Person) -> None:
    pathway_id = treated(clinician)
    reviewed(clinician, pathway_id)
    decision_id = clinician.proposed(pathway_id, "op")
    clinician.assess(pathway_id, "high-risk")
    answer = clinician.client.post(f"/api/v1/decisions/{decision_id}/sign-off", json={"verdict": "accept"})
    assert (answer.status_code, answer.headers["content-type"]) == (409, "application/problem+json")
    assert "c-ssrs" in answer.text
    assert clinician.status(pathway_id)["stage"] == "iop"


def test_a_client_who_has_left_is_recorded_as_left(house: Installation, clinician: Person) -> None:
    pathway_id = admitted(clinician)
    clinician.assess(pathway_id, "high-risk")
    clinician.post(f"/pathways/{pathway_id}/events", kind="left-against-advice")
    clinician.arrives(pathway_id, "discharged")


def test_the_same_key_twice_is_one_event(house: Installation, clinician: Person) -> None:
    pathway_id = admitted(clinician)
    answers = [
        clinician.client.post(
            f"/api/v1/pathways/{pathway_id}/events",
            json={"kind": "ed-visit"},
            headers={"Idempotency-Key": "one-event"},
        )
        for _ in range(2)
    ]
    assert answers[0].json() == answers[1].json()
    events = [one for one in clinician.get(f"/pathways/{pathway_id}/timeline") if one["kind"] == "event"]
    assert len(events) == 1


def test_with_the_worker_away_the_sign_off_says_that_the_move_will_follow(
    house: Installation, clinician: Person
) -> None:
    pathway_id = clinician.enrol()
    for what in ("phq-9", "c-ssrs", "needs-iop"):
        clinician.assess(pathway_id, what)
    decision_id = clinician.proposed(pathway_id, "iop")
    house.kill("worker")
    assert clinician.accept(decision_id)["message"] == "signed; the move follows by itself"
    clinician.arrives(pathway_id, "iop")


@pytest.mark.timeout(600)
def test_killing_the_worker_at_random_changes_nothing(house: Installation, clinician: Person) -> None:
    """20 SIGKILLs between any two steps: the same end state as without, nothing lost, nothing doubled."""
    with ThreadPoolExecutor(1) as striker:
        struck = striker.submit(strike, house, times=20)
        walked = [stepped_down(clinician)]
        while not struck.done():
            walked.append(stepped_down(clinician))
    assert struck.result() == 20
    for pathway_id in walked:
        assert clinician.moves(pathway_id) == MOVES


def strike(house: Installation, *, times: int) -> int:
    """Kill a living worker so many times, at random moments; return how many died."""
    chance, struck = random.Random(20), 0
    while struck < times:
        Event().wait(chance.uniform(0.3, 5))
        struck += house.kill("worker")
    return struck


@pytest.mark.timeout(300)
def test_with_prefect_away_clients_move_and_the_audit_says_how(
    house: Installation, clinician: Person
) -> None:
    """Facts are accepted and moves happen; when Prefect is back, runs are recorded again."""
    supervisor = house.someone(care.SUPERVISOR)
    with house.without_prefect():
        until(lambda: via(supervisor, admitted(clinician)) == {"worker"}, "no move without Prefect")
    until(lambda: "flow" in via(supervisor, admitted(clinician)), "no run was recorded again", seconds=200)


def via(supervisor: Person, pathway_id: str) -> set[str]:
    """Return by what way the engine moved a client."""
    entries = [one["entry"] for one in supervisor.get(f"/pathways/{pathway_id}/audit")]
    return {entry["actor"]["via"] for entry in entries if entry["action"] == "pathway.moved"}


def test_a_look_that_the_engine_slept_over_is_found_and_makes_its_run_fail(
    house: Installation, clinician: Person
) -> None:
    """The gap is planted behind the engine's back: a due date comes forward, and nothing wakes the pathway."""
    pathway_id = admitted(clinician)
    house.as_administrator(
        """UPDATE reassessment SET due_at = opened_at - interval '1 day', opened_at = opened_at - interval '1 day'
           WHERE pathway_id = %s AND closed_at IS NULL""",
        pathway_id,
    )
    run = house.start("reconcile/reconcile")
    found = until(lambda: house.ended(run), "the reconciliation never ran")
    assert (found["state"]["type"], found["parameters"]) == ("FAILED", {})
    assert "missed: 1" in found["state"]["message"]
    until(lambda: clinician.status(pathway_id)["work"], "nobody was asked to reassess")
    again = house.start("reconcile/reconcile")
    assert until(lambda: house.ended(again), "the second never ran")["state"]["type"] == "COMPLETED"
