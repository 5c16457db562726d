"""Write src/convener/content/countries.yaml and regions.yaml.

Names come from Unicode CLDR (through Babel), codes and English official names from ISO 3166-1 (through pycountry),
regions from the United Nations M49 standard (``country_tables.py``), and one point a country from Natural Earth's 1:50m
map, which is in the public domain, as packed in the npm package world-atlas 2.0.2: the pole of inaccessibility (the
centre of the largest circle that fits) of the country's largest polygon, so that the point lies inside it.

Run from the repository's root, after ``npm pack world-atlas@2.0.2`` and unpacking it:

    uv run --no-project --with babel --with pycountry --with shapely python tools/make_countries.py \\
        --atlas package/countries-50m.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import pycountry
from babel import Locale
from country_tables import LABELS, M49, OWN_REGIONS, POINTS, REGION_LABELS, SYNONYMS
from shapely import Polygon
from shapely.ops import polylabel

LANGUAGES = ("en", "fr", "es", "ar")
LOCALES = tuple(Locale(language) for language in LANGUAGES)
CONTENT = Path(__file__).resolve().parent.parent / "src" / "convener" / "content"
# Rings smaller than this (degrees) are searched for their centre more finely than the map is drawn.
PRECISION = 0.01
HEAD = """\
# Written by tools/make_countries.py; change its tables, not this file.
translations: to-be-reviewed
"""


def quoted(text: str) -> str:
    """Return text as a double-quoted YAML scalar (JSON strings are valid YAML)."""
    return json.dumps(text, ensure_ascii=False)


def flow(mapping: dict[str, str]) -> str:
    """Return a mapping of plain keys to quoted text as a YAML flow mapping."""
    return "{" + ", ".join(f"{key}: {quoted(value)}" for key, value in mapping.items()) + "}"


def decode_arcs(topology: dict[str, Any]) -> list[list[tuple[float, float]]]:
    """Return a TopoJSON topology's arcs as lists of (longitude, latitude) in degrees (TopoJSON 1.0, section 2.1.4)."""
    (scale_x, scale_y), (left, bottom) = topology["transform"]["scale"], topology["transform"]["translate"]
    decoded = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append((x * scale_x + left, y * scale_y + bottom))
        decoded.append(points)
    return decoded


def ring(indices: list[int], arcs: list[list[tuple[float, float]]]) -> list[tuple[float, float]]:
    """Join arcs into one ring; a negative index ~i means arc i backwards.

    A ring that crosses the antimeridian (Russia, Fiji) goes on beyond 180 degrees instead of jumping to the other side.
    """
    points: list[tuple[float, float]] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        for longitude, latitude in arc[1:] if points else arc:
            turns = round((points[-1][0] - longitude) / 360) if points else 0
            points.append((longitude + 360 * turns, latitude))
    return points


def centre(geometry: dict[str, Any], arcs: list[list[tuple[float, float]]]) -> tuple[float, float]:
    """Return (latitude, longitude) of the pole of inaccessibility of the largest polygon, to two decimals."""
    parts = geometry["arcs"] if geometry["type"] == "MultiPolygon" else [geometry["arcs"]]
    polygons = [Polygon(ring(part[0], arcs), [ring(hole, arcs) for hole in part[1:]]).buffer(0) for part in parts]
    largest = max((p for shape in polygons for p in getattr(shape, "geoms", [shape])), key=lambda p: p.area)
    point = polylabel(largest, PRECISION) if largest.area > PRECISION else largest.representative_point()
    return round(point.y, 2), round((point.x + 180) % 360 - 180, 2)


def centres(atlas: Path) -> dict[str, tuple[float, float]]:
    """Return one point per ISO alpha-2 code from the atlas, completed by ``POINTS``."""
    topology = json.loads(atlas.read_text(encoding="utf-8"))
    arcs = decode_arcs(topology)
    alpha2 = {country.numeric: country.alpha_2 for country in pycountry.countries}
    points = dict(POINTS)
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = "XK" if geometry["properties"]["name"] == "Kosovo" else alpha2.get(geometry.get("id", ""))
        if code and geometry.get("arcs"):
            points.setdefault(code, centre(geometry, arcs))
    return points


def tidy(name: str) -> str:
    """Write CLDR's short English forms in full: "&" as "and", "St." as "Saint"."""
    return name.replace(" & ", " and ").replace("St. ", "Saint ")


def labels(iso2: str) -> dict[str, str]:
    """Return the country's name in each language: CLDR's, unless ``LABELS`` has another."""
    own = LABELS.get(iso2, (None,) * len(LANGUAGES))
    names = zip(LANGUAGES, LOCALES, own, strict=True)
    return {language: name or tidy(locale.territories[iso2]) for language, locale, name in names}


def synonyms(iso2: str, taken: set[str]) -> list[str]:
    """Return other names of a country, none equal to a label of its own, and none twice after lower-casing."""
    country = pycountry.countries.get(alpha_2=iso2)
    found = [getattr(country, name, "") for name in ("name", "official_name", "common_name")]
    found += [locale.territories[iso2] for locale in LOCALES]
    found += [name.strip() for name in SYNONYMS.get(iso2, "").split(";")]
    seen, kept = set(taken), []
    for name in filter(None, found):
        if name.lower() not in seen:
            seen.add(name.lower())
            kept.append(name)
    return kept


def country_line(iso2: str, region: str, points: dict[str, tuple[float, float]]) -> str:
    """Return one country as a line of YAML."""
    country = pycountry.countries.get(alpha_2=iso2)
    named = labels(iso2)
    others = synonyms(iso2, {name.lower() for name in named.values()})
    latitude, longitude = points[iso2]
    fields = [
        f'iso2: "{iso2}"',
        f'iso3: "{country.alpha_3 if country else "XKX"}"',
        f"m49: {quoted(country.numeric) if country else 'null'}",
        f"region: {region}",
        f"label: {flow(named)}",
        f"synonyms: [{', '.join(quoted(name) for name in others)}]",
        f"latitude: {latitude}",
        f"longitude: {longitude}",
    ]
    return "  - {" + ", ".join(fields) + "}"


def countries_text(atlas: Path) -> str:
    """Return countries.yaml."""
    region_of = {iso2: region for region, (_, _, members) in M49.items() for iso2 in members.split()}
    region_of["AQ"] = "world"  # M49 gives Antarctica a code and no region
    points = centres(atlas)
    lines = [
        HEAD + "# Codes: ISO 3166-1 and UN M49. Names: Unicode CLDR and ISO 3166-1.",
        "# Points: Natural Earth 1:50m (public domain).",
        "# Kosovo has no ISO 3166-1 code: XK and XKX are user-assigned, and it has no M49 code. Taiwan's M49 column",
        "# holds its ISO numeric code, and its region is a statistical grouping. No line here says anything about the",
        "# status of a territory.",
        "source: {document: ISO 3166-1, ref: Country codes}",
        "terms:",
    ]
    lines += [country_line(iso2, region_of[iso2], points) for iso2 in sorted(region_of)]
    return "\n".join(lines) + "\n"


def members(key: str) -> list[str]:
    """Return the ISO alpha-2 codes of an M49 region and of all regions below it."""
    own = M49[key][2].split()
    below = [code for child, (_, broader, _) in M49.items() if broader == key for code in members(child)]
    return sorted(own + below + (["AQ"] if key == "world" else []))


def m49_region(key: str) -> list[str]:
    """Return the YAML lines of one M49 region."""
    code, broader, _ = M49[key]
    named = REGION_LABELS.get(key) or tuple(tidy(locale.territories[code]) for locale in LOCALES)
    return region_lines(key, code, broader, dict(zip(LANGUAGES, named, strict=True)), members(key), "UN M49", code)


def region_lines(
    key: str, code: str | None, broader: str | None, named: dict[str, str], codes: list[str], document: str, ref: str
) -> list[str]:
    """Return the YAML lines of one region."""
    lines = [f"  - key: {key}"]
    lines += [f'    m49: "{code}"'] if code else []
    lines += [f"    broader: {broader}"] if broader else []
    lines += [
        f"    label: {flow(named)}",
        f"    members: [{', '.join(quoted(iso2) for iso2 in codes)}]",
        f"    source: {flow({'document': document, 'ref': ref})}",
    ]
    return lines


def regions_text() -> str:
    """Return regions.yaml: the M49 regions, then those of the field's own."""
    lines = [
        HEAD + "# members: ISO 3166-1 alpha-2 codes of every country in the region and in the regions below it.",
        "terms:",
    ]
    for key in M49:
        lines += m49_region(key)
    for key, (broader, codes, named, document, ref) in OWN_REGIONS.items():
        label = dict(zip(LANGUAGES, named, strict=True))
        lines += region_lines(key, None, broader, label, sorted(set(codes.split())), document, ref)
    return "\n".join(lines) + "\n"


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--atlas", type=Path, required=True, help="countries-50m.json of world-atlas 2.0.2")
    atlas = parser.parse_args().atlas
    (CONTENT / "countries.yaml").write_text(countries_text(atlas), encoding="utf-8")
    (CONTENT / "regions.yaml").write_text(regions_text(), encoding="utf-8")


if __name__ == "__main__":
    main()
