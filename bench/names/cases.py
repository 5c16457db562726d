"""The questions of the names benchmark: what is on the lists, who is asked for, and who is on no list.

Lists: every person and organisation of OFAC's list (sdn and alt; vessels and aircraft are left out). For the cell
``non_latin`` the Latin names of the UN's consolidated list stand beside them, as entries of their own. So there are two
indexes: ``ofac`` (cells ``perturbed`` and ``aliases``) and ``ofac+un`` (cell ``non_latin``). They are the same for both parts.

Parts: an entity belongs to the *development* part when the SHA-256 of "salt:id" falls into the first 40 % (``non_latin``:
30 %, there are few), else to the *reported* part; a negative likewise by its folded name. Nothing may be tuned on the
reported part. ``non_latin`` is also given as a whole, because its organisations are few.

Positive sets, each for persons and organisations; the right answer of each is one entity:

- ``perturbed``: the perturbations of ssb (sanctions-screening-benchmark) on primary names. "LAST, First" is turned to
  "First LAST" first. Of the variants of one perturbation of one entity one is taken, of all of them 1,600 (development) and
  2,400 (reported) a type, balanced over the perturbations. Three of the nineteen give nothing here: OFAC's names are ASCII
  (diacritics_strip, diacritics_expand), and ssb drops each variant that only differs in case (case_fold).
- ``aliases``: of each entity with aliases one, picked by seed, is taken out of the index and asked for. Aliases that fold to
  another name of the entity, or that have fewer than four letters, are not picked.
- ``non_latin``: names in other scripts from the UN's list (NAME_ORIGINAL_SCRIPT and aliases); notes and romanisations beside
  them are removed, several names in one field are several questions.

No question's name folds to a name of an entity that is not its target: then nobody could say which is right.

Negatives: companies and facilities (organisations), the first 20,000 generated persons; none folds to a name of a list. On
``ofac`` all are asked; on ``ofac+un`` all organisations and 6,000 persons, picked by seed.

Names are given to both engines alike: ``Entry.names`` as the list writes them ("LAST, First"), queries as people write them.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import random
import re
import tempfile
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

VERSION = 1
SEED = 20260227
PERSON, ORGANISATION = "person", "organisation"
TYPES = (PERSON, ORGANISATION)
DEVELOPMENT, REPORTED = "development", "reported"
OFAC, OFAC_UN = "ofac", "ofac+un"
PERTURBED, ALIASES, NON_LATIN, NEGATIVE = "perturbed", "aliases", "non_latin", "negative"
INDEX_OF = {PERTURBED: OFAC, ALIASES: OFAC, NON_LATIN: OFAC_UN}
SHARE = {PERTURBED: 0.4, ALIASES: 0.4, NEGATIVE: 0.4, NON_LATIN: 0.3}
PERTURBED_SIZE = {DEVELOPMENT: 1_600, REPORTED: 2_400}
NEGATIVE_PERSONS, WIDE_NEGATIVE_PERSONS = 20_000, 6_000
LEAST_LETTERS = 4


@dataclass(frozen=True)
class Listed:
    """One entry of a list; ``names`` has the primary name first, in the list's writing."""

    id: str
    type: str
    names: tuple[str, ...]


@dataclass(frozen=True)
class Question:
    """One name to look for. ``target`` is the right entry's id, "" for a negative; ``kind`` the perturbation or the script."""

    id: str
    cell: str
    index: str
    type: str
    part: str
    name: str
    target: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Cases:
    """All of the benchmark's data: the entries of each index and all questions of both parts."""

    indexes: dict[str, tuple[Listed, ...]]
    questions: tuple[Question, ...]


def data_folder() -> Path:
    """Where the real data lies."""
    return Path(os.environ.get("CONVENER_TEST_DATA", "../shared/data")).resolve()


def fold(name: str) -> str:
    """The name without case, marks and signs: what makes two names the same here."""
    plain = "".join(sign for sign in unicodedata.normalize("NFKD", name.casefold()) if not unicodedata.combining(sign))
    return " ".join(re.findall(r"\w+", plain))


def turned(name: str, kind: str) -> str:
    """A person's "LAST, First" as "First LAST"; "LAST, First, Jr." as "First LAST Jr."."""
    last, *first = name.split(", ")
    return " ".join((first[0], last, *first[1:])) if kind == PERSON and first else name


def part_of(key: str, cell: str) -> str:
    """The part that an entity or a negative belongs to, by the hash of its key."""
    number = int.from_bytes(hashlib.sha256(f"convener-names:{key}".encode()).digest()[:8], "big")
    return DEVELOPMENT if number / 2**64 < SHARE[cell] else REPORTED


def seeded(key: str) -> bytes:
    """A place in a shuffled order that depends on the key and the seed alone."""
    return hashlib.sha256(f"{SEED}:{key}".encode()).digest()


def letters(name: str) -> int:
    """How many letters and digits the name has."""
    return sum(sign.isalnum() for sign in name)


def _rows(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        yield from (row for row in csv.reader(file) if len(row) > 3)  # a lone control sign ends OFAC's files


def read_ofac(folder: Path) -> list[Listed]:
    """Persons and organisations of OFAC's list with all their names."""
    kinds = {"individual": PERSON, "-0-": ORGANISATION}
    names: dict[str, tuple[str, list[str]]] = {}
    for row in _rows(folder / "watchlists/ofac-sdn.csv"):
        if row[2].strip() in kinds:
            names[row[0].strip()] = (kinds[row[2].strip()], [" ".join(row[1].split())])
    for row in _rows(folder / "watchlists/ofac-alt.csv"):
        key, alias = row[0].strip(), " ".join(row[3].split())
        if key in names and alias not in names[key][1]:
            names[key][1].append(alias)
    return [Listed(f"ofac-{key}", kind, tuple(found)) for key, (kind, found) in names.items()]


def script(name: str) -> str:
    """The script of the name's first letter that is not Latin, "" where all are Latin."""
    for sign in name:
        word = unicodedata.name(sign, "?").split()[0]
        if sign.isalpha() and word not in ("LATIN", "MODIFIER", "FULLWIDTH", "FEMININE", "MASCULINE"):
            return word.capitalize()
    return ""


def split_scripts(field: str) -> tuple[list[str], list[str]]:
    """The Latin names and the names in other scripts of one field, notes removed.

    A bracket is a note, unless it holds the name in the other script: "Amir (original script: Амир)", "أبو دعاء (Abu Du'a)".
    """
    latin, other = [], []
    text = re.sub(r"\(?original script\)?:?", " ", field, flags=re.IGNORECASE)
    inside = re.findall(r"\(([^()]*)", text)
    outside = re.sub(r"\([^()]*\)?", " ", text).replace(")", " ")
    for place, chunk in enumerate([outside, *inside]):
        for piece in re.split(r"[;؛\n]", chunk) if place or script(chunk) else [chunk]:
            name = " ".join(piece.split()).strip(" ,،:")
            if not script(name):
                latin += [name] if letters(name) and (not place or script(outside)) else []
            elif len({script(word) for word in name.split() if letters(word)}) == 1 and not (place and script(outside)):
                other.append(name.replace(" ", "") if script(name) == "Cjk" else name)
    return latin, other


def read_un(folder: Path) -> tuple[list[Listed], list[tuple[str, str, str]]]:
    """Entries of the UN's list with their Latin names, and (id, type, name) of the names in other scripts."""
    entries, originals = [], []
    root = ElementTree.parse(folder / "watchlists/un-consolidated.xml").getroot()  # our own, checked copy
    for tag, kind in (("INDIVIDUAL", PERSON), ("ENTITY", ORGANISATION)):
        for node in root.iter(tag):
            key = f"un-{node.findtext('DATAID', '')}"
            steps = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
            fields = [" ".join(" ".join(node.findtext(step) or "" for step in steps).split())]
            # In NAME_ORIGINAL_SCRIPT a line break only wraps the line: "حركة التوحيد والجهاد في\n   غرب إفريقيا"
            fields += [" ".join((node.findtext("NAME_ORIGINAL_SCRIPT") or "").split())]
            fields += [(alias.findtext("ALIAS_NAME") or "").strip() for alias in node.iter(f"{tag}_ALIAS")]
            split = [split_scripts(field) if script(field) else ([field] if field else [], []) for field in fields]
            latin = dict.fromkeys(name for names, _ in split for name in names)
            if latin:
                entries.append(Listed(key, kind, tuple(latin)))
                originals += [(key, kind, name) for name in dict.fromkeys(n for _, names in split for n in names)]
    return entries, originals


def bearers(entries: Iterable[Listed]) -> dict[str, set[str]]:
    """The entities of each folded name."""
    found: dict[str, set[str]] = defaultdict(set)
    for entry in entries:
        for name in entry.names:
            found[fold(turned(name, entry.type))].add(entry.id)
    return found


def hold_out(entries: Sequence[Listed]) -> tuple[list[Listed], list[Question]]:
    """Take one alias of each entity that has some out of the index and ask for it."""
    kept, questions, owners = [], [], bearers(entries)
    for entry in entries:
        folded = [fold(turned(name, entry.type)) for name in entry.names]
        able = [
            place
            for place in range(1, len(entry.names))
            if folded.count(folded[place]) == 1
            and len(owners[folded[place]]) == 1
            and letters(entry.names[place]) >= LEAST_LETTERS
        ]
        if able:
            place = random.Random(f"{SEED}:{entry.id}").choice(able)
            name = turned(entry.names[place], entry.type)
            part = part_of(entry.id, ALIASES)
            questions.append(Question(f"a-{entry.id}", ALIASES, OFAC, entry.type, part, name, entry.id))
            entry = Listed(entry.id, entry.type, entry.names[:place] + entry.names[place + 1 :])
        kept.append(entry)
    return kept, questions


def perturbed(entries: Sequence[Listed]) -> list[Question]:
    """Primary names with ssb's perturbations, balanced over them."""
    from ssb import perturb

    pools: dict[tuple[str, str], dict[str, list[Question]]] = defaultdict(lambda: defaultdict(list))
    owners = bearers(entries)
    for entry in entries:
        part, name = part_of(entry.id, PERTURBED), turned(entry.names[0], entry.type)
        found = defaultdict(list)
        for variant in perturb.apply_all(name, entry.id, seed=SEED):
            changed = variant.perturbation == "case_fold" or variant.text.casefold() != name.casefold()
            if changed and owners.get(fold(variant.text), set()) <= {entry.id}:
                found[variant.perturbation].append(variant.text)
        for kind, texts in found.items():
            text = random.Random(f"{SEED}:{entry.id}:{kind}").choice(texts)
            question = Question(f"p-{entry.id}-{kind}", PERTURBED, OFAC, entry.type, part, text, entry.id, kind)
            pools[part, entry.type][kind].append(question)
    return [one for key, pool in sorted(pools.items()) for one in balanced(pool, PERTURBED_SIZE[key[0]])]


def balanced(pool: dict[str, list[Question]], size: int) -> list[Question]:
    """As many of each kind as there are, up to an equal share of the size; what rare kinds leave goes to the others."""
    chosen: list[Question] = []
    order = sorted(pool, key=lambda kind: (len(pool[kind]), kind))
    for place, kind in enumerate(order):
        share = (size - len(chosen)) // (len(order) - place)
        chosen += sorted(pool[kind], key=lambda one: seeded(one.id))[:share]
    return chosen


def company_names(folder: Path) -> Iterator[str]:
    """Names of companies and of facilities."""
    columns = (("companies", "name"), ("companies", "company_name"), ("facilities", "name"))
    for place, column in columns:
        for path in sorted((folder / place).glob("*.csv")):
            with path.open(encoding="utf-8-sig", newline="") as file:
                yield from (row.get(column) or "" for row in csv.DictReader(file))


def person_names(folder: Path) -> Iterator[str]:
    """Names of the generated persons."""
    with (folder / "names/generated-persons.csv").open(encoding="utf-8", newline="") as file:
        yield from (row["name"] for row in csv.DictReader(file))


def negatives(folder: Path, entries: Iterable[Listed]) -> list[Question]:
    """Names on no list, for both indexes."""
    listed = {fold(form) for entry in entries for name in entry.names for form in (name, turned(name, entry.type))}
    questions = []
    sources = ((PERSON, person_names(folder), NEGATIVE_PERSONS), (ORGANISATION, company_names(folder), 10**9))
    for kind, names, most in sources:
        distinct: dict[str, str] = {}
        for name in names:
            distinct.setdefault(fold(name), " ".join(name.split()))
        chosen = [(key, name) for key, name in list(distinct.items())[:most] if key and key not in listed]
        wide = set(random.Random(SEED).sample(range(len(chosen)), min(WIDE_NEGATIVE_PERSONS, len(chosen))))
        for place, (key, name) in enumerate(chosen):
            part = part_of(key, NEGATIVE)
            for index in (OFAC, OFAC_UN) if place in wide else (OFAC,):
                questions.append(Question(f"n-{index}-{kind[0]}{place}", NEGATIVE, index, kind, part, name))
    return questions


def make(folder: Path) -> Cases:
    """All of the data, made anew."""
    ofac = read_ofac(folder)
    un, originals = read_un(folder)
    shared = {name for name, times in Counter(name for _, _, name in originals).items() if times > 1}
    kept, aliases = hold_out(ofac)
    script_questions = [
        Question(f"s-{key}-{place}", NON_LATIN, OFAC_UN, kind, part_of(key, NON_LATIN), name, key, script(name))
        for place, (key, kind, name) in enumerate(originals)
        if name not in shared
    ]
    questions = [*perturbed(ofac), *aliases, *script_questions, *negatives(folder, [*ofac, *un])]
    return Cases({OFAC: tuple(kept), OFAC_UN: (*kept, *un)}, tuple(questions))


def as_json(cases: Cases) -> dict[str, Any]:
    """The cases as plain values."""
    indexes = {name: [asdict(entry) for entry in entries] for name, entries in cases.indexes.items()}
    return {"version": VERSION, "indexes": indexes, "questions": [asdict(one) for one in cases.questions]}


def from_json(plain: dict[str, Any]) -> Cases:
    """The cases of plain values."""
    indexes = {
        name: tuple(Listed(entry["id"], entry["type"], tuple(entry["names"])) for entry in entries)
        for name, entries in plain["indexes"].items()
    }
    return Cases(indexes, tuple(Question(**one) for one in plain["questions"]))


def load(cache: Path | None = None) -> Cases:
    """The cases, from the cache in the temporary folder where they are there already."""
    own = hashlib.sha256(Path(__file__).read_bytes()).hexdigest()[:12]
    cache = cache or Path(tempfile.gettempdir()) / "convener-bench-names" / f"cases-{own}.json"
    if not cache.exists():
        cache.parent.mkdir(parents=True, exist_ok=True)
        cache.write_text(json.dumps(as_json(make(data_folder())), ensure_ascii=False), encoding="utf-8")
    return from_json(json.loads(cache.read_text(encoding="utf-8")))
