"""The words for how two names agree, word by word: what the names engine gives as kind and manner."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from convener.foundation.ui.components import Text

#: What a part of two names is.
KINDS: Mapping[str, Text] = {
    "word": _("Word of the name"),
    "generic": _("Word of trade"),
    "form": _("Legal form"),
    "little": _("Little word"),
    "initial": _("Initial"),
    "acronym": _("Acronym"),
    "order": _("Order of the words"),
    "country": _("Country"),
}
#: How it agrees.
MANNERS: Mapping[str, Text] = {
    "same": _("the same word"),
    "variant": _("spellings of one name"),
    "meaning": _("the same meaning, in another language or abbreviated"),
    "counterpart": _("the like of it elsewhere"),
    "kin": _("a short form, or the same name in another language"),
    "sound": _("sounds alike"),
    "spelling": _("spelt alike"),
    "consonants": _("the same consonants"),
    "cut": _("one is the beginning of the other"),
    "joined": _("run together, or split"),
    "acronym": _("the first letters"),
    "initial": _("the first letter"),
    "order": _("in another order"),
}
IN_ONE_ALONE = _("in one name alone")
SAME_COUNTRY, OTHER_COUNTRIES = _("the same country"), _("other countries")
