"""The wrapping key is made once, whole or not at all, and is refused when it is damaged or open to everybody."""

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from services.errors import CareError
from services.store.seal import Vault

DIES_WHILE_WRITING = """
import os, signal, sys
from pathlib import Path
from services.store import seal
seal.os.urandom = lambda _: os.kill(os.getpid(), signal.SIGKILL)
seal.Vault.at(Path(sys.argv[1]))
"""


def test_the_key_is_made_on_first_use_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "kek"
    assert Vault.at(path).secret == Vault.at(path).secret == path.read_bytes()
    assert (path.stat().st_mode & 0o777, path.stat().st_size) == (0o600, 32)
    assert [file.name for file in path.parent.iterdir()] == ["kek"]


def test_a_command_killed_while_it_makes_the_key_leaves_none(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "kek"
    died = subprocess.run([sys.executable, "-c", DIES_WHILE_WRITING, str(path)], check=False)
    assert (died.returncode, path.exists()) == (-signal.SIGKILL, False)
    assert len(Vault.at(path).secret) == 32


def test_two_commands_at_once_make_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len({vault.secret for vault in pool.map(Vault.at, [tmp_path / "kek"] * 8)}) == 1


@pytest.mark.parametrize("found", [0, 31, 33])
def test_a_file_that_holds_no_whole_key_is_refused_with_what_to_do_and_left_alone(
    tmp_path: Path, found: int
) -> None:
    path = tmp_path / "kek"
    path.write_bytes(os.urandom(found))
    path.chmod(0o600)
    with pytest.raises(CareError, match=f"(?s)holds {found} bytes.*from your\ncopy"):
        Vault.at(path)
    assert path.stat().st_size == found


def test_a_key_open_to_everybody_is_refused_and_one_that_a_group_may_read_is_not(tmp_path: Path) -> None:
    path = tmp_path / "kek"
    kept = Vault.at(path)
    path.chmod(0o444)
    with pytest.raises(CareError, match="chmod 600"):
        Vault.at(path)
    path.chmod(0o440)
    assert Vault.at(path) == kept
