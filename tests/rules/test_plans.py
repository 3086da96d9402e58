"""Until when what a plan says holds: to the end of the next step's day, or until the plan itself is stale."""

from datetime import timedelta

import pytest

from models.catalogue.pathway_files import definition
from models.decision import Met
from services.rules import find
from services.rules.cadence import day_of, start_of
from tests.builders import ZONE, a_case, a_plan, on_day

SUD = definition("sud-adult")
DATED = SUD.criterion("next-step-dated")
LAST = DATED.fresh_for.days


@pytest.mark.parametrize(
    ("in_days", "passes"), [(3, True), (LAST - 1, True), (LAST, False), (LAST + 9, False)]
)
def test_a_next_step_holds_until_its_day_is_over_or_the_plan_is_stale(in_days, passes):
    plan = a_plan(27, in_days=in_days)
    finding = find(DATED, SUD, a_case("iop", plan), on_day(28))
    over = start_of(day_of(on_day(27 + in_days), ZONE) + timedelta(days=1), ZONE)
    assert (finding.met, finding.evidence) == (Met.MET, (plan.id,))
    assert finding.until == (over if passes else plan.effective_at + DATED.fresh_for)


@pytest.mark.parametrize(
    "plan", [a_plan(27, next_step=None), a_plan(27, in_days=None), a_plan(27, in_days=-1)]
)
def test_no_next_step_to_come_holds_until_the_plan_is_stale(plan):
    finding = find(DATED, SUD, a_case("iop", plan), on_day(28))
    assert (finding.met, finding.evidence) == (Met.NOT_MET, (plan.id,))
    assert finding.until == plan.effective_at + DATED.fresh_for


@pytest.mark.parametrize("key", ["next-step-dated", "goals-met", "aftercare-planned"])
def test_only_the_newest_plan_speaks_and_no_longer_than_it_is_fresh(key):
    criterion = SUD.criterion(key)
    case = a_case("iop", a_plan(1, "open", None), a_plan(27, in_days=90))
    finding = find(criterion, SUD, case, on_day(28))
    assert finding.met is Met.MET
    assert finding.until == on_day(27) + criterion.fresh_for
    assert find(criterion, SUD, case, on_day(27) + criterion.fresh_for).met is Met.UNKNOWN
