"""From what a cell holds to the value it means: one reader for each kind of value.

Each reader returns a :class:`Read` (the value, and warnings for the person) or raises
:class:`convener.errors.InvalidValue` with the field, what is wrong and what to do. A blank cell gives "" for texts and
addresses, () for lists and None for all else: whether a value must be there is the caller's rule. Nothing is guessed
without a warning.
"""

from convener.engines.values.choices import Lookup, read_bool, read_choice, read_choices
from convener.engines.values.contacts import read_email, read_url
from convener.engines.values.dates import DateOrder, infer_date_order, read_date
from convener.engines.values.names import name_key
from convener.engines.values.places import read_latitude_longitude
from convener.engines.values.reading import Read
from convener.engines.values.texts import read_text

__all__ = [
    "DateOrder",
    "Lookup",
    "Read",
    "infer_date_order",
    "name_key",
    "read_bool",
    "read_choice",
    "read_choices",
    "read_date",
    "read_email",
    "read_latitude_longitude",
    "read_text",
    "read_url",
]
