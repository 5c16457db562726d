"""Names in scripts whose syllables are read in several ways: Korean, and Korean names as others write them."""

from __future__ import annotations

import pytest

from convener.engines.names import Type, analysed, compared
from convener.engines.names.romanising import romanised

pytestmark = pytest.mark.req("SCR-2")


@pytest.mark.parametrize(
    ("hangul", "latin"),
    [("정은", "jeongeun"), ("강", "gang"), ("박", "bak"), ("한국", "hanguk"), ("영철", "yeongcheol")],
)
def test_korean_syllables_end_as_they_sound_and_ng_is_one_sound(hangul: str, latin: str) -> None:
    assert romanised(hangul).latin == latin


@pytest.mark.parametrize("written", ["김정은", "金正恩", "Ким Чен Ын", "كيم جونغ أون", "Kim Jong-un", "Kim Jeong-eun"])
def test_one_korean_name_is_found_in_other_scripts(written: str) -> None:
    listed = analysed("KIM, Jong Un", Type.PERSON)

    assert compared(analysed(written, Type.PERSON), listed, Type.PERSON).score >= 0.6


@pytest.mark.parametrize("written", ["김정숙", "김여정", "Ким Чен Сук", "김철"])
def test_other_names_of_that_family_are_not(written: str) -> None:
    listed = analysed("KIM, Jong Un", Type.PERSON)

    assert compared(analysed(written, Type.PERSON), listed, Type.PERSON).score < 0.6
