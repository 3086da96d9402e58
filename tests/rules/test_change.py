"""What a score has changed since the stay began."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import instrument, instruments
from models.catalogue.reading import read
from models.facts import Assessment
from models.instrument import Instrument
from services.rules.change import changed
from tests.builders import an_assessment, by_set

ROWS = read((Path(__file__).parents[1] / "vignettes" / "change.yaml").read_text("utf-8"))


def scored(form: Instrument, day: float, scales: dict[str, int | None]) -> Assessment:
    """A form that comes to these values: each scale filled up item by item."""
    answers: list[int | None] = [min(item.values) for item in form.items]
    for scale in form.scales:
        _fill(form, answers, scale.items, (scales[scale.key] or 0) // scale.times)
        if scales[scale.key] is None:
            answers[scale.items[-1] - 1] = None
    return an_assessment(form.key, day, *answers)


def _fill(form: Instrument, answers: list[int | None], items: tuple[int, ...], left: int) -> None:
    for number in items:
        taken = max(value for value in form.items[number - 1].values if value <= left)
        answers[number - 1], left = taken, left - taken
    assert left == 0, "no form comes to this"


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["rule"].replace(" ", "-"))
def test_the_table_of_changes(row: dict[str, Any]) -> None:
    form = instrument(row["instrument"])
    scales = row.get("scales") or [{"total": total} for total in row["totals"]]
    days = row.get("days") or range(0, 14 * len(scales), 14)
    answered = [scored(form, day, values) for day, values in zip(days, scales, strict=True)]
    assert [one.total for one in answered] == row.get("totals", [None] * len(scales))
    assert sorted(changed(form, answered)) == sorted(row["shows"])


@given(st.sampled_from(instruments()), st.data())
def test_the_same_answers_again_have_moved_nothing(key: str, data: st.DataObject) -> None:
    form = instrument(key)
    answers = [data.draw(st.sampled_from(item.values)) for item in form.items]
    for agreement in form.agreements:
        for number in agreement.items if not answers[agreement.zero_with - 1] else ():
            answers[number - 1] = 0
    twice = [an_assessment(key, day, *answers) for day in (0, 14)]
    assert not {"meaningful", "reliable", "deterioration"} & set(changed(form, twice))


def test_another_zone_by_other_cuts_is_no_change():
    """Fifteen is zone 2 by the cuts of the WHO and zone 3 by those of the US: the client did not move, the cuts did."""
    first, last = an_assessment("audit", 0, *_audit(16)), an_assessment("audit", 14, *_audit(15))
    assert changed(instrument("audit"), [by_set(first, "who"), by_set(last, "who")]) == ("meaningful",)
    assert changed(instrument("audit"), [by_set(first, "us"), by_set(last, "who")]) == ()


def _audit(total: int) -> list[int]:
    return [min(4, max(0, total - 4 * place)) for place in range(8)] + [0, 0]
