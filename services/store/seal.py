"""Sealing: one key per person, wrapped by the installation's key. Destroying a person's key erases the person.

AES-256-GCM with a random 12-byte nonce in front; the associated data names the row and column, so that a value moved
to another row does not open. Identifiers are found by a keyed hash (blind index), never stored in clear.
"""

import hashlib
import hmac
import json
import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.errors import CareError
from services.settings import made_once

_NONCE = 12
_KEY_BYTES = 32
_NO_KEY = """\
{path} holds {found} bytes, and a key has {wanted}: it is damaged, or was never written to the end. Put it back from your
copy. If nobody is enrolled here yet, remove it, and the next start makes a new one."""


@dataclass(frozen=True, slots=True, repr=False)
class PersonKey:
    """One person's data key."""

    secret: bytes

    def seal(self, plain: str, *where: object) -> bytes:
        """Return a text encrypted for one row and column."""
        nonce = os.urandom(_NONCE)
        return nonce + AESGCM(self.secret).encrypt(nonce, plain.encode(), _where(where))

    def open(self, sealed: bytes, *where: object) -> str:
        """Return the text sealed for this row and column. Raises: cryptography.exceptions.InvalidTag."""
        return AESGCM(self.secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], _where(where)).decode()

    def commitment(self, fact_id: UUID, *parts: bytes) -> str:
        """Return a salted hash of a fact's content; without the person's key a low score cannot be guessed from it."""
        return hmac.digest(self.secret, fact_id.bytes + b"".join(parts), hashlib.sha256).hex()


@dataclass(frozen=True, slots=True, repr=False)
class Vault:
    """The installation's wrapping key."""

    secret: bytes
    missing: Path | None = None

    @classmethod
    def closed(cls, path: Path) -> "Vault":
        """Return a vault whose key file is not there: for who reads nothing that is sealed. Its use is refused."""
        return cls(b"", path)

    @classmethod
    def at(cls, path: Path) -> "Vault":
        """Return the vault whose key file is at a path, made with mode 0600 when it is not there yet.

        Raises: CareError, if the file is open to everybody or holds no such key.
        """
        secret = made_once(path, lambda: os.urandom(_KEY_BYTES)).read_bytes()
        # A group may be let in on purpose, as secrets of containers do.
        if path.stat().st_mode & 0o007:
            raise CareError(
                f"{path} opens every sealed name and is open to everybody. Close it: chmod 600 {path}"
            )
        if len(secret) != _KEY_BYTES:
            raise CareError(_NO_KEY.format(path=path, found=len(secret), wanted=_KEY_BYTES))
        return cls(secret)

    def new_key(self, client_id: UUID) -> tuple[PersonKey, bytes]:
        """Return a fresh person's key and its wrapping."""
        key = PersonKey(AESGCM.generate_key(256))
        nonce = os.urandom(_NONCE)
        return key, nonce + AESGCM(self._part(b"wrap")).encrypt(nonce, key.secret, client_id.bytes)

    def unwrap(self, wrapped: bytes, client_id: UUID) -> PersonKey:
        """Return a person's key. Raises: cryptography.exceptions.InvalidTag."""
        return PersonKey(
            AESGCM(self._part(b"wrap")).decrypt(wrapped[:_NONCE], wrapped[_NONCE:], client_id.bytes)
        )

    @property
    def own(self) -> PersonKey:
        """The installation's own key, for secrets that belong to no client."""
        return PersonKey(self._part(b"own"))

    def blind(self, system: str, value: str) -> bytes:
        """Return the keyed hash by which an identifier is found."""
        text = unicodedata.normalize("NFKC", f"{system}\x1f{value}").casefold()
        return hmac.digest(self._part(b"blind"), text.encode(), hashlib.sha256)

    def _part(self, use: bytes) -> bytes:
        if self.missing is not None:
            raise CareError(f"This reads what is sealed, and there is no key at {self.missing}.")
        return hmac.digest(self.secret, use, hashlib.sha256)


def pack(values: Mapping[str, object]) -> str:
    """Return identifying fields as one text to seal."""
    return json.dumps(values, ensure_ascii=False, sort_keys=True)


def _where(where: tuple[object, ...]) -> bytes:
    return "|".join(str(part) for part in where).encode()
