"""Dates that nobody can misread: the month in words, 24 hours, and the time zone.

A left-to-right mark before the time keeps "14:05 UTC" in that order. Numbers with these digits are written 1,234.5
(Unicode CLDR 44, ar, symbols of the numbering system latn); Django has no grouping for Arabic.
"""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j F Y، \u200eH:i e"
SHORT_DATETIME_FORMAT = "j M Y، \u200eH:i e"
TIME_FORMAT = "\u200eH:i e"
DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3
