import json
from importlib.resources import files
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner, Result

from services.cli.scoring import register

RUNNER = CliRunner()


def stepdown(*words: str) -> Result:
    app = typer.Typer()
    register(app)
    return RUNNER.invoke(app, list(words))


def test_a_score_is_one_json_document_with_the_agreed_keys() -> None:
    answer = stepdown("score", "phq-9", *"222211200", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout) == {
        "instrument": "phq-9",
        "total": 12,
        "band": "moderate",
        "subscales": {},
        "flags": ["screen-positive"],
        "missing": [],
    }


def test_a_dash_is_a_missing_answer_wherever_it_stands() -> None:
    answer = stepdown("score", "phq-9", "-", "0", "0", "0", "0", "0", "0", "-", "1", "--json")
    document = json.loads(answer.stdout)
    assert (document["total"], document["missing"], document["flags"]) == (None, [1, 8], ["suicide-risk"])


def test_a_band_set_is_chosen_by_name() -> None:
    nine = ["7", "2", *["0"] * 8]
    assert json.loads(stepdown("score", "ciwa-ar", *nine, "--json").stdout)["band"] == "mild"
    assert (
        json.loads(stepdown("score", "ciwa-ar", *nine, "--set", "va", "--json").stdout)["band"] == "moderate"
    )


def test_six_ratings_are_scored_with_their_recommendation() -> None:
    document = json.loads(stepdown("score", "six-dimensions", *"010231", "--json").stdout)
    assert (document["recommended"], document["rules"], document["total"]) == (
        "iop",
        ["HR-4b", "HR-4c"],
        None,
    )


def test_a_person_reads_lines() -> None:
    answer = stepdown("score", "bam", *"00010000440444040")
    assert answer.exit_code == 0
    assert "use 1, risk 0, protective 24" in answer.stdout


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["phq-9", *"000000004"], "item 9: allowed values are 0, 1, 2, 3. Write - where one is missing."),
        (["phq-9", "0", "-1", *"0000000"], "phq-9 item 2"),
        (["phq-9", "0", "two", *"0000000"], "phq-9 item 2"),
        (["phq-9", "0", "1.5", *"0000000"], "phq-9 item 2"),
        (["phq-9", "0", "9" * 5000, *"0000000"], "phq-9 item 2"),
        (["phq-9", "0", "٣", *"0000000"], "phq-9 item 2"),
        (["phq-9", *"000"], "phq-9 item 4: 9 answers are expected, not 3. Write - where one is missing."),
        (["cows", "3", *"0000000000"], "cows item 1"),
        (["phq-99", "0"], "Unknown instrument"),
        (["ciwa-ar", *"0000000000", "--set", "mine"], "asam-2020, va, package"),
        (["six-dimensions", *"000000", "--set", "mine"], "no such band set"),
        (["six-dimensions", *"000005"], "item 6"),
        (["phq-9", *"000000000", "--sex", "x"], ""),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line_that_names_it(words: list[str], said: str) -> None:
    answer = stepdown("score", *words, "--json")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert said in answer.stderr


def test_a_placement_is_one_json_document_with_the_agreed_keys() -> None:
    answer = stepdown("place", "--ratings", "0,0,0,0,3,0", "--json")
    assert answer.exit_code == 0
    document = json.loads(answer.stdout)
    assert list(document)[:4] == ["recommended", "rules", "missing", "why"]
    assert {name: document[name] for name in list(document)[4:]} == {
        "suggestions": [],
        "hit_policy": "highest-floor",
        "edition": "asam-3",
        "table": "hr-1@1",
    }
    assert (document["recommended"], document["rules"], document["missing"]) == ("iop", ["HR-4b"], [])
    assert document["why"]


def test_facts_stage_and_risk_are_heard() -> None:
    settled = ["--fact", "sud-diagnosis", "--fact", "completed-higher-level", "--fact", "remission-90-days"]
    assert (
        json.loads(stepdown("place", "--ratings", "0,0,0,0,0,0", *settled, "--json").stdout)["recommended"]
        == "aftercare"
    )
    back = ["--current", "op", "--fact", "return-to-use-30-days"]
    assert json.loads(stepdown("place", "--ratings", "0,0,0,0,1,0", *back, "--json").stdout)["rules"] == [
        "HR-4d"
    ]
    high = stepdown("place", "--ratings", "-,0,0,0,1,0", "--risk", "high", "--json")
    said = json.loads(high.stdout)
    assert (said["recommended"], said["rules"], said["missing"]) == ("emergency", ["HR-1b"], ["r1"])


def test_a_suggestion_is_said_and_changes_no_level() -> None:
    long = ["--ratings", "0,0,0,0,2,0", "--fact", "long-history-of-use", "--json"]
    document = json.loads(stepdown("place", *long).stdout)
    assert (document["recommended"], document["rules"]) == ("op", ["HR-5"])
    assert document["suggestions"][0].startswith("S32 ")
    assert document["why"][-1] == document["suggestions"][0]


def test_a_person_reads_the_hit_policy_and_whose_table_it_is() -> None:
    said = stepdown("place", "--ratings", "0,0,0,0,3,0").stdout
    assert "highest-floor: every rule that fires is listed" in said
    assert "not ASAM CONTINUUM" in said


def test_a_missing_rating_leaves_no_recommendation() -> None:
    document = json.loads(stepdown("place", "--ratings", "-,0,0,0,4,0", "--json").stdout)
    assert (document["recommended"], document["missing"]) == (None, ["r1"])


def test_a_table_that_this_site_has_loaded_is_used_and_a_bad_one_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = (files("models.catalogue") / "placement" / "hr-1.yaml").read_text("utf-8")
    own = tmp_path / "own.yaml"
    own.write_text(house.replace("key: hr-1", "key: own"), "utf-8")
    asked = ["place", "--ratings", "0,0,0,0,3,0", "--table", "own", "--json"]
    monkeypatch.setenv("STEPDOWN_PLACEMENT_DIR", str(tmp_path))
    assert json.loads(stepdown(*asked).stdout)["table"] == "own@1"
    own.write_text(house, "utf-8")
    refused = stepdown(*asked)
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "placement_dir: In own.yaml: key: another table has this key" in refused.stderr
    monkeypatch.delenv("STEPDOWN_PLACEMENT_DIR")
    assert stepdown(*asked).exit_code == 2


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--ratings", "0,0,0,0,0,0", "--fact", "likes-tea"], "Unknown fact"),
        (["--ratings", "0,0,0,0,0,0", "--current", "moon"], "Unknown stage"),
        (["--ratings", "0,0,0,0,0,0", "--risk", "severe"], "Unknown risk"),
        (["--ratings", "0,0,0,0,0,5"], "item 6"),
        (["--ratings", "0,0,0"], "6 ratings are expected, not 3. Write - where one is missing."),
        (["--ratings", "a,0,0,0,0,0"], "item 1"),
        (["--ratings", "0,0,0,0,0,0", "--table", "asam"], "Unknown placement table. Known: hr-1"),
        ([], "--ratings"),
    ],
)
def test_wrong_usage_of_place_ends_with_2_and_says_what_is_known(words: list[str], said: str) -> None:
    answer = stepdown("place", *words, "--json")
    assert answer.exit_code == 2
    assert answer.stdout == ""
    assert said in answer.stderr
