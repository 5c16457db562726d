"""Addresses, websites, numbers and dates of records, folded so that what is meant alike is equal. One value at a time."""

from __future__ import annotations

import functools
import re
from typing import NamedTuple

from convener.engines.names.romanising import romanised
from convener.engines.names.vocabulary import Kind, vocabulary
from convener.engines.values.folding import fold

#: Words of addresses that say what kind of street or unit it is; they come, go and are abbreviated.
_KINDS_TEXT = """
    street st str road rd avenue ave av avda lane ln building bldg plot no nr num number unit floor fl suite ste
    block blk lot room rm industrial ind estate est zone park ip rue r bd bld boulevard blvd calle c carretera
    ctra km poligono pol nave via v viale corso piazza rua travessa estrada ul ulica al aleja os caddesi cad
    cadde sokak sok mahallesi mah osb jalan jl jln duong d so strasse weg platz allee straat laan kade drive dr
    court ct close cl place pl crescent cres circuit cct way highway hwy square sq terrace tce parade pde grove
    zi the of de la du del den van
"""
_KINDS = frozenset(_KINDS_TEXT.split())
_WORD = re.compile(r"[^\W_]+")
_GERMAN_STREET = re.compile(r"(?<=[^\W\d_]{4})(strasse|str)(?![^\W_])")
_MOST_ADDRESS = 300
MOST_ADDRESS_WORDS = 8


def address_words(text: str) -> list[str]:
    """The words of an address that say where it is, romanised, in their order, each once."""
    folded = fold(text[:_MOST_ADDRESS])
    if "str" in folded:
        folded = _GERMAN_STREET.sub("", folded)
    found = dict.fromkeys([_plain(word) for word in _WORD.findall(folded) if word not in _KINDS])
    found.pop("", None)
    return list(found)


def most_telling(words: list[str]) -> list[str]:
    """The eight words of an address that are compared, places by one name each: of more, first the numbers."""
    words = list(dict.fromkeys(map(_place, words)))
    if len(words) <= MOST_ADDRESS_WORDS:
        return words
    numbers = [word for word in words if not word.isalpha()]
    return [*numbers, *(word for word in words if word.isalpha())][:MOST_ADDRESS_WORDS]


@functools.lru_cache(maxsize=100_000)
def _plain(word: str) -> str:
    word = word if word.isascii() else romanised(word).latin or word
    return word.lstrip("0") or word if not word.isalpha() else word


@functools.lru_cache(maxsize=100_000)
def _place(word: str) -> str:
    """The one name of a city or country that languages call otherwise (Moskva, Moscow); any other word is its own."""
    sense = vocabulary().senses.get((word,))
    return sense.key.replace("-", "") if sense and sense.kind is Kind.CONCEPT and sense.key else word


#: Sites where many have a page: the host says nothing, the page does.
_SHARED_TEXT = """
    facebook.com fb.com linkedin.com instagram.com twitter.com x.com youtube.com tiktok.com vk.com t.me wa.me
    weibo.com linktr.ee medium.com pinterest.com alibaba.com made-in-china.com indiamart.com tradeindia.com
    sites.google.com google.com github.com ok.ru line.me naver.com wixsite.com etsy.com amazon.com
"""
_SHARED = frozenset(_SHARED_TEXT.split())
_FREE_HOSTS_TEXT = """
    blogspot.com wordpress.com weebly.com wixsite.com webs.com business.site netlify.app
"""
_FREE_HOSTS = frozenset(_FREE_HOSTS_TEXT.split())
_SECOND_LEVEL_TEXT = """
    co com net org gov gob ac edu or ne go in web biz ltd plc gen nom
"""
_SECOND_LEVEL = frozenset(_SECOND_LEVEL_TEXT.split())
_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://|^//")
_COMMON_PATH = frozenset({"company", "in", "pages", "people", "p", "school", "showcase", "channel", "user", "c"})
_HOST = re.compile(r"[a-z0-9][a-z0-9.-]*\.[a-z][a-z0-9-]*")


class Site(NamedTuple):
    """``domain`` is what is registered, or host and page where many share the host; ``label`` its own first word."""

    domain: str
    label: str


NO_SITE = Site("", "")


def site(text: str) -> Site:
    """The website behind an address, whatever its protocol, subdomain, page and writing; ``NO_SITE`` where it is none."""
    rest = _SCHEME.sub("", text.strip().lower())
    host, _slash, path = rest.partition("/")
    host = host.rpartition("@")[2].partition(":")[0].partition("?")[0].rstrip(".")
    if not _HOST.fullmatch(host):
        return NO_SITE
    labels = host.split(".")
    count = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVEL else 2
    domain = ".".join(labels[-count:])
    if domain in _SHARED or host in _SHARED:
        steps = [step for step in path.partition("?")[0].split("/") if step and step not in _COMMON_PATH]
        return Site(f"{domain}/{steps[0]}", "") if steps else NO_SITE
    if domain in _FREE_HOSTS:
        return Site(host, labels[-count - 1]) if len(labels) > count else NO_SITE
    return Site(domain, labels[-count].replace("-", ""))


_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")
_NUMBER_WORD = re.compile(r"^\W*(?:registration|company|reg|nr|no|number|num|id)\b[\W_]*", re.IGNORECASE)
_LETTERS_FIRST = re.compile(r"^([A-Z]{1,4})(?=[0-9])")


class Number(NamedTuple):
    """``key`` is the number without signs, first letters and leading zeros; ``letters`` are those first letters."""

    key: str
    letters: str
    is_lei: bool


NO_NUMBER = Number("", "", False)


@functools.lru_cache(maxsize=4_096)
def number(text: str) -> Number:
    """A registration number in a form in which its usual writings are equal."""
    if not any(map(str.isalnum, text)):
        return NO_NUMBER
    plain = text
    while (shorter := _NUMBER_WORD.sub("", plain)) != plain and any(map(str.isdigit, shorter)):
        plain = shorter
    plain = "".join(filter(str.isalnum, fold(plain).upper()))
    if is_lei(plain):
        return Number(plain, "", True)
    found = _LETTERS_FIRST.match(plain)
    letters = found[1] if found else ""
    key = plain[len(letters) :].lstrip("0")
    return Number(key or plain, letters, False)


def is_lei(plain: str) -> bool:
    """Whether it is a Legal Entity Identifier (ISO 17442): 18 signs and two check digits (ISO 7064 MOD 97-10)."""
    return bool(_LEI.fullmatch(plain)) and int("".join(str(int(sign, 36)) for sign in plain)) % 97 == 1


_DATE = re.compile(r"([12]\d{3})(?:-(\d{2})(?:-(\d{2}))?)?")


def birth(text: str) -> int:
    """A date as year * 10,000 + month * 100 + day, what is not known as 0; 0 for what is not written like a date.

    Months and days that there are not stay: one wrong digit in them is still likely to be the same date.
    """
    match = _DATE.fullmatch(text)
    return int(match[1]) * 10_000 + int(match[2] or 0) * 100 + int(match[3] or 0) if match else 0


def is_date(text: str) -> bool:
    """Whether a text is empty, or a year, month or day as ISO 8601 writes them."""
    if not text:
        return True
    year_month_day = birth(text)
    return bool(year_month_day) and year_month_day // 100 % 100 <= 12 and year_month_day % 100 <= 31
