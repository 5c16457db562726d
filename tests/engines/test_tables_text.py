"""Texts in cells: neutralising formulas and joining lists, and that both can be undone exactly."""

from __future__ import annotations

import csv
import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.engines.tables import join_list, neutralise, restore, split_list

pytestmark = pytest.mark.req("DIR-7")

DANGEROUS = "=+-@\t\r\n＝＋－＠"
EDGY = st.text(st.sampled_from(DANGEROUS + "'\";|\\ ab\n")) | st.text()


@given(EDGY)
def test_restore_undoes_neutralise(text: str) -> None:
    assert restore(neutralise(text)) == text


@given(EDGY)
def test_a_neutralised_text_never_starts_like_a_formula_and_gains_apostrophes_alone(text: str) -> None:
    safe = neutralise(text)
    assert not safe.startswith(tuple(DANGEROUS))
    assert safe.replace("'", "") == text.replace("'", "")


@given(EDGY)
def test_no_piece_starts_like_a_formula_where_a_program_splits_at_semicolons_tabs_or_line_ends(text: str) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\r\n").writerow(["CV-1", neutralise(text), "x"])
    pieces = re.split("[;\t\r\n]", out.getvalue())
    assert not any(piece.lstrip('"').startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠")) for piece in pieces)


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("＝1", "'＝1"),
        ("'=1", "''=1"),
        ("''@x", "'''@x"),
        ("\tx", "'\tx"),
        ("'tis", "'tis"),
        ("a=b", "a=b"),
        ("Aid;=1+1", "Aid;'=1+1"),
        ('Aid;"=1+1"', 'Aid;\'"=1+1"'),
        ("Aid;'=1", "Aid;''=1"),
        ("=a;@b;c", "'=a;'@b;c"),
        ("=a\n=b", "'=a\n'=b"),
        ("Aid; food; -5", "Aid; food; -5"),
        ("", ""),
    ],
)
def test_neutralise(text: str, safe: str) -> None:
    assert neutralise(text) == safe
    assert restore(safe) == text


PARTS = st.lists(EDGY.map(str.strip).filter(bool))


@given(PARTS)
def test_split_undoes_join(parts: list[str]) -> None:
    assert split_list(join_list(parts)) == parts


def test_split_list_trims_drops_empty_parts_and_leaves_other_backslashes() -> None:
    assert split_list(" a | | b\\|c |C:\\temp|d\\\\|") == ["a", "b|c", "C:\\temp", "d\\"]
    assert split_list("") == []
