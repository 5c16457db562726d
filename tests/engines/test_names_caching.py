"""Lists that are kept: used where nothing changed, made anew where anything did, and never believed when damaged."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from convener.engines.names import Query, Screener
from convener.engines.names.caching import MOST_KEPT, incomplete, kept_file, ready
from convener.engines.names.compiled import Compiled, read
from convener.engines.names.lists import load
from convener.errors import Unreadable

pytestmark = [pytest.mark.req("SCR-5"), pytest.mark.req("SCR-2")]

LIST = "id,name,country\n1,Ivan Petrovich Sokolov,Russia\n2,Banco Nacional de Cuba,Cuba\n"


def no_code(text: str) -> str:
    return ""


def code(text: str) -> str:
    return {"Russia": "RU", "Cuba": "CU"}.get(text, "")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A list."""
    path = tmp_path / "list.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


def hits(given: Compiled, name: str = "Sokolov Ivan Petrovich") -> list[tuple[str, str, float]]:
    """Who is found by a name."""
    return [(hit.list, hit.entry_id, hit.score) for hit in Screener([given]).screen(Query("q", name)).hits]


def test_a_kept_list_answers_as_the_list_does_under_the_name_and_path_it_has_now(path: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    first = ready(path, cache=cache, name="Before", country_code=code)
    (file,) = cache.glob("list-*")
    written = file.stat().st_ino
    other = path.rename(tmp_path / "other.csv")
    second = ready(other, cache=cache, country_code=code)
    assert file.stat().st_ino == written
    assert (second.source.name, second.source.path) == ("other.csv", str(other))
    assert list(second.entries) == list(first.entries)
    assert [hit[1:] for hit in hits(second)] == [hit[1:] for hit in hits(first)]
    assert kept_file(second, cache=cache, format="", country_code=code) == file


def test_what_it_depends_on_makes_another(path: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert ready(path, cache=cache).entries[0].countries == ("RUSSIA",)
    assert ready(path, cache=cache, country_code=code).entries[0].countries == ("RU",)
    assert ready(path, cache=cache, country_code=no_code).entries[0].countries == ("RUSSIA",)
    path.write_text(LIST.replace("Russia", "Cuba"), encoding="utf-8")
    assert ready(path, cache=cache, country_code=code).entries[0].countries == ("CU",)
    assert len(list(cache.glob("list-*"))) == 4


def test_no_damage_of_a_kept_file_is_believed_or_raised(path: Path, tmp_path: Path) -> None:
    cache, chance = tmp_path / "cache", random.Random(7)
    whole = ready(path, cache=cache)
    (file,) = cache.glob("list-*")
    content, asked = file.read_bytes(), hits(whole)
    assert asked
    for number in range(300):
        damaged = bytearray(content)
        if number % 3:
            for _byte in range(chance.choice((1, 20))):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        else:
            del damaged[chance.randrange(len(damaged)) :]
        file.write_bytes(damaged)
        found = read(file)
        assert found is None or hits(found) == asked
    file.write_bytes(b"")
    assert hits(ready(path, cache=cache)) == asked
    assert file.read_bytes() == content


def test_where_nothing_can_be_kept_the_list_is_read_all_the_same(path: Path, tmp_path: Path) -> None:
    told: list[str] = []
    taken = tmp_path / "taken"
    taken.write_text("")
    assert hits(ready(path, cache=taken / "names", tell=told.append))
    assert len(told) == 1
    assert hits(ready(path, cache=taken / "names"))
    assert hits(ready(path, cache=None))
    assert kept_file(ready(path, cache=None), cache=taken / "names", format="", country_code=None) is None
    with pytest.raises(Unreadable):
        ready(tmp_path / "none.csv", cache=tmp_path / "cache")


def test_the_folder_does_not_grow_without_end(path: Path, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    for number in range(MOST_KEPT + 3):
        path.write_text(f"name\nSokolov {number}\n", encoding="utf-8")
        ready(path, cache=cache)
    assert len(list(cache.iterdir())) == MOST_KEPT


def test_a_list_in_use_stays_while_others_come_and_go(path: Path, tmp_path: Path) -> None:
    cache, used = tmp_path / "cache", tmp_path / "used.csv"
    used.write_text("name\nVolkov\n", encoding="utf-8")
    kept = kept_file(ready(used, cache=cache), cache=cache, format="", country_code=None)
    assert kept is not None
    for number in range(MOST_KEPT + 3):
        os.utime(kept, (1_000_000, 1_000_000))  # kept long ago
        ready(used, cache=cache)
        path.write_text(f"name\nSokolov {number}\n", encoding="utf-8")
        ready(path, cache=cache)
    assert kept.exists()


def test_that_a_list_is_cut_off_is_still_known_when_it_comes_from_the_cache(tmp_path: Path) -> None:
    path, cache = tmp_path / "cut.csv", tmp_path / "cache"
    path.write_text(LIST + '3,"never closed', encoding="utf-8")
    first, again = (incomplete(ready(path, cache=cache).problems) for _ in range(2))
    assert len(first) == len(again) == 1


def test_that_a_list_is_cut_off_is_told_whatever_else_is_wrong_with_it(tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl"
    path.write_text('{"id": "1", "schema": "Person", "properties": {"name": ["A B"]}}\n' + "odd\n" * 2_000 + '{"id"')
    assert [problem.row for problem in incomplete(load(path).problems)] == [2_002]


def test_words_of_a_list_do_not_make_it_one_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("id,name,type\n1,Sokolov,cut off\n", encoding="utf-8")
    problems = load(path).problems
    assert "cut off" in problems[0].message
    assert not incomplete(problems)


@pytest.mark.parametrize(
    ("name", "content", "is_whole"),
    [
        ("whole.csv", LIST, True),
        ("odd.csv", LIST.replace(",Russia", ""), True),
        ("none.csv", "id,name\n", False),
        ("cut.csv", LIST + '3,"never closed', False),
        ("cut.xml", '<CONSOLIDATED_LIST dateGenerated="2026-01-01T00:00:00"><INDIVIDUALS><INDIVIDUAL>', False),
        ("cut.jsonl", '{"id": "1", "schema": "Person", "properties": {"name": ["A B"]}}\n{"id": "2", "sch', False),
    ],
)
def test_a_list_of_which_a_part_is_missing_is_known(name: str, content: str, is_whole: bool, tmp_path: Path) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    assert (not incomplete(load(tmp_path / name).problems)) == is_whole


def test_an_ofac_list_without_its_other_files_or_cut_is_known(tmp_path: Path) -> None:
    line = '306,"BANCO NACIONAL DE CUBA",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,"a.k.a. \'BNC\'."\n'
    (tmp_path / "sdn.csv").write_text(line)
    assert incomplete(load(tmp_path).problems)
    (tmp_path / "alt.csv").write_text('306,220,"aka","NATIONAL BANK OF CUBA",-0- \n')
    (tmp_path / "add.csv").write_text('306,199,"Zweierstrasse 35","Zurich CH-8022","Switzerland",-0- \n')
    assert not incomplete(load(tmp_path).problems)
    (tmp_path / "sdn.csv").write_text(line + '307,"BANCO')
    assert incomplete(load(tmp_path).problems)
