"""The empty slot: a licensed site's own placement tables, used by the definitions that name them."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from pydantic import ValidationError

from models.catalogue import placement_table, placement_tables, shelf, site
from models.catalogue.pathway_files import NotADefinition, read_definition
from models.catalogue.site import NotATable
from services.rules import decide
from services.settings import Settings
from tests.builders import a_case, on_day, ratings

HOUSE = (files("models.catalogue") / "placement" / "hr-1.yaml").read_text("utf-8")
PATHWAY = (files("models.catalogue") / "pathways" / "sud-adult.yaml").read_text("utf-8")
OWN = HOUSE.replace("key: hr-1", "key: valley").replace("licence: own work", "licence: of the valley clinic")


@pytest.fixture(autouse=True)
def _emptied() -> Iterator[None]:
    yield
    site.load(None)


def keep(folder: Path, text: str, name: str = "valley.yaml") -> Path:
    (folder / name).write_text(text, "utf-8")
    return folder


def named(text: str, key: str) -> str:
    return text.replace("placement: hr-1", f"placement: {key}")


def test_the_slot_is_empty_and_nothing_but_the_house_rules_is_shipped() -> None:
    assert list(shelf("placement")) == ["hr-1"]
    assert placement_tables() == ("hr-1",)
    assert "not ASAM CONTINUUM" in placement_table().licence


def test_a_definition_decides_by_the_table_it_names(tmp_path: Path) -> None:
    softer = OWN.replace(
        "when: {any_is: {r5: 3, r6: 3}}\n    floor: iop", "when: {any_is: {r5: 3}}\n    floor: op"
    )
    assert softer.count("floor: iop") < OWN.count("floor: iop")
    softer = softer.replace(
        "count: {of: [r4, r5, r6], rated: 2, least: 2}", "count: {of: [r4, r5, r6], rated: 4, least: 2}"
    )
    site.load(keep(tmp_path, softer))
    assert placement_tables() == ("hr-1", "valley")
    theirs, ours = read_definition(named(PATHWAY, "valley")), read_definition(PATHWAY)
    assert theirs.digest != ours.digest
    case = a_case("assessment", ratings("iop", 1))
    said = [decide(one, [case], at=on_day(1))[0] for one in (ours, theirs)]
    assert [(one.recommended, one.basis.table) for one in said if one.basis] == [
        ("iop", "hr-1@1"),
        ("op", "valley@1"),
    ]


def test_a_table_of_another_edition_reads_the_ratings_of_that_edition_only(tmp_path: Path) -> None:
    other = OWN.replace("edition: asam-3", "edition: asam-4").replace("ordinal0_4", "symbol_min_level")
    site.load(keep(tmp_path, other))
    theirs = read_definition(named(PATHWAY, "valley"))
    for edition, outcome in (("asam-3", "insufficient"), ("asam-4", "admit")):
        case = a_case("assessment", ratings("iop", 1, edition=edition))
        assert decide(theirs, [case], at=on_day(1))[0].outcome == outcome


def test_without_a_folder_its_tables_are_gone(tmp_path: Path) -> None:
    site.load(keep(tmp_path, OWN))
    site.load(None)
    with pytest.raises(NotADefinition, match="unknown placement table; known: hr-1"):
        read_definition(named(PATHWAY, "valley"))


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ("key: valley", "key: hr-1", "another table has this key"),
        ("floor: detox\n", "floor: moon\n", "unknown level"),
        ("hit_policy: highest-floor", "hit_policy: lowest-floor", "hit_policy: Input should be"),
        ("hit_policy: highest-floor\n", "", "hit_policy: Field required"),
        ("edition: asam-3", "edition: asam-9", "known: asam-3, asam-4"),
        ("edition: asam-3", "edition: asam-4", "ratings of asam-4 are symbol_min_level"),
        ("ratings: [r1, r2, r3, r4, r5, r6]", "ratings: [r1, r2, r3, r4, r5, r6, r7]", "those recorded here"),
        ("values: [0, 1, 2, 3, 4]", "values: [0, 1, 2, 3]", "not those that are recorded"),
        ("title: House", "title: &a House", "line 5: anchors"),
        ("title: House", "cost: 3\ntitle: House", "cost: Extra inputs"),
    ],
)
def test_a_bad_table_is_refused_at_the_start_by_file_and_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, was: str, becomes: str, says: str
) -> None:
    assert was in OWN
    keep(tmp_path, OWN.replace(was, becomes), "ours.yaml")
    with pytest.raises(NotATable, match=says) as refused:
        site.load(tmp_path)
    assert str(refused.value).startswith("in ours.yaml: ")
    monkeypatch.setenv("STEPDOWN_PLACEMENT_DIR", str(tmp_path))
    with pytest.raises(ValidationError, match=r"in ours\.yaml"):
        Settings.at(tmp_path)


def test_all_or_none_are_loaded(tmp_path: Path) -> None:
    keep(tmp_path, OWN)
    keep(tmp_path, "not a table", "worse.yaml")
    with pytest.raises(NotATable, match=r"worse\.yaml"):
        site.load(tmp_path)
    assert placement_tables() == ("hr-1",)
    with pytest.raises(NotATable, match="this is no folder"):
        site.load(tmp_path / "nowhere")


def test_the_settings_say_where_the_site_keeps_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STEPDOWN_PLACEMENT_DIR", str(keep(tmp_path, OWN)))
    Settings.at(tmp_path)
    assert placement_tables() == ("hr-1", "valley")
