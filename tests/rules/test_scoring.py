from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from models.catalogue import UnknownInstrument, instrument, instruments, placement_table
from models.catalogue.reading import Unreadable, read
from models.instrument import Answers, BadAnswer, Instrument, NoSuchBandSet
from services.rules.scoring import answers_from, rate, score

VIGNETTES = read((Path(__file__).parents[1] / "vignettes" / "scoring.yaml").read_text("utf-8"))
BAM = [0, 0, 0, 1, 0, 0, 0, 0, 4, 4, 0, 4, 4, 4, 0, 4, 0]


@pytest.mark.parametrize("row", VIGNETTES, ids=lambda row: f"{row['instrument']}: {row['rule']}")
def test_an_instrument_scores_as_its_vignette_says(row: dict) -> None:
    scored = score(instrument(row["instrument"]), row["answers"], band_set=row.get("set"), sex=row.get("sex"))
    found = {
        "total": scored.total,
        "band": scored.band,
        "subscales": dict(scored.subscales),
        "flags": list(scored.flags),
        "missing": list(scored.missing),
        "could_be": list(scored.could_be),
        "open_flags": list(scored.open_flags),
    }
    expected = {"missing": []} | {name: row[name] for name in found if name in row}
    assert {name: found[name] for name in expected} == expected


@st.composite
def answered(draw: st.DrawFn) -> tuple[Instrument, Answers]:
    what = instrument(draw(st.sampled_from(instruments())))
    answers = [draw(st.sampled_from((None, *item.values))) for item in what.items]
    for agreement in what.agreements:
        if answers[agreement.zero_with - 1] == 0:
            answers = [0 if n in agreement.items else a for n, a in enumerate(answers, start=1)]
    return what, tuple(answers)


@given(answered(), st.data())
def test_removing_an_answer_never_yields_a_total_nor_a_flag(
    case: tuple[Instrument, Answers], data: st.DataObject
) -> None:
    what, answers = case
    gone = data.draw(st.integers(0, len(answers) - 1))
    before, after = score(what, answers), score(what, (*answers[:gone], None, *answers[gone + 1 :]))
    assert after.total is None or after.total == before.total
    assert set(after.flags) <= set(before.flags)
    assert set(after.subscales) <= set(before.subscales)
    assert after.band in (None, before.band) or what.key == "c-ssrs"


@given(answered())
def test_a_missing_needed_item_leaves_no_total_and_no_milder_band(case: tuple[Instrument, Answers]) -> None:
    scored = score(*case)
    if scored.missing:
        assert scored.total is None
        assert scored.band in (None, "high")


@given(answered(), st.data())
def test_whoever_finishes_a_form_finds_what_it_could_be(
    case: tuple[Instrument, Answers], data: st.DataObject
) -> None:
    """Every way of filling in what is missing comes to a band it could be, and keeps to the flags that are open."""
    what, answers = case
    before = score(what, answers)
    number = data.draw(st.sampled_from(before.missing or (0,)))
    if not number or what.agreements:
        return
    value = data.draw(st.sampled_from(what.items[number - 1].values))
    after = score(what, (*answers[: number - 1], value, *answers[number:]))
    assert set(after.could_be) <= set(before.could_be)
    assert set(after.flags) <= {*before.flags, *before.open_flags}
    assert set(before.flags) <= set(after.flags)
    assert after.band is None or (after.could_be, after.band_set) == ((after.band,), before.band_set)


@given(answered())
def test_a_total_lies_in_the_range_of_its_instrument(case: tuple[Instrument, Answers]) -> None:
    what, answers = case
    total = score(what, answers).total
    assert total is None or (what.total and what.total.range[0] <= total <= what.total.range[1])


@pytest.mark.parametrize(
    ("key", "answers", "item"),
    [
        ("phq-9", [0, 0, 0, 0, 0, 0, 0, 0, 4], 9),
        ("phq-9", [0, -1, 0, 0, 0, 0, 0, 0, 0], 2),
        ("phq-9", [0, 0, 0], 4),
        ("phq-9", [0] * 10, 10),
        ("phq-9", [True, 0, 0, 0, 0, 0, 0, 0, 0], 1),
        ("phq-9", [1.0, 0, 0, 0, 0, 0, 0, 0, 0], 1),
        ("phq-9", ["1", 0, 0, 0, 0, 0, 0, 0, 0], 1),
        ("cows", [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 1),
        ("cows", [0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0], 3),
        ("cows", [0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0], 4),
        ("cows", [0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0], 7),
        ("cows", [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4], 11),
        ("ciwa-ar", [0, 0, 0, 0, 0, 0, 0, 0, 0, 5], 10),
        ("bam", [*BAM[:13], 2, *BAM[14:]], 14),
        ("bam", [0, 0, 0, 0, 3, *BAM[5:]], 5),
        ("c-ssrs", [0, 2, 0, 0, 0, 0, 0], 2),
        ("six-dimensions", [0, 0, 0, 0, 0, 5], 6),
    ],
)
def test_a_bad_answer_is_refused_by_its_item(key: str, answers: list, item: int) -> None:
    with pytest.raises(BadAnswer) as refused:
        score(instrument(key), answers)
    assert refused.value.item == item
    assert f"{key} item {item}" in str(refused.value)


def test_a_refusal_names_what_is_allowed_and_never_what_was_given() -> None:
    with pytest.raises(BadAnswer) as refused:
        score(instrument("phq-9"), [0, 0, 0, 0, 0, 0, 0, 0, 7654])
    assert refused.value.allowed == (0, 1, 2, 3)
    assert "7654" not in str(refused.value)


def test_answers_come_by_number_or_by_short_name_and_the_rest_is_missing() -> None:
    assert answers_from(instrument("phq-9"), {"9": 1, "1": 2}) == (2, *[None] * 7, 1)
    assert answers_from(instrument("six-dimensions"), {"r6": 3, "2": 1}) == (None, 1, None, None, None, 3)
    assert answers_from(instrument("gad-7"), [1, 2]) == (1, 2)


@pytest.mark.parametrize("answers", [{"10": 0}, {"0": 0}, {"Jane": 1}, {"1": 0, "item 1": 2}])
def test_a_key_that_names_no_item_or_one_twice_is_refused_without_repeating_it(answers: dict) -> None:
    with pytest.raises(BadAnswer) as refused:
        answers_from(instrument("phq-9"), answers)
    assert "Jane" not in str(refused.value)


def test_an_unknown_band_set_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NoSuchBandSet, match="asam-2020, va, package"):
        score(instrument("ciwa-ar"), [0] * 10, band_set="asam-1990")


def test_an_unknown_instrument_is_refused_with_the_known_ones() -> None:
    with pytest.raises(UnknownInstrument, match="phq-9") as refused:
        instrument("../placement/hr-1")
    assert set(refused.value.known) >= {
        "phq-9",
        "gad-7",
        "ciwa-ar",
        "cows",
        "bam",
        "c-ssrs",
        "six-dimensions",
    }


def test_six_ratings_carry_the_recommendation_of_their_table() -> None:
    rated = rate(instrument("six-dimensions"), placement_table(), [0, 1, 0, 2, 3, 1])
    assert (rated.recommended, rated.rules, rated.total) == ("iop", ("HR-4b", "HR-4c"), None)
    missing = rate(instrument("six-dimensions"), placement_table(), [0, None, 0, 2, 3, 1])
    assert (missing.recommended, missing.missing) == (None, (2,))


def made_up(**changes: object) -> Instrument:
    plain = {
        "key": "made-up",
        "title": "Made up",
        "version": 1,
        "in_force": date(2026, 1, 1),
        "licence": "own",
        "source": "none",
        "items": [{"values": [0, 1, 2]}, {"values": [0, 1, 2], "reversed": True}],
        "total": {"items": [1, 2], "range": [0, 4], "source": "none"},
        "band_sets": [_halves("any", 2), _halves("men", 3)],
        "default_set": "any",
        "set_for_sex": {"male": "men"},
    }
    return Instrument.model_validate(plain | changes)


def _halves(key: str, cut: int) -> dict:
    return {
        "key": key,
        "source": "none",
        "bands": [{"key": "negative", "at_least": 0}, {"key": "positive", "at_least": cut}],
    }


def test_a_reversed_item_and_a_cut_off_by_sex_need_data_only() -> None:
    assert score(made_up(), [0, 0]).total == 2
    assert [score(made_up(), [0, 0], sex=sex).band for sex in (None, "female", "male")] == [
        "positive",
        "positive",
        "negative",
    ]


@pytest.mark.parametrize(
    "slip",
    [
        {"total": {"items": [1, 2], "range": [0, 5], "source": "none"}},
        {"flags": [{"key": "f", "any_of": [3], "at_least": 1, "source": "none"}]},
        {"flags": [{"key": "f", "scale": "use", "at_least": 1, "source": "none"}]},
        {"default_set": "women"},
        {"band_sets": [_halves("any", 0), _halves("men", 3)]},
        {"threshold": 3},
    ],
)
def test_an_instrument_that_does_not_add_up_is_not_loaded(slip: dict) -> None:
    with pytest.raises(ValidationError):
        made_up(**slip)


def test_every_threshold_of_the_catalogue_has_a_source() -> None:
    for what in map(instrument, instruments()):
        parts = (*what.scales, *what.band_sets, *what.flags, *what.changes, *what.not_asked, *what.agreements)
        assert all(part.source.strip() for part in (what, *parts)), what.key


LOINC = {
    "audit": ("72110-0", "75624-7"),
    "audit-c": ("72109-2", "75626-2"),
    "c-ssrs": ("93373-9", None),
    "dast-10": ("82666-9", "82667-7"),
    "gad-7": ("69737-5", "70274-6"),
    "pcl-5": ("101697-1", "101698-9"),
    "phq-9": ("44249-1", "44261-6"),
}
"""Panel and total, as their sources give them. What is not here has no code that somebody has verified."""


def test_panel_and_total_codes_are_not_swapped() -> None:
    codes = {one.key: (one.loinc.panel, one.loinc.total) for one in map(instrument, instruments())}
    assert {key: pair for key, pair in codes.items() if any(pair)} == LOINC
    assert instrument("phq-9").items[8].loinc == "44260-8"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\nb: &x 2", 2),
        ("a: &x 1\nb: *x", 1),
        ("a: !!python/name:os.system x", 1),
        ("a: 1\nb:\n  <<: {c: 1}", 3),
        ("a: 1\na: 2", 2),
        ("a: [1", 1),
        ("[" * 5000, 1),
        ("a: " + "x" * 300_000, 0),
    ],
)
def test_a_catalogue_file_is_plain_yaml_or_refused_by_its_line(text: str, line: int) -> None:
    with pytest.raises(Unreadable) as refused:
        read(text)
    assert refused.value.line == line


@pytest.mark.parametrize(
    ("given", "item"),
    [
        ({"1": 0, "x": 1}, 2),
        ({"x": 1}, 1),
    ],
)
def test_a_key_that_names_no_item_is_refused_by_its_place(given: dict, item: int) -> None:
    with pytest.raises(BadAnswer) as refused:
        answers_from(instrument("phq-9"), given)
    assert refused.value.item == item


def test_a_score_names_the_bands_it_was_read_by() -> None:
    ciwa = instrument("ciwa-ar")
    answers = [1] * len(ciwa.items)
    assert score(ciwa, answers, band_set="va").band_set == "va"
    assert score(instrument("bam"), BAM).band_set is None


def test_ratings_are_placed_with_all_that_is_known() -> None:
    six, table, low = instrument("six-dimensions"), placement_table(), [0, 0, 0, 1, 1, 1]
    used = frozenset({"sud-diagnosis", "return-to-use-30-days"})
    assert rate(six, table, low, risk="high").recommended == "emergency"
    assert rate(six, table, low, current="op", facts=used).recommended == "iop"
    assert rate(six, table, low, current="iop", facts=used).recommended == "op"


def test_an_item_agrees_with_the_one_it_follows_and_with_no_neighbour() -> None:
    drank = [0, 0, 0, 1, 1, 0, *BAM[6:]]
    assert score(instrument("bam"), drank).missing == ()
    with pytest.raises(BadAnswer) as refused:
        score(instrument("bam"), [0, 0, 1, 0, 1, 1, *BAM[6:]])
    assert refused.value.item == 5


def test_what_a_band_set_does_not_ask_is_not_answered() -> None:
    assist = instrument("assist")
    for answer in (None, 0):
        assert score(assist, [2, 3, 4, answer, 0, 0], band_set="tobacco").total == 9
    with pytest.raises(BadAnswer) as refused:
        score(assist, [2, 3, 4, 5, 0, 0], band_set="tobacco")
    assert refused.value.item == 4


def test_a_flag_of_bands_is_open_while_the_band_may_be_another() -> None:
    for answers, raised, open_ in (
        ([1, None, 0], False, True),
        ([1, 2, 0], True, False),
        ([1, 1, 0], False, False),
    ):
        scored = score(instrument("audit-c"), answers)
        assert ("screen-positive" in scored.flags) is raised
        assert ("screen-positive" in scored.open_flags) is open_


@pytest.mark.parametrize("yes", [3, 4, 5])
def test_who_says_yes_to_a_question_that_was_to_be_skipped_was_asked_the_others(yes: int) -> None:
    answers: list[int | None] = [0, 0, None, None, None, 0, 0]
    assert score(instrument("c-ssrs"), answers).missing == ()
    answers[yes - 1] = 1
    assert score(instrument("c-ssrs"), answers).missing == tuple(n for n in (3, 4, 5) if n != yes)
