"""`stepdown define`: what the catalogue holds, and what is wrong with a file, line by line."""

import json
from importlib.resources import files
from pathlib import Path

from typer.testing import CliRunner

from models.catalogue.pathway_files import definition
from services.cli.app import app

SHIPPED = (files("models.catalogue") / "pathways" / "sud-adult.yaml").read_text("utf-8")


def test_the_shipped_definitions_are_listed_with_their_hashes() -> None:
    listed = json.loads(CliRunner().invoke(app, ["define", "list", "--json"]).stdout)
    assert [one["key"] for one in listed] == ["mh-adult", "sud-adult"]
    assert {len(one["hash"]) for one in listed} == {64}


def test_a_shipped_file_is_a_definition(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(SHIPPED)
    assert CliRunner().invoke(app, ["define", "check", str(file)]).exit_code == 0


def test_a_route_to_nowhere_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(SHIPPED.replace("to: aftercare, outcome: step_down", "to: nowhere, outcome: step_down"))
    answer = CliRunner().invoke(app, ["define", "check", str(file), "--json"])
    [problem] = json.loads(answer.stdout)["problems"]
    assert answer.exit_code == 1
    assert "nowhere" in problem["problem"]
    assert "nowhere" in file.read_text().splitlines()[problem["line"] - 1]


def test_showing_an_unknown_definition_names_the_known_ones() -> None:
    answer = CliRunner().invoke(app, ["define", "show", "nothing"])
    assert answer.exit_code == 1
    assert "sud-adult" in answer.output


def test_a_definition_is_shown_with_its_sources_and_says_that_no_clinician_has_reviewed_it() -> None:
    told = " ".join(
        CliRunner(env={"COLUMNS": "400"}).invoke(app, ["define", "show", "sud-adult"]).stdout.split()
    )
    one = definition("sud-adult")
    assert told.count("not reviewed yet by a clinician") == 2  # the definition, and the table of levels
    assert one.placement.source in told
    words = (*one.stages, *one.routes, *one.criteria, *one.triggers, *one.reported, *one.placement_facts)
    assert [word.source for word in words if word.source not in told] == []
    shown = json.loads(CliRunner().invoke(app, ["define", "show", "sud-adult", "--json"]).stdout)
    assert shown["reviewed"] == shown["placement"]["reviewed"] == "not reviewed yet by a clinician"
    assert (shown["reviewed_by"], shown["reviewed_on"]) == ("", None)
