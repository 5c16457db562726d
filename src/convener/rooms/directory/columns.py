"""The canonical columns of an organisation: their names in files and API, where they are kept, and other headings for them.

One table serves import, export, forms, history and the API, so that none of them can forget a column.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

TEXT, LONG_TEXT, CHOICE, LIST, VOCABULARY, NUMBER, DATE, URL, EMAIL, SPECIAL = range(10)
PUBLIC_PART, PLACE, CONTACT, KEEPERS = "public", "place", "contact", "keepers"


@dataclass(frozen=True)
class Column:
    """One column: ``attribute`` on the party ('party.name') or the profile ('profile.city'), empty for what spans rows.

    ``vocabulary`` is the controlled vocabulary of its keys. ``part`` says whose visibility rules it: the entry's own
    ('public'), that of the place, that of the contact, or only the organisation itself and the secretariat ('keepers').
    """

    name: str
    kind: int
    attribute: str = ""
    vocabulary: str = ""
    part: str = PUBLIC_PART
    max_chars: int = 300
    headings: tuple[str, ...] = ()

    @functools.cached_property
    def holder(self) -> str:
        """'party' or 'profile': where a plain column is kept."""
        return self.attribute.partition(".")[0]

    @functools.cached_property
    def field(self) -> str:
        """The attribute of its holder."""
        return self.attribute.partition(".")[2]

    @functools.cached_property
    def is_list(self) -> bool:
        """True when a cell holds several values joined with ``|``."""
        return self.kind in (LIST, VOCABULARY)


COLUMNS: tuple[Column, ...] = (
    Column("id", SPECIAL),
    Column(
        "name",
        TEXT,
        "party.name",
        headings=(
            "organisation",
            "organization",
            "organisation name",
            "organization name",
            "company",
            "company name",
            "legal name",
            "facility name",
            "nom",
            "nombre",
            "razón social",
            "raison sociale",
            "الاسم",
            "اسم المنظمة",
        ),
    ),
    Column("aliases", SPECIAL, headings=("also known as", "aka", "other names", "alias", "acronym")),
    Column(
        "type",
        CHOICE,
        "party.type",
        "stakeholder-types",
        headings=("organisation type", "organization type", "stakeholder type", "tipo", "النوع"),
    ),
    Column(
        "country",
        CHOICE,
        "party.country",
        "countries",
        headings=("country name", "country code", "headquarters", "pays", "país", "البلد", "الدولة"),
    ),
    Column(
        "registration_number",
        SPECIAL,
        headings=(
            "company number",
            "registration no",
            "registration no.",
            "reg no",
            "company registration number",
            "registration",
            "numéro d'enregistrement",
            "número de registro",
            "رقم التسجيل",
        ),
    ),
    Column("lei", SPECIAL, headings=("legal entity identifier", "lei code")),
    Column("org_id", SPECIAL, headings=("org-id", "org id", "org-id.guide", "iati identifier")),
    Column("source_ids", SPECIAL, part=KEEPERS),
    Column("status", CHOICE, "party.status", headings=("state of the organisation",)),
    Column("size", CHOICE, "profile.size_band", "size-bands", headings=("size band", "company size")),
    Column("scope", CHOICE, "profile.scope", "scopes"),
    Column(
        "countries",
        VOCABULARY,
        "profile.countries",
        "countries",
        headings=("areas of operation", "operates in", "countries of operation"),
    ),
    Column("regions", VOCABULARY, "profile.regions", "regions", headings=("region",)),
    Column(
        "sector",
        VOCABULARY,
        "profile.sectors",
        "sectors",
        headings=("sectors", "sector name", "new sector name", "secteur", "القطاع"),
    ),
    Column(
        "industries",
        VOCABULARY,
        "profile.industries",
        "industries",
        headings=("industry", "old sector name", "industrie", "industria", "الصناعة"),
    ),
    Column("issues", VOCABULARY, "profile.issues", "issues", headings=("issue", "themes")),
    Column("exploitation", VOCABULARY, "profile.exploitation", "exploitation", headings=("forms of exploitation",)),
    Column("services", VOCABULARY, "profile.services", "services", headings=("services to business",)),
    Column("models", VOCABULARY, "profile.models_offered", "models", headings=("partnership models",)),
    Column("workstreams", LIST, "profile.workstreams"),
    Column("outputs", LIST, "profile.outputs"),
    Column("languages", LIST, "profile.languages", max_chars=60, headings=("language", "langues", "idiomas")),
    Column("summary", LONG_TEXT, "profile.summary", max_chars=4000, headings=("description", "about", "descripción")),
    Column("summary_language", TEXT, "profile.summary_language", max_chars=2),
    Column("website", URL, "profile.website", max_chars=500, headings=("url", "web", "homepage", "site web")),
    Column(
        "address",
        LONG_TEXT,
        "profile.address",
        part=PLACE,
        max_chars=500,
        headings=("street address", "full address", "adresse", "dirección", "العنوان"),
    ),
    Column("city", TEXT, "profile.city", part=PLACE, max_chars=120, headings=("town", "ville", "ciudad", "المدينة")),
    Column("latitude", NUMBER, "profile.latitude", part=PLACE, headings=("lat", "y")),
    Column("longitude", NUMBER, "profile.longitude", part=PLACE, headings=("lng", "lon", "long", "x")),
    Column(
        "email",
        EMAIL,
        "profile.email",
        part=CONTACT,
        max_chars=254,
        headings=("e-mail", "email address", "contact email", "courriel", "correo electrónico", "البريد الإلكتروني"),
    ),
    Column("phone", TEXT, "profile.phone", part=CONTACT, max_chars=60, headings=("telephone", "tel", "teléfono")),
    Column("visibility", CHOICE, "profile.visibility", part=KEEPERS),
    Column("place_visibility", CHOICE, "profile.place_visibility", part=KEEPERS),
    Column("contact_visibility", CHOICE, "profile.contact_visibility", part=KEEPERS),
    Column(
        "last_confirmed",
        DATE,
        "profile.last_confirmed",
        headings=("confirmed on", "last confirmed on", "last updated", "date confirmed"),
    ),
)
BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
NAMES: tuple[str, ...] = tuple(BY_NAME)
PLAIN: tuple[Column, ...] = tuple(column for column in COLUMNS if column.attribute)
#: What the API tells of an organisation beside the columns, all of which is in a column too: records that have every one
#: of these are its answers, saved to a file.
API_FIELDS = frozenset({"url", "demo", "updated_at", "names", "identifiers", "provenance"})


def value_key(name: str, value: str | Sequence[str]) -> str:
    """The key in a party's provenance for one value of column ``name`` that is from elsewhere than the others are.

    ``value`` is another name, a value of a list, or the scheme, jurisdiction and number of an identifier.
    """
    return f"{name}={value if isinstance(value, str) else ':'.join(value)}"


def column_of(key: str) -> str:
    """The column that a key in a party's provenance is about, whole or one value of it: :func:`value_key`."""
    return key.partition("=")[0]
