"""The shipped definitions, and what is said of a file that is none."""

from importlib.resources import files

import pytest

from models.catalogue.pathway_files import (
    NotADefinition,
    UnknownDefinition,
    definition,
    definition_hash,
    definitions,
    read_definition,
)
from models.definition import Outcome, StageKind

TEXT = (files("models.catalogue") / "pathways" / "sud-adult.yaml").read_text("utf-8")


def test_two_definitions_are_shipped_and_found_by_key_or_version():
    assert [one.name for one in definitions()] == ["mh-adult@1", "sud-adult@1"]
    assert definition("sud-adult") is definition("sud-adult@1")
    with pytest.raises(UnknownDefinition, match="mh-adult@1, sud-adult@1"):
        definition("sud-adult@7")


def test_the_hash_follows_the_content_and_nothing_else():
    one = definition("sud-adult")
    assert definition_hash(read_definition(TEXT)) == definition_hash(one)
    assert definition_hash(read_definition("# another comment\n" + TEXT)) == definition_hash(one)
    assert definition_hash(read_definition(TEXT.replace("share: 75", "share: 76"))) != definition_hash(one)
    assert len({definition_hash(one) for one in definitions()}) == 2


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.name)
def test_every_threshold_has_its_source_and_every_unknown_can_be_asked_for(one):
    sourced = (*one.criteria, *one.routes, *one.triggers, *one.reported, *one.placement_facts)
    assert all(item.source for item in sourced)
    assert all(stage.review.source for stage in one.stages if stage.review)
    asked = {key for route in one.routes for key in route.criteria}
    assert all(one.criterion(key).ask for key in asked)


def test_a_review_names_its_clinician_and_its_day():
    assert definition("sud-adult").reviewed == "not reviewed yet by a clinician"
    room = 'reviewed_by: ""'
    day = "reviewed_on: null"
    done = TEXT.replace(room, "reviewed_by: Iris Vega, MD").replace(day, "reviewed_on: 2026-03-02")
    assert read_definition(done).reviewed == "reviewed by Iris Vega, MD on 2 Mar 2026"
    for half in (done.replace("2026-03-02", "null"), done.replace("Iris Vega, MD", '" "')):
        with pytest.raises(NotADefinition, match="reviewed_by"):
            read_definition(half)


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.name)
def test_every_stage_with_us_is_looked_at_and_can_be_left_towards_more_care(one):
    for stage in one.stages:
        if stage.kind in {StageKind.ENTRY, StageKind.CARE}:
            assert stage.review
            assert any(route.outcome == Outcome.REFER for route in one.routes_from(stage.key))
        else:
            assert not one.routes_from(stage.key)


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.name)
def test_a_step_goes_the_way_it_says(one):
    ladder = one.placement.intensity
    for route in one.routes:
        start, to = (ladder.index(one.stage(key).level) for key in (route.start, route.to))
        if route.outcome == Outcome.STEP_UP:
            assert to > start
        if route.outcome == Outcome.STEP_DOWN:
            assert to < start


@pytest.mark.parametrize("one", definitions(), ids=lambda one: one.name)
def test_op_is_expected_to_last_longer_than_iop(one):
    iop, op = one.stage("iop").expected, one.stage("op").expected
    assert all(longer > shorter for shorter, longer in zip(iop, op, strict=True))


def test_every_person_signs_and_detox_needs_a_prescriber():
    for one in definitions():
        assert all(route.authority != "automatic" for route in one.routes)
    sud = definition("sud-adult")
    assert all(r.authority == "prescriber" for r in sud.routes if "detox" in (r.start, r.to))


def _line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("share: 75", "share: 175", "less than or equal to 100"),
        ("share: 75", "part: 75", "Extra inputs"),
        ("within: 14d", "within: a fortnight", "a duration is written"),
        ("kind: attended", "kind: atended", "tag"),
        ("key: iop-to-op, start: iop", "key: iop-to-op, start: iopp", "unknown stage: iopp"),
        (
            "guards: [no-open-risk, not-held]",
            "guards: [no-open-risk, not-hold]",
            "unknown criterion: not-hold",
        ),
        ("levels: [iop]", "levels: [iopp]", "unknown level: iopp"),
        ("placement: hr-1", "placement: hr-9", "unknown placement table"),
        ("diagnosis: sud-diagnosis", "diagnosis: sud", "unknown placement fact: sud"),
        ("bands: [moderate, high]", "bands: [moderate, hihg]", "c-ssrs has no band hihg; it has: none, low"),
        ("cows: [none, mild]", "cows: [none, milder]", "cows has no band milder"),
        ("bands: [severe, high]", "bands: [sever, high]", "ciwa-ar has no band sever"),
        ("flag: suicide-risk", "flag: suicide-rsik", "c-ssrs has no flag suicide-rsik; it has: "),
        ("flag: use", "flag: uses", "bam has no flag uses; it has: use, risk, protective"),
        ("parts: [bam]", "parts: [bum]", "unknown instrument: bum"),
        ("parts: [bam|phq-9|gad-7]", "parts: [bam|phq-9|gad-8]", "unknown instrument: gad-8"),
        ("outcome: complete", "outcome: stay", "unknown outcome"),
        ("title: Adult", "title: &a Adult", "anchors"),
        ("population: Adults", "title: Adults", "duplicate key"),
        ("in_force: 2026-01-01", "in_force: 2026-01-01\n  oops", "valid date"),
        ("every: 3d", "every: 3", "a duration is written"),
    ],
)
def test_a_mistake_is_named_with_its_line(was, becomes, says):
    text = TEXT.replace(was, becomes, 1)
    with pytest.raises(NotADefinition, match=says) as refused:
        read_definition(text)
    lines = [line for line, _ in refused.value.problems]
    assert min(abs(line - _line_of(text, becomes)) for line in lines) <= 1


@pytest.mark.parametrize(
    "text", ["", "[]", "just words", "key: x", "a: [", "? {a: 1}\n: 2", "placement: hr-1"]
)
def test_what_is_no_definition_is_refused(text):
    with pytest.raises(NotADefinition):
        read_definition(text)
