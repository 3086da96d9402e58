"""What we stand on: every direct dependency is locked at a version its pin admits, with hashes and without an address."""

import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.house.tree import ROOT, texts

LOCK = texts()["requirements.lock"]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
DIRECT = [
    Requirement(line)
    for group in (
        PROJECT["project"]["dependencies"],
        PROJECT["dependency-groups"]["dev"],
        PROJECT["build-system"]["requires"],
    )
    for line in group
]


def _locked() -> dict[str, str]:
    pins = re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", LOCK, re.MULTILINE)
    return {canonicalize_name(name): version for name, version in pins}


def test_the_lock_names_no_address() -> None:
    assert "://" not in LOCK


def test_every_locked_package_has_hashes() -> None:
    entries = re.split(r"\n(?=[A-Za-z])", LOCK.strip())
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


def test_every_direct_dependency_is_locked_as_its_pin_allows() -> None:
    locked = _locked()
    wrong = {
        str(one): locked.get(canonicalize_name(one.name), "not locked")
        for one in DIRECT
        if not one.specifier.contains(locked.get(canonicalize_name(one.name), "0"), prereleases=True)
    }
    assert not wrong, "run `make lock`"


def test_every_direct_dependency_says_why() -> None:
    told = texts()["docs/adr/0009-dependencies.md"].lower()
    assert [one.name for one in DIRECT if f"`{one.name.lower()}`" not in told] == []
