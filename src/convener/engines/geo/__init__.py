"""Places on the earth: a map projection, the country a point lies in, and grid cells for clusters.

Pure Python on plain numbers: latitudes and longitudes in decimal degrees (WGS 84), map coordinates in the units of a
map 1000 wide. Country shapes come from a file whose path is passed in (made by ``tools/make_basemap.py``).

    from convener.engines import geo
    shapes = geo.CountryShapes.load(path)
    geo.check_place(100.5, 13.75, "TH", shapes)     # latitude and longitude look swapped …
"""

from convener.engines.geo.cells import CELL_SIZES, Circle, Cluster, cell, cell_centre, cluster
from convener.engines.geo.checks import PlaceProblem, check_place, explain, place_problem
from convener.engines.geo.drawing import View, paths_within
from convener.engines.geo.projection import MAP_HEIGHT, MAP_WIDTH, frame, project
from convener.engines.geo.shapes import CountryShapes

__all__ = [
    "CELL_SIZES",
    "MAP_HEIGHT",
    "MAP_WIDTH",
    "Circle",
    "Cluster",
    "CountryShapes",
    "PlaceProblem",
    "View",
    "cell",
    "cell_centre",
    "check_place",
    "cluster",
    "explain",
    "frame",
    "paths_within",
    "place_problem",
    "project",
]
