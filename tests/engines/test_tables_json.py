"""JSON and GeoJSON: the shapes that are read, and hostile ones."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from convener.engines.tables import Limits, Row, Table, open_table
from convener.errors import Unreadable
from tests.engines.hostile import measure

pytestmark = pytest.mark.req("DIR-7")


@pytest.fixture
def make(tmp_path: Path):
    def write(content: object, name: str = "list.json") -> Path:
        path = tmp_path / name
        if isinstance(content, (str, bytes)):
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        else:
            path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")
        return path

    return write


def read(path: Path, limits: Limits = Limits(), filename: str | None = None) -> tuple[Table, list[Row]]:  # noqa: B008
    with open_table(path, limits=limits, filename=filename) as table:
        return table, list(table.rows())


def refusal(path: Path, limits: Limits = Limits()) -> str:  # noqa: B008
    with pytest.raises(Unreadable) as caught:
        read(path, limits)
    assert caught.value.hint
    return caught.value.message


RECORDS = [
    {"name": "Ünï", "n": 5, "share": 0.5, "yes": True, "tags": ["a", "b|c", None], "none": None, "empty": ""},
    {},
    {"late": "=1", "name": "'=x"},
]


@pytest.mark.parametrize(
    "wrap",
    [
        lambda records: records,
        lambda records: {"count": 3, "next": None, "links": {"a": [1, {"b": []}]}, "results": records},
        lambda records: {"organisations": records, "meta": [1, 2]},
    ],
)
def test_lists_of_records(make, wrap) -> None:
    table, rows = read(make(wrap(RECORDS)))
    assert (table.format, table.encoding) == ("json", "utf-8")
    assert table.headings == ["name", "n", "share", "yes", "tags", "none", "empty", "late"]
    assert rows[0].cells == {
        "name": "Ünï",
        "n": 5,
        "share": 0.5,
        "yes": True,
        "tags": ["a", "b|c"],
        "none": None,
        "empty": None,
        "late": None,
    }
    assert [row.number for row in rows] == [2, 4]
    assert (rows[1].cells["late"], rows[1].cells["name"]) == ("=1", "'=x")


def test_what_a_cell_cannot_hold_is_a_problem(make) -> None:
    text = '[{"a": {"b": [1]}, "c": [[1], 2], "e": 1, "e": 2, "f": [1,2,3]}]'
    _, (row,) = read(make(text), Limits(max_list_items=2))
    assert row.cells == {"a": None, "c": None, "e": 2, "f": None}
    assert [problem.split()[0] for problem in row.problems] == ['"e"', '"a"', '"c"', '"f"']


def test_geojson(make) -> None:
    point = {"type": "Point", "coordinates": [4.9, 52.37, 1]}
    line = {"type": "LineString", "coordinates": [[4.9, 52.37], [5, 52]]}
    features = [
        {"type": "Feature", "id": "x1", "geometry": point, "properties": {"name": "a"}},
        {"type": "Feature", "properties": {"name": "b", "id": 7, "latitude": 1, "longitude": 2}, "geometry": None},
        {"type": "Feature", "properties": {"name": "c"}, "geometry": line},
        {"type": "Feature", "properties": {"name": "d", "latitude": 1.0, "longitude": 4.9}, "geometry": point},
        {"type": "Feature", "properties": None, "geometry": {"type": "Point", "coordinates": ["4.9", 52]}},
    ]
    table, rows = read(make({"features": features, "type": "FeatureCollection"}, "list.bin"))
    assert (table.format, table.headings) == ("geojson", ["name", "id", "latitude", "longitude"])
    assert rows[0].cells == {"name": "a", "id": "x1", "latitude": 52.37, "longitude": 4.9}
    assert rows[1].cells == {"name": "b", "id": 7, "latitude": 1, "longitude": 2}
    assert (rows[2].cells["latitude"], rows[2].cells["longitude"]) == (None, None)
    assert "LineString" in rows[2].problems[0]
    assert rows[3].cells["latitude"] == 52.37
    assert "differ from the Point" in rows[3].problems[0]
    assert "not a Point with two numbers" in rows[4].problems[0]


def test_content_decides_before_the_name(make) -> None:
    assert read(make(b'\xef\xbb\xbf[{"name": "a"}]', "list.csv"))[0].format == "json"
    assert read(make("[id],name\n1,a\n", "list.csv"))[0].headings == ["[id]", "name"]
    assert read(make("[id],name\n1,a\n"), filename="theirs.csv")[0].format == "csv"


def test_an_empty_list_is_an_empty_table(make) -> None:
    table, rows = read(make("[]"))
    assert (table.headings, rows) == ([], [])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[1, 2]", "Record 1 is a number, not an object"),
        ('[{"a": 1}, [2]]', "Record 2 is a list"),
        ('{"a": 1}', "no list of records"),
        ('{"type": "Feature", "properties": {}}', "no list of records"),
        ('[{"a": 1}, {"a": ', "cannot be read near row 3"),
        ('[{"a": 1}] x', "cannot be read"),
        ('[{"a": 1}', "cannot be read"),
        ('{"a": 1}\n{"a": 2}\n', "trailing garbage"),
        ('[{"a": 1e999}]', "cannot be read near row 2"),
        ('[{"a": 01}]', "cannot be read"),
        (b'[{"a": "\xff\xfe"}]', "cannot be read near row 2"),
        ("[" * 100_000, "Record 1 is a list"),
        ('[{"a": ' + "[" * 5_000 + "]" * 5_000 + "}]", "nested more than 32 deep near row 2"),
        ('[{"a": ' + "9" * 100_000 + "}]", "number of 300 digits"),
        ('[{"x": 1}, {"a": "' + "x" * 40_000 + '"}]', 'row 3, "a" has more than 32,767 characters'),
        ('[{"x": 1}, {"a": "' + "x" * 4_000_000 + '"}]', 'row 3, "a" has more than 32,767 characters'),
        ('[{"' + 'k\\"' * 2_000_000 + '": 1}]', "has more than 32,767"),
        ([{f"c{n}": n for n in range(10_000)}], "201 columns"),
        ([{f"c{n}": n} for n in range(300)], "201 columns"),
    ],
)
def test_refusals(make, content: object, said: str) -> None:
    assert said in refusal(make(content))


def test_a_text_as_long_as_a_cell_may_be_is_read_even_where_each_character_is_escaped(make) -> None:
    path = make('[{"a": "' + "\\ud83d\\ude00" * 32_767 + '"}]')
    assert read(path)[1][0].cells["a"] == "😀" * 32_767


@pytest.mark.parametrize("piece", ["x", '\\"', "\\\\"])
def test_a_text_of_90_mb_is_refused_in_little_memory(tmp_path: Path, piece: str) -> None:
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write('[{"name": "')
        for _ in range(90):
            file.write(piece * (2**20 // len(piece)))
        file.write('"}]')
    _, said, peak = measure(path)
    assert "more than 32,767 characters" in said
    assert peak < 80


def test_a_polygon_of_20_mb_is_skipped_in_little_memory(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    with path.open("w") as file:
        file.write(
            '{"type": "FeatureCollection", "features": [{"geometry": {"type": "Polygon", "coordinates": [[[1, 2]'
        )
        for _ in range(20):
            file.write(",[12.34567, -7.6543]" * (2**20 // 20))
        file.write(']]}, "properties": {"name": "a"}}]}')
    rows, said, peak = measure(path)
    assert (rows, said) == (1, "")
    assert peak < 80


def test_memory_does_not_grow_with_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    with path.open("w") as file:
        file.write("[")
        file.writelines(f'{{"name": "Organisation {n}", "town": "Town {n}"}},\n' for n in range(100_000))
        file.write('{"name": "last"}]')
    rows, said, peak = measure(path)
    assert (rows, said) == (100_001, "")
    assert peak < 60
