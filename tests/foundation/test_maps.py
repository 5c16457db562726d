"""The world map: whole, linked, named, escaped, mirrored, small enough, and visible to those who see little."""

from __future__ import annotations

import gzip
import re
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from convener.engines.geo import MAP_WIDTH, Cluster, project
from convener.errors import NotFound
from convener.foundation.ui import maps
from convener.foundation.ui.map_classes import classes_for, shade_of

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "\"><script>alert(1)</script><svg onload=alert(1)> & ' <b>"
CSS = Path(maps.__file__).with_name("static") / "ui/maps.css"
CONTENT = Path(maps.__file__).parents[2] / "content/geo"
NUMBERS = {iso2: 1 + number**2 for number, iso2 in enumerate(sorted(maps.basemap())[:190])}
GRID = [Cluster(n, n + 1, lat, lon) for n, (lat, lon) in enumerate((a, b) for a in range(-35, 66, 10) for b in
                                                                 range(-120, 150, 10))]  # fmt: skip


def draw(counts: dict[str, int], clusters: list[Cluster] | None = None, **more: object) -> ElementTree.Element:
    return ElementTree.fromstring(markup(counts, clusters, **more))


def markup(counts: dict[str, int], clusters: list[Cluster] | None = None, **more: object) -> str:
    words = {
        "links": lambda iso2: f"/directory/?country={iso2}&view=map",
        "label": lambda iso2: f"Land {iso2}",
        "title": "Organisations by country",
        "description": "The list below the map has the same facts.",
    }
    return maps.world_map(counts, clusters or [], **{**words, **more})  # type: ignore[arg-type]


def links(root: ElementTree.Element) -> dict[str, str]:
    return {str(a.get("href")): str(a.get("aria-label")) for a in root.iter(f"{SVG}a")}


@pytest.mark.req("DIR-2")
def test_every_counted_country_is_a_named_link() -> None:
    with translation.override("en"):
        root = draw(NUMBERS)
    assert links(root) == {
        f"/directory/?country={iso2}&view=map": f"Land {iso2}: {number:,}" for iso2, number in NUMBERS.items()
    }
    for link in root.iter(f"{SVG}a"):
        assert link.find(f".//{SVG}title").text == link.get("aria-label")  # type: ignore[union-attr]
        assert link.find(f".//{SVG}path").get("d")  # type: ignore[union-attr]


@pytest.mark.req("DIR-2")
def test_all_countries_are_drawn_and_those_without_a_number_are_no_links() -> None:
    root = draw({"TH": 3, "KE": 0, "ZZ": 7})
    assert len(list(root.iter(f"{SVG}path"))) == len(maps.basemap()) == 249
    assert list(links(root)) == ["/directory/?country=TH&view=map"]


def test_the_drawing_is_a_described_group_that_can_be_skipped() -> None:
    root = draw(NUMBERS, ident="where")
    drawing = root.find(f"{SVG}svg")
    assert drawing is not None
    assert drawing.get("role") == "group"
    ids = {element.get("id"): element for element in root.iter() if element.get("id")}
    assert ids[drawing.get("aria-labelledby")].text == "Organisations by country"
    assert ids[drawing.get("aria-describedby")].text == "The list below the map has the same facts."
    skip = root.find("a")
    assert skip is not None
    assert str(skip.get("href")).removeprefix("#") in ids
    assert not [hidden for hidden in root.iter() if hidden.get("aria-hidden") and list(hidden.iter(f"{SVG}a"))]
    assert "no opinion about the legal status" in "".join(root.itertext())


def test_nothing_a_strict_content_policy_forbids() -> None:
    for focus in (None, "TH"):
        text = markup(NUMBERS, GRID, focus=focus)
        assert not re.search(r"<script|<style|\sstyle=|\son\w+=|javascript:|url\(", text)


def test_hostile_words_stay_words() -> None:
    text = markup({"TH": 1}, [], label=lambda iso2: HOSTILE, links=lambda iso2: f"/{HOSTILE}", title=HOSTILE,
                  description=HOSTILE, focus="TH")  # fmt: skip
    root = ElementTree.fromstring(text)
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "figure", "figcaption", "p", "ul", "li", "bdi", "svg", "title", "desc", "a", "g", "text", "rect", "path", "circle"
    }  # fmt: skip
    assert not [name for element in root.iter() for name in element.attrib if name.startswith("on")]
    assert next(root.iter(f"{SVG}a")).get("href") == f"/{HOSTILE}"


def test_right_to_left_and_other_languages() -> None:
    with translation.override("es"):
        root = draw({"TH": 12345, "KE": 1}, rtl=True)
    assert root.get("dir") == "rtl"
    assert root.find(f"{SVG}svg").get("direction") == "rtl"  # type: ignore[union-attr]
    assert "Land TH: 12\xa0345" in links(root).values()
    assert draw({}).get("dir") == "ltr"


@pytest.mark.req("DIR-2")
def test_size_and_files_keep_to_their_budgets() -> None:
    assert len(gzip.compress(markup(NUMBERS, GRID).encode())) < 80_000
    assert len(gzip.compress((CONTENT / "world-basemap.json").read_bytes())) < 60_000
    assert (CONTENT / "country-shapes.json").stat().st_size < 700_000
    for focus in ("RU", "CN", "US", "CA", "TH", "FJ"):
        assert len(gzip.compress(markup(NUMBERS, GRID, focus=focus).encode())) < 80_000, focus


def points(path: str) -> list[list[tuple[float, float]]]:
    """The rings of path data as points, for data of one M, one l and one z a ring."""
    rings = []
    for part in re.findall(r"M([^z]*)z", path):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", part)]
        x = y = 0.0
        ring = []
        for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
            x, y = x + dx, y + dy
            ring.append((x, y))
        rings.append(ring)
    return rings


def test_no_line_runs_across_the_antimeridian() -> None:
    """No edge of any outline is longer than the longest straight border there is (49° north, 108 units)."""
    for iso2, country in maps.basemap().items():
        for ring in points(country.path):
            xs = [x for x, _ in ring]
            assert min(xs) >= -0.2
            assert max(xs) <= MAP_WIDTH + 0.2
            for (x1, _), (x2, _) in zip(ring, ring[1:] + ring[:1], strict=True):
                assert abs(x1 - x2) < 110, iso2
    russia = max(points(maps.basemap()["RU"].path), key=len)
    assert max(x for x, _ in russia) - min(x for x, _ in russia) > 280, "Chukotka belongs to the main piece"
    fiji = [x for ring in points(maps.basemap()["FJ"].path) for x, _ in ring]
    assert max(fiji) - min(fiji) < 15


@pytest.mark.parametrize(
    ("iso2", "lat", "lon"),
    [("TH", 15, 101), ("BR", -10, -52), ("RU", 62, 95), ("AU", -25, 134), ("NZ", -43.8, 171), ("US", 39, -98),
     ("ZA", -31, 22), ("UA", 45.2, 34.1), ("SO", 9.8, 46), ("CY", 35.27, 33.5)],
)  # fmt: skip
def test_countries_are_drawn_where_they_are(iso2: str, lat: float, lon: float) -> None:
    x, y = project(lat, lon)
    crossings = 0
    for ring in points(maps.basemap()[iso2].path):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            crossings += (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1)
    assert crossings % 2 == 1


def test_every_country_can_be_looked_at_closely() -> None:
    for iso2, country in maps.basemap().items():
        view = maps.view_of(iso2)
        assert view.width >= country.box.width
        assert view.height >= country.box.height
        assert view.shows(*country.label)
    with pytest.raises(NotFound):
        maps.view_of("ZZ")


def test_focus_shows_one_country_in_detail_with_its_neighbours() -> None:
    root = draw(NUMBERS | {"TH": 5, "KH": 2}, [Cluster(1, 9, 13.7, 100.5), Cluster(2, 4, 51.5, 0)], focus="TH")
    shown = links(root)
    assert {"/directory/?country=TH&view=map", "/directory/?country=KH&view=map"} <= set(shown)
    assert "/directory/?country=BR&view=map" not in shown
    (focus,) = [g for g in root.iter(f"{SVG}g") if "map-focus" in str(g.get("class"))]
    close = focus.find(f"{SVG}path")
    assert close is not None
    assert len(str(close.get("d"))) > len(maps.basemap()["TH"].path)
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "9" in texts
    assert "4" not in texts, "London is not in the view"
    assert "Land TH" in texts


def test_clusters_carry_their_counts() -> None:
    with translation.override("en"):
        root = draw({}, [Cluster(1, 12345, 51.5, 0.0), Cluster(2, 7, -33.9, 151.2)])
    (group,) = [g for g in root.iter(f"{SVG}g") if g.get("class") == "map-clusters"]
    assert [text.text for text in group.iter(f"{SVG}text")] == ["12,345", "7"]
    circle = group.find(f"{SVG}circle")
    assert circle is not None
    assert (float(circle.get("cx", "")), float(circle.get("cy", ""))) == pytest.approx(project(51.5, 0), abs=0.01)


@given(st.lists(st.integers(1, 10**6), max_size=250))
def test_classes_are_few_ordered_and_hold_every_number(values: list[int]) -> None:
    classes = classes_for(values)
    assert len(classes) <= 5
    assert all(before.high < after.low for before, after in pairwise(classes))
    for one in classes:
        assert any(one.low <= value <= one.high for value in values), "no class is empty"
        assert len(str(one.high).rstrip("0")) == 1, "bounds are round"
    for value in values:
        assert sum(one.low <= value <= one.high for one in classes) == 1
    shades = [shade_of(value, classes) for value in sorted(values)]
    assert shades == sorted(shades)
    assert set(shades) <= {1, 2, 3, 4, 5}
    assert len(set(shades)) == len(classes)


@pytest.mark.req("DIR-2")
def test_one_country_with_thousands_does_not_hide_what_the_others_have() -> None:
    """After a national register was imported: one country with 3,641, others with 1 to 3, a few with some dozen."""
    assert classes_for([1] * 30 + [2] * 12 + [3] * 5 + [3641]) == [(1, 1), (2, 2), (3, 3), (2001, 5000)]
    with_some = classes_for([1] * 30 + [2] * 12 + [3] * 5 + [17, 24, 60] + [3641])
    assert with_some[-1] == (2001, 5000)
    assert with_some[0] == (1, 1)
    assert len(with_some) == 5


def test_legend_says_every_class() -> None:
    counts = dict(zip(sorted(maps.basemap()), [1, 2, 3, 4, 10, 20, 30, 400, 5000, 6000], strict=False))
    with translation.override("en"):
        root = draw(counts)
    items = ["".join(item.itertext()).strip() for item in root.iter("li")]
    assert items == ["none", "1", "2 to 4", "6 to 50", "201 to 500", "2,001 to 10,000"]
    assert len(list(root.iter("bdi"))) == len(items), "each range keeps its own direction"


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2.2 defines it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_colours_can_be_told_apart() -> None:
    colours = dict(re.findall(r"var\(--([\w-]+), (#[0-9a-f]{6})\)", CSS.read_text(encoding="utf-8")))
    fills = [colours[name] for name in ("map-sea", "map-none", "map-1", "map-2", "map-3", "map-4", "map-5")]
    for fill in fills:
        assert contrast(colours["map-outline"], fill) >= 3
    for fill in fills[:2]:
        assert contrast(colours["map-cluster-edge"], fill) >= 3
        assert contrast(colours["danger"], fill) >= 3
    assert contrast(colours["map-cluster-ink"], colours["map-cluster"]) >= 4.5
    assert contrast(colours["muted"], colours["paper"]) >= 4.5
    assert contrast(colours["chart-bar"], colours["chart-track"]) >= 3
    shades = [luminance(fill) for fill in fills[1:]]
    assert shades == sorted(shades, reverse=True)


def test_stylesheet_has_a_class_for_all_that_is_drawn_and_knows_forced_colours() -> None:
    css = CSS.read_text(encoding="utf-8")
    root = draw(NUMBERS, GRID, focus="TH")
    used = {name for element in root.iter() for name in str(element.get("class") or "").split()}
    assert {name for name in used if f".{name}" not in css} == set()
    assert "@media (forced-colors: active)" in css
    assert not re.search(r"\b(left|right)\s*:|margin-(left|right)|text-align: (left|right)", css)
