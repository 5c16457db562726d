"""Whether a place can be where it says it is: warnings for an import, never a silent repair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from convener.engines.geo.shapes import CountryShapes

Kind = Literal["swapped", "out_of_range", "other_country", "nowhere"]


@dataclass(frozen=True, slots=True)
class PlaceProblem:
    """What is wrong with a pair of coordinates.

    ``kind``: ``swapped`` (the other way round they fit), ``out_of_range`` (no place on earth), ``other_country``
    (``found`` says which; off a coast, whose it is) or ``nowhere`` (neither in the stated country nor in any other).
    """

    kind: Kind
    stated: str
    found: str | None = None


def place_problem(lat: float, lon: float, iso2: str, shapes: CountryShapes) -> PlaceProblem | None:
    """The problem with a place said to be in country ``iso2``, or None.

    None too where the country has no outline to compare with, or none is stated (an empty ``iso2``), unless the pair
    is out of range.
    """
    in_range = -90 <= lat <= 90 and -180 <= lon <= 180
    if in_range and (iso2 not in shapes.codes or shapes.in_country(lat, lon, iso2)):
        return None
    if shapes.in_country(lon, lat, iso2):
        return PlaceProblem("swapped", iso2)
    if not in_range:
        return PlaceProblem("out_of_range", iso2)
    found = shapes.country_near(lat, lon)
    return PlaceProblem("other_country", iso2, found) if found else PlaceProblem("nowhere", iso2)


def explain(problem: PlaceProblem, lat: float, lon: float, name: Callable[[str], str] = str) -> str:
    """The problem as one English sentence and what to do; ``name`` turns a country code into its name."""
    where = f"Latitude {lat:g}, longitude {lon:g}"
    stated = name(problem.stated)
    if problem.kind == "swapped":
        return f"{where} is not in {stated}, but is when swapped: check which of the two is the latitude."
    if problem.kind == "out_of_range":
        return f"{where} is not a place: latitudes run from -90 to 90, longitudes from -180 to 180."
    if problem.kind == "other_country" and problem.found:
        return f"{where} is in {name(problem.found)}, not in {stated}: check the coordinates and the country."
    if lat == 0 and lon == 0:
        return f"{where} is in the sea and often stands for a missing value: leave both empty if they are not known."
    return f"{where} is not in {stated} and in no other country: check the coordinates."


def check_place(
    lat: float, lon: float, iso2: str, shapes: CountryShapes, name: Callable[[str], str] = str
) -> list[str]:
    """Warnings about a place said to be in country ``iso2``: an empty list, or one sentence (see ``place_problem``).

    Where latitude and longitude the other way round would fit, the sentence contains the word ``swapped``.
    """
    problem = place_problem(lat, lon, iso2, shapes)
    return [explain(problem, lat, lon, name)] if problem else []
