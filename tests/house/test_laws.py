"""The laws of the house that an import contract cannot say: who commits, who queries, who reads the clock.

Each test names its escapes with their reasons; an escape that nobody needs any more fails too.
"""

import re
from collections.abc import Callable, Iterable

from tests.house.tree import Module, modules

COMMITS = {
    "services/store/database.py",  # the one place
    "services/store/migrate.py",  # the owner's own session, no unit of work
}
QUERIES = {
    "models/tables/columns.py",  # the condition of an index is part of the schema
}
FACES = ("services/cli/", "services/web/", "flows/")
_BUILDERS = {"text", "select", "insert", "update", "delete", "func"}
_SQL = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|WITH|TRUNCATE|CREATE|ALTER|DROP) ")
_CLOCKS = re.compile(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime))$")
_SQL_CLOCKS = re.compile(
    r"\b(now\(\)|clock_timestamp\(\)|statement_timestamp\(\)|current_(timestamp|date|time))", re.IGNORECASE
)


def _offenders(offends: Callable[[Module], bool], *, escapes: Iterable[str] = ()) -> set[str]:
    """The modules of the floors that offend, and the escapes that do not need to be any."""
    return {file for file, one in modules().items() if offends(one)} ^ set(escapes)


def _takes(one: Module, source: str, *names: str) -> bool:
    return any(origin == source and not taken.isdisjoint(names) for origin, taken in one.imports)


def test_only_the_database_commits() -> None:
    found = _offenders(lambda one: any(call.endswith(".commit") for call in one.calls))
    assert found <= COMMITS, "open `database.transaction(scope)` in a face instead; nobody else commits"


def test_no_sql_leaves_the_store() -> None:
    def queries(one: Module) -> bool:
        built = any(_takes(one, source, *_BUILDERS) for source in ("sqlalchemy", "sqlmodel"))
        return built or any(_SQL.match(text) for text in one.strings)

    outside = {file for file in _offenders(queries) if not file.startswith("services/store/")}
    assert outside == QUERIES, "move the question into services/store and give it a name"


def test_nothing_is_loaded_behind_our_backs() -> None:
    lazy = _offenders(lambda one: any(names & {"Relationship", "relationship"} for _, names in one.imports))
    assert not lazy, "a Relationship queries once for each row; ask for all ids at once in services/store"


def test_only_flows_know_prefect() -> None:
    knowing = _offenders(lambda one: any(source.partition(".")[0] == "prefect" for source, _ in one.imports))
    assert {file for file in knowing if not file.startswith("flows/")} == set()


def test_only_one_module_reads_the_clock() -> None:
    reads = _offenders(
        lambda one: any(_CLOCKS.search(call) for call in one.calls), escapes={"services/clock.py"}
    )
    assert not reads, "take `at`, keyword-only, aware UTC; a face gets it from services/clock.py"


def test_the_database_is_not_asked_for_the_time() -> None:
    asks = _offenders(lambda one: any(_SQL_CLOCKS.search(text) for text in one.strings))
    assert not asks, "`at` is the face's clock; pass it as a parameter"


def test_only_faces_call_the_clock() -> None:
    calling = _offenders(
        lambda one: (
            _takes(one, "services", "clock") or any(source == "services.clock" for source, _ in one.imports)
        )
    )
    assert {file for file in calling if not file.startswith(FACES)} == set(), "take `at` instead"


def test_only_one_module_mints_ids() -> None:
    minted = _offenders(
        lambda one: _takes(one, "uuid", "uuid1", "uuid4", "uuid5"), escapes={"services/ids.py"}
    )
    assert not minted, "ids are minted by services/ids.py"
