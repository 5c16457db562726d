"""Relevance: nDCG@10 of the hub's search beside plain BM25, over the shipped content and sixty judged questions.

    uv run python bench/search/relevance.py [--held-out] [--each]

The questions (`questions.yaml`) were written and judged before anything was tuned; twenty of them, five a language, are
kept apart and are used with ``--held-out`` only. Plain BM25 is tantivy's own default: one field with all the text of a
record in all its languages, its default tokenizer, any of the words.

nDCG@10 with gains 2^grade - 1 (Järvelin and Kekäläinen, 2002; gains after Burges et al., 2005), the mean over questions.
"""

from __future__ import annotations

import argparse
import math
import os
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

import yaml

QUESTIONS = Path(__file__).with_name("questions.yaml")
DEPTH = 10


def ndcg(ranked: Sequence[str], judged: Mapping[str, int]) -> float:
    """Normalised discounted cumulative gain of the first ten."""

    def gain(grades: Sequence[int]) -> float:
        return sum((2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))

    best = gain(sorted(judged.values(), reverse=True)[:DEPTH])
    return gain([judged.get(key, 0) for key in ranked[:DEPTH]]) / best if best else 0.0


def named_keys() -> dict[tuple[str, str], str]:
    """How the questions name each record, by kind and key of the index."""
    from convener.foundation.parties.models import Party
    from convener.rooms.directory.models import Initiative, Tool
    from convener.rooms.library.models import Guidance, Practice

    named = {
        ("organisation", str(pk)): f"organisation:{key}" for pk, key in Party.objects.values_list("pk", "content_key")
    }
    for kind, rows in (
        ("tool", Tool.objects.values_list("pk", "slug")),
        ("initiative", Initiative.objects.values_list("pk", "slug")),
        ("practice", Practice.objects.values_list("pk", "initiative__slug")),
        ("guidance", Guidance.objects.values_list("pk", "slug")),
    ):
        named |= {(kind, str(pk)): f"{kind}:{slug}" for pk, slug in rows}
    return named


def plain_bm25(folder: Path) -> Callable[[str], list[tuple[str, str]]]:
    """A search as tantivy comes: every record's text in one field."""
    import tantivy

    from convener.foundation.search.registry import REGISTRY

    builder = tantivy.SchemaBuilder()
    builder.add_text_field("key", stored=True, tokenizer_name="raw")
    builder.add_text_field("body")
    index = tantivy.Index(builder.build(), str(folder))
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    skipped = {f"initiative:{key}" for key in list(REGISTRY.sources["practice"].keys())}
    for kind, source in REGISTRY.sources.items():
        for entry in source.entries(list(source.keys())):
            if f"{kind}:{entry.key}" not in skipped:
                body = " ".join([*entry.names, *entry.texts.values(), *entry.words.values()])
                writer.add_document(tantivy.Document(key=f"{kind}:{entry.key}", body=body))
    writer.commit()
    index.reload()
    searcher = index.searcher()

    def search(text: str) -> list[tuple[str, str]]:
        query, _errors = index.parse_query_lenient(text, ["body"])
        hits = searcher.search(query, DEPTH).hits
        return [tuple(searcher.doc(address)["key"][0].split(":", 1)) for _score, address in hits]  # type: ignore[misc]

    return search


def report(name: str, scores: Mapping[str, Mapping[str, float]], questions: Sequence[Mapping[str, Any]]) -> None:
    """One line: the mean over all questions, and by language."""
    parts = []
    for language in ("", "en", "fr", "es", "ar"):
        values = [scores[name][one["id"]] for one in questions if not language or one["lang"] == language]
        parts.append(f"{language or 'all'} {sum(values) / len(values):.3f}")
    print(f"{name:<12} " + "  ".join(parts))


def main() -> None:
    """Load the shipped content into a new hub, build both indexes, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--held-out", action="store_true", help="ask the twenty that were kept apart")
    parser.add_argument("--each", action="store_true", help="print every question with its answers")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"CONVENER_DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "convener.site.settings"}
        import django

        django.setup()
        from django.core.management import call_command

        from convener.foundation.actor import HUB
        from convener.foundation.filters import Filters
        from convener.foundation.search import asking, writing
        from convener.rooms.directory import content
        from convener.rooms.library import content as library

        call_command("migrate", verbosity=0)
        content.load()
        library.load()
        writing.rebuild()
        (Path(folder) / "plain").mkdir()
        plain, named = plain_bm25(Path(folder) / "plain"), named_keys()
        questions = [
            one for one in yaml.safe_load(QUESTIONS.read_text()) if bool(one.get("held_out")) == chosen.held_out
        ]
        scores: dict[str, dict[str, float]] = {"convener": {}, "plain BM25": {}}
        for one in questions:
            ours = asking.ask(HUB, Filters(q=one["q"]), language=one["lang"], limit=DEPTH, counted=False)
            ranked = {
                "convener": [named[pair] for pair in ours.found],
                "plain BM25": [named[pair] for pair in plain(one["q"])],
            }
            for name, keys in ranked.items():
                scores[name][one["id"]] = ndcg(keys, one["judged"])
            if chosen.each:
                print(f"\n{one['id']} {one['q']}  ours {scores['convener'][one['id']]:.2f}", end="")
                print(f"  plain {scores['plain BM25'][one['id']]:.2f}")
                for key in ranked["convener"]:
                    print(f"    {one['judged'].get(key, '-')} {key}")
        print(f"nDCG@{DEPTH}, {len(questions)} questions")
        for name in scores:
            report(name, scores, questions)


if __name__ == "__main__":
    main()
