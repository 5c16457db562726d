"""Feeding, asking and following the search index beside PostgreSQL's pg_trgm, in one run on the same records and questions.

    uv run python bench/search/speed.py [--sizes 20000 60000 200000]

Organisations and a tenth as many texts of 600 words, made by a stated seed: the words of the texts are drawn by their share
in the shipped content; names have some four words, and with the number of names their different words grow as in real lists
(10,034 names of companies in registers: 10,470 words; here 10,000 names: about as many). Rarer words are coined letter by
letter after the content's own. Every step is a process of its own, so that peaks of memory are of it alone.
"""

from __future__ import annotations

import argparse
import csv
import functools
import json
import os
import random
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.directory.generate import COLUMNS, COUNTRIES, FIRST, FORMS, INDUSTRIES, SECOND, SEED, THIRD, organisation
from bench.hub import ROOT, convener, hub, peak_of_self, run

LANGUAGES = {"en": 72, "fr": 11, "es": 10, "ar": 7}
WORDS_A_TEXT, QUESTIONS, TYPOS, RENAMES = 600, 150, 500, 20
#: How quickly rarer words come (Zipf and Mandelbrot): calibrated on the real names above.
TAIL, SHIFT, COINED_IN_TEXTS = 0.33, 30, 0.03
FOLLOWED, KEYS_AN_EVENT, TEXT_TOPIC = 40_000, 1_000, "bench.text"
PG_SECONDS, PG_LONGEST_MS = 75, 10_000
Row = dict[str, Any]


class Words:
    """Words of a language: those of the shipped content by their share in it, and coined ones."""

    def __init__(self, language: str) -> None:
        from convener.foundation.vocabularies import content_dir, countries, read_yaml, vocabulary

        self.language = language
        said = [text for path in sorted(content_dir().rglob("*.yaml")) for text in _said(read_yaml(path), language)]
        count = Counter(word for text in said for word in re.findall(r"[^\W\d_]{2,}", text.lower()))
        self.words = [word for word, _number in count.most_common()]
        self._shares = list(accumulate(count[word] for word in self.words))
        labels = [
            term.labels[language] for one in (vocabulary("industries"), countries()) for term in one.terms.values()
        ]
        own = [*SECOND, *THIRD, *FIRST] if language == "en" else []
        self.of_names = list(dict.fromkeys([*own, *(word for text in labels for word in re.findall(r"\w{4,}", text))]))
        self._next: dict[str, list[str]] = defaultdict(list)
        for word in self.words:
            if len(word) > 3:
                for at in range(len(word) + 1):
                    self._next[word[max(at - 2, 0) : at]].append(word[at : at + 1])

    @functools.cache  # noqa: B019
    def coined(self, rank: int) -> str:
        """The word of that rank that nobody has used yet."""
        chance, word = random.Random(f"{SEED}:{self.language}:{rank}"), ""
        while len(word) < 13:
            letter = chance.choice(self._next[word[-2:] if word else ""])
            if letter:
                word += letter
            elif len(word) > 3:
                break
            else:
                word = ""
        return word

    def for_name(self, chance: random.Random) -> str:
        """A word of a name: seldom the same, but some often."""
        rank = int(SHIFT * ((1 - chance.random()) ** (-1 / TAIL) - 1))
        return self.of_names[rank] if rank < len(self.of_names) else self.coined(min(rank, 10**9))

    def text(self, chance: random.Random, length: int) -> str:
        """Words as often as the content says them, some of them names."""
        drawn = chance.choices(self.words, cum_weights=self._shares, k=length)
        return " ".join(self.for_name(chance) if chance.random() < COINED_IN_TEXTS else word for word in drawn)


def _said(value: Any, language: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, one in value.items():
            if key == language and isinstance(one, str):
                yield one
            yield from _said(one, language)
    elif isinstance(value, list):
        for one in value:
            yield from _said(one, language)


def names(count: int, by_language: dict[str, Words]) -> Iterator[str]:
    """Names of organisations, no two the same."""
    chance, given = random.Random(SEED), set()
    forms = {"en": FORMS, "fr": ("SARL", "SA", "SAS", ""), "es": ("S.A.", "S.L.", "Ltda", ""), "ar": ("",)}
    while len(given) < count:
        language = chance.choices(list(LANGUAGES), weights=list(LANGUAGES.values()))[0]
        number = chance.choices((1, 2, 3, 4, 5), weights=(8, 27, 35, 20, 10))[0]
        words = [by_language[language].for_name(chance) for _ in range(number)]
        name = " ".join([*(word[0].upper() + word[1:] for word in words), chance.choice(forms[language])]).strip()
        if name.lower() not in given:
            given.add(name.lower())
            yield name


def make_file(count: int, path: Path) -> None:
    """A list of organisations to import."""
    by_language, chance = {language: Words(language) for language in LANGUAGES}, random.Random(SEED)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        for number, name in enumerate(names(count, by_language)):
            row = organisation(number, chance)
            row[1], row[2] = name, "".join(word[0] for word in name.split()) + "A" if row[2] else ""
            writer.writerow(row)


def make_texts(count: int) -> None:
    """The long texts, in a table of their own."""
    from django.db import connection, transaction

    by_language, chance = {language: Words(language) for language in LANGUAGES}, random.Random(SEED + 1)
    rows = []
    for number in range(count):
        language = chance.choices(list(LANGUAGES), weights=list(LANGUAGES.values()))[0]
        words, terms = (
            by_language[language],
            f"at:{chance.choice(list(COUNTRIES))} industry:{chance.choice(INDUSTRIES)}",
        )
        body = words.text(chance, max(int(chance.gauss(WORDS_A_TEXT, 150)), 100))
        rows.append((f"{number:07}", language, words.text(chance, 7).capitalize(), body, terms))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_text (key text PRIMARY KEY, language text, title text, body text, terms text)"
        )
        cursor.executemany("INSERT INTO bench_text VALUES (%s, %s, %s, %s, %s)", rows)


def asked(query: str, values: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
    """Rows of the hub's database."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(query, values)
        return list(cursor.fetchall())


def register_texts() -> None:
    """Make the texts findable in this process, as a room would."""
    from convener.foundation.search.registration import register
    from convener.foundation.search.registry import EVERYONE, Entry, Source

    def entries(keys: Sequence[str]) -> Iterable[Entry]:
        marks = ", ".join(["%s"] * len(keys))
        for key, language, title, body, terms in asked(f"SELECT * FROM bench_text WHERE key IN ({marks})", keys):
            yield Entry(key, [EVERYONE], [title], {language: body}, terms.split())

    def keys() -> Iterable[str]:
        return (key for (key,) in asked("SELECT key FROM bench_text ORDER BY key"))

    register(Source("text", "Texts", frozenset({TEXT_TOPIC}), keys, entries, lambda _actor, _keys, _public: {}))


def typo(word: str, chance: random.Random) -> tuple[str, str]:
    """A word with one slip, and which slip."""
    letters = "abcdefghijklmnopqrstuvwxyz" if word.isascii() else word
    while True:
        at, slip, letter = chance.randrange(len(word)), chance.randrange(4), chance.choice(letters)
        kind, slipped = (
            ("delete", word[:at] + word[at + 1 :]),
            ("insert", word[:at] + letter + word[at:]),
            ("replace", word[:at] + letter + word[at + 1 :]),
            ("swap", word[:at] + word[at + 1 : at + 2] + word[at] + word[at + 2 :]),
        )[slip]
        if slipped.lower() != word.lower():
            return slipped, kind


def make_questions(path: Path) -> None:
    """What both searches are asked, in an order drawn at random; and names with a slip, with the record they mean."""
    import uuid

    chance = random.Random(SEED + 2)
    parties = [(str(uuid.UUID(key)), name) for key, name in asked("SELECT id, name FROM parties_party ORDER BY name")]
    several = [(key, name) for key, name in parties if len(re.findall(r"\w{2,}", name)) > 1]
    texts = asked("SELECT language, body FROM bench_text ORDER BY key")
    questions = [{"kind": "a name", "q": name, "lang": "en"} for _key, name in chance.sample(several, QUESTIONS)]
    for kind, lengths, languages in (
        ("one word of a text", (1,), ("en",)),
        ("two or three words of a text", (2, 3), ("en",)),
        ("French or Arabic, one to three", (1, 2, 3), ("fr", "ar")),
    ):
        right = {language: [body for one, body in texts if one == language] for language in languages}
        for number in range(QUESTIONS):
            language = languages[number % len(languages)]
            words = [word for word in chance.choice(right[language]).split() if len(word) > 3]
            questions.append(
                {"kind": kind, "q": " ".join(chance.sample(words, chance.choice(lengths))), "lang": language}
            )
    chance.shuffle(questions)
    typos = []
    while len(typos) < TYPOS:
        key, name = chance.choice(several)
        words = name.split()
        long = [at for at, word in enumerate(words) if len(word) > 3 and word.isalpha()]
        if long:
            at = chance.choice(long)
            words[at], kind = typo(words[at], chance)
            typos.append({"q": " ".join(words), "key": key, "kind": kind})
    path.write_text(json.dumps({"questions": questions, "typos": typos}))


def step_fill(size: int) -> Row:
    """The texts and the questions; the organisations were imported before."""
    make_texts(size // 10)
    make_questions(data_dir() / "questions.json")
    return {}


def data_dir() -> Path:
    """The folder of this hub."""
    return Path(os.environ["CONVENER_DATA_DIR"])


def questions() -> tuple[list[Row], list[Row]]:
    """Questions, and names with a slip."""
    found = json.loads((data_dir() / "questions.json").read_text())
    return found["questions"], found["typos"]


def step_alone(size: int) -> Row:
    """The index by itself: entries that lie in memory."""
    from convener.foundation.search.registry import REGISTRY
    from convener.foundation.search.store import Store
    from convener.foundation.search.writing import BUILDING, document

    made = [(kind, entry) for kind, source in REGISTRY.sources.items() for entry in _all_entries(source)]
    started, documents = time.perf_counter(), 0.0
    with Store(data_dir() / "alone").next_generation() as index:
        writer = index.writer(heap_size=BUILDING, num_threads=1)
        for kind, entry in made:
            before = time.perf_counter()
            one = document(kind, entry)
            documents += time.perf_counter() - before
            writer.add_document(one)
        writer.commit()
        writer.wait_merging_threads()
    return {"records": len(made), "seconds": time.perf_counter() - started, "documents": documents}


def _all_entries(source: Any) -> Iterator[Any]:
    keys = list(source.keys())
    for at in range(0, len(keys), 500):
        yield from source.entries(keys[at : at + 500])


def step_rebuild(size: int) -> Row:
    """The real one, from the database."""
    from convener.foundation.jobs.node import node_of
    from convener.foundation.search import translating, writing

    root = writing.store().root
    root.mkdir(parents=True, exist_ok=True)
    started = time.perf_counter()
    translating.build(root)
    learnt = time.perf_counter()
    records = writing.rebuild_now(node_of(data_dir()))
    took = time.perf_counter() - learnt
    disk = sum(path.stat().st_size for path in root.rglob("*") if path.is_file()) / 2**20
    return {"records": records, "seconds": took, "learnt": learnt - started, "peak": peak_of_self(), "disk": disk}


def measured(search: Callable[[Row], list[str]], rows: Sequence[Row], seconds: float = 3600) -> Row:
    """Times of each kind of question, and the shares of slips whose record was found; as many as there is time for."""
    times: dict[str, list[float]] = defaultdict(list)
    found: dict[str, list[bool]] = defaultdict(list)
    for row in rows[:50]:
        search(row) if seconds == 3600 else None
    until = time.perf_counter() + seconds
    for row in rows:
        started = time.perf_counter()
        if started > until:
            break
        keys = search(row)
        times[row["kind"] if "key" not in row else "a name with a slip"].append((time.perf_counter() - started) * 1000)
        if "key" in row:
            found[row["kind"]].append(row["key"] in keys)
    return {"times": times, "found": found}


def step_ask(size: int) -> Row:
    """Our index: the page of ten without counts, and with them."""
    from convener.foundation.actor import PUBLIC
    from convener.foundation.filters import Filters
    from convener.foundation.search.asking import ask

    def search(row: Row, *, counted: bool) -> list[str]:
        filters = Filters(q=row["q"])
        answer = ask(PUBLIC, filters, language=row.get("lang", "en"), limit=10, counted=counted)
        return [key for _kind, key in answer.found]

    texts, typos = questions()
    plain = measured(functools.partial(search, counted=False), [*texts, *typos])
    counted = measured(functools.partial(search, counted=True), [*texts, *typos])
    return {"plain": plain, "counted": counted, "peak": peak_of_self()}


def step_emit(size: int) -> Row:
    """Events of a thousand keys each: organisations and texts at their shares."""
    from django.db import transaction

    from convener.foundation.outbox.actions import emit
    from convener.foundation.search.registry import REGISTRY

    chance, number = random.Random(SEED + 3), 0
    with transaction.atomic():
        for kind, topic, most in (
            ("organisation", "directory.organisation", FOLLOWED),
            ("text", TEXT_TOPIC, FOLLOWED // 10),
        ):
            keys = list(REGISTRY.sources[kind].keys())
            keys = chance.sample(keys, min(most, len(keys)))
            for at in range(0, len(keys), KEYS_AN_EVENT):
                emit(topic, keys[at : at + KEYS_AN_EVENT])
            number += len(keys)
    return {"records": number}


def step_follow(size: int) -> Row:
    """What the worker does with them, to the last."""
    from convener.foundation.jobs.node import node_of
    from convener.foundation.outbox import consumers

    started = time.perf_counter()
    while consumers.run_once(node_of(data_dir())):
        pass
    assert not consumers.failing()
    return {"seconds": time.perf_counter() - started, "peak": peak_of_self()}


def step_visible(size: int) -> Row:
    """Renames while ``convener work`` runs: from the commit to the first search that finds the new name."""
    from convener.foundation.actor import OPERATOR, PUBLIC
    from convener.foundation.filters import Filters
    from convener.foundation.parties.models import Party
    from convener.foundation.search.asking import ask
    from convener.rooms.directory.actions.editing import edit

    chance, waits = random.Random(SEED + 4), []
    chosen = chance.sample(list(Party.objects.filter(profile__isnull=False).order_by("name")), RENAMES + 1)
    worker = subprocess.Popen(
        [sys.executable, "-m", "convener", "work"], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for party in chosen:
            word = "".join(chance.choices("bcdfghjklmnpqrstvwxz", k=12))
            edit(party, {"name": f"{party.name} {word}"}, actor=OPERATOR)
            started = time.perf_counter()
            while str(party.pk) not in [
                key for _kind, key in ask(PUBLIC, Filters(q=word), limit=10, counted=False).found
            ]:
                assert time.perf_counter() - started < 60 and worker.poll() is None, "the worker does not follow"
                time.sleep(0.01)
            waits.append(time.perf_counter() - started)
            time.sleep(0.2 + chance.random())
        status = Path(f"/proc/{worker.pid}/status").read_text()
    finally:
        worker.send_signal(signal.SIGTERM)
        worker.wait(40)
    peak = int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]
    return {"waits": waits[1:], "peak": peak}  # the first waited for the worker to start


def step_postgres(size: int) -> Row:
    """The same records and questions in PostgreSQL with pg_trgm."""
    import psycopg

    from tests.postgres import start_server

    url, stop = start_server()
    try:
        with psycopg.connect(url, autocommit=True) as connection:
            made = _fill_postgres(connection)
            texts, typos = questions()

            def search(row: Row) -> list[str]:
                words = [f"%{word}%" for word in row["q"].split()]
                by_name = "key" in row or row["kind"] == "a name"
                where = (
                    "name %% %s ORDER BY similarity(name, %s) DESC"
                    if by_name
                    else ("doc ILIKE ALL(%s) ORDER BY word_similarity(%s, doc) DESC")
                )
                values = [row["q"] if by_name else words, row["q"]]
                try:
                    found = connection.execute(f"SELECT key FROM record WHERE {where} LIMIT 10", values).fetchall()
                except psycopg.errors.QueryCanceled:
                    return []
                return [key for (key,) in found]

            return {**made, "plain": measured(search, texts, PG_SECONDS), "typos": measured(search, typos, PG_SECONDS)}
    finally:
        stop()


def _fill_postgres(connection: Any) -> Row:
    import uuid

    rows = [(str(uuid.UUID(key)), name, name) for key, name in asked("SELECT id, name FROM parties_party")]
    rows += [(key, title, f"{title} {body}") for key, title, body in asked("SELECT key, title, body FROM bench_text")]
    connection.execute("CREATE EXTENSION pg_trgm")
    for setting in ("maintenance_work_mem = '256MB'", "work_mem = '64MB'", "random_page_cost = 1.1"):
        connection.execute(f"SET {setting}")
    started = time.perf_counter()
    connection.execute("CREATE TABLE record (key text PRIMARY KEY, name text, doc text)")
    with connection.cursor() as cursor, cursor.copy("COPY record FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)
    connection.execute("CREATE INDEX ON record USING gin (name gin_trgm_ops)")
    connection.execute("CREATE INDEX ON record USING gin (doc gin_trgm_ops)")
    took = time.perf_counter() - started
    connection.execute("VACUUM ANALYZE record")
    connection.execute(f"SET statement_timeout = {PG_LONGEST_MS}")
    disk = connection.execute("SELECT pg_total_relation_size('record')").fetchone()[0] / 2**20
    return {"records": len(rows), "seconds": took, "disk": disk}


STEPS = {
    name.removeprefix("step_"): step for name, step in dict(globals()).items() if name.startswith("step_")
}  # in their order


def spread(times: Sequence[float]) -> str:
    """Median and 95th percentile in ms."""
    if not times:
        return "–"
    ordered = sorted(times)
    return f"{statistics.median(ordered):.2f}, {ordered[int(len(ordered) * 0.95)]:.2f}"


def share(found: dict[str, list[bool]]) -> str:
    """The share found, of all and by the kind of slip."""
    everything = [one for of_kind in found.values() for one in of_kind]
    kinds = ", ".join(f"{kind} {statistics.mean(of_kind):.2f}" for kind, of_kind in sorted(found.items()))
    return f"**{statistics.mean(everything):.3f}** of {len(everything)} ({kinds})"


def report(size: int, of: dict[str, Row]) -> None:
    """The tables of one size."""
    rate = {name: of[name]["records"] / of[name]["seconds"] for name in ("alone", "rebuild", "postgres")}
    rebuild, follow, pg = of["rebuild"], of["follow"], of["postgres"]
    print(f"\n{size:,} organisations, {size // 10:,} texts; load {os.getloadavg()[0]:.1f}\n")
    print("| fed | seconds | records/s | peak | on disk |\n|---|---|---|---|---|")
    print(f"| index alone ({of['alone']['documents']:.1f} s of it making documents) ", end="")
    print(f"| {of['alone']['seconds']:.1f} | {rate['alone']:,.0f} | | |")
    print(f"| rebuild from SQLite (dictionary: {rebuild['learnt']:.1f} s more) | {rebuild['seconds']:.1f} ", end="")
    print(f"| {rate['rebuild']:,.0f} | {rebuild['peak']:.0f} MiB | {rebuild['disk']:.0f} MiB |")
    print(f"| following {of['emit']['records']:,} in events of 1,000 | {follow['seconds']:.1f} ", end="")
    print(f"| {of['emit']['records'] / follow['seconds']:,.0f} | {follow['peak']:.0f} MiB | |")
    print(f"| pg_trgm: COPY, two GIN | {pg['seconds']:.1f} | {rate['postgres']:,.0f} | | {pg['disk']:.0f} MiB |")
    plain, counted = of["ask"]["plain"]["times"], of["ask"]["counted"]["times"]
    theirs = {**pg["plain"]["times"], **pg["typos"]["times"]}
    print("\n| asked, ms: p50, p95 | n | ten best | with counts | pg_trgm | its n |\n|---|---|---|---|---|---|")
    for kind in plain:
        print(f"| {kind} | {len(plain[kind])} | {spread(plain[kind])} | {spread(counted[kind])} ", end="")
        print(f"| {spread(theirs.get(kind, ()))} | {len(theirs.get(kind, ()))} |")
    pooled = [[time for of_kind in times.values() for time in of_kind] for times in (plain, counted, theirs)]
    print(f"| **all** | {len(pooled[0])} | {' | '.join(map(spread, pooled))} | {len(pooled[2])} |")
    print(f"\nrecall at 10 with one slip: {share(of['ask']['plain']['found'])}; pg_trgm {share(pg['typos']['found'])}")
    waits = of["visible"]["waits"]
    print(f"a rename is found after {statistics.median(waits):.2f} s, at most {max(waits):.2f} s; ", end="")
    print(f"`convener work` takes {of['visible']['peak']:.0f} MiB, who asks {of['ask']['peak']:.0f} MiB", flush=True)


def measure(size: int) -> None:
    """All steps for one size, each in its own process."""
    with hub(postgres=False) as env, tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "organisations.csv"
        run(env, sys.executable, __file__, "--step", "file", "--size", str(size), "--out", str(path))
        imported = json.loads(convener(env, "directory", "import", str(path), "--json").output)
        assert imported["added"] == size, imported
        of = {}
        for step in ("fill", "alone", "rebuild", "ask", "visible", "emit", "follow", "postgres"):
            output = run(env, sys.executable, __file__, "--step", step, "--size", str(size)).output
            of[step] = json.loads(output.strip().rpartition("\n")[2])
            print(f"{time.strftime('%H:%M:%S')} {size:,} {step}", file=sys.stderr, flush=True)
        report(size, of)


def main() -> None:
    """Print tables in Markdown."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[20_000, 60_000, 200_000])
    for hidden, kind in (("--step", str), ("--size", int), ("--out", Path)):
        parser.add_argument(hidden, type=kind, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if not options.step:
        for size in options.sizes:
            measure(size)
        return
    from convener.cli.common import start_django

    start_django()
    if options.step == "file":
        make_file(options.size, options.out)
        return
    register_texts()
    print(json.dumps(STEPS[options.step](options.size)))


if __name__ == "__main__":
    main()
