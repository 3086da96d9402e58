"""Files and functions stay short: limits in budgets.toml, and counts that may only fall.

A file longer than the limit is listed with its length today; it may shrink, never grow. Migrations are left out: once
published they are never edited. A function's length is what one reads of it: its body, without docstring and signature.
"""

import ast
import tomllib
from collections.abc import Iterator
from typing import Any

from tests.house.tree import ROOT, modules, texts

BUDGETS: dict[str, Any] = tomllib.loads((ROOT / "tests" / "house" / "budgets.toml").read_text())
_FOLDERS = ("flows", "services", "models", "tests", "benchmarks")
_PUBLISHED = "services/store/migrations/versions/"
_SLACK = 10  # not every small gain needs a new number
_RENEW = "in tests/house/budgets.toml"


def _lengths(*folders: str) -> Iterator[tuple[int, str]]:
    """Every function of these folders with its length."""
    for file, module in modules(*folders).items():
        for node in () if file.startswith(_PUBLISHED) else module.functions:
            yield _read(node), f"{file}:{node.lineno} {node.name}"


def _read(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    told = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (told[-1].end_lineno or 0) - told[0].lineno + 1 if told else 0


def test_files_stay_short() -> None:
    limit, allowed = BUDGETS["file"]["lines"], BUDGETS["file"]["longer"]
    long = {
        file: lines
        for file in modules(*_FOLDERS)
        if (lines := texts()[file].count("\n")) > limit and not file.startswith(_PUBLISHED)
    }
    worse = {file: lines for file, lines in long.items() if lines > allowed.get(file, limit)}
    better = {file: long.get(file, "gone") for file in allowed if long.get(file, 0) < allowed[file] - _SLACK}
    assert not worse, f"split these along what they do (limit {limit}): {worse}"
    assert not better, f"shorter than they were, well done: say so under [file.longer] {_RENEW}: {better}"


def test_no_function_is_long() -> None:
    limit = BUDGETS["function"]["lines"]
    long = [where for length, where in _lengths(*_FOLDERS) if length > limit]
    assert not long, f"one level of abstraction each, at most {limit} lines: {long}"


def test_functions_become_fewer_not_longer() -> None:
    much, budget = BUDGETS["function"]["much"], BUDGETS["function"]["longer_than_much"]
    longer = sorted(((length, where) for length, where in _lengths() if length > much), reverse=True)
    listed = "\n".join(f"  {length:3} {where}" for length, where in longer)
    assert len(longer) <= budget, (
        f"{len(longer)} functions over {much} lines, {budget} allowed; shorten one:\n{listed}"
    )
    tight = f"only {len(longer)} functions over {much} lines, well done: set longer_than_much = {len(longer)} {_RENEW}"
    assert len(longer) >= budget - _SLACK, tight
