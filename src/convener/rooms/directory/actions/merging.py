"""What the directory does when two records of one organisation are merged: fill the gaps of the kept entry, and back.

Whoever follows the outbox is told of both records and of all that changed hands with them: who keeps a record finds it,
and nobody else may once it is theirs no more.
"""

from __future__ import annotations

from typing import Any

from convener.foundation.actor import Actor
from convener.foundation.outbox.actions import emit
from convener.foundation.parties.merging import Moves, on_merge
from convener.foundation.parties.models import Merge, Party, Provenance
from convener.foundation.parties.rows import IdentifierRow, NameRow
from convener.rooms.directory.actions import writing
from convener.rooms.directory.actions.drafts import Draft, column_of_scheme, load_drafts, lock
from convener.rooms.directory.columns import BY_NAME, CONTACT, KEEPERS, PLACE, PLAIN, value_key
from convener.rooms.directory.models import Initiative, Kind, Tool, Visibility
from convener.rooms.directory.queries.index import TOPICS

#: Columns of which a value is worth little without the others: all are filled from one entry, or none.
TOGETHER = {
    PLACE: [column for column in PLAIN if column.part == PLACE],
    CONTACT: [column for column in PLAIN if column.part == CONTACT],
    "summary": [BY_NAME["summary"], BY_NAME["summary_language"]],
}
_IN_GROUPS = {column.name for columns in TOGETHER.values() for column in columns}
SINGLY = [column for column in PLAIN if column.name not in {*_IN_GROUPS, "name", "status"} and column.part != KEEPERS]
EMPTY: tuple[Any, ...] = ("", None, [])
#: What is noted of a value that moved and had no source: it must not seem to be from where the others are.
UNKNOWN: Provenance = {"source": "", "ref": "", "on": None}
WIDEST_FIRST = [Visibility.PUBLIC.value, Visibility.MEMBERS.value, Visibility.PRIVATE.value]
#: What an organisation keeps for itself or others, by the label that moved pointers name. A practice goes by the topic of
#: its initiative, and has its key.
KEPT_KINDS = {
    Party._meta.label: Kind.ORGANISATION,
    Tool._meta.label: Kind.TOOL,
    Initiative._meta.label: Kind.INITIATIVE,
}
TOLD_AT_ONCE = 500  # keys an event


def carry_over(merge: Merge, moves: Moves, actor: Actor) -> dict[str, Any]:
    """Fill what the kept entry does not say from the merged one, and keep the other's name as a further name.

    Nothing becomes more visible by a merge: who may see the kept entry afterwards could see both before, and a place or
    contact comes with its visibility. An organisation that had no entry takes over the other's.
    """
    kept, merged = merge.kept, merge.merged
    lock([kept.id, merged.id])
    _tell_of_records_kept(moves)
    had = load_drafts([kept.id, merged.id]).keys()
    if not had:
        return {}
    drafts = load_drafts([kept.id, merged.id], make_profiles=True)
    ours, theirs = drafts[kept.id], drafts[merged.id]
    provenance = ours.party.provenance_sets
    if merged.id in had:
        _fill_gaps(ours, theirs)
        _narrow(ours, theirs, has_entry=kept.id in had)
    ours.set_aliases([theirs.party.name], replace=False)
    _carry_provenance(ours, theirs)
    noted = _provenance_of_moved(ours, theirs, {pk for _label, _field, pk in moves})
    ours.party.provenance = ours.party.provenance | noted
    ours.settle()  # what follows from the rest is taken back with it
    changed = {name: list(pair) for name, pair in ours.changed.items()}
    writing.write([ours], actor=actor, action="merge", origin_id=merge.id)
    _write_provenance(ours.party)
    writing.refresh([kept.id, merged.id])
    return {"changed": changed, "provenance": provenance, "noted": noted, "had_entry": kept.id in had}


def _tell_of_records_kept(moves: Moves) -> None:
    """Tell whoever follows of the records whose owner changed: nothing that is derived of them names it, but their access
    does. Owners without an entry keep records too.
    """
    keys: dict[Kind, list[str]] = {}
    for label, field, pk in moves:
        if field == "owner" and label in KEPT_KINDS:
            keys.setdefault(KEPT_KINDS[label], []).append(pk)
    for kind, of_kind in keys.items():
        for start in range(0, len(of_kind), TOLD_AT_ONCE):
            emit(TOPICS[kind], of_kind[start : start + TOLD_AT_ONCE])


def _write_provenance(party: Party) -> None:
    """Keep the sources also where no value changed: a number may have moved, and nothing else."""
    Party.objects.filter(pk=party.pk).update(provenance_sets=party.provenance_sets)


def _fill_gaps(ours: Draft, theirs: Draft) -> None:
    for part, columns in TOGETHER.items():
        if any(ours.get(column) not in EMPTY for column in columns):
            continue
        if all(theirs.get(column) in EMPTY for column in columns):
            continue
        for column in columns:
            ours.set(column.name, theirs.get(column))
        if part in (PLACE, CONTACT):
            ours.set(f"{part}_visibility", _narrower(theirs, f"{part}_visibility", "visibility"))
    for column in SINGLY:
        if column.is_list:
            ours.set(column.name, sorted({*ours.get(column), *theirs.get(column)}))
        elif ours.get(column) in EMPTY:
            ours.set(column.name, theirs.get(column))


def _narrow(ours: Draft, theirs: Draft, *, has_entry: bool) -> None:
    """Let nobody see what they could not see before; an entry that is made here takes over all of the other's say."""
    if not has_entry:
        for name in ("visibility", "place_visibility", "contact_visibility"):
            ours.set(name, theirs.value_of(name))
        ours.is_place_decided = True
    elif WIDEST_FIRST.index(theirs.profile.visibility) > WIDEST_FIRST.index(ours.profile.visibility):
        ours.set("visibility", theirs.profile.visibility)


def _narrower(draft: Draft, *names: str) -> str:
    return max((str(draft.value_of(name)) for name in names), key=WIDEST_FIRST.index)


def _carry_provenance(ours: Draft, theirs: Draft) -> None:
    """A value that came from the other entry keeps its source; a list that grew keeps its own, or none."""
    was, other = ours.party.provenance, theirs.party.provenance
    for name, (before, _after) in ours.changed.items():
        fills = before in EMPTY or (name not in was and not BY_NAME[name].is_list)
        if name != "aliases" and name in other and fills:
            was[name] = other[name]
    ours.party.provenance = was


def _provenance_of_moved(ours: Draft, theirs: Draft, moved: set[str]) -> dict[str, Provenance]:
    """Where the names, numbers and values of lists that came along are from.

    It is noted of the column where the kept record had none of the kind, else of each value that is from elsewhere.
    """
    was, noted = ours.party.provenance, dict[str, Provenance]()
    for column, rows in _many_valued(ours).items():
        came = [row for row in rows if str(row.id) in moved or row in ours.added_rows]
        for row in came:
            entry = _provenance_of(row, column, theirs.party)
            if column not in was | noted and len(came) == len(rows):
                noted[column] = entry
            elif (was | noted).get(column) != entry:
                noted[value_key(column, row.text if isinstance(row, NameRow) else row.key)] = entry
    return noted | _provenance_of_list_values(ours, theirs)


def _provenance_of_list_values(ours: Draft, theirs: Draft) -> dict[str, Provenance]:
    was, other = ours.party.provenance, theirs.party.provenance
    noted = dict[str, Provenance]()
    for name, (before, after) in ours.changed.items():
        for value in sorted({*after} - {*before}) if BY_NAME[name].is_list else ():
            own = value_key(name, value)
            entry = next((other[key] for key in (own, name) if key in other), UNKNOWN)
            if entry != was.get(name, UNKNOWN):
                noted[own] = entry
    return noted


def _many_valued(draft: Draft) -> dict[str, list[NameRow | IdentifierRow]]:
    """Other names and numbers by the column in which they stand."""
    rows: dict[str, list[NameRow | IdentifierRow]] = {"aliases": list(draft.names.values())}
    for row in draft.identifiers.values():
        rows.setdefault(column_of_scheme(row.scheme), []).append(row)
    return {column: sorted(of_column) for column, of_column in rows.items()}


def _provenance_of(row: NameRow | IdentifierRow, column: str, merged: Party) -> Provenance:
    """The source of a value of the merged record; of its own name, which is another name now, that of the name."""
    if isinstance(row, NameRow):
        names = ["name"] if row.text == merged.name else [value_key(column, row.text), column]
    else:
        names = [value_key(column, row.key), column]
    was = merged.provenance
    return next((was[name] for name in names if name in was), UNKNOWN)


def take_back(merge: Merge, carried: Any, actor: Actor) -> None:
    """Undo :func:`carry_over` where nobody changed the value since, and list the merged record again."""
    kept, merged = merge.kept, merge.merged
    lock([kept.id, merged.id])
    draft = load_drafts([kept.id]).get(kept.id)
    if draft is not None and carried:
        was = Party(provenance_sets=carried["provenance"]).provenance
        for name in sorted(carried["changed"], key=lambda name: name != "aliases"):
            before, after = carried["changed"][name]
            draft.give_back(name, before, after, provenance=was)
        _forget_noted(draft.party, carried.get("noted", {}), was)
        writing.write([draft], actor=actor, action="undo", origin_id=merge.id)
        _write_provenance(draft.party)
        if not carried["had_entry"] and draft.says_nothing:
            writing.take_entries_away([kept.id])
    _tell_of_records_kept(merge.moves["pointers"])
    writing.refresh([kept.id, merged.id])


def _forget_noted(party: Party, noted: dict[str, Provenance], was: dict[str, Provenance]) -> None:
    """Give back the sources that a merge noted of what moved, but for those that somebody noted since."""
    present = party.provenance
    ours = {name for name, entry in noted.items() if present.get(name) == entry}
    then = {name: was[name] for name in ours if name in was}
    party.provenance = {name: entry for name, entry in present.items() if name not in ours} | then


on_merge("directory", carry_over, take_back)
