"""Places: the projection against d3-geo's numbers, points in countries, grid cells, and circles for clusters."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterator
from math import hypot
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from convener.engines import geo
from convener.errors import InvalidValue, Unreadable

ROOT = Path(__file__).resolve().parents[2]
CONTENT = ROOT / "src/convener/content"
DATA = Path(os.environ.get("CONVENER_TEST_DATA", ROOT.parent / "shared" / "data")) / "facilities"

# Made with d3-geo 3.1.1: geoEqualEarth() rotated by -11 degrees, scaled to a width of 1000. (lat, lon, x, y)
D3_GEO = [
    (0, 11, 500.0000, 243.3585),
    (0, 0, 469.4444, 243.3585),
    (90, 0, 481.8968, 0.0000),
    (-90, 50, 564.1839, 486.7170),
    (13.7563, 100.5018, 745.2023, 192.1376),
    (51.5, -0.12, 474.8349, 65.0942),
    (-33.9, 151.2, 857.4250, 366.2522),
    (-18.14, 178.44, 954.0277, 310.6472),
    (64.5, -170.5, 856.7047, 31.6741),
    (64.7, -168.2, 142.6483, 31.2273),
    (-54.8, -68.3, 325.6391, 430.8414),
    (71.3, 25.8, 527.5193, 17.9067),
    (35.68, 139.69, 824.9745, 114.4763),
    (19.43, -99.13, 202.4410, 171.3796),
    (-0.02, -169.5, 998.6111, 243.4333),
    (83.6, -33, 426.3175, 2.2358),
]

CITIES = """
Lagos NG 6.45 3.39|Cairo EG 30.04 31.24|Alexandria EG 31.20 29.92|Nairobi KE -1.29 36.82|Mombasa KE -4.04 39.67
Johannesburg ZA -26.20 28.05|Cape_Town ZA -33.92 18.42|Maseru LS -29.31 27.48|Dakar SN 14.69 -17.45
Banjul GM 13.45 -16.58|Accra GH 5.60 -0.19|Lome TG 6.13 1.22|Kinshasa CD -4.32 15.31|Brazzaville CG -4.27 15.28
Port_Louis MU -20.16 57.50|Victoria SC -4.62 55.45|Moroni KM -11.70 43.26|Praia CV 14.93 -23.51
Antananarivo MG -18.88 47.51|Casablanca MA 33.57 -7.59|Hargeisa SO 9.56 44.06|Sao_Tome ST 0.34 6.73
Tunis TN 36.81 10.18|Addis_Ababa ET 9.03 38.74|Djibouti DJ 11.59 43.15|Singapore SG 1.29 103.85
Bangkok TH 13.76 100.50|Phuket TH 7.88 98.39|Hanoi VN 21.03 105.85|Phnom_Penh KH 11.56 104.92|Manila PH 14.60 120.98
Cebu PH 10.32 123.89|Jakarta ID -6.21 106.85|Denpasar ID -8.65 115.22|Dili TL -8.56 125.57
Bandar_Seri_Begawan BN 4.90 114.94|Male MV 4.18 73.51|Colombo LK 6.93 79.85|Dhaka BD 23.81 90.41
Thimphu BT 27.47 89.64|Kathmandu NP 27.72 85.32|Karachi PK 24.86 67.01|Tokyo JP 35.68 139.69|Naha JP 26.21 127.68
Seoul KR 37.57 126.98|Hong_Kong HK 22.30 114.17|Macao MO 22.20 113.55|Taipei TW 25.03 121.57
Ulaanbaatar MN 47.89 106.91|Manama BH 26.23 50.58|Doha QA 25.29 51.53|Dubai AE 25.20 55.27|Beirut LB 33.89 35.50
Ramallah PS 31.90 35.20|Nicosia CY 35.17 33.36|Valletta MT 35.90 14.51|Monaco MC 43.73 7.42|Gibraltar GI 36.14 -5.35
San_Marino SM 43.94 12.45|Vatican_City VA 41.903 12.453|Vaduz LI 47.14 9.52|Andorra AD 42.51 1.52
London GB 51.51 -0.13|Belfast GB 54.60 -5.93|Kirkwall GB 58.98 -2.96|Dublin IE 53.35 -6.26|Reykjavik IS 64.15 -21.94
Torshavn FO 62.01 -6.77|Lisbon PT 38.72 -9.14|Funchal PT 32.65 -16.91|Las_Palmas ES 28.12 -15.43|Palma ES 39.57 2.65
Venice IT 45.44 12.33|Cagliari IT 39.22 9.12|Heraklion GR 35.34 25.13|Copenhagen DK 55.68 12.57|Tallinn EE 59.44 24.75
Pristina XK 42.66 21.17|Simferopol UA 44.95 34.10|Kaliningrad RU 54.71 20.51|Vladivostok RU 43.12 131.89
Anadyr RU 64.73 177.51|Uelen RU 66.16 -169.81|Longyearbyen SJ 78.22 15.64|Istanbul TR 41.01 28.98
New_York US 40.71 -74.01|Honolulu US 21.31 -157.86|Anchorage US 61.22 -149.90|Key_West US 24.56 -81.78
San_Juan PR 18.47 -66.11|Toronto CA 43.65 -79.38|Halifax CA 44.65 -63.58|Mexico_City MX 19.43 -99.13
Belize_City BZ 17.50 -88.20|Panama PA 8.98 -79.52|Havana CU 23.11 -82.37|Bridgetown BB 13.10 -59.61
Castries LC 14.01 -60.99|Port_of_Spain TT 10.65 -61.50|Nassau BS 25.05 -77.35|Fort-de-France MQ 14.60 -61.07
Cayenne GF 4.92 -52.31|Willemstad CW 12.11 -68.93|Kralendijk BQ 12.15 -68.27|Nuuk GL 64.18 -51.72
Santiago CL -33.45 -70.67|Punta_Arenas CL -53.16 -70.91|Hanga_Roa CL -27.15 -109.43|Ushuaia AR -54.80 -68.30
Quito EC -0.18 -78.47|Lima PE -12.05 -77.04|Rio BR -22.91 -43.17|Stanley FK -51.70 -57.85|Suva FJ -18.14 178.44
Taveuni FJ -16.85 -179.97|Auckland NZ -36.85 174.76|Dunedin NZ -45.87 170.50|Chatham NZ -43.95 -176.56
Sydney AU -33.87 151.21|Hobart AU -42.88 147.33|Apia WS -13.83 -171.77|Pago_Pago AS -14.28 -170.70
Nukualofa TO -21.14 -175.20|Funafuti TV -8.52 179.20|Tarawa KI 1.45 172.97|Kiritimati KI 1.98 -157.47
Majuro MH 7.10 171.38|Palikir FM 6.92 158.16|Koror PW 7.34 134.48|Yaren NR -0.55 166.92|Noumea NC -22.27 166.44
Papeete PF -17.54 -149.57|Port_Moresby PG -9.44 147.18|Honiara SB -9.43 159.95|Saint-Denis RE -20.88 55.45
"""
PLACES = [
    (name, code, float(lat), float(lon))
    for name, code, lat, lon in (row.split() for line in CITIES.split("\n") if line for row in line.split("|"))
]

# How the facility lists write countries, where it is not a two-letter code.
NAMES = {
    "CHINA": "CN", "VIETNAM": "VN", "BANGLADESH": "BD", "INDIA": "IN", "INDONESIA": "ID", "EL SALVADOR": "SV",
    "SRI LANKA": "LK", "CAMBODIA": "KH", "HONDURAS": "HN", "USA": "US", "UNITED STATES": "US", "PHILIPPINES": "PH",
    "MEXICO": "MX", "PERU": "PE", "GUATEMALA": "GT", "JORDAN": "JO", "THAILAND": "TH", "DOMINICAN REPUBLIC": "DO",
    "TURKEY": "TR", "MYANMAR": "MM", "ROMANIA": "RO", "ISRAEL": "IL", "TAIWAN": "TW", "NEW ZEALAND": "NZ",
    "CANADA": "CA", "HAITI": "HT", "MALAYSIA": "MY", "PORTUGAL": "PT", "FRANCE": "FR", "ARGENTINA": "AR",
    "NICARAGUA": "NI", "MAURITIUS": "MU", "MOROCCO": "MA", "NEPAL": "NP", "ITALY": "IT", "AUSTRALIA": "AU",
    "GERMANY": "DE", "SOUTH AFRICA": "ZA", "BRAZIL": "BR",
}  # fmt: skip

lats = st.floats(-90, 90)
lons = st.floats(-180, 180)
levels = st.integers(0, 2)


@pytest.fixture(scope="module")
def shapes() -> geo.CountryShapes:
    return geo.CountryShapes.load(CONTENT / "geo/country-shapes.json")


def facilities() -> Iterator[tuple[float, float, str]]:
    for file in sorted(DATA.glob("*.csv")):
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as rows:
            for row in csv.DictReader(rows):
                country = row["country"].strip().upper()
                yield float(row["lat"]), float(row["lng"]), NAMES.get(country, country)


@pytest.mark.parametrize(("lat", "lon", "x", "y"), D3_GEO)
def test_projection_agrees_with_d3_geo(lat: float, lon: float, x: float, y: float) -> None:
    assert geo.project(lat, lon) == pytest.approx((x, y), abs=0.0001)


@given(lats, lons)
def test_projected_points_are_on_the_map(lat: float, lon: float) -> None:
    x, y = geo.project(lat, lon)
    assert 0 <= x <= geo.MAP_WIDTH
    assert -1e-9 <= y <= geo.MAP_HEIGHT + 1e-9


@given(lats, st.floats(-168.9, 179.9))
def test_projection_takes_longitudes_round_the_earth(lat: float, lon: float) -> None:
    assert geo.project(lat, lon + 360) == pytest.approx(geo.project(lat, lon), abs=1e-6)


@pytest.mark.parametrize("lat", [90.01, -91, 100.5, float("nan")])
def test_projection_refuses_what_is_no_latitude(lat: float) -> None:
    with pytest.raises(InvalidValue) as caught:
        geo.project(lat, 0)
    assert caught.value.field == "latitude"


@pytest.mark.req("DIR-7")
@pytest.mark.parametrize(("name", "code", "lat", "lon"), PLACES, ids=[place[0] for place in PLACES])
def test_cities_are_in_their_countries(shapes: geo.CountryShapes, name: str, code: str, lat: float, lon: float) -> None:
    assert shapes.in_country(lat, lon, code), name
    assert geo.check_place(lat, lon, code, shapes) == []


def test_most_cities_are_found_by_place_alone(shapes: geo.CountryShapes) -> None:
    """Harbours may fall outside a simplified coast, but no city may fall into another country."""
    found = [(name, code, shapes.country_at(lat, lon)) for name, code, lat, lon in PLACES]
    # The Vatican is half a kilometre across, less than the outlines are exact to.
    assert [row for row in found if row[2] not in (row[1], None)] == [("Vatican_City", "VA", "IT")]
    assert sum(code == at for _, code, at in found) >= 0.7 * len(found)


def test_every_country_of_the_vocabulary_has_an_outline_and_its_point_in_it(shapes: geo.CountryShapes) -> None:
    rows = yaml.safe_load((CONTENT / "countries.yaml").read_text(encoding="utf-8"))["terms"]
    assert {row["iso2"] for row in rows} - shapes.codes == {"AQ"}
    outside = [
        row["iso2"]
        for row in rows
        if row["iso2"] != "AQ"
        and not shapes.in_country(row["latitude"], row["longitude"], row["iso2"], 80)  # Tokelau: between its atolls
    ]
    assert outside == []


@pytest.mark.req("DIR-7")
@pytest.mark.parametrize(
    ("lat", "lon", "stated", "found"),
    [(13.76, 100.50, "KH", "TH"), (48.86, 2.35, "DE", "FR"), (-1.29, 36.82, "UG", "KE"), (21.03, 105.85, "TH", "VN"),
     (40.71, -74.01, "CA", "US"), (60.17, 24.94, "DE", "FI"), (64.73, 177.51, "US", "RU")],
)  # fmt: skip
def test_another_country_is_named(shapes: geo.CountryShapes, lat: float, lon: float, stated: str, found: str) -> None:
    (warning,) = geo.check_place(lat, lon, stated, shapes)
    assert f"is in {found}, not in {stated}" in warning
    assert "swapped" not in warning
    (named,) = geo.check_place(lat, lon, stated, shapes, {found: "Here", stated: "There"}.__getitem__)
    assert "is in Here, not in There" in named


@pytest.mark.req("DIR-7")
def test_swapped_pairs_are_said_to_be_swapped(shapes: geo.CountryShapes) -> None:
    """All cities but those whose country holds the exchanged pair too (Egypt, Turkey, …) or lies near it."""
    unseen = []
    for name, code, lat, lon in PLACES:
        warnings = geo.check_place(lon, lat, code, shapes)
        if not warnings:
            unseen.append(name)
        else:
            assert "swapped" in warnings[0], (name, warnings)
    assert sorted(unseen) == ["Alexandria", "Cairo"]


def test_out_of_range_and_open_sea(shapes: geo.CountryShapes) -> None:
    assert "is not a place" in geo.check_place(95.0, 200.0, "TH", shapes)[0]
    assert "is not a place" in geo.check_place(float("nan"), 10.0, "TH", shapes)[0]
    assert "is not a place" in geo.check_place(95.0, 10.0, "", shapes)[0]
    assert "missing value" in geo.check_place(0.0, 0.0, "TH", shapes)[0]
    assert "no other country" in geo.check_place(-30.0, -25.0, "BR", shapes)[0]
    assert shapes.country_at(95.0, 10.0) is None
    assert geo.place_problem(0.0, 0.0, "", shapes) is None
    assert geo.place_problem(-75.0, 60.0, "AQ", shapes) is None


def test_tolerance_is_in_kilometres(shapes: geo.CountryShapes) -> None:
    """At 65° north a degree of longitude is 47 km: five and a half of them are 257 km, not 600."""
    at_sea = 65.0, -8.0  # east of Gerpir, Iceland's easternmost point at 65.08° N, 13.50° W
    assert not shapes.in_country(*at_sea, "IS")
    assert not shapes.in_country(*at_sea, "IS", tolerance_km=200)
    assert shapes.in_country(*at_sea, "IS", tolerance_km=300)


def test_territories_do_not_contradict_the_wider_code(shapes: geo.CountryShapes) -> None:
    assert geo.check_place(-20.88, 55.45, "FR", shapes) == []
    assert geo.check_place(22.30, 114.17, "CN", shapes) == []
    assert geo.check_place(48.86, 2.35, "RE", shapes) != []


@given(lats, lons)
def test_a_point_in_a_country_passes_its_check(shapes: geo.CountryShapes, lat: float, lon: float) -> None:
    code = shapes.country_at(lat, lon)
    if code:
        assert shapes.in_country(lat, lon, code, tolerance_km=0)
        assert geo.place_problem(lat, lon, code, shapes) is None


@pytest.mark.data
@pytest.mark.req("DIR-7")
def test_real_facilities_lie_where_they_say(shapes: geo.CountryShapes) -> None:
    rows = list(facilities())
    assert len(rows) > 900
    assert {code for _, _, code in rows} <= shapes.codes
    warned = [row for row in rows if geo.check_place(*row, shapes)]
    assert len(warned) <= 0.01 * len(rows), warned
    swapped = [row for row in rows if any("swapped" in w for w in geo.check_place(row[1], row[0], row[2], shapes))]
    assert len(swapped) >= 0.99 * len(rows)


@pytest.mark.parametrize("text", ["", "[]", '{"countries": {"TH": [[1, 2]]}, "parts": {}}', '{"countries": 3}'])
def test_a_broken_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "shapes.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(Unreadable):
        geo.CountryShapes.load(file)
    with pytest.raises(Unreadable):
        geo.CountryShapes.load(tmp_path / "none.json")


@given(lats, lons, levels)
def test_a_cell_contains_its_places_and_its_centre(lat: float, lon: float, level: int) -> None:
    number = geo.cell(lat, lon, level)
    centre = geo.cell_centre(number, level)
    assert geo.cell(*centre, level) == number
    half = geo.CELL_SIZES[level] / 2 + 1e-9
    assert abs(centre[0] - lat) <= half
    assert min(abs(centre[1] - lon), 360 - abs(centre[1] - lon)) <= half


@given(lats, lons)
def test_cells_nest(lat: float, lon: float) -> None:
    """The middle of a fine cell lies in the coarse cell that the place itself is in."""
    for level in (0, 1):
        finer = geo.cell_centre(geo.cell(lat, lon, level + 1), level + 1)
        assert geo.cell(*finer, level) == geo.cell(lat, lon, level)


def test_cells_refuse_what_does_not_exist() -> None:
    for call in (lambda: geo.cell(91, 0, 0), lambda: geo.cell(0, float("nan"), 0), lambda: geo.cell(0, 0, 3),
                 lambda: geo.cell_centre(648, 0), lambda: geo.cell_centre(-1, 2)):  # fmt: skip
        with pytest.raises(InvalidValue):
            call()
    assert geo.cell(90, 180, 0) == geo.cell(89.9, -180, 0) == 17 * 36


rows_of_clusters = st.lists(
    st.builds(geo.Cluster, st.just(0), st.integers(1, 5000), st.floats(-60, 75), lons), max_size=60
)


@given(rows_of_clusters, st.sampled_from([1000.0, 120.0, 10.0]))
def test_circles_lose_no_count_and_do_not_hide_each_other(rows: list[geo.Cluster], width: float) -> None:
    circles = geo.cluster(rows, width=width)
    assert sum(circle.count for circle in circles) == sum(row.count for row in rows)
    for number, a in enumerate(circles):
        for b in circles[:number]:
            assert hypot(a.x - b.x, a.y - b.y) >= 0.79 * (a.r + b.r)


def test_areas_are_in_proportion_to_counts() -> None:
    big, small = geo.cluster([geo.Cluster(1, 400, 0.0, 0.0), geo.Cluster(2, 100, 0.0, 90.0)])
    assert (big.count, small.count) == (400, 100)
    assert big.r**2 / small.r**2 == pytest.approx(4)
    assert (big.x, big.y) == pytest.approx(geo.project(0, 0))
    assert geo.cluster([]) == []
    assert geo.cluster([geo.Cluster(1, 0, 0.0, 0.0)]) == []
