"""Make the two committed map files from Natural Earth's outlines (public domain).

    npm install --prefix FOLDER world-atlas@2 i18n-iso-countries@7      (any temporary folder)
    uv run python tools/make_basemap.py FOLDER/node_modules

Writes ``src/convener/content/geo/world-basemap.json`` (pre-projected paths to draw) and ``country-shapes.json``
(outlines in degrees to test points with). Same input, same bytes. Steps: read the TopoJSON at 1:50 million, put its
pieces under ISO 3166-1 codes, simplify each border once so that neighbours still fit, cut along 169° west, project.

The outlines show Natural Earth's lines except where ``REASSIGNED`` follows resolutions of the United Nations; they
imply no opinion about the legal status of any territory.
"""

from __future__ import annotations

import argparse
import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import hypot
from pathlib import Path
from typing import Any

from convener.engines.geo.projection import EAST_EDGE, WEST_EDGE, project

OUT = Path(__file__).parents[1] / "src/convener/content/geo"
NOTE = (
    "Made with Natural Earth (public domain). Boundaries and names shown imply no opinion about the legal status "
    "of any country, territory, city or area, or of its frontiers."
)

# Pieces without an ISO number, by Natural Earth's name: under which code they go; others are not taken. The Security
# Council asked states not to recognise the northern part of Cyprus as a state (541/1983); Somalia is one member of
# the United Nations.
UNNUMBERED = {"Kosovo": "XK", "N. Cyprus": "CY", "Somaliland": "SO", "Indian Ocean Ter.": "CX", "Siachen Glacier": ""}
# A piece (a polygon holding this lon, lat) that goes to another code than the source's. Crimea: General Assembly
# resolution 68/262.
REASSIGNED = [("RU", 34.1, 45.2, "UA")]
# Polygons within these bounds (west, south, east, north) have an ISO code of their own.
# fmt: off
SPLIT = [
    ("FR", (-55, 2, -51, 6), "GF"), ("FR", (-62, 15.7, -61, 16.6), "GP"), ("FR", (-61.3, 14.3, -60.7, 15), "MQ"),
    ("FR", (55, -21.5, 56, -20.7), "RE"), ("FR", (44.9, -13.1, 45.4, -12.5), "YT"),
    ("NO", (10, 74, 34, 81), "SJ"), ("NO", (-10, 70.5, -7, 71.5), "SJ"), ("NO", (3, -55, 4, -54), "BV"),
    ("NL", (-69, 11.9, -68, 12.4), "BQ"), ("NL", (-63.6, 17.3, -62.8, 17.8), "BQ"),
    ("NZ", (-173, -10, -171, -8), "TK"), ("CX", (96, -13, 97.5, -11), "CC"),
]
# Codes that lists commonly write for a place with a code of its own. About lists, not about status.
PARTS = {
    "AU": ["CC", "CX", "HM", "NF"], "CN": ["HK", "MO", "TW"], "DK": ["FO", "GL"], "FI": ["AX"],
    "FR": ["BL", "GF", "GP", "MF", "MQ", "NC", "PF", "PM", "RE", "TF", "WF", "YT"], "GB": ["GG", "GI", "IM", "JE"],
    "IL": ["PS"], "MA": ["EH"], "NL": ["AW", "BQ", "CW", "SX"], "NO": ["BV", "SJ"], "NZ": ["TK"], "RS": ["XK"],
    "US": ["AS", "GU", "MP", "PR", "UM", "VI"],
}
# fmt: on
LEFT_OUT = {"AQ"}

DRAWN_TOLERANCE = 0.28  # map units
DRAWN_SMALLEST = 0.5  # an island whose box is smaller both ways is not drawn, unless it is all the country has
SHAPE_TOLERANCE = 0.004  # degrees
SMALL_COUNTRY = 4.0  # a country whose box is smaller both ways gets a dot as well

Point = tuple[float, float]
Ring = list[Point]


class Topology:
    """One TopoJSON file: arcs in degrees and, by code, the rings of each country as lists of arc numbers."""

    def __init__(self, path: Path, codes: dict[str, str]) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        self.arcs = [_undelta(arc, data["transform"]) for arc in data["arcs"]]
        self.unsimplified = self.arcs
        self.countries: defaultdict[str, list[list[list[int]]]] = defaultdict(list)
        for geometry in data["objects"]["countries"]["geometries"]:
            code = codes.get(geometry.get("id", "")) or UNNUMBERED.get(geometry["properties"]["name"], "")
            if code and code not in LEFT_OUT:
                polygons = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
                for polygon in polygons:
                    self.countries[self._code(code, polygon)].append(polygon)

    def _code(self, code: str, polygon: list[list[int]]) -> str:
        ring = self.points(polygon[0])
        for source, lon, lat, target in REASSIGNED:
            if code == source and is_inside(lon, lat, [ring]):
                return target
        for source, (west, south, east, north), target in SPLIT:
            if code == source and all(west <= x <= east and south <= y <= north for x, y in ring):
                return target
        return code

    def exact(self, code: str) -> Ring:
        """The points of a country's first ring as the file has them, not simplified."""
        return [p for n in self.countries[code][0][0] for p in self.unsimplified[n if n >= 0 else ~n]]

    def points(self, arcs: Iterable[int]) -> Ring:
        """The points of a ring, its longitudes running on across the antimeridian instead of jumping."""
        ring: Ring = []
        for number in arcs:
            arc = self.arcs[number] if number >= 0 else self.arcs[~number][::-1]
            for x, y in arc[1:] if ring else arc:
                ring.append((x + 360 * round((ring[-1][0] - x) / 360) if ring else x, y))
        return ring[:-1]

    def rings(self, code: str) -> list[list[int]]:
        """Outlines of a country without the borders between its own pieces."""
        numbers = [n for polygon in self.countries[code] for ring in polygon for n in ring]
        inner = {n for n in numbers if ~n in numbers}
        if not inner:
            return [ring for polygon in self.countries[code] for ring in polygon]
        whole = [r for p in self.countries[code] for r in p if not inner.intersection(r)]
        broken = [r for p in self.countries[code] for r in p if inner.intersection(r)]
        return whole + self._stitch([n for r in broken for n in r if n not in inner])

    def _stitch(self, numbers: list[int]) -> list[list[int]]:
        ends = {
            n: (self.arcs[n][0], self.arcs[n][-1]) if n >= 0 else (self.arcs[~n][-1], self.arcs[~n][0]) for n in numbers
        }
        rings = []
        while ends:
            number, (start, end) = ends.popitem()
            ring = [number]
            while end != start:
                number = next(n for n, (first, _) in ends.items() if first == end)
                end = ends.pop(number)[1]
                ring.append(number)
            rings.append(ring)
        return rings


def _undelta(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    (sx, sy), (tx, ty) = transform["scale"], transform["translate"]
    x = y = 0
    points = []
    for dx, dy in arc:
        x, y = x + dx, y + dy
        points.append((x * sx + tx, y * sy + ty))
    return points


def is_inside(x: float, y: float, rings: list[Ring]) -> bool:
    """Even-odd test of a point."""
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
    return inside


def distance(p: Point, a: Point, b: Point) -> float:
    """Distance of a point from the segment a-b, in the coordinates' own unit."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = dx * dx + dy * dy
    t = 0.0 if length == 0 else min(1.0, max(0.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / length))
    return hypot(a[0] + t * dx - p[0], a[1] + t * dy - p[1])


def kept_points(points: Ring, tolerance: float) -> list[int]:
    """Which points Douglas and Peucker's line simplification keeps (their numbers, in order)."""
    keep = {0, len(points) - 1}
    todo = [(0, len(points) - 1)]
    while todo:
        first, last = todo.pop()
        if last - first < 2:
            continue
        far = max(range(first + 1, last), key=lambda i: distance(points[i], points[first], points[last]))
        if distance(points[far], points[first], points[last]) > tolerance:
            keep.add(far)
            todo += [(first, far), (far, last)]
    return sorted(keep)


def flat(point: Point) -> Point:
    """Map units for a point whose longitude may run on beyond the map's edge."""
    turns = round((point[0] - (WEST_EDGE + EAST_EDGE) / 2) / 360)
    width_here = project(point[1], EAST_EDGE)[0] - project(point[1], WEST_EDGE)[0]
    x, y = project(point[1], point[0] - 360 * turns)
    return x + turns * width_here, y


def simplified(arcs: list[Ring], tolerance: float, *, projected: bool) -> list[Ring]:
    """Each arc once, so that a border is the same line for both sides; degrees in, degrees out."""
    result = []
    for arc in arcs:
        running = arc[:1]
        for x, y in arc[1:]:
            running.append((x + 360 * round((running[-1][0] - x) / 360), y))
        measure = [flat(p) for p in running] if projected else running
        kept = kept_points(measure, tolerance)
        if arc[0] == arc[-1] and len(kept) < 4:  # an islet keeps three corners, else it has no inside
            last = len(arc) - 1
            kept = [0, last // 3, 2 * last // 3, last]
        result.append([arc[i] for i in kept])
    return result


def cut(ring: Ring) -> Iterator[Ring]:
    """A running ring moved into the map's frame, cut where it crosses the frame's edge."""
    west, east = min(x for x, _ in ring), max(x for x, _ in ring)
    for turn in range(-2, 3):
        moved = [(x + 360 * turn, y) for x, y in ring]
        if east + 360 * turn > WEST_EDGE and west + 360 * turn < EAST_EDGE:
            piece = _clip(_clip(moved, WEST_EDGE, 1), EAST_EDGE, -1)
            if len(piece) >= 3:
                yield piece


def _clip(ring: Ring, edge: float, side: int) -> Ring:
    """The part of a ring on one side of a meridian (Sutherland and Hodgman's algorithm for one line)."""
    result: Ring = []
    for a, b in pairwise([ring[-1], *ring] if ring else []):
        if (a[0] - edge) * side < 0 < (b[0] - edge) * side or (a[0] - edge) * side > 0 > (b[0] - edge) * side:
            result.append((edge, a[1] + (b[1] - a[1]) * (edge - a[0]) / (b[0] - a[0])))
        if (b[0] - edge) * side >= 0:
            result.append(b)
    return result


def tidy(ring: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """A ring on whole numbers without repeated points and without points on a straight line between others."""
    ring = [p for i, p in enumerate(ring) if p != ring[i - 1]]
    return [
        b
        for a, b, c in zip(ring[-1:] + ring[:-1], ring, ring[1:] + ring[:1], strict=True)
        if (b[0] - a[0]) * (c[1] - b[1]) != (b[1] - a[1]) * (c[0] - b[0])
    ]


def area(ring: Iterable[Point]) -> float:
    """Area enclosed, without sign."""
    points = list(ring)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))) / 2


def degrees_rings(topology: Topology, code: str) -> list[list[tuple[int, int]]]:
    """A country's rings in hundredths of degrees; an islet that simplifying flattened becomes a small square."""
    rings = []
    for ring in topology.rings(code):
        for piece in cut(topology.points(ring)):
            whole = tidy([(round(x * 100), round(y * 100)) for x, y in piece])
            if len(whole) < 3:
                x, y = round(piece[0][0] * 100), round(piece[0][1] * 100)
                whole = [(x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1)]
            rings.append(whole)
    return rings


def drawn_rings(topology: Topology, code: str) -> list[list[tuple[int, int]]]:
    """A country's rings in tenths of map units, largest first; specks are left out unless there is nothing else."""
    found = []
    for ring in topology.rings(code):
        for piece in cut(topology.points(ring)):
            exact = [project(lat, lon) for lon, lat in piece]
            whole = tidy([(round(x * 10), round(y * 10)) for x, y in exact])
            found.append((area(exact), exact, whole))
    found.sort(key=lambda row: -row[0])
    rings = [whole for _, exact, whole in found if len(whole) >= 3 and max(_size(exact)) >= DRAWN_SMALLEST]
    if not rings:  # smaller than what is drawn: a small square where it is
        places = [project(lat, lon) for lon, lat in topology.exact(code)]
        x, y = (round(sum(p[i] for p in places) / len(places) * 10) for i in (0, 1))
        rings = [[(x - 1, y - 1), (x + 1, y - 1), (x + 1, y + 1), (x - 1, y + 1)]]
    return rings


def _size(ring: Iterable[Point]) -> tuple[float, float]:
    xs, ys = zip(*ring, strict=True)
    return max(xs) - min(xs), max(ys) - min(ys)


def path(rings: list[list[tuple[int, int]]]) -> str:
    """SVG path data with one decimal, relative steps, and no character that is not needed."""
    parts = []
    for ring in rings:
        x, y = ring[0]
        parts.append(f"M{_tenth(x)}{_joined(y)}l")
        steps = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(ring)]
        text = "".join(_joined(dx) + _joined(dy) for dx, dy in steps)
        parts.append(text.lstrip(" ") + "z")
    return "".join(parts)


def _tenth(value: int) -> str:
    sign, value = ("-" if value < 0 else ""), abs(value)
    whole, tenth = divmod(value, 10)
    return sign + (str(whole) if whole or not tenth else "") + (f".{tenth}" if tenth else "")


def _joined(value: int) -> str:
    text = _tenth(value)
    return text if text[0] == "-" else " " + text


def main_box(rings: list[list[tuple[int, int]]]) -> list[float]:
    """Bounds (x, y, width, height in map units) of the largest piece and of what lies close to it in its proportion."""
    boxes = [(min(x for x, _ in r), min(y for _, y in r), max(x for x, _ in r), max(y for _, y in r)) for r in rings]
    x1, y1, x2, y2 = boxes[0]
    reach = max(60, 0.35 * max(x2 - x1, y2 - y1))
    for a, b, c, d in boxes[1:]:
        if a - x2 < reach and x1 - c < reach and b - y2 < reach and y1 - d < reach:
            x1, y1, x2, y2 = min(x1, a), min(y1, b), max(x2, c), max(y2, d)
    return [x1 / 10, y1 / 10, (x2 - x1) / 10, (y2 - y1) / 10]


def label_point(rings: list[list[tuple[int, int]]]) -> list[float]:
    """The point of the largest piece that is farthest from its outline, on a grid refined three times."""
    ring = [(x / 10, y / 10) for x, y in rings[0]]
    every = [[(x / 10, y / 10) for x, y in r] for r in rings]
    edges = [edge for r in every for edge in zip(r, r[1:] + r[:1], strict=True)]
    (width, height), x, y = _size(ring), min(p[0] for p in ring), min(p[1] for p in ring)
    best = (-1.0, x + width / 2, y + height / 2)
    for _ in range(3):
        grid = [(x + width * i / 14, y + height * j / 14) for i in range(15) for j in range(15)]
        for gx, gy in grid:
            if is_inside(gx, gy, every):
                best = max(best, (min(distance((gx, gy), a, b) for a, b in edges), gx, gy))
        x, y, width, height = best[1] - width / 14, best[2] - height / 14, width / 7, height / 7
    return [round(best[1], 1), round(best[2], 1)]


def basemap(topologies: list[Topology], codes: dict[str, str]) -> dict[str, Any]:
    """What ``world-basemap.json`` holds."""
    countries = {}
    for code, topology in _sources(topologies):
        rings = drawn_rings(topology, code)
        _, _, width, height = box = main_box(rings)
        countries[code] = {
            "iso3": codes[code],
            "path": path(rings),
            "box": box,
            "label": label_point(rings),
            "small": max(width, height) < SMALL_COUNTRY,
        }
    return {"note": NOTE, "countries": dict(sorted(countries.items()))}


def country_shapes(topologies: list[Topology]) -> dict[str, Any]:
    """What ``country-shapes.json`` holds: rings as steps in hundredths of degrees."""
    countries = {}
    for code, topology in _sources(topologies):
        steps = []
        for ring in degrees_rings(topology, code):
            before = (0, 0)
            row: list[int] = []
            for x, y in ring:
                row += [x - before[0], y - before[1]]
                before = (x, y)
            steps.append(row)
        countries[code] = steps
    return {"note": NOTE, "parts": PARTS, "countries": dict(sorted(countries.items()))}


def _sources(topologies: list[Topology]) -> Iterator[tuple[str, Topology]]:
    """Each code with the first topology that has it: the finer file only fills what the coarser leaves out."""
    seen: set[str] = set()
    for topology in topologies:
        for code in sorted(topology.countries):
            if code not in seen:
                seen.add(code)
                yield code, topology


def write(name: str, data: dict[str, Any]) -> None:
    """Write one file and say how large it is."""
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).replace('},"', '},\n"').replace(']],"', ']],\n"')
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / name).write_text(text + "\n", encoding="utf-8")
    print(f"{name}: {len(data['countries'])} countries, {len(text):,} bytes, {len(gzip.compress(text.encode())):,} gz")


def main() -> None:
    """Read the two npm packages under the folder given and write both files."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("node_modules", type=Path, help="folder that holds world-atlas and i18n-iso-countries")
    folder = parser.parse_args().node_modules
    rows = json.loads((folder / "i18n-iso-countries/codes.json").read_text(encoding="utf-8"))
    by_number = {row[2]: row[0] for row in rows if row[0] != "XK"}
    iso3 = {row[0]: row[1] for row in rows} | {"XK": "XKX"}
    files = [folder / f"world-atlas/countries-{size}.json" for size in ("50m", "10m")]

    def load(tolerance: float, *, projected: bool) -> list[Topology]:
        topologies = [Topology(file, by_number) for file in files]
        for topology in topologies:
            topology.arcs = simplified(topology.arcs, tolerance, projected=projected)
        return topologies

    write("world-basemap.json", basemap(load(DRAWN_TOLERANCE, projected=True), iso3))
    write("country-shapes.json", country_shapes(load(SHAPE_TOLERANCE, projected=False)))


if __name__ == "__main__":
    main()
