"""The design system's style sheet and templates: small, direction-free, readable, translatable, no inline code."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import convener.foundation.ui as ui_package
from convener.foundation.ui import components as c

UI = Path(ui_package.__path__[0])
CSS = (UI / "static/ui/convener.css").read_text()


def minified(css: str) -> str:
    """The style sheet as a minifier would leave it: no comments, no spare blanks."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    css = re.sub(r"\s+", " ", css)
    return re.sub(r"\s*([{};,>])\s*|(?<=:)\s+", lambda m: m.group(1) or "", css).replace(";}", "}").strip()


def test_style_sheet_is_small() -> None:
    assert len(minified(CSS).encode()) < 15_500


def test_style_sheet_has_no_physical_direction() -> None:
    rules = re.sub(r"@media[^{]*", "", minified(CSS))
    declared = set(re.findall(r"[{;]([a-z-]+):", rules))
    assert {"margin-block", "padding-inline", "inline-size"} <= declared
    physical = re.compile(
        r"(margin|padding|border|scroll-margin|scroll-padding)-(left|right|top|bottom)(-.*)?"
        r"|left|right|top|bottom|float|clear|(min-|max-)?(width|height)|border-(top|bottom)-(left|right)-radius"
    )
    assert [name for name in declared if physical.fullmatch(name)] == []
    assert not re.search(r"text-align:(left|right)|to (left|right)", rules)


def test_style_sheet_fetches_nothing_from_elsewhere() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "http:" not in CSS
    assert "https:" not in CSS
    for needed in ("forced-colors: active", "prefers-reduced-motion", "@media print", ":focus-visible"):
        assert needed in CSS


def luminance(colour: str) -> float:
    """Relative luminance of an sRGB colour, as WCAG 2.2 defines it."""
    digits = colour.lstrip("#")
    digits = "".join(d * 2 for d in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, two: str) -> float:
    """Contrast ratio of two colours, 1 to 21, as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


COLOURS = dict(re.findall(r"--([a-z-]+):\s*(#[0-9a-f]{3,6});", CSS))
SURFACES = ("paper", "mist", "foam")
TEXT_PAIRS = [
    *[(text, surface) for text in ("ink", "muted", "link", "visited", "sea") for surface in SURFACES],
    *[("paper", ground) for ground in ("sea", "deep", "danger", "bad-fg")],
    *[(f"{tone}-fg", f"{tone}-bg") for tone in c.TONES],
    ("bad-fg", "paper"),
    ("deep", "foam"),
    ("ink", "sun"),
]
#: What is not text but must be seen: borders of controls, the focus ring, the mark of the current page.
SHAPE_PAIRS = [
    ("edge", "paper"),
    ("edge", "mist"),
    ("ink", "paper"),
    ("sun", "sea"),
    ("sun", "deep"),
    ("sea", "paper"),
    ("danger", "paper"),
    ("ink", "sun"),
]


def test_contrast_measure_knows_the_extremes() -> None:
    assert contrast("#fff", "#000") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


@pytest.mark.parametrize(("text", "ground"), TEXT_PAIRS)
def test_text_can_be_read(text: str, ground: str) -> None:
    assert contrast(COLOURS[text], COLOURS[ground]) >= 4.5


@pytest.mark.parametrize(("shape", "ground"), SHAPE_PAIRS)
def test_shapes_can_be_seen(shape: str, ground: str) -> None:
    assert contrast(COLOURS[shape], COLOURS[ground]) >= 3


def test_every_text_colour_is_among_the_measured_pairs() -> None:
    used = set(re.findall(r"(?<![a-z-])color:var\(--([a-z-]+)\)", minified(CSS)))
    assert used
    assert used <= {text for text, _ground in TEXT_PAIRS} | {"edge"}


TEMPLATES = sorted((UI / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(UI / "templates")))
def test_templates_hold_no_inline_style_script_or_untranslated_word(path: Path) -> None:
    source = re.sub(r"{% comment %}.*?{% endcomment %}|{#.*?#}", "", path.read_text(), flags=re.S)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=|<script(?![^>]*\bsrc=)", source)
    assert not re.search(r"(aria-label|alt|title)=\"[A-Za-z]", source)
    source = re.sub(r"{% block (main_class|body_attributes) %}.*?{% endblock %}", "", source)
    words = re.sub(r"{% blocktranslate.*?endblocktranslate %}", "", source, flags=re.S)
    words = re.sub(r"{%.*?%}|{{.*?}}", "", words, flags=re.S)
    words = re.sub(r"<code>.*?</code>|<!DOCTYPE html>|<[^<>]*>|&[a-z]+;", "", words, flags=re.S)
    assert not re.search(r"[A-Za-z]{2,}", words), words
