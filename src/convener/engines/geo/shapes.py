"""Which country a point lies in, from outlines simplified to a hundredth of a degree (about a kilometre).

The outlines say where Natural Earth draws a line; they imply no opinion about the legal status of any territory.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import accumulate
from math import cos, floor, hypot, radians
from pathlib import Path
from typing import NamedTuple

from convener.engines.geo.projection import frame
from convener.errors import Unreadable, sentence

KM_PER_DEGREE = 111.195  # of a great circle, on a sphere of 6371 km
BANDS_PER_DEGREE = 4
DISTANCES_KM = (5, 15, 30, 60)

Ring = list[tuple[float, float]]
Edge = tuple[float, float, float, float]


class Box(NamedTuple):
    """Bounds in degrees, longitudes in the map's frame (-169 to 191)."""

    west: float
    south: float
    east: float
    north: float

    @property
    def size(self) -> float:
        """Width times height, in square degrees."""
        return (self.east - self.west) * (self.north - self.south)

    def holds(self, lon: float, lat: float, margin_lon: float = 0.0, margin_lat: float = 0.0) -> bool:
        """Whether the point is inside the box widened by the margins."""
        return (
            self.south - margin_lat <= lat <= self.north + margin_lat
            and self.west - margin_lon <= lon <= self.east + margin_lon
        )


def bounds(points: Sequence[tuple[float, float]]) -> Box:
    """The smallest box round (lon, lat) points; there must be one at least."""
    lons = [lon for lon, _ in points]
    lats = [lat for _, lat in points]
    return Box(min(lons), min(lats), max(lons), max(lats))


class Shape:
    """One country's outline: closed rings, islands and holes alike, read by the even-odd rule.

    Edges are filed by bands of latitude (for "inside") and by squares of one degree (for "near"), each at first use:
    most runs ask about few countries.
    """

    def __init__(self, rings: list[Ring]) -> None:
        self.rings = rings
        self.box = bounds([point for ring in rings for point in ring])
        self._bands: dict[int, list[Edge]] = {}
        self._squares: dict[tuple[int, int], list[Edge]] = {}

    def _edges(self) -> list[Edge]:
        """All edges as (lon, lat, lon, lat) from south to north."""
        edges = []
        for ring in self.rings:
            for a, b in zip(ring, ring[1:] + ring[:1], strict=True):
                edges.append((*a, *b) if a[1] <= b[1] else (*b, *a))
        return edges

    def _file_bands(self) -> dict[int, list[Edge]]:
        bands: defaultdict[int, list[Edge]] = defaultdict(list)
        for edge in self._edges():
            for band in range(floor(edge[1] * BANDS_PER_DEGREE), floor(edge[3] * BANDS_PER_DEGREE) + 1):
                bands[band].append(edge)
        return dict(bands)

    def _file_squares(self) -> dict[tuple[int, int], list[Edge]]:
        squares: defaultdict[tuple[int, int], list[Edge]] = defaultdict(list)
        for edge in self._edges():
            west, east = sorted((edge[0], edge[2]))
            for column in range(floor(west), floor(east) + 1):
                for row in range(floor(edge[1]), floor(edge[3]) + 1):
                    squares[column, row].append(edge)
        return dict(squares)

    def contains(self, lon: float, lat: float) -> bool:
        """Whether the point lies inside; ``lon`` in the map's frame."""
        west, south, east, north = self.box
        if not (south <= lat <= north and west <= lon <= east):
            return False
        if not self._bands:
            self._bands = self._file_bands()
        inside = False
        for x1, y1, x2, y2 in self._bands.get(floor(lat * BANDS_PER_DEGREE), ()):
            if y1 <= lat < y2 and (lon < x1 or lon < x2) and lon < x1 + (lat - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
        return inside

    def near(self, lon: float, lat: float, km: float) -> bool:
        """Whether the outline passes within ``km`` of the point; ``lon`` in the map's frame."""
        reach_lon, reach_lat = _reach(lat, km)
        shrink = _shrink(lat)
        if not self.box.holds(lon, lat, reach_lon, reach_lat):
            return False
        if not self._squares:
            self._squares = self._file_squares()
        for column in range(floor(lon - reach_lon), floor(lon + reach_lon) + 1):
            for row in range(floor(lat - reach_lat), floor(lat + reach_lat) + 1):
                for edge in self._squares.get((column, row), ()):
                    if _distance(edge, lon, lat, shrink) <= reach_lat:
                        return True
        return False


def _shrink(lat: float) -> float:
    """How long a degree of longitude is, in degrees of latitude."""
    return max(cos(radians(lat)), 0.01)


def _reach(lat: float, km: float) -> tuple[float, float]:
    """How many degrees of longitude and of latitude ``km`` are at this latitude."""
    reach_lat = km / KM_PER_DEGREE
    return reach_lat / _shrink(lat), reach_lat


def _distance(edge: Edge, lon: float, lat: float, shrink: float) -> float:
    """Distance from point to edge in degrees of latitude, on the plane that touches the earth at the point."""
    x1, y1 = (edge[0] - lon) * shrink, edge[1] - lat
    x2, y2 = (edge[2] - lon) * shrink, edge[3] - lat
    dx, dy = x2 - x1, y2 - y1
    length = dx * dx + dy * dy
    along = 0.0 if length == 0 else min(1.0, max(0.0, -(x1 * dx + y1 * dy) / length))
    return hypot(x1 + along * dx, y1 + along * dy)


class CountryShapes:
    """The outlines of all countries, by ISO 3166-1 alpha-2 code (XK for Kosovo, which has none of its own).

    ``parts`` names, for a code, other codes whose territory lists commonly file under it (Réunion under France, Hong
    Kong under China): a point there does not contradict the wider code. That is about lists, not about status.
    """

    def __init__(self, shapes: dict[str, Shape], parts: dict[str, list[str]]) -> None:
        # Smallest first: an enclave is found before the country round it, even where rounding closed the hole.
        self._shapes = dict(sorted(shapes.items(), key=lambda item: item[1].box.size))
        self._boxes = [(iso2, shape, shape.box) for iso2, shape in self._shapes.items()]
        self._parts = parts
        #: The codes that have an outline.
        self.codes = frozenset(shapes)

    @classmethod
    def load(cls, path: Path) -> CountryShapes:
        """Read the JSON that ``tools/make_basemap.py`` writes. Raises ``Unreadable`` for anything else."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            shapes = {iso2: Shape([_decode(ring) for ring in rings]) for iso2, rings in data["countries"].items()}
            return cls(shapes, data["parts"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise Unreadable(
                sentence("The country outlines in %(path)s cannot be read: %(why)s.", path=str(path), why=str(error)),
                hint=sentence("Make the file again with tools/make_basemap.py."),
            ) from error

    def shape(self, iso2: str) -> Shape | None:
        """The outline of one country, without its ``parts``; None where there is none."""
        return self._shapes.get(iso2)

    def country_at(self, lat: float, lon: float) -> str | None:
        """The code of the country the point lies in; None at sea and for what is not a place on earth."""
        if not _on_earth(lat, lon):
            return None
        x = frame(lon)
        return next((iso2 for iso2, shape in self._round(x, lat, 0) if shape.contains(x, lat)), None)

    def _round(self, x: float, lat: float, km: float) -> list[tuple[str, Shape]]:
        """The countries whose box, wider by ``km`` on each side, holds the point, the smallest first."""
        margin_lon, margin_lat = _reach(lat, km)
        return [
            (iso2, shape)
            for iso2, shape, (west, south, east, north) in self._boxes
            if south - margin_lat <= lat <= north + margin_lat and west - margin_lon <= x <= east + margin_lon
        ]

    def country_near(self, lat: float, lon: float) -> str | None:
        """As ``country_at``, but a point off a coast counts to a country within 5, 15, 30 or 60 km, tried in turn."""
        found = self.country_at(lat, lon)
        if found or not _on_earth(lat, lon):
            return found
        x = frame(lon)
        farthest = DISTANCES_KM[-1]
        around = [(iso2, shape) for iso2, shape in self._round(x, lat, farthest) if shape.near(x, lat, farthest)]
        for km in DISTANCES_KM:
            for iso2, shape in around:
                if shape.near(x, lat, km):
                    return iso2
        return None

    def in_country(self, lat: float, lon: float, iso2: str, tolerance_km: float = 60.0) -> bool:
        """Whether the point lies in the country or one of its ``parts``, or within ``tolerance_km`` of an outline.

        The tolerance keeps harbours, small islands and border towns from being called wrong. False for a code without
        an outline (see ``codes``) and for what is not a place on earth.
        """
        if not _on_earth(lat, lon):
            return False
        x = frame(lon)
        shape = self._shapes.get(iso2)
        if shape is not None and shape.contains(x, lat):  # as nearly all are
            return True
        found = [self._shapes[code] for code in (iso2, *self._parts.get(iso2, ())) if code in self._shapes]
        return any(shape.contains(x, lat) for shape in found) or any(
            shape.near(x, lat, tolerance_km) for shape in found
        )


def _decode(ring: list[int]) -> Ring:
    """A ring from hundredths of degrees, the first point whole and each later one as the step from the last."""
    if len(ring) < 6 or len(ring) % 2:
        raise ValueError("a ring needs three points or more, two numbers each")
    return [(x / 100, y / 100) for x, y in zip(accumulate(ring[0::2]), accumulate(ring[1::2]), strict=True)]


def _on_earth(lat: float, lon: float) -> bool:
    """Whether the pair is a latitude and a longitude at all; false for NaN too."""
    return -90 <= lat <= 90 and -180 <= lon <= 180
