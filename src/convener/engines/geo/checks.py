"""Whether a place can be where it says it is: warnings for an import, never a silent repair."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from convener.engines.geo.shapes import CountryShapes
from convener.errors import Sentence, sentence

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


def explain(problem: PlaceProblem, lat: float, lon: float, name: Callable[[str], str] = str) -> Sentence:
    """The problem as one sentence and what to do; ``name`` turns a country code into its name."""
    values = {"lat": f"{lat:g}", "lon": f"{lon:g}", "country": name(problem.stated)}
    if problem.kind == "swapped":
        return sentence(
            "Latitude %(lat)s, longitude %(lon)s is not in %(country)s, but is when swapped: "
            "check which of the two is the latitude.",
            **values,
        )
    if problem.kind == "out_of_range":
        return sentence(
            "Latitude %(lat)s, longitude %(lon)s is not a place: latitudes run from -90 to 90, "
            "longitudes from -180 to 180.",
            **values,
        )
    if problem.kind == "other_country" and problem.found:
        return sentence(
            "Latitude %(lat)s, longitude %(lon)s is in %(found)s, not in %(country)s: "
            "check the coordinates and the country.",
            found=name(problem.found),
            **values,
        )
    if lat == 0 and lon == 0:
        return sentence(
            "Latitude %(lat)s, longitude %(lon)s is in the sea and often stands for a missing value: "
            "leave both empty if they are not known.",
            **values,
        )
    return sentence(
        "Latitude %(lat)s, longitude %(lon)s is not in %(country)s and in no other country: check the coordinates.",
        **values,
    )


def check_place(
    lat: float, lon: float, iso2: str, shapes: CountryShapes, name: Callable[[str], str] = str
) -> list[Sentence]:
    """Warnings about a place said to be in country ``iso2``: an empty list, or one sentence (see ``place_problem``).

    Where latitude and longitude the other way round would fit, the sentence contains the word ``swapped``.
    """
    problem = place_problem(lat, lon, iso2, shapes)
    return [explain(problem, lat, lon, name)] if problem else []
