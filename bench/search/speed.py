"""Feeding, asking and following the search index beside PostgreSQL's pg_trgm, in one run on the same records and questions.

    uv run python bench/search/speed.py [--sizes 20000 60000 200000]

Organisations and a tenth as many texts of 600 words, by a stated seed. Words of texts are drawn by their share in the shipped
content; names have some four words, and with more names come more different words, as in real lists (10,034 names of companies
in registers: 10,470 words; as many made here: 9,840). Every step is a process of its own: peaks of memory are of it alone.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import os
import random
import re
import statistics
import subprocess
import sys
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import psycopg
from django.db import connection, transaction

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.directory.generate import COLUMNS, COUNTRIES, FIRST, FORMS, INDUSTRIES, SECOND, SEED, THIRD, organisation
from bench.hub import ROOT, convener, hub, peak_of_self, run
from tests.postgres import start_server

LANGUAGES = (("en", "fr", "es", "ar"), (72, 11, 10, 7))
FORMS_IN = {"en": FORMS, "fr": ("SARL", "SA", "SAS", ""), "es": ("S.A.", "S.L.", "Ltda", ""), "ar": ("",)}
WORDS_A_TEXT, QUESTIONS, TYPOS, RENAMES, FOLLOWED = 600, 150, 500, 20, 20_000
#: How quickly rarer words come (Zipf and Mandelbrot): calibrated on the real names above.
TAIL, SHIFT, COINED_IN_TEXTS = 0.33, 30, 0.03
PG_SECONDS = 45  # for each half of the questions: as many as are answered in that time
PG_BEGIN = """CREATE EXTENSION pg_trgm; CREATE TABLE record (key text PRIMARY KEY, name text, doc text);
    SET maintenance_work_mem = '256MB'; SET work_mem = '64MB'; SET random_page_cost = 1.1"""
PG_INDEXES = "CREATE INDEX ON record USING gin (name gin_trgm_ops); CREATE INDEX ON record USING gin (doc gin_trgm_ops)"
NAME_LIKE = "name %% %s ORDER BY similarity(name, %s) DESC"
TEXT_LIKE = "doc ILIKE ALL(%s) ORDER BY word_similarity(%s, doc) DESC"
NAME, SLIPPED = "a name", "a name with a slip"
#: Kinds of questions: of how many words of a text, and in which languages.
KINDS: tuple[tuple[str, tuple[int, ...], tuple[str, ...]], ...] = (
    (NAME, (), ("en",)),
    ("one word of a text", (1,), ("en",)),
    ("two or three words of a text", (2, 3), ("en",)),
    ("French or Arabic, one to three", (1, 2, 3), ("fr", "ar")),
)
STEPS = ("fill", "alone", "rebuild", "ask", "visible", "follow", "postgres")
HERE = Path(os.environ.get("CONVENER_DATA_DIR", "."))  # in a step: the hub's folder
Row = dict[str, Any]


class Words:
    """Words of a language: those of the shipped content by their share in it, and coined ones."""

    def __init__(self, language: str) -> None:
        from convener.foundation.vocabularies import content_dir, countries, read_yaml, vocabulary

        self.language = language
        said = [text for path in sorted(content_dir().rglob("*.yaml")) for text in _said(read_yaml(path), language)]
        count = Counter(word for text in said for word in re.findall(r"[^\W\d_]{2,}", text.lower()))
        self.words = [word for word, _number in count.most_common()]
        self._shares = [count[word] for word in self.words]
        labels = [one.labels[language] for of in (vocabulary("industries"), countries()) for one in of.terms.values()]
        labels = [" ".join([*SECOND, *THIRD, *FIRST] if language == "en" else []), *labels]
        self.of_names = list(dict.fromkeys(word for text in labels for word in re.findall(r"\w{4,}", text)))
        self._next: dict[str, list[str]] = defaultdict(list)
        for word in filter(lambda word: len(word) > 3, self.words):
            for at in range(len(word) + 1):
                self._next[word[max(at - 2, 0) : at]].append(word[at : at + 1])

    @functools.cache  # noqa: B019
    def coined(self, rank: int) -> str:
        """The word of that rank, which nobody has used yet."""
        chance, word = random.Random(f"{SEED}:{self.language}:{rank}"), ""
        while len(word) < 13 and ((letter := chance.choice(self._next[word[-2:]])) or len(word) < 4):
            word = word + letter if letter else ""
        return word

    def for_name(self, chance: random.Random) -> str:
        """A word of a name: seldom the same, but some often."""
        rank = int(SHIFT * ((1 - chance.random()) ** (-1 / TAIL) - 1))
        return self.of_names[rank] if rank < len(self.of_names) else self.coined(min(rank, 10**9))

    def text(self, chance: random.Random, length: int) -> str:
        """Words as often as the content says them, some of them of names."""
        drawn = chance.choices(self.words, weights=self._shares, k=length)
        return " ".join(self.for_name(chance) if chance.random() < COINED_IN_TEXTS else word for word in drawn)


def _said(value: Any, language: str) -> Iterator[str]:
    for key, one in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if key == language and isinstance(one, str):
            yield one
        yield from _said(one, language)


def step_fill(size: int) -> Row:
    """The organisations as an import, no two of the same name, the long texts in a table of their own, the questions."""
    words = {language: Words(language) for language in LANGUAGES[0]}
    chance, others, path, rows = random.Random(SEED), random.Random(SEED), HERE / "list.csv", []
    given: set[str] = set()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        while len(given) < size:
            language = chance.choices(*LANGUAGES)[0]
            number = chance.choices((1, 2, 3, 4, 5), weights=(8, 27, 35, 20, 10))[0]
            drawn = [words[language].for_name(chance) for _ in range(number)]
            name = " ".join([*(one[0].upper() + one[1:] for one in drawn), chance.choice(FORMS_IN[language])]).strip()
            if name.lower() not in given:
                row = organisation(len(given), others)
                given.add(name.lower())
                row[1], row[2] = name, "".join(one[0] for one in name.split()) + "A" if row[2] else ""
                writer.writerow(row)
    imported = convener(dict(os.environ), "directory", "import", str(path), "--json").output
    assert json.loads(imported)["added"] == size
    for number in range(size // 10):
        language = chance.choices(*LANGUAGES)[0]
        terms = f"at:{chance.choice(list(COUNTRIES))} industry:{chance.choice(INDUSTRIES)}"
        body = words[language].text(chance, max(int(chance.gauss(WORDS_A_TEXT, 150)), 100))
        rows.append((f"{number:07}", language, words[language].text(chance, 7).capitalize(), body, terms))
    asked("CREATE TABLE bench_text (key PRIMARY KEY, language text, title text, body text, terms text)")
    connection.cursor().executemany("INSERT INTO bench_text VALUES (%s, %s, %s, %s, %s)", rows)
    (HERE / "questions.json").write_text(json.dumps(make_questions(rows)))
    return {}


def asked(query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of the hub's database."""
    return list(connection.cursor().execute(query, values).fetchall())


def named() -> list[tuple[str, str]]:
    """Key and name of every organisation."""
    return [(str(uuid.UUID(key)), name) for key, name in asked("SELECT id, name FROM parties_party ORDER BY name")]


def register_texts() -> None:
    """Make the texts findable in this process, as a room would."""
    from convener.foundation.search.registration import register
    from convener.foundation.search.registry import EVERYONE, Entry, Source

    def entries(keys: Sequence[str]) -> Iterable[Entry]:
        found = "SELECT * FROM bench_text WHERE key IN (SELECT value FROM json_each(%s))"
        for key, language, title, body, terms in asked(found, [json.dumps(keys)]):
            yield Entry(key, [EVERYONE], [title], {language: body}, terms.split())

    def keys() -> Iterable[str]:
        return [key for (key,) in asked("SELECT key FROM bench_text ORDER BY key")]

    register(Source("text", "Texts", frozenset({"bench.text"}), keys, entries, lambda _actor, _keys, _public: {}))


def make_questions(texts: Sequence[Sequence[str]]) -> list[Row]:
    """What both searches are asked, in an order drawn at random; then names with one slip, and the record they mean."""
    chance, asked_for = random.Random(SEED + 2), []
    several = [(key, name) for key, name in named() if len(re.findall(r"\w{2,}", name)) > 1]
    for kind, lengths, languages in KINDS:
        for number in range(QUESTIONS):
            language = languages[number % len(languages)]
            words = [chance.choice(several)[1]]
            if lengths:
                body = chance.choice([text[3] for text in texts if text[1] == language])
                words = chance.sample([word for word in body.split() if len(word) > 3], chance.choice(lengths))
            asked_for.append({"kind": kind, "q": " ".join(words), "lang": language})
    chance.shuffle(asked_for)
    while len(asked_for) < len(KINDS) * QUESTIONS + TYPOS:
        key, name = chance.choice(several)
        words = name.split()
        if long := [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]:
            at = chance.choice(long)
            words[at] = typo(words[at], chance)
            asked_for.append({"kind": SLIPPED, "q": " ".join(words), "lang": "en", "key": key})
    return asked_for


def typo(word: str, chance: random.Random) -> str:
    """A word with one slip: a letter left out, put in, replaced, or two swapped."""
    letters = "abcdefghijklmnopqrstuvwxyz" if word.isascii() else word
    while True:
        at, new = chance.randrange(len(word)), chance.choice(letters)
        head, here, tail = word[:at], word[at], word[at + 1 :]
        slips = head + tail, head + new + here + tail, head + new + tail, head + tail[:1] + here + tail[1:]
        if (found := chance.choice(slips)).lower() != word.lower():
            return found


def chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    """A thousand at once."""
    return (keys[at : at + 1_000] for at in range(0, len(keys), 1_000))


def clock() -> Callable[[], Row]:
    """Starts now; what it returns tells the seconds since, those of the processors, and the peak of memory in MiB."""
    wall, cpu = time.perf_counter(), time.process_time()
    return lambda: {"s": time.perf_counter() - wall, "cpu": time.process_time() - cpu, "peak": peak_of_self()}


def step_alone(size: int) -> Row:
    """The index by itself: entries that lie in memory."""
    from convener.foundation.search.registry import REGISTRY
    from convener.foundation.search.store import Store
    from convener.foundation.search.writing import BUILDING, document

    made = []
    for kind, source in REGISTRY.sources.items():
        for keys in chunks(list(source.keys())):
            made += [(kind, entry) for entry in source.entries(keys)]
    told = clock()
    with Store(HERE / "alone").next_generation() as index:
        writer = index.writer(heap_size=BUILDING, num_threads=1)
        for kind, entry in made:
            writer.add_document(document(kind, entry))
        writer.commit()
        writer.wait_merging_threads()
    return {"records": len(made), **told()}


def step_rebuild(size: int) -> Row:
    """The real one, from the database, with its dictionary."""
    from convener.foundation.jobs.node import node_of
    from convener.foundation.search import writing

    told = clock()
    records = writing.rebuild_now(node_of(HERE))
    disk = sum(path.stat().st_size for path in writing.store().root.rglob("*") if path.is_file()) / 2**20
    return {"records": records, **told(), "disk": disk}


def measured(search: Callable[[Row], list[str]], seconds: float = 3_600) -> list[Row]:
    """Milliseconds of each question and whether its record was found: of as many of each half as there is time for."""
    rows, answers = json.loads((HERE / "questions.json").read_text()), []
    for half in ([row for row in rows if "key" not in row], [row for row in rows if "key" in row]):
        _warm = [search(row) for row in half[:10]]
        until = time.perf_counter() + seconds
        for row in half:
            if (started := time.perf_counter()) > until:
                break
            found = row.get("key") in search(row)
            answers.append({"kind": row["kind"], "ms": (time.perf_counter() - started) * 1000, "found": found})
    return answers


def ours(row: Row, *, counted: bool = False) -> list[str]:
    """What everybody finds in the index of this hub."""
    from convener.foundation.actor import PUBLIC
    from convener.foundation.filters import Filters
    from convener.foundation.search.asking import ask

    answer = ask(PUBLIC, Filters(q=row["q"]), language=row["lang"], limit=10, counted=counted, totalled=counted)
    return [key for _kind, key in answer.found]


def step_ask(size: int) -> Row:
    """The ten best without counts, and with them."""
    return {"plain": measured(ours), "counted": measured(functools.partial(ours, counted=True)), "peak": peak_of_self()}


def step_follow(size: int) -> Row:
    """What the worker does, to the last, with events of a thousand keys each: organisations and texts at their shares."""
    from convener.foundation.jobs.node import node_of
    from convener.foundation.outbox import actions, consumers
    from convener.foundation.search.registry import REGISTRY

    chance, records = random.Random(SEED + 3), 0
    with transaction.atomic():
        for kind, most in ("organisation", FOLLOWED), ("text", FOLLOWED // 10):
            keys, [topic] = list(REGISTRY.sources[kind].keys()), REGISTRY.sources[kind].topics
            chosen = chance.sample(keys, min(most, len(keys)))
            for some in chunks(chosen):
                actions.emit(topic, some)
            records += len(chosen)
    told = clock()
    while consumers.run_once(node_of(HERE)):
        pass
    assert not consumers.failing()
    return {"records": records, **told()}


def step_visible(size: int) -> Row:
    """Renames while ``convener work`` runs: from the commit to the first search that finds the new name."""
    from convener.foundation.actor import OPERATOR
    from convener.foundation.parties.models import Party
    from convener.rooms.directory.actions.editing import edit

    chance, waits = random.Random(SEED + 4), []
    worker = subprocess.Popen([sys.executable, "-m", "convener", "work"], cwd=ROOT, stderr=subprocess.DEVNULL)
    try:
        for party in chance.sample(list(Party.objects.filter(profile__isnull=False).order_by("name")), RENAMES + 1):
            word = "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=12))
            edit(party, {"name": f"{party.name} {word}"}, actor=OPERATOR)
            started = time.perf_counter()
            while str(party.pk) not in ours({"q": word, "lang": "en"}):
                assert time.perf_counter() - started < 60, "the worker does not follow"
                time.sleep(0.01)
            waits.append(time.perf_counter() - started)
            time.sleep(0.2 + chance.random())
        peak = int(Path(f"/proc/{worker.pid}/status").read_text().partition("VmHWM:")[2].split()[0]) / 1024
    finally:
        worker.terminate()
        worker.wait(40)
    return {"waits": waits[1:], "peak": peak}  # the first waited for the worker to start


def step_postgres(size: int) -> Row:
    """The same records and questions in PostgreSQL with pg_trgm."""
    rows = [(key, name, name) for key, name in named()]
    rows += [(key, title, f"{title} {body}") for key, title, body in asked("SELECT key, title, body FROM bench_text")]
    url, stop = start_server()
    try:
        with psycopg.connect(url, autocommit=True) as server, server.cursor() as cursor:
            cursor.execute(PG_BEGIN)
            told = clock()
            with cursor.copy("COPY record FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            cursor.execute(PG_INDEXES)
            made = {"records": len(rows), "s": told()["s"]}
            cursor.execute("VACUUM ANALYZE record")
            [(disk,)] = cursor.execute("SELECT pg_total_relation_size('record')").fetchall()

            def theirs(row: Row) -> list[str]:
                by_name = row["kind"] in (NAME, SLIPPED)
                values = [row["q"] if by_name else [f"%{word}%" for word in row["q"].split()], row["q"]]
                query = f"SELECT key FROM record WHERE {NAME_LIKE if by_name else TEXT_LIKE} LIMIT 10"
                return [key for (key,) in cursor.execute(query, values).fetchall()]

            return {**made, "disk": disk / 2**20, "answers": measured(theirs, PG_SECONDS)}
    finally:
        stop()


def report(size: int, of: dict[str, Row]) -> None:
    """The tables of one size; times are the median and the 95th percentile."""

    def spread(rows: Sequence[Row]) -> str:
        ordered = sorted(row["ms"] for row in rows)
        return f"{statistics.median(ordered):.2f}, {ordered[int(len(ordered) * 0.95)]:.2f}" if rows else "–"

    print(f"\n{size:,} organisations, {size // 10:,} texts; load {os.getloadavg()[0]:.1f}\n")
    print("| fed | records | seconds | a second | a CPU second | peak, MiB | on disk |\n|---|---|---|---|---|---|---|")
    for step in ("alone", "rebuild", "follow", "postgres"):
        one = of[step]
        rates = [f"{one['records'] / one[unit]:,.0f}" if unit in one else "" for unit in ("s", "cpu")]
        sizes = [f"{one[name]:.0f}" if name in one and step != "alone" else "" for name in ("peak", "disk")]
        print("|", " | ".join([step, f"{one['records']:,}", f"{one['s']:.1f}", *rates, *sizes]), "|")
    print("\n| asked, ms: p50, p95 | n | ten best | with counts | pg_trgm | its n |\n|---|---|---|---|---|---|")
    lists = [of["ask"]["plain"], of["ask"]["counted"], of["postgres"]["answers"]]
    for kind in (*(kind for kind, *_rest in KINDS), SLIPPED, ""):
        chosen = [[row for row in rows if kind in ("", row["kind"])] for rows in lists]
        print("|", " | ".join([kind or "all", str(len(chosen[0])), *map(spread, chosen), str(len(chosen[2]))]), "|")
    shares = [statistics.mean(row["found"] for row in rows if row["kind"] == SLIPPED) for rows in lists]
    waits, peaks = of["visible"]["waits"], (of["visible"]["peak"], of["ask"]["peak"])
    print(f"\nRecall at 10 with one slip: {shares[0]:.3f}; pg_trgm: {shares[2]:.3f}. A rename is found after", end=" ")
    print(f"{statistics.median(waits):.2f} s, at most {max(waits):.2f} s. `convener work` takes", end=" ")
    print(f"{peaks[0]:.0f} MiB, who asks {peaks[1]:.0f} MiB.", flush=True)


def measure(size: int) -> None:
    """All steps for one size, each in its own process."""
    with hub(postgres=False) as env:
        of = {}
        for step in STEPS:
            output = run(env, sys.executable, __file__, "--step", step, "--sizes", str(size)).output
            of[step] = json.loads(output.strip().rpartition("\n")[2])
        report(size, of)


def main() -> None:
    """Print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 60_000, 200_000])
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.step:
        for size in options.sizes:
            measure(size)
        return
    from convener.cli.common import require_migrated, start_django

    start_django()
    require_migrated()
    register_texts()
    print(json.dumps(globals()[f"step_{options.step}"](options.sizes[0])))


if __name__ == "__main__":
    main()
