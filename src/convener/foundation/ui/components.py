"""The plain values that the design system's template tags draw, and the few rules about addresses that they share.

Rooms build these in their views and hand them to templates; nothing here touches a database or a request.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from django import forms
from django.http import QueryDict

if TYPE_CHECKING:
    from django.core.paginator import Page
    from django.forms.boundfield import BoundField
    from django.utils.functional import _StrOrPromise

    Text = _StrOrPromise
else:
    Text = Any

Tone = Literal["neutral", "info", "good", "warn", "bad", "demo"]
#: The tones, each with the icon that says the same as its colour ("" where there is nothing to say).
TONES: dict[str, str] = {"neutral": "", "info": "info", "good": "check", "warn": "warn", "bad": "bad", "demo": "demo"}
FieldKind = Literal["hidden", "control", "checkbox", "options", "group"]


@dataclass(frozen=True)
class Badge:
    """A short state in words; the tone only adds to what ``text`` says."""

    text: Text
    tone: Tone = "neutral"


@dataclass(frozen=True)
class Option:
    """One value of a facet. ``count`` is the number of records, None where unknown.

    With ``href`` it is drawn as a link to the list with this value added or, if ``selected``, taken away; without, as
    a checkbox named after the facet inside the room's own GET form.
    """

    value: str
    label: Text
    count: int | None = None
    selected: bool = False
    href: str = ""


@dataclass(frozen=True)
class Facet:
    """A group of options under ``title``; those after the first ``visible`` wait behind "Show all"."""

    key: str
    title: Text
    options: Sequence[Option] = ()
    open: bool = True
    visible: int = 8

    @property
    def first(self) -> Sequence[Option]:
        """The options that are always shown."""
        return self.options[: self.visible]

    @property
    def rest(self) -> Sequence[Option]:
        """The options behind "Show all"."""
        return self.options[self.visible :]

    @property
    def rest_open(self) -> bool:
        """True when one of the hidden options is selected, so that no active filter is out of sight."""
        return any(option.selected for option in self.rest)


@dataclass(frozen=True)
class Chip:
    """One active filter; ``remove_href`` is the same list without it. ``group`` is the facet's title."""

    label: Text
    remove_href: str
    group: Text = ""


@dataclass(frozen=True)
class SummaryRow:
    """One line of a summary list.

    ``value`` may be one text or several; empty is said as "Not known". ``source`` names where the value is from (and
    its date), ``source_href`` leads there. ``href`` with ``action`` (a verb) is what can be done about the row.
    """

    label: Text
    value: Text | Sequence[Text] | None = None
    source: Text = ""
    source_href: str = ""
    href: str = ""
    action: Text = ""

    @property
    def values(self) -> Sequence[Text]:
        """The value as a sequence without empty members; zero is a value."""
        items: Sequence[Any] = self.value if isinstance(self.value, list | tuple) else [self.value]
        return [item for item in items if item is not None and str(item).strip()]


@dataclass(frozen=True)
class Crumb:
    """One step of the way from the home page; the current page has no ``href``."""

    label: Text
    href: str = ""


@dataclass(frozen=True)
class Tab:
    """One of several views of the same thing, each with its own address."""

    label: Text
    href: str
    current: bool = False
    count: int | None = None


@dataclass(frozen=True)
class Task:
    """One piece of work in a task list; without ``href`` it cannot be started yet."""

    title: Text
    status: Text
    tone: Tone = "neutral"
    href: str = ""
    hint: Text = ""


@dataclass(frozen=True)
class ResultCard:
    """An organisation as lists show it. ``language`` is the language of ``summary`` when it is not the page's."""

    name: str
    href: str
    kind: Text = ""
    country: Text = ""
    industries: Sequence[Text] = ()
    summary: Text = ""
    badges: Sequence[Badge] = ()
    language: str = ""

    @property
    def meta(self) -> Sequence[Text]:
        """Type, country and industries in the order people scan them, without gaps."""
        return [item for item in (self.kind, self.country, *self.industries) if item]


@dataclass(frozen=True)
class PageLink:
    """One number in the pagination; ``number`` None is a gap."""

    number: int | None
    href: str = ""
    current: bool = False


@dataclass(frozen=True)
class Pagination:
    """Where the reader is in a long list: ``first`` to ``last`` of ``total`` records, and the addresses around."""

    total: int
    first: int
    last: int
    previous: str = ""
    next: str = ""
    links: Sequence[PageLink] = field(default_factory=tuple)


@dataclass(frozen=True)
class Problem:
    """One line of an error summary; ``label`` and ``href`` are the field's, "" where the whole form is meant."""

    message: str
    href: str = ""
    label: str = ""


@dataclass(frozen=True)
class LanguageLink:
    """The page in another language; ``name`` is the language's own name for itself."""

    code: str
    name: str
    href: str
    bidi: bool
    current: bool


def page_address(query: QueryDict, number: int) -> str:
    """The address, relative to the page, of page ``number`` (from 1) with every other parameter kept in order."""
    parameters = query.copy()
    parameters.pop("page", None)
    if number > 1:
        parameters["page"] = str(number)
    return f"?{parameters.urlencode()}"


def paginate(page: Page[Any], query: QueryDict) -> Pagination:
    """Describe ``page`` of a Django paginator for the pagination tag; ``query`` is the request's own query string."""
    paginator = page.paginator
    links: list[PageLink] = []
    if paginator.num_pages > 1:
        for number in paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1):
            if isinstance(number, int):
                links.append(PageLink(number, page_address(query, number), number == page.number))
            else:
                links.append(PageLink(None))
    return Pagination(
        total=paginator.count,
        first=page.start_index(),
        last=page.end_index(),
        previous=page_address(query, page.number - 1) if page.has_previous() else "",
        next=page_address(query, page.number + 1) if page.has_next() else "",
        links=links,
    )


def field_kind(bound: BoundField) -> FieldKind:
    """How a form field is drawn, decided by its widget."""
    widget = bound.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.CheckboxInput):
        return "checkbox"
    if isinstance(widget, forms.RadioSelect):  # the base of CheckboxSelectMultiple too
        return "options"
    return "group" if bound.use_fieldset else "control"


def focus_id(bound: BoundField) -> str:
    """The ID of the first thing in the field that can take the focus: where an error summary's link must land."""
    return bound.id_for_label or f"{bound.auto_id}_0"


def problems(form_list: Iterable[forms.BaseForm]) -> Iterator[Problem]:
    """Every error of the forms in the order of the page: what concerns a whole form first, then field by field."""
    for form in form_list:
        for message in form.non_field_errors():
            yield Problem(str(message))
        for bound in form:
            href = "" if bound.is_hidden else f"#{focus_id(bound)}"
            for message in bound.errors:
                yield Problem(str(message), href, str(bound.label))


def address_in(code: str, path: str, codes: Collection[str]) -> str:
    """``path`` (with its query string) in the language ``code``; an address outside the language trees leads home.

    >>> address_in("ar", "/en/directory/?q=a", ["en", "ar"])
    '/ar/directory/?q=a'
    """
    head, _, rest = path.lstrip("/").partition("/")
    if head not in codes:
        return f"/{code}/"
    return f"/{code}/{rest}"
