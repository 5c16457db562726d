"""Latitude and longitude as people and spreadsheets write them (WGS 84, decimal degrees)."""

from __future__ import annotations

import math
import re
from typing import NamedTuple

from convener.engines.tables import Cell
from convener.engines.values.reading import Read, plain_text, shown
from convener.errors import InvalidValue, sentence

_NUMBER = r"\d+(?:[.,]\d+)?"
_ANGLE = re.compile(
    rf"""(?P<before>[NSEWO])?\s*(?P<sign>[-+])?\s*
    (?P<degrees>{_NUMBER})\s*°?\s*
    (?:(?P<minutes>{_NUMBER})\s*'\s*(?:(?P<seconds>{_NUMBER})\s*(?:"|''))?)?\s*
    (?P<after>[NSEWO])?""",
    re.VERBOSE,
)
_PLAIN = re.compile(r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?", re.ASCII)
_SAME = str.maketrans({"−": "-", "–": "-", "º": "°", "˚": "°", "′": "'", "’": "'", "″": '"', "”": '"', "٫": "."})
_HINT = sentence("Write decimal degrees, for example 52.37 and 4.9.")

Place = tuple[float, float]


class _Angle(NamedTuple):
    degrees: float
    hemisphere: str


def read_latitude_longitude(lat_cell: Cell, lon_cell: Cell) -> Read[Place | None]:
    """Read a place from its two cells: (latitude, longitude) in degrees, or None where both are blank.

    Decimal commas, degree signs, minutes and seconds, and hemisphere letters are understood. What looks exchanged (the
    letters say so, or a value out of range would be in range in the other's place) is left out with a warning that says
    "swapped": which of the two is wrong is not ours to guess. So is half a place. (0, 0), where ships meet places that
    failed to be looked up, is kept with a warning. Raises InvalidValue for what is no angle or out of range.
    """
    lat, lon = _angle("latitude", lat_cell), _angle("longitude", lon_cell)
    if lat is None and lon is None:
        return Read(None)
    if lat is None:
        return Read(None, (sentence("There is a longitude without a latitude, so the place was left out."),))
    if lon is None:
        return Read(None, (sentence("There is a latitude without a longitude, so the place was left out."),))
    in_range = abs(lat.degrees) <= 90 and abs(lon.degrees) <= 180
    lettered = lat.hemisphere in ("E", "W") or lon.hemisphere in ("N", "S")
    if lettered or not in_range:
        if lettered or (abs(lon.degrees) <= 90 and abs(lat.degrees) <= 180):
            pair = f"{lat.degrees:g}, {lon.degrees:g}"
            told = sentence("Latitude and longitude look swapped (%(pair)s), so the place was left out.", pair=pair)
            return Read(None, (told,))
        raise _out_of_range(lat.degrees, lat_cell, lon_cell)
    if lat.degrees == 0 and lon.degrees == 0:
        told = sentence("The place is 0, 0 (null island, in the sea off Africa): it is rarely meant.")
        return Read((0.0, 0.0), (told,))
    return Read((lat.degrees, lon.degrees))


def _angle(field: str, cell: Cell) -> _Angle | None:
    if type(cell) is str and len(cell) <= 40 and _PLAIN.fullmatch(cell):  # as nearly all are
        return _Angle(float(cell), "")
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        if not math.isfinite(cell):
            raise InvalidValue(field, sentence("%(value)s is not an angle.", value=shown(cell)), hint=_HINT)
        return _Angle(float(cell), "")
    text = plain_text(field, cell).strip()
    if not text:
        return None
    if len(text) <= 40 and _PLAIN.fullmatch(text):
        return _Angle(float(text), "")
    match = _ANGLE.fullmatch(text.upper().translate(_SAME)) if len(text) <= 40 else None
    if match is None or (match["before"] and match["after"]):
        raise InvalidValue(field, sentence("%(value)s is not an angle.", value=shown(text)), hint=_HINT)
    parts = [float((match[name] or "0").replace(",", ".")) for name in ("degrees", "minutes", "seconds")]
    if parts[1] >= 60 or parts[2] >= 60:
        told = sentence("%(value)s has 60 minutes or seconds, or more.", value=shown(text))
        raise InvalidValue(field, told, hint=_HINT)
    hemisphere = (match["before"] or match["after"] or "").replace("O", "W")  # oeste, ouest
    if hemisphere and match["sign"] == "-":
        told = sentence("%(value)s has both a minus sign and a letter.", value=shown(text))
        raise InvalidValue(field, told, hint=sentence("Keep one of the two."))
    negative = match["sign"] == "-" or hemisphere in ("S", "W")
    degrees = parts[0] + parts[1] / 60 + parts[2] / 3600
    return _Angle(-degrees if negative else degrees, hemisphere)


def _out_of_range(latitude: float, lat_cell: Cell, lon_cell: Cell) -> InvalidValue:
    if abs(latitude) > 90:
        told = sentence("%(value)s is out of range: a latitude is between -90 and 90.", value=shown(lat_cell))
        return InvalidValue("latitude", told, hint=_HINT)
    told = sentence("%(value)s is out of range: a longitude is between -180 and 180.", value=shown(lon_cell))
    return InvalidValue("longitude", told, hint=_HINT)
