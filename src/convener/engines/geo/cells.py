"""Grid cells to count places in, and circles to draw the counts with.

A database groups by ``cell`` (one integer column a level) and averages the coordinates; ``cluster`` makes the rows
into circles that can be drawn.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor, hypot, sqrt

from convener.engines.geo.projection import MAP_WIDTH, frame, not_a_latitude, project
from convener.errors import InvalidValue, sentence

CELL_SIZES = (10.0, 2.5, 0.5)
"""Edge of a cell in degrees at levels 0 (the world), 1 (a region) and 2 (a country)."""

LARGEST, SMALLEST = 24.0, 7.0
# Circles may overlap until their centres are closer than this share of their radii together.
CLOSEST = 0.8


@dataclass(frozen=True, slots=True)
class Cluster:
    """Places counted together: ``count`` of them, around the mean ``lat`` and ``lon`` in degrees."""

    cell: int
    count: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Circle:
    """A cluster as drawn: centre and radius in map units (see ``project``)."""

    x: float
    y: float
    r: float
    count: int


def _grid(level: int) -> tuple[float, int, int]:
    """Edge in degrees, rows and columns of a level."""
    if level not in range(len(CELL_SIZES)):
        told = sentence("There is no level %(level)s.", level=level)
        raise InvalidValue("level", told, hint=sentence("Levels are 0 to %(last)s.", last=len(CELL_SIZES) - 1))
    size = CELL_SIZES[level]
    return size, round(180 / size), round(360 / size)


def cell(lat: float, lon: float, level: int) -> int:
    """The number of the grid cell a place lies in: row by row from the south-west, 0 to rows × columns - 1.

    Longitudes are taken round the earth (180 is -180); the north pole belongs to the last row. Raises
    ``InvalidValue`` for a latitude beyond a pole, a longitude that is no number, or an unknown level.
    """
    size, rows, columns = _grid(level)
    if not -90 <= lat <= 90:
        raise not_a_latitude(lat)
    if not -720 <= lon <= 720:
        told = sentence("%(value)s is not a longitude.", value=str(lon))
        raise InvalidValue("longitude", told, hint=sentence("Longitudes run from -180 to 180."))
    row = min(floor((lat + 90) / size), rows - 1)
    return row * columns + floor((lon + 180) / size) % columns


def cell_centre(cell: int, level: int) -> tuple[float, float]:
    """Latitude and longitude of a cell's middle. Raises ``InvalidValue`` for a cell or level that does not exist."""
    size, rows, columns = _grid(level)
    if not 0 <= cell < rows * columns:
        told = sentence("There is no cell %(cell)s at level %(level)s.", cell=str(cell), level=level)
        raise InvalidValue("cell", told, hint=sentence("Use a number that cell() gave."))
    row, column = divmod(cell, columns)
    return (row + 0.5) * size - 90, (column + 0.5) * size - 180


def cluster(clusters: Iterable[Cluster], *, width: float = MAP_WIDTH) -> list[Circle]:
    """Circles for clusters, largest first, on a view ``width`` map units wide (1000 is the whole world).

    Areas are in proportion to the counts, but for the smallest, which stay large enough to hold a digit. Circles that
    would hide each other are joined: counts are added, centres averaged by count; no count is ever lost.
    """
    todo = [(c.count, *project(c.lat, frame(c.lon))) for c in clusters if c.count > 0]
    zoom = width / MAP_WIDTH
    while True:
        most = max((count for count, _, _ in todo), default=1)
        circles = [
            Circle(x, y, zoom * max(SMALLEST, LARGEST * sqrt(count / most)), count)
            for count, x, y in sorted(todo, key=lambda row: (-row[0], row[1], row[2]))
        ]
        joined = _join(circles, reach=2 * LARGEST * zoom)
        if len(joined) == len(circles):
            return circles
        todo = joined


def _join(circles: list[Circle], reach: float) -> list[tuple[int, float, float]]:
    """Each circle joined into the first larger one that it would hide: (count, x, y).

    Kept circles are filed in squares of ``reach`` so that only neighbours are compared.
    """
    kept: list[tuple[Circle, list[Circle]]] = []
    squares: dict[tuple[int, int], list[int]] = {}
    for circle in circles:
        column, row = floor(circle.x / reach), floor(circle.y / reach)
        near = (i for c in (-1, 0, 1) for r in (-1, 0, 1) for i in squares.get((column + c, row + r), ()))
        host = next((i for i in sorted(near) if _hides(kept[i][0], circle)), None)
        if host is None:
            squares.setdefault((column, row), []).append(len(kept))
            kept.append((circle, [circle]))
        else:
            kept[host][1].append(circle)
    return [_centre(members) for _, members in kept]


def _hides(a: Circle, b: Circle) -> bool:
    return hypot(a.x - b.x, a.y - b.y) < CLOSEST * (a.r + b.r)


def _centre(members: list[Circle]) -> tuple[int, float, float]:
    total = sum(m.count for m in members)
    return total, sum(m.x * m.count for m in members) / total, sum(m.y * m.count for m in members) / total
