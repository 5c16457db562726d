"""Dates and places from cells: what is understood, what is warned about, what is refused."""

from __future__ import annotations

import datetime
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from convener.engines.values import (
    DateOrder,
    infer_date_order,
    read_date,
    read_latitude_longitude,
)
from convener.errors import InvalidValue

pytestmark = pytest.mark.req("DIR-7")
TODAY = datetime.date(2026, 11, 21)
DAY = datetime.date(2016, 12, 14)


def date(cell: object, order: DateOrder = "dmy"):
    return read_date("date_seen", cell, order=order, today=TODAY)


# Dates


@pytest.mark.parametrize(
    "cell",
    [
        "2016-12-14",
        "2016/12/14",
        "2016-12-14T10:00:00Z",
        "2016-12-14 10:00:00.123+02:00",
        "20161214",
        "14/12/2016",
        "14.12.2016",
        " 14-12-2016 ",
        "14 / 12 / 2016",
        "14/12/2016 00:00",
        "14/12/2016 9:30 AM",
        "14 December 2016",
        "14th of Dec. 2016",
        "December 14, 2016",
        "14-Dec-2016",
        "2016 Dec 14",
        "14 décembre 2016",
        "14 DÉC. 2016",
        "le 14 decembre 2016",
        "14 de diciembre de 2016",
        "14 dic 2016",
        "14 ديسمبر 2016",
        "١٤ ديسمبر ٢٠١٦",
        "14 كانون الأول 2016",
        "١٤/١٢/٢٠١٦",
        DAY,
        datetime.datetime.fromisoformat("2016-12-14T23:59:00"),
    ],
)
def test_dates_in_usual_forms(cell: object) -> None:
    assert date(cell) == (DAY, ())


@pytest.mark.parametrize(
    ("cell", "expected", "word"),
    [
        (43657, "2019-07-11", "2019-07-11"),
        (43657.75, "2019-07-11", "Excel"),
        ("43657", "2019-07-11", "Excel"),
        (20000, "1954-10-03", "Excel"),
        ("2019", "2019-01-01", "Only the year"),
        (2019.0, "2019-01-01", "Only the year"),
        ("2019-07", "2019-07-01", "Only the month"),
        ("7/2019", "2019-07-01", "Only the month"),
        ("Sept 2019", "2019-09-01", "Only the month"),
        ("juil. 2019", "2019-07-01", "Only the month"),
        ("14/12/16", "2016-12-14", "two digits"),
        ("14-Dec-98", "1998-12-14", "two digits"),
        ("12/14/2016", "2016-12-14", "the month comes first"),
        ("22/11/2026", "2026-11-22", "future"),
        (80000, "2119-01-11", "future"),
    ],
)
def test_dates_read_with_a_warning(cell: object, expected: str, word: str) -> None:
    value, warnings = date(cell)
    assert value == datetime.date.fromisoformat(expected)
    assert any(word in warning for warning in warnings)


@pytest.mark.parametrize(
    "cell",
    [
        *("31/02/2019", "2019-02-30", "14/13/2016", "0/1/2019", "yesterday", "2019-13", "99999", "201907", "Dec-16"),
        *("14 December", "1 May 2 June 2019", "32 May 2019", "5/2019/3", "14/12.2016", "0999-01-01", "20166-01-01"),
        *(True, 0, 5, 19_999, 90_000, math.nan, math.inf, [1, 2], "1" * 500, "٠٠/٠٠/٢٠١٩"),
    ],
)
def test_what_is_no_date_is_refused_with_a_hint(cell: object) -> None:
    with pytest.raises(InvalidValue) as caught:
        date(cell)
    assert caught.value.field == "date_seen"
    assert caught.value.hint


def test_order_of_day_and_month() -> None:
    assert date("3/4/2019", "dmy").value == datetime.date(2019, 4, 3)
    assert date("3/4/2019", "mdy").value == datetime.date(2019, 3, 4)
    assert infer_date_order(["1/2/2019", None, 5, "13/2/2019", "2019-01-31"]) == "dmy"
    assert infer_date_order(["1/2/2019", "2/13/2019", "2/28/19"]) == "mdy"
    assert infer_date_order(["2/13/2019", "13/2/2019"]) == "dmy"
    assert infer_date_order([]) == "dmy"
    assert date(None) == (None, ())
    assert date("  ") == (None, ())


@given(st.dates(datetime.date(1900, 3, 1), datetime.date(2119, 1, 1)))
def test_every_serial_number_is_the_day_that_excel_shows(day: datetime.date) -> None:
    serial = (day - datetime.date(1900, 3, 1)).days + 61
    if serial >= 20_000:
        assert date(serial).value == date(str(serial)).value == day


@given(st.dates(datetime.date(1000, 1, 1), datetime.date(2200, 12, 31)))
def test_every_day_is_read_in_every_form(day: datetime.date) -> None:
    for form in ("{0:%Y}-{0:%m}-{0:%d}", "{0:%d}/{0:%m}/{0:%Y}", "{0.day}.{0.month}.{0:%Y}", "{0:%d} {0:%B} {0:%Y}"):
        assert date(form.format(day)).value == day
    assert date(f"{day:%m}/{day:%d}/{day:%Y}", "mdy").value == day


# Places


@pytest.mark.parametrize(
    ("latitude", "longitude", "place"),
    [
        (52.37, 4.9, (52.37, 4.9)),
        ("52,37", "4,9", (52.37, 4.9)),
        ("52.37° N", "4.9°E", (52.37, 4.9)),
        ("S 33.9", "O 71.5", (-33.9, -71.5)),
        ("−33.9", "+151.2", (-33.9, 151.2)),
        ("52°22'12\"N", "4° 54′ 0″ W", (52.37, -4.9)),
        ("1.5e1", "-1e-5", (15.0, -0.00001)),
        (-90, 180, (-90.0, 180.0)),
        (None, " ", None),
    ],
)
def test_places(latitude: object, longitude: object, place: tuple[float, float] | None) -> None:
    value, warnings = read_latitude_longitude(latitude, longitude)
    assert warnings == ()
    assert value == (place and pytest.approx(place))


@pytest.mark.parametrize(
    ("latitude", "longitude"), [(120.5, 52.3), ("-100", "9"), ("4.9 E", "52.37 N"), ("180", "90"), (52.1, "4.9 N")]
)
def test_swapped_places_are_said_and_left_out(latitude: object, longitude: object) -> None:
    value, (warning,) = read_latitude_longitude(latitude, longitude)
    assert value is None
    assert "swapped" in warning


def test_half_a_place_and_null_island() -> None:
    value, (warning,) = read_latitude_longitude("52.1", None)
    assert value is None
    assert "without a longitude" in warning
    value, (warning,) = read_latitude_longitude(0, "0.0")
    assert value == (0.0, 0.0)
    assert "null island" in warning


@pytest.mark.parametrize(
    ("latitude", "longitude", "field"),
    [
        (95, 95, "latitude"),
        (50, 200, "longitude"),
        (181, 5, "latitude"),
        ("north", 5, "latitude"),
        (5, "50.629.250", "longitude"),
        (5, "1,234,567", "longitude"),
        (math.nan, 5, "latitude"),
        (True, 5, "latitude"),
        ("-5 S", 5, "latitude"),
        ("N 5 S", 5, "latitude"),
        ("5°60'", 5, "latitude"),
        ("1" * 400, 5, "latitude"),
    ],
)
def test_what_is_no_place(latitude: object, longitude: object, field: str) -> None:
    with pytest.raises(InvalidValue) as caught:
        read_latitude_longitude(latitude, longitude)
    assert caught.value.field == field
