"""One client's seven weeks over HTTP, against the real server, worker and Prefect, whose clock is turned on."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from services import clock
from tests import care, house_up
from tests.house_up import Installation, Person, until

TURNED = Path(__file__).parents[1] / "turned"
MILDER = {7: 2, 21: 1, 35: 0}
"""How each of the first five items of a PHQ-9 is answered, by the day of the look."""


@dataclass
class Weeks:
    """An installation, and the day on which it is."""

    house: Installation
    days: Path
    clinician: Person

    def come_to(self, day: float) -> None:
        """Turn the clock of every process on, and sign in again, as sessions have ended."""
        self.days.write_text(str(day))
        self.clinician = self.house.again(care.CLINICIAN)

    def charted(self, pathway_id: str, *days: int) -> None:
        """Attend a group on each of some days, charted the same evening."""
        for day in days:
            self.come_to(day)
            body = {"kind": "group", "minutes": 180, "status": "attended"}
            self.clinician.post(f"/pathways/{pathway_id}/attendance", **body)

    def looked(self, pathway_id: str, day: int, ratings: str) -> None:
        """Wait until a reassessment is due on a day, and record all that it asks for."""
        self.come_to(day)
        until(lambda: self._due(pathway_id), f"no reassessment was due on day {day}")
        answers = [MILDER[day]] * 5 + [0] * 4
        self.clinician.assess(pathway_id, "phq-9", answers=answers)
        for what in ("c-ssrs", ratings):
            self.clinician.assess(pathway_id, what)
        until(lambda: not self._due(pathway_id), "the reassessment is still open")

    def _due(self, pathway_id: str) -> list[object]:
        return [due for due in self.clinician.status(pathway_id)["dues"] if due["state"] != "later"]


@contextmanager
def turned(folder: Path) -> Iterator[Weeks]:
    days = folder / "days"
    days.write_text("0")
    with (
        pytest.MonkeyPatch.context() as here,
        house_up.up(around={"PYTHONPATH": str(TURNED), "TURNED_DAYS": str(days)}) as house,
    ):
        true = clock.now
        here.setattr(clock, "now", lambda: true() + timedelta(days=float(days.read_text())))
        yield Weeks(house, days, house.someone(care.CLINICIAN))


@pytest.mark.timeout(300)
def test_one_client_walks_the_whole_spine(tmp_path: Path) -> None:
    with turned(tmp_path) as weeks:
        pathway_id = admitted_to_iop(weeks)
        treated_in_iop(weeks, pathway_id)
        stepped_down_to_op(weeks, pathway_id)
        called_back_after_a_return_to_use(weeks, pathway_id)
        shown_by_prefect(weeks)


def admitted_to_iop(weeks: Weeks) -> str:
    someone = weeks.clinician
    pathway_id = someone.enrol()
    for what in ("phq-9", "c-ssrs", "needs-iop"):
        someone.assess(pathway_id, what)
    someone.accept(someone.proposed(pathway_id, "iop"))
    someone.arrives(pathway_id, "iop")
    return pathway_id


def treated_in_iop(weeks: Weeks, pathway_id: str) -> None:
    """Three groups a week; reviews after one, three and five weeks, the last two of which ask for less."""
    weeks.charted(pathway_id, 1, 3, 5)
    weeks.looked(pathway_id, 7, "needs-iop")
    weeks.charted(pathway_id, 8, 10, 12, 15, 17, 19)
    weeks.looked(pathway_id, 21, "needs-op")
    weeks.charted(pathway_id, 22, 24, 26, 29, 31, 33)
    assert weeks.clinician.status(pathway_id)["stage"] == "iop"
    next_on = (clock.now() + timedelta(days=4)).date().isoformat()
    plan = {"goals": "met", "next_step": "op", "next_on": next_on, "aftercare": "A meeting on Fridays."}
    weeks.clinician.post(f"/pathways/{pathway_id}/plan", **plan)
    weeks.looked(pathway_id, 35, "needs-op")


def stepped_down_to_op(weeks: Weeks, pathway_id: str) -> None:
    someone = weeks.clinician
    decision_id = someone.proposed(pathway_id, "op")
    routes = someone.status(pathway_id)["decision"]["routes"]
    [down] = [route for route in routes if route["to_stage"] == "op"]
    assert {finding["met"] for finding in down["findings"]} == {"met"}
    assert all(one["expected"] and one["actual"] and one["source"] for one in down["findings"])
    someone.accept(decision_id)
    someone.arrives(pathway_id, "op")
    assert someone.moves(pathway_id) == ["Moved from IOP to OP", "Moved from Assessment to IOP"]
    next_due, *_ = until(lambda: someone.status(pathway_id)["dues"], "no next reassessment")
    assert datetime.fromisoformat(next_due["at"]) - clock.now() < timedelta(days=7)


def called_back_after_a_return_to_use(weeks: Weeks, pathway_id: str) -> None:
    weeks.come_to(38)
    weeks.clinician.post(f"/pathways/{pathway_id}/events", kind="return-to-use")
    weeks.clinician.proposed(pathway_id, "iop")
    assert ["return-to-use"] in [due["reasons"] for due in weeks.clinician.status(pathway_id)["dues"]]


def shown_by_prefect(weeks: Weeks) -> None:
    """The runs name the stages and how many were worked in each."""
    names = {"any_": [f"{stage} ×1" for stage in ("assessment", "iop", "op")]}
    until(lambda: len(_named(weeks, names)) == 3, "a stage has no task run")


def _named(weeks: Weeks, names: dict[str, list[str]]) -> set[str]:
    return {run["name"] for run in weeks.house.prefect("/task_runs/filter", task_runs={"name": names})}
