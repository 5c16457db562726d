"""A judged pair in words: which reason gave or took how many bits.

The bits of a reason are those of its feature: there is one score, and no other is computed here. Of the name, the
features say how many bits its words give and take together; :func:`convener.engines.names.scoring.compared`, whose
likeness of words is the one that the features are made with, says how these are divided among the words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import numpy as np

from convener.engines.names.analysis import analysed
from convener.engines.names.linkage.columns import Corpus
from convener.engines.names.linkage.features import FEATURES
from convener.engines.names.linkage.judging import Judged
from convener.engines.names.linkage.model import Outcome, PairScore, Part, Type
from convener.engines.names.linkage.preparing import TYPES
from convener.engines.names.linkage.weighing import SURE, UNSURE, model_of, probability
from convener.engines.names.scoring import compared

_LEAST_BITS = 0.005
_PERSON = TYPES.index(Type.PERSON)


def outcome(bits: float) -> Outcome:
    """What becomes of a pair of so many bits."""
    return Outcome.SURE if bits >= SURE else Outcome.UNSURE if bits >= UNSURE else Outcome.DIFFERENT


def explained(corpus: Corpus, judged: Judged, at: int, records: int = 0) -> PairScore:
    """The pair ``at`` of a judgement with its reasons."""
    one, other, bits = int(judged.one[at]), int(judged.other[at]), float(judged.bits[at])
    is_person = bool(corpus.types[one] == _PERSON or corpus.types[other] == _PERSON)
    model = model_of(judged.columns[:, at], records or len(corpus), is_person=is_person)
    of = judged.columns[:, at] * model.weights
    by_feature = {name: float(value) for name, value in zip(FEATURES, of, strict=True) if abs(value) >= _LEAST_BITS}
    against = model.prior(records or len(corpus))
    parts = [*_names(corpus, one, other, by_feature, is_person=is_person), *_context(corpus, one, other, by_feature)]
    parts.append(Part("prior", "", "", "", 0.0, -against))
    rest = bits - sum(part.gave - part.took for part in parts)
    if abs(rest) > 0.05:
        how = "doubt" if outcome(bits) is Outcome.UNSURE else "rule"
        parts.append(Part("rule", "", "", how, max(rest, 0.0), max(-rest, 0.0)))
    rounded = tuple(
        Part(part.kind, part.ours, part.theirs, part.how, round(part.gave, 2), round(part.took, 2)) for part in parts
    )
    score = float(probability(np.array([bits]))[0])
    return PairScore(score, round(bits, 2), outcome(bits), rounded, _shares(parts, score))


def turned(part: Part) -> Part:
    """A reason with its two sides exchanged."""
    return Part(part.kind, part.theirs, part.ours, part.how, part.gave, part.took)


def _names(corpus: Corpus, one: int, other: int, bits: dict[str, float], *, is_person: bool) -> Iterator[Part]:
    """The name's bits, divided among its words."""
    mine = [value for name, value in bits.items() if name.startswith(("name_", "form_"))]
    gave, took = sum(value for value in mine if value > 0), -sum(value for value in mine if value < 0)
    names = analysed(corpus.names[one]), analysed(corpus.names[other])
    found = compared(*names, kind=Type.PERSON if is_person else Type.ORGANISATION).parts
    given, taken = sum(part.gave for part in found), sum(part.took for part in found)
    for part in found:
        yield Part(
            part.kind, part.ours, part.theirs, part.how,
            gave * part.gave / given if given else 0.0, took * part.took / taken if taken else 0.0,
        )  # fmt: skip
    if (gave and not given) or (took and not taken):
        ours, theirs = (name.text for name in names)
        yield Part("name", ours, theirs, "", gave if not given else 0.0, took if not taken else 0.0)


def _context(corpus: Corpus, one: int, other: int, bits: dict[str, float]) -> Iterator[Part]:
    """One part for each feature that is not of the name."""
    for name, value in bits.items():
        kind, _line, how = name.partition("_")
        if kind in ("name", "form"):
            continue
        kind = {"near": "distance", "far": "distance", "town": "distance"}.get(kind, kind)
        said = _SAID.get(kind)
        ours, theirs = (said(corpus, one), said(corpus, other)) if said else ("", "")
        yield Part(kind, ours, theirs, how.replace("_", " ") or name, max(value, 0.0), max(-value, 0.0))


def _place(corpus: Corpus, record: int) -> str:
    return ", ".join(f"{angle:.4f}" for angle in corpus.places[record])


def _address(corpus: Corpus, record: int) -> str:
    return " ".join(corpus.address_texts[at] for at in corpus.address[:, record] if at >= 0)


_SAID: dict[str, Callable[[Corpus, int], str]] = {
    "number": lambda corpus, record: corpus.number_texts[corpus.numbers[record]],
    "site": lambda corpus, record: corpus.domain_texts[corpus.domains[record]],
    "address": _address,
    "distance": _place,
    "birth": lambda corpus, record: str(corpus.births[record]),
    "country": lambda corpus, record: corpus.country_texts[corpus.countries[record]],
}


def _shares(parts: Sequence[Part], score: float) -> tuple[float, ...]:
    """What gives bits gives the score it would have alone; what takes bits takes the rest of that away."""
    gave, took = sum(part.gave for part in parts), sum(part.took for part in parts)
    if not gave:
        return (score, *(0.0 for _part in parts[1:]))
    most = max(score, float(probability(np.array([gave]))[0]))
    shares = [
        round(most * part.gave / gave - ((most - score) * part.took / took if took else 0.0), 4) for part in parts
    ]
    largest = max(range(len(parts)), key=lambda at: parts[at].gave)
    shares[largest] = round(shares[largest] + score - sum(shares), 4)
    return tuple(shares)
