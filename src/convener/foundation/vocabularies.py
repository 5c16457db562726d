"""Controlled vocabularies, countries and regions: read from ``content/``, extended or overridden by the hub.

A hub puts files of the same names under ``DATA_DIR/content/``: terms with a known key replace the shipped ones, others
are added.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass, field
from importlib import resources
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language

from convener.engines.values import Lookup

FALLBACK = "en"


def read_yaml(path: Path) -> Any:
    """The content of one YAML file, by libyaml's safe loader."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return yaml.load(path.read_bytes(), Loader=loader)  # noqa: S506 - a safe loader, only faster


def content_dir() -> Path:
    """The folder of the content that ships with the package."""
    return Path(str(resources.files("convener"))) / "content"


def in_language(texts: dict[str, str] | None) -> str:
    """The text of the active language, else the English one, else nothing."""
    if not texts:
        return ""
    language = (get_language() or FALLBACK).split("-")[0]
    return texts.get(language) or texts.get(FALLBACK, "")


@dataclass(frozen=True)
class VocabularyTerm:
    """One term: its key, its label and definition by language, and where it stands among the others."""

    key: str
    labels: dict[str, str]
    definitions: dict[str, str] = field(default_factory=dict)
    broader: str = ""
    maps_to: str = ""
    synonyms: tuple[str, ...] = ()
    extra: dict[str, Any] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The label in the active language."""
        return in_language(self.labels)

    @property
    def definition(self) -> str:
        """The definition in the active language."""
        return in_language(self.definitions)


@dataclass(frozen=True)
class Vocabulary:
    """A vocabulary: its terms by key, in the order of the file."""

    name: str
    terms: dict[str, VocabularyTerm]
    lookup: Lookup

    def label(self, key: str) -> str:
        """The label of ``key`` in the active language; an unknown key stands for itself."""
        term = self.terms.get(key)
        return term.label if term else key

    def labels(self, keys: Iterable[str]) -> list[str]:
        """The labels of several keys."""
        return [self.label(key) for key in keys]

    def choices(self) -> list[tuple[str, str]]:
        """Pairs of key and label, sorted by label, for forms."""
        return sorted(((key, term.label) for key, term in self.terms.items()), key=lambda pair: pair[1])


def _term(raw: dict[str, Any], key: str) -> VocabularyTerm:
    known = {"key", "label", "definition", "broader", "maps_to", "synonyms"}
    return VocabularyTerm(
        key=key,
        labels=raw["label"],
        definitions=raw.get("definition") or {},
        broader=raw.get("broader") or "",
        maps_to=raw.get("maps_to") or "",
        synonyms=tuple(raw.get("synonyms") or ()),
        extra={name: value for name, value in raw.items() if name not in known},
    )


def _load(relative: str, name: str, key: str = "key", codes: tuple[str, ...] = ()) -> Vocabulary:
    terms: dict[str, VocabularyTerm] = {}
    for folder in (content_dir(), Path(settings.DATA_DIR) / "content"):
        path = folder / relative
        if path.is_file():
            for raw in read_yaml(path)["terms"]:
                terms[raw[key]] = _term(raw, raw[key])
    lookup = Lookup(
        (term.key, [*term.labels.values(), *term.synonyms, *(str(term.extra[code]) for code in codes)])
        for term in terms.values()
    )
    return Vocabulary(name, terms, lookup)


@functools.cache
def vocabulary(name: str) -> Vocabulary:
    """The vocabulary of a name such as 'sectors' or 'stakeholder-types'; FileNotFoundError is a programming error."""
    loaded = _load(f"vocabularies/{name}.yaml", name)
    if not loaded.terms:
        raise FileNotFoundError(f"content/vocabularies/{name}.yaml")
    return loaded


def vocabulary_names() -> list[str]:
    """The names of all vocabularies, without countries and regions."""
    folders = (content_dir(), Path(settings.DATA_DIR) / "content")
    return sorted({path.stem for folder in folders for path in (folder / "vocabularies").glob("*.yaml")})


@functools.cache
def countries() -> Vocabulary:
    """Countries by ISO 3166-1 alpha-2 code; found by code, alpha-3 code or name in the four languages."""
    return _load("countries.yaml", "countries", key="iso2", codes=("iso3",))


@functools.cache
def regions() -> Vocabulary:
    """Regions by key (UN M49 and the field's own)."""
    return _load("regions.yaml", "regions")


@functools.cache
def sectors_of_industry() -> dict[str, tuple[str, ...]]:
    """The cross-walk: industry key → its investment sector, preceded by the broader one where it is a detail term."""
    sectors = vocabulary("sectors").terms
    walk: dict[str, tuple[str, ...]] = {}
    for key, term in vocabulary("industries").terms.items():
        if term.maps_to:
            broader = sectors[term.maps_to].broader
            walk[key] = (broader, term.maps_to) if broader else (term.maps_to,)
    return walk
