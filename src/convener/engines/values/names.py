"""The key under which two writings of one organisation's name are the same."""

from __future__ import annotations

import functools
import re
import unicodedata

from convener.engines.values.folding import fold

# Short form of each legal form, and the ways of writing it (dotted letters are run together before they are compared).
# Which forms there are, and how they are abbreviated: ISO 20275, the code list of entity legal forms kept by GLEIF.
_FORMS = {
    "ltd": ["limited", "ltd", "ltda", "limitada", "limitee", "ltee"],
    "plc": ["public limited company", "public ltd co", "plc"],
    "inc": ["incorporated", "inc", "incorporee"],
    "llc": ["limited liability company", "ltd liability co", "llc"],
    "llp": ["limited liability partnership", "llp"],
    "lp": ["limited partnership", "lp"],
    "co": ["company", "co", "cia", "compania", "compagnie", "cie"],
    "corp": ["corporation", "corp"],
    "gmbh": ["gesellschaft mit beschrankter haftung", "gesellschaft mbh", "gmbh"],
    "ag": ["aktiengesellschaft", "ag"],
    "kg": ["kommanditgesellschaft", "kg"],
    "ev": ["eingetragener verein", "ev"],
    "sa": ["societe anonyme", "sociedad anonima", "sociedade anonima", "sa"],
    "sas": ["societe par actions simplifiee", "sas"],
    "sarl": ["societe a responsabilite limitee", "sarl"],
    "srl": ["societa a responsabilita limitata", "sociedad de responsabilidad limitada", "srl", "s de rl"],
    "sl": ["sociedad limitada", "sl"],
    "spa": ["societa per azioni", "spa"],
    "cv": ["de cv", "capital variable"],
    "bv": ["besloten vennootschap", "bv"],
    "nv": ["naamloze vennootschap", "nv"],
    "pty": ["proprietary", "pty"],
    "pte": ["pte"],
    "pvt": ["private", "pvt"],
    "sdn": ["sendirian", "sdn"],
    "bhd": ["berhad", "bhd"],
    "tbk": ["terbuka", "tbk"],
    "ab": ["aktiebolag", "ab"],
    "as": ["aksjeselskap", "aktieselskab", "anonim sirketi", "as"],
    "asa": ["allmennaksjeselskap", "asa"],
    "oy": ["osakeyhtio", "oy"],
    "oyj": ["julkinen osakeyhtio", "oyj"],
    "spzoo": ["spolka z ograniczona odpowiedzialnoscia", "sp zoo", "spolka zoo"],
    "sro": ["spolecnost s rucenim omezenym", "spolocnost s rucenim obmedzenym", "sro"],
    "kft": ["korlatolt felelossegu tarsasag", "kft"],
    "doo": ["drustvo s ogranicenom odgovornoscu", "doo"],
    "cic": ["community interest company", "cic"],
    "cio": ["charitable incorporated organisation", "cio"],
    "ооо": ["общество с ограниченной ответственностью", "ооо"],
    "оао": ["открытое акционерное общество", "оао"],
    "пао": ["публичное акционерное общество", "пао"],
    "зао": ["закрытое акционерное общество", "зао"],
    "ао": ["акционерное общество", "ао"],
    "тов": ["товариство з обмеженою відповідальністю", "тов"],
    "ذمم": ["ذات مسؤولية محدودة", "ذمم"],
    "شمم": ["شركة مساهمة مصرية", "شمم"],
    "株": ["株式会社", "株"],
    "주": ["주식회사", "주"],
}
_LEADING = ("ооо", "оао", "пао", "зао", "ао", "тов")
# Scripts written without blanks: the form is the end of the last word.
_UNSPACED = {
    "股份有限公司": "股份有限公司", "有限责任公司": "有限公司", "有限責任公司": "有限公司", "有限公司": "有限公司",
    "株式会社": "株", "주식회사": "주",
}  # fmt: skip

_PUNCTUATION: dict[int, str | None] = {code: " " for code in range(128) if not chr(code).isalnum()}
_PUNCTUATION |= {ord("'"): None, ord("`"): None}
_APOSTROPHES = re.compile("['`´‘’ʼ＇]")


def _fold_forms() -> dict[tuple[str, ...], str]:
    return {tuple(_words(fold(writing))): short for short, writings in _FORMS.items() for writing in writings}


@functools.lru_cache(maxsize=10_000)  # an import asks for the key of one name several times in a row
def name_key(name: str) -> str:
    """Return the key of an organisation's name: equal for writings that differ in nothing but form.

    NFKC and lower case, accents taken off, punctuation turned into blanks, ``&`` into "and", letters that stand singly
    run together (S. A. is "sa"), the legal form at the end brought to one short form and kept (Ltd is not PLC), "the"
    dropped from the start (and from the end, where lists sorted by name put it). Never empty for a name with a letter
    or digit in any script.
    """
    folded = fold(name)
    if "&" in folded:
        folded = folded.replace("&", " and ")
    if not folded.isascii():
        folded = _APOSTROPHES.sub("", folded)
    words = _words(folded)
    if len(words) > 1 and words[0] == "the":
        del words[0]
    if len(words) > 1 and words[-1] == "the":
        del words[-1]
    if not folded.isascii():
        words = _unify_start(_split_unspaced(words))
    key = " ".join(_unify_end(words))
    return key or "".join(letter for letter in name.casefold() if letter.isalnum())


def _words(text: str) -> list[str]:
    """Split into words of letters, digits and vowel signs; run single letters together."""
    if text.isascii():
        words = text.translate(_PUNCTUATION).split()
    else:
        words = "".join(letter if _in_word(letter) else " " for letter in text).split()
    if not words or min(map(len, words)) > 1:
        return words
    joined: list[str] = []
    single = False
    for word in words:
        if len(word) == 1 and word.isalpha():
            if single:
                joined[-1] += word
            else:
                joined.append(word)
            single = True
        else:
            joined.append(word)
            single = False
    return joined


def _in_word(letter: str) -> bool:
    return letter.isalnum() or unicodedata.category(letter) in ("Mn", "Mc")


def _unify_end(words: list[str]) -> list[str]:
    """Bring the legal forms at the end of a name to their short forms."""
    forms: list[str] = []
    while words and words[-1] in _ENDINGS:
        writing = next((form for form in _ENDINGS[words[-1]] if tuple(words[-len(form) :]) == form), None)
        if writing is None:
            break
        forms.insert(0, _BY_WORDS[writing])
        words = words[: -len(writing)]
    return words + forms


def _unify_start(words: list[str]) -> list[str]:
    """Bring a Russian or Ukrainian legal form, which stands before the name, to its short form."""
    for writing, short in _STARTS.items():
        if tuple(words[: len(writing)]) == writing:
            return [short, *words[len(writing) :]]
    return words


def _split_unspaced(words: list[str]) -> list[str]:
    for ending, short in _UNSPACED.items() if words else ():
        if words[-1].endswith(ending):
            rest = words[-1].removesuffix(ending)
            return [*words[:-1], rest, short] if rest else [*words[:-1], short]
        if words[0].startswith(ending):
            return [short, words[0].removeprefix(ending), *words[1:]]
    return words


_BY_WORDS = _fold_forms()
_STARTS = {form: short for form, short in _BY_WORDS.items() if short in _LEADING}
# By its last word, the longest first, so that "private limited" is found before "limited".
_ENDINGS = {
    last: sorted((form for form in _BY_WORDS if form[-1] == last), key=len, reverse=True)
    for last in {form[-1] for form in _BY_WORDS}
}
