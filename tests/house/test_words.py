"""One word, one meaning: what the code names, the glossary explains, and what a user meets, the pages explain."""

import re
from enum import StrEnum
from importlib import import_module

import typer
from sqlmodel import SQLModel

from models import tables
from models.changes import Change
from services.access import ACCESS
from services.errors import CareError
from services.settings import Settings
from services.web import api, pages
from services.web.visits import OPEN
from tests.house.tree import docs, modules, texts

GLOSSARY = texts()["docs/glossary.md"]
WITHOUT_ROUTE = {
    "keep-people": "people are kept by `stepdown user` and `stepdown key`; pages for it come with the access model",
}


def _words(text: str) -> set[str]:
    return set(re.findall(r"`([^`\n]+)`", text))


def _code(text: str) -> str:
    """What a page sets as code: within backticks, or indented."""
    return "\n".join(
        (*re.findall(r"`([^`\n]+)`", text), *re.findall(r"^    .*stepdown .*$", text, re.MULTILINE))
    )


def _commands(group: typer.Typer, head: str = "stepdown") -> set[str]:
    own = {f"{head} {one.name or one.callback.__name__}" for one in group.registered_commands if one.callback}  # type: ignore[attr-defined]
    inner = (
        _commands(one.typer_instance, f"{head} {one.name}")
        for one in group.registered_groups
        if one.typer_instance
    )
    return own.union(*inner)


def _enums() -> set[str]:
    kinds = (
        getattr(import_module(_dotted(file)), one)
        for file, made in modules("models").items()
        for one in made.classes
    )
    return {kind.__name__ for kind in kinds if issubclass(kind, StrEnum)}


def _dotted(file: str) -> str:
    return file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def test_the_glossary_names_every_table() -> None:
    assert tables.INSERT_ONLY
    assert set(SQLModel.metadata.tables) - _words(GLOSSARY) == set()


def test_the_glossary_names_every_change() -> None:
    assert {one.__name__ for one in Change.__subclasses__()} - _words(GLOSSARY) == set()
    assert {one.action for one in Change.__subclasses__()} - _words(GLOSSARY) == set()


def test_the_glossary_names_every_closed_list_of_words() -> None:
    assert _enums() - _words(GLOSSARY) == set()


def test_every_refusal_is_explained() -> None:
    def below(kind: type[CareError]) -> set[type[CareError]]:
        return {kind}.union(*(below(one) for one in kind.__subclasses__()))

    assert {one.code for one in below(CareError)} - _words(docs()) == set()


def test_every_setting_is_explained() -> None:
    assert {f"STEPDOWN_{one.upper()}" for one in Settings.model_fields} - _words(
        texts()["README.md"]
    ) == set()


def test_every_command_is_explained() -> None:
    from services.cli.app import app

    known = _commands(app)
    told = {
        " ".join(one)
        for one in re.findall(
            r"\b(stepdown) ([a-z]+(?:-[a-z]+)*)(?: ([a-z]+(?:-[a-z]+)*)\b)?", _code(texts()["README.md"])
        )
    }
    named = {one for one in known if any(f"{said} ".startswith(f"{one} ") for said in told)}
    assert known - named == set(), "say in the README what it does"
    assert {said for said in told if not any(f"{said} ".startswith(f"{one} ") for one in known)} == set(), (
        "no such command"
    )


def test_every_route_stands_under_an_action_and_every_action_has_a_route() -> None:
    served = [route for routes in (*api.ROUTES, *pages.ROUTES) for route in routes.routes]
    used = {route.openapi_extra["x-action"] for route in served}  # type: ignore[attr-defined]
    assert used - {OPEN} <= set(ACCESS)
    assert set(ACCESS) - used == set(WITHOUT_ROUTE), "give the action a route, or its reason here"


def test_the_access_page_is_the_access_table() -> None:
    rows = re.findall(r"^\| `([a-z-]+)` \| (.+?) \|$", texts()["docs/access.md"], re.MULTILINE)
    assert {action: frozenset(roles.split(", ")) for action, roles in rows} == {
        action: frozenset({"everyone"} if len(roles) == 10 else {role.value for role in roles})
        for action, roles in ACCESS.items()
    }
