"""The repository as the house checks see it: its files, their text, and the Python of its floors."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
FLOORS = ("flows", "services", "models")
_IGNORED = [".git", *(line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split())]


def files(folder: Path = ROOT) -> Iterator[Path]:
    """Every file that is, or could next be, in the repository."""
    for path in sorted(folder.iterdir()):
        if any(fnmatch(path.name, ignored) for ignored in _IGNORED):
            continue
        yield from files(path) if path.is_dir() else (path,)


@cache
def texts() -> dict[str, str]:
    """Every text file by its name in the repository; what is not text is left out."""
    found = {}
    for path in files():
        try:
            found[name(path)] = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue
    return found


@dataclass(frozen=True)
class Module:
    """One file of Python, read once: what it imports, calls and says, and its functions and classes."""

    imports: list[tuple[str, frozenset[str]]]
    calls: list[str]
    strings: list[str]
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef]
    classes: list[str]


@cache
def modules(*folders: str) -> dict[str, Module]:
    """The Python of these folders, of the three floors where none is named, by file."""
    heads = tuple(f"{folder}/" for folder in folders or FLOORS)
    return {one: _module(one) for one in texts() if one.endswith(".py") and one.startswith(heads)}


@cache
def docs() -> str:
    """All that is written for readers, as one text."""
    return "\n".join(text for one, text in texts().items() if one == "README.md" or one.startswith("docs/"))


def name(path: Path) -> str:
    """Return a file's name in the repository."""
    return path.relative_to(ROOT).as_posix()


@cache
def _module(file: str) -> Module:
    nodes = list(ast.walk(ast.parse(texts()[file])))
    told = {id(node.value) for node in nodes if isinstance(node, ast.Expr)}  # docstrings
    words = (node for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return Module(
        imports=[one for node in nodes for one in _imported(node)],
        calls=[_written(node.func) for node in nodes if isinstance(node, ast.Call)],
        strings=[str(node.value) for node in words if id(node) not in told],
        functions=[node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)],
        classes=[node.name for node in nodes if isinstance(node, ast.ClassDef)],
    )


def _imported(node: ast.AST) -> Iterator[tuple[str, frozenset[str]]]:
    if isinstance(node, ast.Import):
        yield from ((one.name, frozenset()) for one in node.names)
    elif isinstance(node, ast.ImportFrom):
        yield node.module or "", frozenset(one.name for one in node.names)


def _written(node: ast.AST) -> str:
    """A call's name as it is written, `work.connection.commit`; what stands before it, if no name, is a dot."""
    if isinstance(node, ast.Attribute):
        return f"{_written(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else ""
