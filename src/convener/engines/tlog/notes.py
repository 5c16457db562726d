"""Signed notes (C2SP signed-note): a text and who signed it; the keys, as people hand them on (vkeys).

signer = Signer("example.org/record", seed)
vkey = signer.verifier.vkey
note = signed("a text\\n", signer)
verify(read_note(note), [read_vkey(vkey)])
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from convener.engines.tlog.coding import coded, decoded
from convener.errors import Unreadable, sentence

#: Types of signatures: by a log, and by a witness with a time (C2SP tlog-cosignature).
ED25519, COSIGNATURE = 0x01, 0x04
#: More than any note of ours has; the specification asks for sixteen signatures at least.
MOST_BYTES, MOST_SIGNATURES = 1_000_000, 100
_KEY_BYTES, _SIGNATURE_BYTES, _TIME_BYTES = 32, 64, 8
_DASH = "\u2014 "
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f]")
_VKEY = re.compile(r"(?P<name>[^\s+]+)\+(?P<id>[0-9a-f]{8})\+(?P<key>[A-Za-z0-9+/=]+)")


class NoteError(Unreadable):
    """A text that is no signed note, or a signature that does not hold."""


@dataclass(frozen=True, slots=True)
class Verifier:
    """A public key with the name of who signs, and the type of its signatures."""

    name: str
    public: bytes
    type: int = ED25519

    def __post_init__(self) -> None:
        if not is_key_name(self.name) or len(self.public) != _KEY_BYTES or self.type not in (ED25519, COSIGNATURE):
            raise NoteError(sentence("This is no key for notes."), hint=sentence("Ask its owner for it again."))

    @property
    def key_id(self) -> bytes:
        """Four bytes that tell the keys of one name apart; no proof of anything."""
        return hashlib.sha256(self.name.encode() + b"\n" + bytes([self.type]) + self.public).digest()[:4]

    @property
    def vkey(self) -> str:
        """The key as a line of text."""
        return f"{self.name}+{self.key_id.hex()}+{coded(bytes([self.type]) + self.public)}"

    def holds(self, text: str, signature: bytes) -> bool:
        """Whether this key made the signature (without key ID) of a text; of a witness, with the time in it."""
        message = text.encode()
        if self.type == COSIGNATURE:
            if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
                return False
            time, signature = int.from_bytes(signature[:_TIME_BYTES]), signature[_TIME_BYTES:]
            message = cosigned(text, time)
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True, repr=False)
class Signer:
    """A private key: the 32-byte ``seed`` of Ed25519. Its text never shows it."""

    name: str
    seed: bytes
    type: int = ED25519

    @property
    def verifier(self) -> Verifier:
        """The public half."""
        key = Ed25519PrivateKey.from_private_bytes(self.seed)
        return Verifier(self.name, key.public_key().public_bytes_raw(), self.type)

    def line(self, text: str, *, time: int = 0) -> str:
        """The line that signs a text; of a witness with the time in seconds since 1970."""
        key, of = Ed25519PrivateKey.from_private_bytes(self.seed), self.verifier
        if self.type == COSIGNATURE:
            signature = time.to_bytes(_TIME_BYTES) + key.sign(cosigned(text, time))
        else:
            signature = key.sign(text.encode())
        return f"{_DASH}{self.name} {coded(of.key_id + signature)}\n"


class Signature(NamedTuple):
    """A signature as its line has it: who is said to have signed, by which key."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        """The line as it stands in a note."""
        return f"{_DASH}{self.name} {coded(self.key_id + self.signature)}\n"

    @property
    def time(self) -> int:
        """When a witness signed, in seconds since 1970."""
        return int.from_bytes(self.signature[:_TIME_BYTES])


@dataclass(frozen=True, slots=True)
class Note:
    """A text, which ends with a line's end, and its signatures, of which nothing is known before :func:`verify`."""

    text: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return f"{self.text}\n{''.join(one.line for one in self.signatures)}"


def is_key_name(name: str) -> bool:
    """Whether a key may be called so: not empty, without blanks and plus signs."""
    return bool(name) and "+" not in name and not any(sign.isspace() or not sign.isprintable() for sign in name)


def cosigned(text: str, time: int) -> bytes:
    """What a witness signs: the text with the time before it."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def signed(text: str, *signers: Signer) -> str:
    """The note of a text that these sign. Raises NoteError for a text that can be none."""
    _check_text(text)
    return f"{text}\n{''.join(signer.line(text) for signer in signers)}"


def read_vkey(text: str) -> Verifier:
    """The public key of a vkey. Raises NoteError where it is none, or its ID is another key's."""
    match = _VKEY.fullmatch(text.strip())
    raw = (decoded(match["key"]) if match else None) or b""
    if match and len(raw) == 1 + _KEY_BYTES and raw[0] in (ED25519, COSIGNATURE):
        verifier = Verifier(match["name"], raw[1:], raw[0])
        if verifier.key_id.hex() == match["id"]:
            return verifier
    told = sentence("This is no key for notes: %(key)s.", key=text[:100])
    raise NoteError(
        told, hint=sentence("A key is one line: name, plus sign, eight hexadecimal digits, plus sign, Base64.")
    )


def read_note(text: str | bytes) -> Note:
    """Take a note apart; nothing is verified. Raises NoteError."""
    whole = _as_text(text)
    body, blank, lines = whole.rpartition("\n\n")
    body += "\n"
    if not blank or not lines.endswith("\n"):
        raise _no_note()
    _check_text(body)
    parts = lines[:-1].split("\n")
    if len(parts) > MOST_SIGNATURES:
        raise _no_note()
    return Note(body, tuple(_signature(line) for line in parts))


def read_signatures(text: str | bytes) -> tuple[Signature, ...]:
    """Signature lines without their note, as a witness answers. Raises NoteError."""
    whole = _as_text(text)
    lines = whole.removesuffix("\n").split("\n")
    if not whole.endswith("\n") or len(lines) > MOST_SIGNATURES:
        raise _no_note()
    return tuple(_signature(line) for line in lines)


def verify(note: Note, known: Iterable[Verifier]) -> tuple[Verifier, ...]:
    """Those of the known keys that signed, each once. Signatures by others are passed over.

    Raises NoteError where a signature that says it is by a known key does not hold, or where no known key signed.
    """
    by_key = {(one.name, one.key_id): one for one in known}
    found: dict[Verifier, None] = {}
    for signature in note.signatures:
        verifier = by_key.get((signature.name, signature.key_id))
        if verifier is None:
            continue
        if not verifier.holds(note.text, signature.signature):
            told = sentence("The signature of %(name)s does not hold.", name=verifier.name)
            raise NoteError(told, hint=sentence("The text was changed, or it was not signed by this key."))
        found[verifier] = None
    if not found:
        told = sentence("None of the known keys signed this.")
        raise NoteError(told, hint=sentence("Check that you have the right key, from somebody you trust."))
    return tuple(found)


def _signature(line: str) -> Signature:
    name, blank, rest = line.removeprefix(_DASH).partition(" ")
    raw = decoded(rest) or b""
    if not line.startswith(_DASH) or not blank or not is_key_name(name) or len(raw) < 5:
        raise _no_note()
    return Signature(name, raw[:4], raw[4:])


def _as_text(text: str | bytes) -> str:
    if len(text) > MOST_BYTES:
        raise _no_note()
    try:
        return text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError:
        raise _no_note() from None


def _check_text(text: str) -> None:
    if not text.endswith("\n") or _CONTROL.search(text) or not _is_utf_8(text):
        raise _no_note()


def _is_utf_8(text: str) -> bool:
    return not any("\ud800" <= sign <= "\udfff" for sign in text)


def _no_note() -> NoteError:
    told = sentence("This is no signed note.")
    return NoteError(told, hint=sentence("It may have been cut off or changed on its way; ask for it again."))
