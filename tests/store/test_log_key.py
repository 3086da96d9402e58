"""The signing key is made once and is its owner's alone; notes kept outside survive a torn write."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from services.errors import CareError
from services.rules import checkpoint
from services.store.kept_notes import keep, kept
from services.store.log_key import log_key


def test_the_key_is_made_on_first_use_and_found_again(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "log"
    made, found = log_key(path), log_key(path)
    assert made.name == found.name
    assert made.private.private_bytes_raw() == found.private.private_bytes_raw()
    assert path.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["log"]


def test_two_commands_at_once_make_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        names = {key.name for key in pool.map(log_key, [tmp_path / "log"] * 8)}
    assert len(names) == 1


def test_a_key_open_to_others_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log"
    log_key(path)
    path.chmod(0o640)
    with pytest.raises(CareError, match="chmod 600"):
        log_key(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a key",
        generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
    ],
)
def test_a_file_that_holds_no_such_key_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "log"
    path.write_bytes(content)
    path.chmod(0o600)
    with pytest.raises(CareError, match="holds"):
        log_key(path)
    assert path.read_bytes() == content


def test_kept_notes_are_only_added_and_read_back_past_a_torn_line(tmp_path: Path) -> None:
    key, path = log_key(tmp_path / "log"), tmp_path / "checkpoints.log"
    notes = [checkpoint.seal(key.name, key.private, size=size, root=bytes(32)).note for size in (1, 2, 3)]
    assert checkpoint.notes_in(kept(path)) == []
    keep(path, notes[0])
    with path.open("a") as torn:
        torn.write(notes[1][:40])
    keep(path, notes[1])
    keep(path, notes[2])
    keep(path, notes[2])
    assert checkpoint.notes_in(kept(path)) == notes
    assert kept(path).count(notes[2]) == 1
    assert path.stat().st_mode & 0o777 == 0o600
