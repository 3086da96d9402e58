"""The key that signs the audit log, in a file that only its owner may read."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from services.errors import CareError
from services.settings import made_once


@dataclass(frozen=True, slots=True)
class LogKey:
    """A log's name, which is also its key's, and the key."""

    name: str
    private: Ed25519PrivateKey
    public: Ed25519PublicKey


def log_key(path: Path) -> LogKey:
    """Return the signing key kept in this file, made on first use.

    Raises: CareError, if the file is open to others or holds no Ed25519 key.
    """
    made_once(path, _new)
    if path.stat().st_mode & 0o077:
        raise CareError(f"{path} signs the audit log and is open to others. Close it: chmod 600 {path}")
    return _named(_read(path))


def _new() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        private = load_pem_private_key(path.read_bytes(), None)
    except (ValueError, TypeError) as cause:
        raise CareError(f"{path} holds no private key.") from cause
    if not isinstance(private, Ed25519PrivateKey):
        raise CareError(f"{path} holds another kind of key than Ed25519.")
    return private


def _named(private: Ed25519PrivateKey) -> LogKey:
    public = private.public_key()
    return LogKey(f"stepdown/{sha256(public.public_bytes_raw()).hexdigest()[:16]}", private, public)
