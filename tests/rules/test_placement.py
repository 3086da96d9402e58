from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.catalogue import placement_table
from models.catalogue.reading import read
from models.instrument import BadAnswer
from models.placement import HitPolicy, PlacementTable, UnknownName
from services.rules.placement import intensity, place, urgent

VIGNETTES = read((Path(__file__).parents[1] / "vignettes" / "placement.yaml").read_text("utf-8"))
TABLE = placement_table()
RATINGS = st.tuples(*[st.integers(0, 4)] * 6)
FACTS = st.frozensets(st.sampled_from(TABLE.fact_names))
CURRENT = st.sampled_from((None, "assessment", *TABLE.intensity))
RISK = st.sampled_from((None, *TABLE.risks))


@pytest.mark.parametrize("row", VIGNETTES, ids=lambda row: f"{row['rule']}: {row['ratings']}")
def test_ratings_are_placed_as_their_vignette_says(row: dict) -> None:
    facts = frozenset(row.get("facts", ()))
    found = place(TABLE, row["ratings"], current=row.get("current"), risk=row.get("risk"), facts=facts)
    assert found.recommended == row["recommended"]
    assert list(found.rules) == row["rules"]
    assert list(found.missing) == row.get("missing", [])
    assert len(found.why) >= max(1, len(found.rules))


def _height(level: str | None) -> int:
    return -1 if level is None else intensity(TABLE, level)


@given(RATINGS, st.integers(0, 5), CURRENT, RISK, FACTS)
def test_raising_a_rating_never_lowers_the_level(
    ratings: tuple[int, ...], which: int, current: str | None, risk: str | None, facts: frozenset[str]
) -> None:
    raised = tuple(min(4, r + (n == which)) for n, r in enumerate(ratings))
    low = place(TABLE, ratings, current=current, risk=risk, facts=facts).recommended
    high = place(TABLE, raised, current=current, risk=risk, facts=facts).recommended
    assert _height(low) <= _height(high)


def test_with_a_diagnosis_every_full_set_of_ratings_is_placed_and_monotone() -> None:
    levels = {
        ratings: _height(place(TABLE, ratings, facts=frozenset({"sud-diagnosis"})).recommended)
        for ratings in product(range(5), repeat=6)
        if sum(r > 0 for r in ratings) <= 3
    }
    assert min(levels.values()) == intensity(TABLE, "op")
    for ratings, level in levels.items():
        for n in range(6):
            lower = (*ratings[:n], ratings[n] - 1, *ratings[n + 1 :])
            assert ratings[n] == 0 or levels[lower] <= level


@given(RATINGS, st.sets(st.integers(0, 5), min_size=1), CURRENT, FACTS)
def test_a_missing_rating_is_never_placed_but_by_a_high_risk(
    ratings: tuple[int, ...], gone: set[int], current: str | None, facts: frozenset[str]
) -> None:
    left = [None if n in gone else r for n, r in enumerate(ratings)]
    assert place(TABLE, left, current=current, facts=facts).recommended is None
    assert place(TABLE, left, current=current, facts=facts, risk="high").recommended == "emergency"


@given(RATINGS | st.tuples(*[st.none() | st.integers(0, 4)] * 6), CURRENT, RISK, FACTS)
def test_what_only_suggests_never_changes_a_level_or_a_rule(
    ratings: tuple[int | None, ...], current: str | None, risk: str | None, facts: frozenset[str]
) -> None:
    suggesting = {name for one in TABLE.suggestions for name in one.when.facts()}
    bare, more = facts - suggesting, facts | suggesting
    low = place(TABLE, ratings, current=current, risk=risk, facts=bare)
    high = place(TABLE, ratings, current=current, risk=risk, facts=more)
    assert (low.recommended, low.rules, low.missing) == (high.recommended, high.rules, high.missing)
    assert low.suggestions == ()
    assert bool(high.suggestions) == (high.recommended in ("aftercare", "op"))


@given(RATINGS, CURRENT, RISK, FACTS)
def test_the_hit_policy_decides_between_the_rules_that_fire(
    ratings: tuple[int, ...], current: str | None, risk: str | None, facts: frozenset[str]
) -> None:
    first = TABLE.model_copy(update={"hit_policy": HitPolicy.FIRST_RULE})
    highest, firsts = (
        place(table, ratings, current=current, risk=risk, facts=facts) for table in (TABLE, first)
    )
    assert highest.rules == firsts.rules
    assert _height(firsts.recommended) <= _height(highest.recommended)
    floors = [line.partition(" → ")[2].partition(":")[0] for line in firsts.why[: len(firsts.rules)]]
    assert firsts.recommended == next(iter(floors), None)
    assert highest.recommended == max(floors, key=_height, default=None)


@given(st.integers(0, 4), st.integers(0, 1), st.integers(0, 1))
def test_readiness_alone_never_asks_for_more_than_outpatient(r4: int, others: int, r1: int) -> None:
    found = place(TABLE, [r1, others, others, r4, others, others], facts=frozenset({"mh-diagnosis"}))
    assert found.recommended == "op"


def test_the_ladder_stands_in_the_order_of_the_design() -> None:
    names = (
        "none aftercare op iop high-intensity-outpatient detox-ambulatory residential-low residential-high"
    )
    assert [intensity(TABLE, name) for name in (*names.split(), "detox", "emergency")] == list(range(10))
    with pytest.raises(UnknownName):
        intensity(TABLE, "assessment")


@pytest.mark.parametrize(
    "asked",
    [{"facts": frozenset({"Jane Roe"})}, {"current": "Jane Roe"}, {"risk": "Jane Roe"}],
    ids=["fact", "stage", "risk"],
)
def test_an_unknown_name_is_refused_without_repeating_it(asked: dict) -> None:
    with pytest.raises(UnknownName) as refused:
        place(TABLE, [0] * 6, **asked)
    assert "Jane" not in str(refused.value)


@pytest.mark.parametrize(
    ("ratings", "item"), [([0] * 5, 6), ([0] * 7, 7), ([0, 0, 5, 0, 0, 0], 3), ([True, 0, 0, 0, 0, 0], 1)]
)
def test_a_bad_rating_is_refused_by_its_number(ratings: list, item: int) -> None:
    with pytest.raises(BadAnswer) as refused:
        place(TABLE, ratings)
    assert refused.value.item == item


def test_an_urgent_rating_is_said_even_where_another_is_missing() -> None:
    why = place(TABLE, [4, 0, 0, 0, 0, None]).why
    assert any(line.startswith("HR-1a") and "a person calls now" in line for line in why)


def test_each_rule_that_fires_says_why() -> None:
    found = place(TABLE, [0, 0, 0, 2, 3, 1])
    assert [line.split(" ")[0] for line in found.why] == list(found.rules)


def test_a_table_that_names_an_unknown_level_is_not_loaded() -> None:
    broken = TABLE.model_dump()
    broken["rules"][0]["floor"] = "moon"
    with pytest.raises(ValueError, match="unknown level"):
        PlacementTable.model_validate(broken)


def test_every_rule_and_fact_of_the_table_has_a_source() -> None:
    assert all(part.source.strip() for part in (TABLE, *TABLE.rules, *TABLE.facts))


def _table(rule: str, **when: object) -> PlacementTable:
    """The house table with another condition for one of its rules."""
    said = TABLE.model_dump()
    (changed,) = (one for one in said["rules"] if one["id"] == rule)
    changed["when"] = when
    return PlacementTable.model_validate(said)


@pytest.mark.parametrize(
    ("when", "ratings", "holds"),
    [
        ({"any_at_least": {"r1": 4, "r2": 4}}, [None, 4, 0, 0, 0, 0], True),
        ({"any_at_least": {"r1": 4, "r2": 4}}, [None, 3, 0, 0, 0, 0], False),
        ({"all_at_most": 1}, [None, 0, 0, 0, 0, 0], False),
        ({"all_at_most": 1}, [1, 0, 0, 0, 0, 0], True),
    ],
)
def test_a_missing_rating_is_neither_high_nor_low(when: dict, ratings: list, holds: bool) -> None:
    assert urgent(_table("HR-1a", **when), ratings) is holds


def test_exactly_one_is_not_two() -> None:
    alone = TABLE.model_copy(update={"rules": tuple(one for one in TABLE.rules if one.id == "HR-5")})
    assert place(alone, [0, 0, 0, 2, 0, 0]).rules == ("HR-5",)
    assert place(alone, [0, 0, 0, 2, 2, 0]).rules == ()


def test_what_holds_already_is_said_only_while_a_rating_is_missing_and_only_of_what_did_not_fire() -> None:
    waiting = [line.startswith("HR-1a holds already") for line in place(TABLE, [4, 0, 0, 0, 0, None]).why]
    assert waiting == [False, True]
    assert len(place(TABLE, [4, 0, 0, 0, 0, 0]).why) == 1
    assert [line.split()[0] for line in place(TABLE, [4, 0, 0, 0, 0, None], risk="high").why] == [
        "HR-1b",
        "HR-1a",
    ]
    assert [line.split()[0] for line in place(TABLE, [1, 0, 0, 0, 0, None], risk="high").why] == ["HR-1b"]


def test_a_rule_is_told_with_its_note_where_it_has_one() -> None:
    notes = {one.id: one.note for one in TABLE.rules}
    for ratings in ([4, 0, 0, 0, 0, 0], [0, 0, 0, 2, 3, 1], [0, 0, 0, 0, 0, 4]):
        for rule, line in zip(place(TABLE, ratings).rules, place(TABLE, ratings).why, strict=True):
            assert line.endswith(f" ({notes[rule]})" if notes[rule] else line.rpartition(": ")[2])
            assert "()" not in line
