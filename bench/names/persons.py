"""Makes records of persons with known duplicates by a stated seed: what the bits of persons are fitted and checked on.

    python bench/names/persons.py 20000 /tmp/persons.csv [--part reported]

Writes ``persons.csv`` (id, name, type, country, address, registration_number, birth_date) and, beside it,
``persons.truth.csv`` (id, true_id). Slips are those that registers are known for, drawn anew for each record: letters and
digits typed wrong, exchanged, lost or doubled, misheard syllables, values that are missing, given name and surname
exchanged, fields in one another's place, married names, short names, moves. Half of the duplicates are written with care
(at most two slips), half without (up to nine, as in the data sets of FEBRL, of which nothing here is taken).

Most persons live in households, because people who are easily taken for one another do: spouses at one address, fathers and
sons of one name, twins of one date of birth whose numbers were given one after the other. Strangers of one name come by
themselves, as few names are those of many.
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.names.generate import NAMES, SEEDS, WORDS, Drawn, coined

COLUMNS = ("id", "name", "type", "country", "address", "registration_number", "birth_date")
_GIVEN_TEXT = """
    mary james patricia john linda robert barbara michael elizabeth william jennifer david maria richard susan charles
    margaret joseph dorothy thomas lisa christopher nancy daniel karen paul betty mark helen donald sandra george donna
    kenneth carol steven ruth edward sharon brian michelle ronald laura anthony sarah kevin kimberly jason deborah matthew
    amina youssef fatima mohamed aisha ibrahim priya rahul anita sanjay mei wei ling jun olga ivan elena sergei chiara marco
    giulia luca carmen jose lucia antonio grace emmanuel blessing samuel thi minh hoa anh siti budi dewi agus
"""
GIVEN = _GIVEN_TEXT.split()
SHORT = {
    "elizabeth": "liz", "william": "bill", "robert": "bob", "margaret": "peggy", "michael": "mike", "patricia": "pat",
    "james": "jim", "jennifer": "jenny", "thomas": "tom", "christopher": "chris", "susan": "sue", "joseph": "joe",
}  # fmt: skip
HEARD = (
    ("ph", "f"),
    ("ck", "k"),
    ("y", "ie"),
    ("ee", "ea"),
    ("th", "t"),
    ("s", "z"),
    ("c", "k"),
    ("ou", "o"),
    ("ll", "l"),
)
#: Share of persons with duplicates, and how many extra records these have.
DUPLICATED, EXTRA = 0.45, (1, 1, 1, 2, 2, 3, 4, 5)
#: Share of the persons' fields that their first record does not have.
MISSING = {"given": 0.02, "surname": 0.01, "street": 0.06, "postcode": 0.03, "number": 0.08, "birth": 0.06}


@dataclass(frozen=True, slots=True)
class Person:
    """One true person, in the fields that clerks fill in; "" is not known."""

    given: str
    surname: str
    house: str
    street: str
    town: str
    postcode: str
    state: str
    number: str
    birth: str


class Maker:
    """Draws households."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        families = [
            name.lower() for group in ("english", "indian", "spanish", "african") for name in NAMES[group][0].split()
        ]
        made = dict.fromkeys(coined(rng, 2).lower() for _ in range(3000))
        self.surnames = Drawn([*families, *made], slope=0.9, shift=8)
        self.given = Drawn([*GIVEN, *dict.fromkeys(coined(rng, 2).lower() for _ in range(400))], slope=0.8, shift=8)
        self.streets = Drawn([*WORDS["en"][4].lower().split(), *(coined(rng).lower() for _ in range(900))], shift=15)
        self.towns = [
            (coined(rng).lower(), str(rng.randint(800, 9999)).zfill(4), rng.choice("abcdefg")) for _ in range(400)
        ]

    def household(self) -> Iterator[Person]:
        """One person, and perhaps others who are easily taken for this one."""
        rng = self.rng
        first = self._person()
        yield first
        kind = rng.random()
        if kind < 0.30:  # a spouse, a child
            yield replace(self._person(), surname=first.surname, **_home(first))
        elif kind < 0.31:  # a son of the father's name
            yield replace(self._person(), given=first.given, surname=first.surname, **_home(first))
        elif kind < 0.32:  # a twin
            number = str(int(first.number) + rng.choice((-1, 1)))
            yield replace(first, given=self.given(rng), number=number)

    def _person(self) -> Person:
        rng = self.rng
        town, postcode, state = rng.choice(self.towns)
        street = f"{self.streets(rng)} {rng.choice(('street', 'road', 'place', 'avenue', 'close', 'lane'))}"
        birth = date(1920, 1, 1) + timedelta(days=int(rng.triangular(0, 33_000, 20_000)))
        number = str(rng.randint(10**6, 10**7 - 1))
        house = str(int(rng.paretovariate(0.7)) % 400 + 1)
        return Person(self.given(rng), self.surnames(rng), house, street, town, postcode, f"{state}st", number,
                      birth.strftime("%Y%m%d"))  # fmt: skip


def _home(person: Person) -> dict[str, str]:
    return {name: getattr(person, name) for name in ("house", "street", "town", "postcode", "state")}


class Writer:
    """Writes records of a person with slips."""

    def __init__(self, rng: random.Random, maker: Maker) -> None:
        self.rng, self.maker = rng, maker

    def first(self, person: Person) -> Person:
        """The record as it is first written: without slips, but not always complete."""
        return replace(person, **{name: "" for name, share in MISSING.items() if self.rng.random() < share})

    def again(self, person: Person) -> Person:
        """The record as somebody else wrote it."""
        slips = self.rng.randint(0, 2) if self.rng.random() < 0.5 else self.rng.randint(1, 9)
        for _ in range(slips):
            person = self._slip(person)
        return person

    def _slip(self, person: Person) -> Person:
        rng = self.rng
        kind = rng.random()
        if kind < 0.04:
            return replace(person, given=person.surname, surname=person.given)
        if kind < 0.07:
            return replace(person, street=person.town, town=person.street)
        if kind < 0.10:
            return replace(person, given=SHORT.get(person.given, person.given[:1]))
        if kind < 0.12:  # marriage
            return replace(person, surname=self.maker.surnames(rng))
        if kind < 0.15:  # a move
            return replace(person, **_home(self.maker._person()))
        if kind < 0.17:
            return replace(person, **{rng.choice(("given", "surname", "street", "town")): coined(rng, 2).lower()})
        name = rng.choice(("given", "surname", "house", "street", "town", "postcode", "state", "number", "birth"))
        value = getattr(person, name)
        if rng.random() < 0.2:
            return replace(person, **{name: ""})
        if name == "birth" and value and rng.random() < 0.2:  # day and month, where both can be either
            return replace(person, birth=value[:4] + value[6:] + value[4:6])
        change = self._digit if value.isdigit() else rng.choice((self._letter, self._letter, self._heard))
        return replace(person, **{name: change(value) if value else value})

    def _digit(self, text: str) -> str:
        """One digit another, or two neighbours exchanged; a number keeps its length."""
        rng = self.rng
        at = rng.randrange(len(text))
        if rng.random() < 0.4 and at:
            return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        return text[:at] + str(rng.randint(0, 9)) + text[at + 1 :]

    def _letter(self, text: str) -> str:
        """A letter lost, doubled, exchanged, another one, or a blank too many."""
        rng = self.rng
        at, kind = rng.randrange(len(text)), rng.random()
        if kind < 0.25:
            return text[:at] + text[at + 1 :]
        if kind < 0.45:
            return text[:at] + text[at : at + 1] + text[at:]
        if kind < 0.65 and at:
            return text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :]
        return text[:at] + (" " if kind > 0.95 else chr(97 + rng.randrange(26))) + text[at + (kind < 0.85) :]

    def _heard(self, text: str) -> str:
        old, new = self.rng.choice(HEARD)
        return text.replace(old, new, 1)


def row_of(person: Person) -> tuple[str, ...]:
    """A record without its id, in the order of ``COLUMNS``."""
    street, place = f"{person.house} {person.street}".strip(), f"{person.town} {person.postcode} {person.state}"
    birth = f"{person.birth[:4]}-{person.birth[4:6]}-{person.birth[6:]}" if len(person.birth) == 8 else ""
    address = ", ".join(filter(None, (street, " ".join(place.split()))))
    return f"{person.given} {person.surname}".strip(), "person", "AU", address, person.number, birth


def rows(count: int, seed: int) -> Iterator[tuple[str, ...]]:
    """``count`` records, each after the number of its person; those of one person follow each other."""
    rng = random.Random(seed)
    maker = Maker(rng)
    writer = Writer(rng, maker)
    made = number = 0
    while True:
        for person in maker.household():
            number += 1
            copies = rng.choice(EXTRA) if rng.random() < DUPLICATED else 0
            for write in (writer.first, *[writer.again] * copies):
                if made == count:
                    return
                made += 1
                yield (f"t{number:07d}", *row_of(write(person)))


def persons(count: int, seed: int, path: Path) -> Path:
    """Write ``count`` records to ``path`` in random order, and their truth beside it; says where the truth is."""
    found = list(rows(count, seed))
    random.Random(seed + 1).shuffle(found)
    truth = path.with_suffix(".truth.csv")
    with path.open("w", newline="") as out, truth.open("w", newline="") as known:
        records, owners = csv.writer(out, lineterminator="\n"), csv.writer(known, lineterminator="\n")
        records.writerow(COLUMNS)
        owners.writerow(("id", "true_id"))
        for at, (true_id, *rest) in enumerate(found):
            records.writerow((f"r{at:07d}", *rest))
            owners.writerow((f"r{at:07d}", true_id))
    return truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--part", choices=SEEDS, default="development")
    arguments = parser.parse_args()
    print(persons(arguments.count, SEEDS[arguments.part], arguments.path))


if __name__ == "__main__":
    main()
