"""Mutants of a module of rules: each is the module with one small mistake in one place.

Made: comparisons moved by one or turned round, parts of `and` and `or` left out, conditions always or never so, `not`
left out, numbers one more and one less, the next member of an enumeration, met for not met for unknown, plus for minus,
least for most, any for all, order left as it comes, named arguments, conditions of comprehensions and statements left out.
Not made: in annotations, patterns, docstrings, what is raised and the texts that people read.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from types import CodeType, ModuleType
from typing import TypeVar

_MOVED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
}  # fmt: skip
_TURNED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.GtE, ast.GtE: ast.Lt, ast.LtE: ast.Gt, ast.Gt: ast.LtE, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_COUNTED: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
_NAMES = {
    "met": ("not_met", "unknown"), "not_met": ("met", "unknown"), "unknown": ("met", "not_met"), "min": ("max",),
    "max": ("min",), "any": ("all",), "all": ("any",), "reversed": ("iter",), "takewhile": ("filter",),
}  # fmt: skip
E = TypeVar("E")
_UNTOUCHED = (ast.JoinedStr, ast.arguments, ast.pattern)
_NO_MATTER = {"strict", "bound", "maxsize"}
_FIELDS = {"annotation", "returns", "decorator_list", "exc", "cause", "bases"}


@dataclass(frozen=True)
class Mutant:
    """One mistake: its module and function, the text before and after, the line of its statement, and its code.

    `constant` is the name whose value it changes where it stands outside every function; `code` then only says that value.
    """

    module: str
    function: str
    line: str
    was: str
    now: str
    number: int
    statement: int
    code: CodeType
    constant: str = ""

    @property
    def key(self) -> tuple[str, str, str, str, str, int]:
        """What names it however the lines are numbered; `number` parts those that read alike."""
        return self.module, self.function, self.line, self.was, self.now, self.number

    @property
    def said(self) -> str:
        """The mistake in short: only the words that differ."""
        was, now = (re.findall(r"\w+|\s+|[<>=!]+|[^\w\s]", text) for text in (self.was, self.now))
        first = _alike(was, now)
        last = _alike(was[first:][::-1], now[first:][::-1])
        before, after = ("".join(words[first : len(words) - last]).strip() for words in (was, now))
        which = f" ({self.number})" if self.number > 1 else ""
        if not before or not after:
            return (f"without `{before}`" if before else f"with `{after}`") + which
        return f"`{before}` → `{after}`{which}"


def _alike(one: list[str], other: list[str]) -> int:
    """How many words two texts begin with alike."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (left, right) in enumerate(pairs) if left != right), min(len(one), len(other)))


@dataclass(frozen=True)
class _Site:
    """A place in a tree: who holds it, and the function and the statement around it."""

    holder: ast.AST
    field: str
    index: int | None
    function: str
    statement: ast.stmt

    def get(self) -> ast.AST:
        value = getattr(self.holder, self.field)
        return value if self.index is None else value[self.index]  # type: ignore[no-any-return]

    def put(self, node: ast.AST) -> None:
        if self.index is None:
            setattr(self.holder, self.field, node)
        else:
            getattr(self.holder, self.field)[self.index] = node


def mutants(module: ModuleType, source: str) -> Iterator[Mutant]:
    """Yield the mutants of a module, each once: two that read the same are one."""
    tree, rows = ast.parse(source), source.splitlines()
    seen, alike = {ast.unparse(tree)}, Counter[tuple[str, ...]]()
    for site in _sites(tree, "", None):
        node = site.get()
        for other in _swept(site, module):
            site.put(ast.fix_missing_locations(ast.copy_location(other, node)))
            text = ast.unparse(tree)
            if text not in seen:
                seen.add(text)
                row = rows[getattr(node, "lineno", site.statement.lineno) - 1].strip()
                told = (site.function, row, ast.unparse(node), ast.unparse(other))
                alike[told] += 1
                code, constant = _code(tree, site, str(module.__file__))
                yield Mutant(module.__name__, *told, alike[told], site.statement.lineno, code, constant)
            site.put(node)


def _code(tree: ast.Module, site: _Site, file: str) -> tuple[CodeType, str]:
    if site.function:
        return compile(tree, file, "exec"), ""
    assert isinstance(site.statement, ast.Assign)
    assert isinstance(site.statement.targets[0], ast.Name)
    return compile(ast.Expression(site.statement.value), file, "eval"), site.statement.targets[0].id


def _sites(node: ast.AST, function: str, statement: ast.stmt | None) -> Iterator[_Site]:
    """Walk a tree; outside functions only what a name is given once for all."""
    for field, value in ast.iter_fields(node):
        if field in _FIELDS:
            continue
        for index, child in enumerate(value) if isinstance(value, list) else [(None, value)]:
            if (
                not isinstance(child, ast.AST)
                or isinstance(child, _UNTOUCHED)
                or getattr(child, "arg", "") in _NO_MATTER
            ):
                continue
            inside, around = function, child if isinstance(child, ast.stmt) else statement
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inside = (
                    f"{function}.{child.name}".lstrip(".") if isinstance(child, ast.FunctionDef) else function
                )
            elif function or _is_constant(around):
                assert around is not None
                yield _Site(node, field, index, function, around)
            if function or not isinstance(child, ast.stmt) or _goes_in(child):
                yield from _sites(child, inside, around)


def _goes_in(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.FunctionDef | ast.ClassDef) or _is_constant(statement)


def _is_constant(statement: ast.stmt | None) -> bool:
    return isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name)


class _Noting(ast.NodeTransformer):
    """Lets every statement of a function first note the line it stands on."""

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        return self._noted(node)

    def _noted(self, node: ast.AST) -> ast.AST:
        self.generic_visit(node)
        for held in (node, *getattr(node, "cases", ()), *getattr(node, "handlers", ())):
            for field in ("body", "orelse", "finalbody"):
                block = getattr(held, field, None)
                if isinstance(block, list):
                    setattr(held, field, [one for each in block for one in (_note(each), each)])
        return node

    visit_If = visit_For = visit_While = visit_With = visit_Try = visit_Match = _noted  # noqa: N815


def _note(statement: ast.stmt) -> ast.stmt:
    call = ast.parse(f"_noted.add((__name__, {statement.lineno}))").body[0]
    return ast.fix_missing_locations(ast.copy_location(call, statement))


def noting(module: ModuleType, source: str, ran: set[tuple[str, int]]) -> CodeType:
    """Return a module's code that notes in `ran` the statements it runs, each by its module and line."""
    vars(module)["_noted"] = ran
    return compile(_Noting().visit(ast.parse(source)), str(module.__file__), "exec")


def _mistakes(node: ast.AST, module: ModuleType) -> Iterator[ast.AST]:
    match node:
        case ast.Compare() | ast.BoolOp() | ast.UnaryOp() | ast.BinOp():
            yield from _of_operators(node)
        case ast.Constant(int(value)):
            others = (not value,) if isinstance(value, bool) else (value + 1, value - 1)
            yield from map(ast.Constant, others)
        case ast.Name(name, ast.Load()):
            yield from (ast.Name(other, ast.Load()) for other in _NAMES.get(name, ()))
        case ast.Attribute(ast.Name(name), member, ast.Load()):
            yield from (
                ast.Attribute(node.value, other, ast.Load()) for other in _others(module, name, member)
            )
        case ast.Call():
            yield from _calls(node)
        case ast.comprehension(target, each, conditions):
            for rest in _all_but_one(conditions):
                yield ast.comprehension(target, each, rest, node.is_async)
        case _:
            yield from _left_out(node)


def _of_operators(node: ast.Compare | ast.BoolOp | ast.UnaryOp | ast.BinOp) -> Iterator[ast.AST]:
    match node:
        case ast.Compare(left, ops, right):
            for n, op in enumerate(ops):
                for made in filter(None, (_MOVED.get(type(op)), _TURNED.get(type(op)))):
                    yield ast.Compare(left, [*ops[:n], made(), *ops[n + 1 :]], right)
        case ast.BoolOp(op, values):
            yield ast.BoolOp(ast.Or() if isinstance(op, ast.And) else ast.And(), values)
            for rest in _all_but_one(values):
                yield ast.BoolOp(op, rest) if len(rest) > 1 else rest[0]
        case ast.UnaryOp(ast.Not(), operand):
            yield operand
        case ast.BinOp(left, operator, right) if counted := _COUNTED.get(type(operator)):
            yield ast.BinOp(left, counted(), right)


def _left_out(node: ast.AST) -> Iterator[ast.AST]:
    """Nothing in the place of a statement; a docstring was nothing before."""
    is_text = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    if isinstance(node, ast.Expr | ast.AugAssign | ast.Raise | ast.Continue | ast.Break) and not is_text:
        yield ast.Pass()


def _all_but_one(parts: list[E]) -> Iterator[list[E]]:
    return ([*parts[:n], *parts[n + 1 :]] for n in range(len(parts)))


def _calls(node: ast.Call) -> Iterator[ast.AST]:
    """A call without one of its named arguments, and the order as it comes instead of a sorted one."""
    if isinstance(node.func, ast.Name) and node.func.id == "sorted":
        yield ast.Call(ast.Name("list", ast.Load()), node.args, [])
    for n in (n for n, one in enumerate(node.keywords) if one.arg not in _NO_MATTER):
        yield ast.Call(node.func, node.args, [*node.keywords[:n], *node.keywords[n + 1 :]])


def _swept(site: _Site, module: ModuleType) -> Iterator[ast.AST]:
    """What may go wrong at a place: a condition is also always so, or never; a loop that never ends tells nothing."""
    node = site.get()
    if site.field == "test" and not isinstance(node, ast.Constant):
        yield from (
            ast.Constant(value)
            for value in (True, False)
            if not (value and isinstance(site.holder, ast.While))
        )
    yield from _mistakes(node, module)


def _others(module: ModuleType, name: str, member: str) -> list[str]:
    """The other members of an enumeration of two or three, else the next one."""
    kind = getattr(module, name, None)
    if not (isinstance(kind, type) and issubclass(kind, Enum) and member in kind.__members__):
        return []
    members = list(kind.__members__)
    if len(members) < 4:
        return [one for one in members if one != member]
    return [members[(members.index(member) + 1) % len(members)]]
