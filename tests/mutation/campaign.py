"""The mutation campaign: would the tests of the rules notice a mistake in the rules?

make mutate                                            # every module, about an hour on one core
.venv/bin/python -m tests.mutation.campaign risk bands # these modules only
.venv/bin/python -m tests.mutation.campaign --again    # tries once more those that survived, and no others

Everything is imported and every test collected once, and the tests are run once to learn which lines each of them runs.
Then each mutant lives in a forked process, where its code takes the place of the real one and the tests that run its
statement go over it, those that caught its neighbours first, then the quickest, until one fails. A mutant that uses up
its time or memory counts as caught. What came of each is a line of .mutation/results.jsonl: start again, and the campaign
goes on where it was interrupted. It fails when a mutant survives that docs/mutation.md does not argue.
"""

import argparse
import gc
import json
import os
import re
import resource
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from functools import _lru_cache_wrapper
from hashlib import sha256
from importlib import import_module
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.mutation.mutants import Mutant, mutants, noting

ROOT = Path(__file__).parents[2]
RULES = ROOT / "services" / "rules"
RESULTS = ROOT / ".mutation" / "results.jsonl"
ARGUED = ROOT / "docs" / "mutation.md"
ELSEWHERE = {"checkpoint", "damage", "folding", "merkle", "numbering", "regrowth"}
"""The audit log and its oracle: tests/store, tests/usecases and tests/simulation try them, on a real database."""

_EXAMPLES, _GRACE, _MEMORY = 15, 20, 2 << 30
_LIVED = ("survived", "not run")
_SLOW = ("test_definitions.py", "test_site_tables.py", "test_stories.py", "test_walks.py")
_FUNCTIONS: defaultdict[tuple[str, str, int], list[FunctionType]] = defaultdict(list)
Key = tuple[str, str, str, str, str, int]


class Campaign:
    """A pytest plugin that, instead of running the tests once, runs them over every mutant."""

    def __init__(self, modules: list[str], *, again: bool, seconds: int) -> None:
        self.modules, self.again, self.seconds = modules, again, seconds
        self.ran: dict[str, tuple[float, set[tuple[str, int]]]] = {}
        self.catchers: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self.survivors: list[tuple[str, str, str]] = []
        self.report: Callable[[pytest.TestReport], None] = lambda _: None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.report(report)

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Learn what each test runs, then try every mutant that has not been tried."""
        for item in session.items:
            _make_brief(item)
        for name in [file.stem for file in RULES.glob("[a-z]*.py")]:
            import_module(f"services.rules.{name}")
        for one in gc.get_objects():
            if isinstance(one, FunctionType) and str(RULES) in one.__code__.co_filename:
                _FUNCTIONS[_name(one.__code__)].append(one)
        self.ran = _learned(session.items)
        _forget(_caches())
        gc.freeze()
        done = _told()
        for mutant in (mutant for name in self.modules for mutant in _mutants_of(name)):
            verdict = done.get(mutant.key)
            if verdict is None or (self.again and verdict in _LIVED):
                verdict = self._try(mutant, session.items)
            self.counts[mutant.module][verdict] += 1
            if verdict in _LIVED:
                self.survivors.append(_row(mutant))
        return True

    def _try(self, mutant: Mutant, items: list[pytest.Item]) -> str:
        chosen = self._choose(mutant, items)
        began = os.times().elapsed
        verdict, by = _lived(lambda: self._live(mutant, chosen)) if chosen else ("not run", "")
        self.catchers[mutant.function][by] += 10
        self.catchers[mutant.module][by] += 1
        RESULTS.parent.mkdir(exist_ok=True)
        with RESULTS.open("a") as file:
            print(
                json.dumps(
                    {
                        "key": mutant.key,
                        "verdict": verdict,
                        "by": by,
                        "seconds": round(os.times().elapsed - began, 1),
                    }
                ),
                file=file,
            )
        if verdict in _LIVED:
            print(f"{verdict}: {' | '.join(_row(mutant))}", file=sys.__stdout__, flush=True)
        return verdict

    def _choose(self, mutant: Mutant, items: list[pytest.Item]) -> list[pytest.Item]:
        """The tests that run the mutant's statement; for a constant those that run its module."""
        module = mutant.module
        caught = self.catchers[mutant.function] + self.catchers[mutant.module]
        chosen = [
            item for item in items
            if (module, mutant.statement) in self.ran[item.nodeid][1]
            or (mutant.constant and any(name == module for name, _ in self.ran[item.nodeid][1]))
        ]  # fmt: skip
        return sorted(chosen, key=lambda item: (-caught[item.nodeid], self.ran[item.nodeid][0]))

    def _live(self, mutant: Mutant, chosen: list[pytest.Item]) -> Iterator[str]:
        """Put a mutant in its place and run the tests, so long as there is time; yields the one that failed."""
        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds + _GRACE, self.seconds + _GRACE))
        resource.setrlimit(resource.RLIMIT_DATA, (_MEMORY, _MEMORY))
        failed: list[str] = []
        self.report = lambda report: failed.append(report.nodeid) if report.failed else None
        _put(mutant)
        began = sum(os.times()[:2])
        for item, after in zip(chosen, [*chosen[1:], None], strict=True):
            item.ihook.pytest_runtest_protocol(item=item, nextitem=after)
            yield from failed
            if sum(os.times()[:2]) - began > self.seconds:
                return


def _lived(life: Callable[[], Iterator[str]]) -> tuple[str, str]:
    """Live a life in a process of its own: survived, caught and by which test, or spent if the process did not end well."""
    reads, writes = os.pipe()
    if (child := os.fork()) == 0:
        try:
            os.close(reads)
            for descriptor in (1, 2):
                os.dup2(os.open(os.devnull, os.O_WRONLY), descriptor)
            by = next(life(), "")
            os.write(writes, (by or "survived").encode()[:4000])
        finally:
            os._exit(0)
    os.close(writes)
    with os.fdopen(reads, "rb") as pipe:
        said = pipe.read().decode()
    os.waitpid(child, 0)
    return ("survived", "") if said == "survived" else ("caught", said) if said else ("spent", "")


def _put(mutant: Mutant) -> None:
    module = sys.modules[mutant.module]
    if mutant.constant:
        old, new = getattr(module, mutant.constant), eval(mutant.code, vars(module))  # noqa: S307
        for other in [*sys.modules.values()]:
            if vars(other).get(mutant.constant) is old:
                setattr(other, mutant.constant, new)
    _swap(mutant.code)


def _swap(module: CodeType) -> None:
    """Give every function of a module its code in another version of it, wherever the function is held."""
    for code in _codes(module):
        for function in _FUNCTIONS.get(_name(code), ()):
            function.__code__ = code


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType):
            yield from _codes(one)


def _name(code: CodeType) -> tuple[str, str, int]:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _make_brief(item: pytest.Item) -> None:
    """Few examples, always the same, and no search for the smallest that fails: that one fails is enough."""
    function = getattr(getattr(item, "function", None), "__func__", getattr(item, "function", None))
    if own := getattr(function, "_hypothesis_internal_use_settings", None):
        few = settings(
            own,
            max_examples=min(own.max_examples, _EXAMPLES),
            derandomize=True,
            database=None,
            deadline=None,
            phases=(Phase.explicit, Phase.generate),
        )
        function._hypothesis_internal_use_settings = few  # type: ignore[union-attr]


def _learned(items: list[pytest.Item]) -> dict[str, tuple[float, set[tuple[str, int]]]]:
    """Run every test once, in a process of its own; return the seconds it took and the lines of the rules that it ran."""
    file = RESULTS.with_name(f"lines-{len(items)}-{_digest()}.json")
    file.parent.mkdir(exist_ok=True)

    def life() -> Iterator[str]:
        ran: set[tuple[str, int]] = set()
        for module in [sys.modules[f"services.rules.{file.stem}"] for file in RULES.glob("[a-z]*.py")]:
            _swap(noting(module, Path(str(module.__file__)).read_text("utf-8"), ran))
        caches = _caches()
        learned = {item.nodeid: _traced(item, ran, caches) for item in items}
        file.write_text(json.dumps({key: (spent, [*lines]) for key, (spent, lines) in learned.items()}))
        yield "learned"

    if not file.exists():
        assert _lived(life) == ("caught", "learned"), "the tests did not run to their end"
    told = json.loads(file.read_text())
    return {key: (spent, {(name, line) for name, line in lines}) for key, (spent, lines) in told.items()}


def _digest() -> str:
    """What the lines that tests run depend on: the rules, the tests of rules and what both read."""
    folders = (ROOT / "models", RULES, ROOT / "tests" / "rules", ROOT / "tests" / "vignettes")
    files = sorted(file for folder in folders for end in ("py", "yaml") for file in folder.rglob(f"*.{end}"))
    return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:16]


def _traced(
    item: pytest.Item, ran: set[tuple[str, int]], caches: list[Any]
) -> tuple[float, set[tuple[str, int]]]:
    _forget(caches)
    ran.clear()
    began = sum(os.times()[:2])
    item.ihook.pytest_runtest_protocol(item=item, nextitem=None)
    return sum(os.times()[:2]) - began, set(ran)


def _caches() -> list[Any]:
    """Every cache through which one test could spare another from running a rule."""
    caches = [one for one in gc.get_objects() if isinstance(one, _lru_cache_wrapper)]
    return [one for one in caches if one.__module__.startswith(("services.rules", "tests."))]


def _forget(caches: list[Any]) -> None:
    for one in caches:
        one.cache_clear()


def _mutants_of(name: str) -> Iterator[Mutant]:
    module = import_module(f"services.rules.{name}")
    return mutants(module, (RULES / f"{name}.py").read_text("utf-8"))


def _row(mutant: Mutant) -> tuple[str, str, str]:
    """What docs/mutation.md says of a mutant: the module, the text of its line and the mistake."""
    return mutant.module.rpartition(".")[2], f"`{mutant.line}`", mutant.said


def _argued() -> set[tuple[str, ...]]:
    rows = (re.split(r"(?<!\\) \| ", line.strip("| ")) for line in ARGUED.read_text("utf-8").splitlines())
    return {tuple(cell.replace("\\|", "|") for cell in row[:3]) for row in rows if len(row) > 3}


def _told() -> dict[Key, str]:
    rows = map(json.loads, RESULTS.read_text("utf-8").splitlines() if RESULTS.exists() else ())
    return {tuple(row["key"]): row["verdict"] for row in rows}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("modules", nargs="*")
    asked.add_argument("--again", action="store_true")
    asked.add_argument(
        "--seconds", type=int, default=60, help="of the processor, for the tests of one mutant"
    )
    asked.add_argument("--quick", action="store_true", help="without the tests that live through weeks")
    given = asked.parse_args()
    every = sorted(file.stem for file in RULES.glob("[a-z]*.py"))
    modules = given.modules or [name for name in every if name not in ELSEWHERE]
    campaign = Campaign(modules, again=given.again, seconds=given.seconds)
    slow = [f"--ignore={ROOT / 'tests' / 'rules' / name}" for name in _SLOW if given.quick]
    tests = str(ROOT / "tests" / "rules")
    pytest.main(["-s", "-p", "no:cacheprovider", "--timeout=0", *slow, tests], [campaign])
    for module, counts in campaign.counts.items():
        lived = sum(counts[one] for one in _LIVED)
        print(f"| {module.rpartition('.')[2]} | {counts.total()} | {counts.total() - lived} | {lived} |")
    new = [row for row in dict.fromkeys(campaign.survivors) if row not in _argued()]
    for row in new:
        print("nobody argues |", " | ".join(cell.replace("|", "\\|") for cell in row), "|")
    return 1 if new else 0


if __name__ == "__main__":
    sys.exit(main())
