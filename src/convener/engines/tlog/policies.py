"""Policies (C2SP tlog-policy): whose checkpoints count, and which witnesses must have seen them.

policy = read_policy("log VKEY\\nwitness w1 VKEY\\nquorum w1\\n")
policy.check(note)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from convener.engines.tlog.checkpoints import Checkpoint, read_checkpoint
from convener.engines.tlog.notes import COSIGNATURE, ED25519, Note, NoteError, Verifier, read_vkey, verify
from convener.errors import Sentence, Unreadable, sentence

NONE = "none"
#: More than any policy needs; the specification asks for 32 of each.
_MOST_LINES = 1_000
_REFUSED = re.compile("[\x00-\x08\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Witness:
    """A witness by the name that it has in the policy, and where checkpoints are handed to it ("" where nobody said)."""

    name: str
    verifier: Verifier
    url: str = ""


@dataclass(frozen=True)
class Group:
    """So many of these members, witnesses or groups, must have witnessed."""

    least: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """Logs, witnesses and groups by name, and the name of the witness or group that must have witnessed: ``none`` for nobody."""

    logs: tuple[Verifier, ...] = ()
    witnesses: Mapping[str, Witness] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE

    def check(self, note: Note) -> Checkpoint:
        """The checkpoint of a note that one of the logs signed, under its own name, and enough witnesses with it.

        Raises NoteError where it is not so.
        """
        checkpoint = read_checkpoint(note.text)
        verify(note, [log for log in self.logs if log.name == checkpoint.origin])
        known = [witness.verifier for witness in self.witnesses.values()]
        names = {(one.name, one.key_id) for one in known}
        some = any((one.name, one.key_id) in names for one in note.signatures)
        if not self.is_met(verify(note, known) if some else ()):
            told = sentence("Not enough witnesses signed this checkpoint.")
            raise NoteError(told, hint=sentence("Wait until they have, and ask for it again."))
        return checkpoint

    def is_met(self, signed: Iterable[Verifier]) -> bool:
        """Whether these are enough."""
        keys = {*signed}
        met = {name for name, witness in self.witnesses.items() if witness.verifier in keys}
        for name, group in self.groups.items():  # each after its members
            if len(met & {*group.members}) >= group.least:
                met.add(name)
        return self.quorum == NONE or self.quorum in met


def read_policy(text: str) -> Policy:
    """Read a policy. Raises Unreadable with the number of the line that is wrong."""
    reading = _Reading()
    lines = text.split("\n")
    if len(lines) > _MOST_LINES:
        raise _wrong(_MOST_LINES, sentence("The policy has too many lines."))
    for number, line in enumerate(lines, 1):
        if _REFUSED.search(line):
            raise _wrong(number, sentence("There is a control character in it."))
        words = line.replace("\t", " ").split(" ")
        reading.take(number, [word for word in words if word])
    if reading.quorum is None:
        raise _wrong(len(lines), sentence('There is no line "quorum".'))
    return Policy(tuple(reading.logs), reading.witnesses, reading.groups, reading.quorum)


class _Reading:
    """A policy on its way."""

    def __init__(self) -> None:
        self.logs: list[Verifier] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self._members: set[str] = set()
        self._keys: set[bytes] = set()

    def take(self, number: int, words: list[str]) -> None:
        """Read a line."""
        if not words or words[0].startswith("#"):
            return
        kinds = {"log": self._log, "witness": self._witness, "group": self._group, "quorum": self._quorum}
        kind = kinds.get(words[0])
        if kind is None:
            raise _wrong(number, sentence("It begins with none of log, witness, group, quorum."))
        kind(number, words[1:])

    def _log(self, number: int, words: list[str]) -> None:
        if len(words) not in (1, 2):
            raise _wrong(number, sentence("A log has a key, and perhaps an address."))
        self.logs.append(self._key(number, words[0], ED25519))

    def _witness(self, number: int, words: list[str]) -> None:
        if len(words) not in (2, 3):
            raise _wrong(number, sentence("A witness has a name and a key, and perhaps an address."))
        name = self._new(number, words[0])
        self.witnesses[name] = Witness(name, self._key(number, words[1], COSIGNATURE), "".join(words[2:]))

    def _group(self, number: int, words: list[str]) -> None:
        if len(words) < 3:
            raise _wrong(number, sentence("A group has a name, how many of its members are needed, and members."))
        name, members = self._new(number, words[0]), words[2:]
        for member in members:
            if member not in self.witnesses and member not in self.groups:
                raise _wrong(number, sentence("A member is not named in a line before."))
            if member in self._members:
                raise _wrong(number, sentence("A member is in a group already."))
            self._members.add(member)
        counts = {"any": 1, "all": len(members)}
        is_number = re.fullmatch("[1-9][0-9]{0,3}", words[1]) is not None
        least = counts.get(words[1]) or (int(words[1]) if is_number else 0)
        if not 1 <= least <= len(members):
            raise _wrong(number, sentence("How many are needed is any, all, or a number up to that of the members."))
        self.groups[name] = Group(least, tuple(members))

    def _quorum(self, number: int, words: list[str]) -> None:
        if self.quorum is not None or len(words) != 1:
            raise _wrong(number, sentence('There is one line "quorum" with one name.'))
        if words[0] not in (NONE, *self.witnesses, *self.groups):
            raise _wrong(number, sentence("The quorum is not named in a line before."))
        self.quorum = words[0]

    def _new(self, number: int, name: str) -> str:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise _wrong(number, sentence("The name is taken."))
        return name

    def _key(self, number: int, text: str, type: int) -> Verifier:
        try:
            key = read_vkey(text)
        except NoteError as error:
            raise _wrong(number, sentence("The key is none.")) from error
        if key.type != type:
            raise _wrong(number, sentence("The key is for another use."))
        if key.public in self._keys:
            raise _wrong(number, sentence("The key stands in a line before."))
        self._keys.add(key.public)
        return key


def _wrong(number: int, what: Sentence) -> Unreadable:
    told = sentence("The policy cannot be read, line %(line)s: %(what)s", line=number, what=what)
    return Unreadable(told, hint=sentence("The lines of a policy are: log, witness, group, quorum."))
