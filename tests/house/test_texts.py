"""Nothing in the repository speaks of one machine, of a registry's host or of a page that is not here."""

import re
from pathlib import PurePosixPath

import pytest

from tests.house.tree import ROOT, texts

_ELSEWHERE = {
    "a path of one machine": r"/work/[a-z.]|/root/[\w.]|/home/[\w.]|/Users/[\w.]|[A-Z]:\\Users",
    "a package registry's host": r"pypi\.(org|io)|pythonhosted\.|npmjs\.|artifactory|nexus\.|docker\.io|ghcr\.|quay\.",
    "a tool of one workplace": r"\bissues (show|list|close)\b|\.library/|\bbrief\.md",
}
_PAGE = re.compile(r"\b([A-Z][A-Z_]+\.md)\b")
_LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")
_BY_HAND = {"tests/house/test_texts.py", "requirements.lock"}


@pytest.mark.parametrize("what", sorted(_ELSEWHERE))
def test_no_file_names(what: str) -> None:
    pattern = re.compile(_ELSEWHERE[what])
    found = {
        file: hit[0]
        for file, text in texts().items()
        if file not in _BY_HAND and (hit := pattern.search(text))
    }
    assert not found, f"names {what}"


def test_every_page_that_is_named_is_here() -> None:
    here = {PurePosixPath(file).name for file in texts()}
    named = {
        page: file for file, text in texts().items() if file not in _BY_HAND for page in _PAGE.findall(text)
    }
    assert {page: file for page, file in named.items() if page not in here} == {}


def test_every_link_between_pages_leads_somewhere() -> None:
    pages = {file: text for file, text in texts().items() if file.endswith(".md")}
    dead = [
        f"{file}: {link}"
        for file, text in pages.items()
        for link in _LINK.findall(text)
        if not (ROOT / file).parent.joinpath(link).exists()
    ]
    assert dead == []
