"""The key file: the hub's own secrets, sealed with a passphrase.

The file is JSON that names its own algorithms: Argon2id (RFC 9106) makes a key of the passphrase, with the salt and the
costs that stand beside it, and libsodium's secretbox (XSalsa20-Poly1305) seals the secrets with it. So the costs can be
raised later without making old files unreadable.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import unicodedata
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

from nacl import pwhash, utils
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from pydantic import Base64Bytes, BaseModel, Field, ValidationError, field_validator

from convener.errors import InvalidValue, Refused, Unreadable

MIN_PASSPHRASE = 12
FORMAT = "convener-keys"
VERSION = 1
#: A key file is small; anything bigger is something else.
LARGEST_FILE = 64 * 1024


@dataclass(frozen=True)
class HubSecrets:
    """What a hub must know to read its own data: ``secret_key`` signs, ``field_key`` (base64 of 32 bytes) encrypts."""

    secret_key: str
    field_key: str

    def fingerprint(self) -> str:
        """Tells field keys apart without giving one away: 128 bits of a hash over 256 random ones."""
        return hashlib.blake2b(base64.b64decode(self.field_key), digest_size=16, person=b"convener-field").hexdigest()


class _Costs(BaseModel):
    """How the passphrase becomes a key; bounded, because the file may come from anywhere."""

    name: Literal["argon2id"]
    salt: Base64Bytes
    operations: int = Field(ge=1, le=16)
    memory_bytes: int = Field(ge=8 * 1024, le=1024**3)

    @field_validator("salt")
    @classmethod
    def _of_its_length(cls, salt: bytes) -> bytes:
        if len(salt) != pwhash.argon2id.SALTBYTES:
            raise ValueError("the salt has another length than Argon2id's")
        return salt

    def key(self, passphrase: str) -> bytes:
        """The key of ``passphrase``; the same however the keyboard composed its accents (NFKC)."""
        text = unicodedata.normalize("NFKC", passphrase).encode()
        made: bytes = pwhash.argon2id.kdf(SecretBox.KEY_SIZE, text, self.salt, self.operations, self.memory_bytes)
        return made


class _KeyFile(BaseModel):
    """The content of a key file."""

    made_at: datetime
    kdf: _Costs
    cipher: Literal["xsalsa20-poly1305"]
    sealed: Base64Bytes


class _Sealed(BaseModel):
    """What is inside the seal."""

    secret_key: str = Field(min_length=20)
    field_key: str


def check_passphrase(passphrase: str) -> None:
    """Raise InvalidValue for a passphrase of fewer than 12 characters."""
    if len(passphrase) < MIN_PASSPHRASE:
        raise InvalidValue(
            "passphrase",
            f"The passphrase has fewer than {MIN_PASSPHRASE} characters.",
            hint="Whoever has the key file can try passphrases without limit: use several random words.",
        )


def seal(secrets: HubSecrets, passphrase: str, made_at: datetime) -> bytes:
    """The content of a key file for ``secrets``. Raises InvalidValue for a short passphrase.

    Takes 256 MiB and about a second, on purpose: so does every guess.
    """
    check_passphrase(passphrase)
    salt = utils.random(pwhash.argon2id.SALTBYTES)
    costs = {
        "name": "argon2id",
        "salt": base64.b64encode(salt).decode(),
        "operations": pwhash.argon2id.OPSLIMIT_MODERATE,
        "memory_bytes": pwhash.argon2id.MEMLIMIT_MODERATE,
    }
    key = _Costs.model_validate(costs).key(passphrase)
    sealed = SecretBox(key).encrypt(json.dumps(asdict(secrets)).encode())
    content = {
        "format": FORMAT,
        "version": VERSION,
        "made_at": made_at.isoformat(),
        "kdf": costs,
        "cipher": "xsalsa20-poly1305",
        "sealed": base64.b64encode(sealed).decode(),
    }
    return (json.dumps(content, indent=2) + "\n").encode()


def open_sealed(content: bytes, passphrase: str) -> HubSecrets:
    """The secrets in a key file. Raises Unreadable where it is none, Refused for a newer one or a wrong passphrase."""
    file = _parse(content)
    try:
        inside = SecretBox(file.kdf.key(passphrase)).decrypt(file.sealed)
    except (CryptoError, ValueError) as error:
        raise Refused(
            "The passphrase does not open this key file.",
            hint="Type it again as it was when the backup was made. Nothing was changed.",
        ) from error
    try:
        found = _Sealed.model_validate_json(inside)
        if len(base64.b64decode(found.field_key, validate=True)) != SecretBox.KEY_SIZE:
            raise _not_a_key_file()
    except (ValidationError, binascii.Error) as error:
        raise _not_a_key_file() from error
    return HubSecrets(found.secret_key, found.field_key)


def _parse(content: bytes) -> _KeyFile:
    try:
        outer = json.loads(content)
        if not isinstance(outer, dict) or outer.get("format") != FORMAT:
            raise _not_a_key_file()
        if outer.get("version") != VERSION:
            raise Refused(
                "This key file was written by a newer Convener.", hint="Install that version, or a later one."
            )
        return _KeyFile.model_validate(outer)
    except (ValueError, RecursionError) as error:  # ValidationError is a ValueError too
        raise _not_a_key_file() from error


def _not_a_key_file() -> Unreadable:
    return Unreadable(
        "This is not a key file of Convener, or it is damaged.", hint="Name the file 'backup --keys' wrote."
    )
