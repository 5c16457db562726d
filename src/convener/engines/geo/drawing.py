"""Detailed outlines for a part of the map, clipped to it and written as SVG path data."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

from convener.engines.geo.projection import project
from convener.engines.geo.shapes import Box, CountryShapes, bounds


class View(NamedTuple):
    """A part of the map in map units (see ``project``)."""

    x: float
    y: float
    width: float
    height: float

    def grown(self, share: float) -> View:
        """The view with a margin on each side, as a share of its size."""
        dx, dy = self.width * share, self.height * share
        return View(self.x - dx, self.y - dy, self.width + 2 * dx, self.height + 2 * dy)

    def meets(self, other: View) -> bool:
        """Whether two parts of the map have a point in common."""
        return (
            self.x <= other.x + other.width
            and other.x <= self.x + self.width
            and self.y <= other.y + other.height
            and other.y <= self.y + self.height
        )

    def shows(self, x: float, y: float) -> bool:
        """Whether a point of the map lies in the view."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height


Ring = list[tuple[float, float]]


def paths_within(shapes: CountryShapes, view: View) -> dict[str, str]:
    """SVG path data of every country that reaches into ``view``, by code, in map units.

    Outlines are clipped a tenth beyond the view, so that the cut does not show, and rounded to a two-thousandth of
    its width: the same point is rounded alike on both sides of a border, so neighbours still fit.
    """
    wide = view.grown(0.1)
    step = max(0.01, round(view.width / 2000, 2))
    paths = {}
    for iso2 in sorted(shapes.codes):
        shape = shapes.shape(iso2)
        if shape is None or not _may_meet(shape.box, wide):
            continue
        near = (ring for ring in shape.rings if _may_meet(bounds(ring), wide))
        rings = (_clipped([project(lat, lon) for lon, lat in ring], wide) for ring in near)
        path = "".join(_path(ring, step) for ring in rings)
        if path:
            paths[iso2] = path
    return paths


def _may_meet(box: Box, view: View) -> bool:
    """Whether a box in degrees can reach into the view; meridians bend, so its widest parallel counts."""
    parallels = [box.south, box.north] + ([0.0] if box.south < 0 < box.north else [])
    corners = [project(lat, lon) for lat in parallels for lon in (box.west, box.east)]
    xs, ys = zip(*corners, strict=True)
    return view.meets(View(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)))


def _clipped(ring: Ring, view: View) -> Ring:
    """The ring cut to a rectangle, one side after the other (Sutherland and Hodgman, CACM 17(1), 1974)."""
    sides = ((0, view.x, 1), (0, view.x + view.width, -1), (1, view.y, 1), (1, view.y + view.height, -1))
    for axis, edge, sign in sides:
        if not ring:
            break
        kept: Ring = []
        for a, b in pairwise([ring[-1], *ring]):
            from_edge, to_edge = (a[axis] - edge) * sign, (b[axis] - edge) * sign
            if (from_edge < 0) != (to_edge < 0):
                share = from_edge / (from_edge - to_edge)
                kept.append((a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])))
            if to_edge >= 0:
                kept.append(b)
        ring = kept
    return ring


def _path(ring: Ring, step: float) -> str:
    """One closed ring as moves between multiples of ``step``, so that rounding does not add up; nothing for a speck."""
    points = [(round(x / step), round(y / step)) for x, y in ring]
    points = [p for i, p in enumerate(points) if i == 0 or p != points[i - 1]]
    if len(points) < 3:
        return ""
    moves = " ".join(f"{_short((b[0] - a[0]) * step)},{_short((b[1] - a[1]) * step)}" for a, b in pairwise(points))
    return f"M{_short(points[0][0] * step)},{_short(points[0][1] * step)}l{moves}z"


def _short(value: float) -> str:
    """Two decimals at most, no needless noughts."""
    return f"{round(value, 2):.6g}"
