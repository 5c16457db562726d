"""The Equal Earth projection: areas are true, so a large number in a small country is not drawn small.

Source: B. Šavrič, T. Patterson and B. Jenny, "The Equal Earth map projection", International Journal of Geographical
Information Science 33(3), 2018, equations 5 to 7 and the four coefficients printed under them.
"""

from __future__ import annotations

from math import asin, cos, pi, radians, sin, sqrt

from convener.errors import InvalidValue, sentence

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796
HALF_ROOT_3 = sqrt(3) / 2

# Eleven degrees east puts the edge of the map at 169° west, in the Bering Strait: Russia and Fiji stay whole.
CENTRAL_MERIDIAN = 11.0
WEST_EDGE = CENTRAL_MERIDIAN - 180
EAST_EDGE = CENTRAL_MERIDIAN + 180

MAP_WIDTH = 1000.0
SCALE = MAP_WIDTH / (2 * 2 * sqrt(3) * pi / (3 * A1))


def _northing(theta: float) -> float:
    return theta * (A1 + A2 * theta**2 + theta**6 * (A3 + A4 * theta**2))


MAP_HEIGHT = 2 * SCALE * _northing(pi / 3)


def frame(lon: float) -> float:
    """The longitude in degrees as the map counts it: from 169° west (-169) eastward to 191, both edges allowed."""
    if WEST_EDGE <= lon <= EAST_EDGE:
        return lon
    return (lon - WEST_EDGE) % 360 + WEST_EDGE


def not_a_latitude(lat: float) -> InvalidValue:
    """The refusal of a latitude beyond a pole."""
    told = sentence("%(value)s is not a latitude.", value=str(lat))
    return InvalidValue("latitude", told, hint=sentence("Latitudes run from -90 to 90."))


def project(lat: float, lon: float) -> tuple[float, float]:
    """Map coordinates of a place: x from 0 (west) to 1000 (east), y from 0 (north pole) to ``MAP_HEIGHT``, about 486.7.

    ``lat`` and ``lon`` are decimal degrees; longitudes are taken round the earth, so 190 and -170 are one place.
    Raises ``InvalidValue`` for a latitude beyond a pole.
    """
    if not -90 <= lat <= 90:
        raise not_a_latitude(lat)
    theta = asin(HALF_ROOT_3 * sin(radians(lat)))
    squared = theta * theta
    sixth = squared**3
    stretch = A1 + 3 * A2 * squared + sixth * (7 * A3 + 9 * A4 * squared)
    easting = 2 * sqrt(3) * radians(frame(lon) - CENTRAL_MERIDIAN) * cos(theta) / (3 * stretch)
    return MAP_WIDTH / 2 + SCALE * easting, MAP_HEIGHT / 2 - SCALE * _northing(theta)
