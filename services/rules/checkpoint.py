"""A signed statement of what the log holds, as text that other people's witnesses read and co-sign.

    stepdown/5f0c…            the log's name
    1000                      how many entries
    Rk9P…=                    the root over them

    — stepdown/5f0c… aGk…=    the signature (others may add theirs below)

Source: C2SP tlog-checkpoint and signed-note, https://c2sp.org/signed-note; signatures are RFC 8032 Ed25519.
"""

import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_ED25519 = b"\x01"
_ROOT = r"[A-Za-z0-9+/]{43}="
_TEXT = re.compile(rf"(?P<origin>[^\n]+)\n(?P<size>0|[1-9]\d{{0,18}})\n(?P<root>{_ROOT})\n(?:[^\n]+\n)*")
_NOTE = re.compile(rf"^[^\n]+\n\d+\n{_ROOT}\n(?:[^\n]+\n)*?\n(?:— [^\n]+\n)+", re.MULTILINE)


class NotSigned(ValueError):
    """This text does not carry a valid signature by this key over a checkpoint."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What the first `size` entries of a log hash to, with the signed note that says so."""

    origin: str
    size: int
    root: bytes
    note: str


def seal(name: str, private: Ed25519PrivateKey, *, size: int, root: bytes) -> Checkpoint:
    """Return a signed checkpoint; the log and its key share one name."""
    text = f"{name}\n{size}\n{b64encode(root).decode()}\n"
    return Checkpoint(name, size, root, sign(text, name, private))


def opened(note: str, public_key: str) -> Checkpoint:
    """Return the checkpoint that a note states, once its signature is proved.

    Raises: NotSigned, for another key's note, a changed one, or text that is no checkpoint.
    """
    text, name = proved(note, public_key), public_key.split("+", 1)[0]
    stated = _TEXT.fullmatch(text)
    if stated is None or stated["origin"] != name:
        raise NotSigned("The signed text is not a checkpoint of this log.")
    return Checkpoint(name, int(stated["size"]), b64decode(stated["root"]), note)


def sign(text: str, name: str, private: Ed25519PrivateKey) -> str:
    """Return a text with its signature beneath."""
    signature = _key_id(name, private.public_key()) + private.sign(text.encode())
    return f"{text}\n— {name} {b64encode(signature).decode()}\n"


def proved(note: str, public_key: str) -> str:
    """Return the text of a note that this key has signed; lines of other signers are passed over.

    Raises: NotSigned.
    """
    name, public = read_public(public_key)
    text, blank, signatures = note.rpartition("\n\n")
    text += "\n"
    for signature in _signatures(signatures if blank else "", name, _key_id(name, public)):
        try:
            public.verify(signature, text.encode())
        except InvalidSignature as cause:
            raise NotSigned("The text was changed after it was signed.") from cause
        return text
    raise NotSigned("This key has not signed this text.")


def public_text(name: str, public: Ed25519PublicKey) -> str:
    """Return a public key as a verifier is given it: name, key id and key in one line."""
    return f"{name}+{_key_id(name, public).hex()}+{b64encode(_ED25519 + public.public_bytes_raw()).decode()}"


def read_public(public_key: str) -> tuple[str, Ed25519PublicKey]:
    """Return the name and key in a public key's text. Raises: NotSigned, if it does not fit itself."""
    try:
        name, key_id, coded = public_key.strip().split("+", 2)
        raw = b64decode(coded, validate=True)
        public = Ed25519PublicKey.from_public_bytes(raw[1:])
    except ValueError as cause:
        raise NotSigned("This is not a public key of the form name+id+key.") from cause
    if raw[:1] != _ED25519 or _key_id(name, public).hex() != key_id:
        raise NotSigned("The public key does not fit its own name and id.")
    return name, public


def notes_in(text: str) -> list[str]:
    """Return the notes in a file to which checkpoints are appended; a torn last line is no note."""
    return [found.group() for found in _NOTE.finditer(text)]


def stated_size(note: str) -> int:
    """Return the size that a note claims, proved or not; 0 where it claims none."""
    claim = _TEXT.match(note)
    return int(claim["size"]) if claim else 0


def _signatures(lines: str, name: str, key_id: bytes) -> Iterator[bytes]:
    for line in lines.split("\n"):
        dash, _, rest = line.partition(" ")
        signer, _, coded = rest.rpartition(" ")
        if (dash, signer) != ("—", name):
            continue
        try:
            signature = b64decode(coded, validate=True)
        except ValueError:
            continue
        if signature[:4] == key_id:
            yield signature[4:]


def _key_id(name: str, public: Ed25519PublicKey) -> bytes:
    return sha256(name.encode() + b"\n" + _ED25519 + public.public_bytes_raw()).digest()[:4]
