"""The template tags of the design system: `{% load ui %}`. Every room draws with these and with nothing of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms, template
from django.conf import settings
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.http import HttpRequest, QueryDict
from django.template import Context
from django.template.loader import render_to_string
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, get_language_info
from django.utils.translation import gettext_lazy as _

from convener.foundation.ui import components
from convener.foundation.ui.charts import Number, format_count

register = template.Library()

#: Line drawings on a 16-unit square. Those in FLIPPED point along the line of text and turn round in Arabic.
ICONS = {
    "check": "M3 8.5l3.5 3.5L13 4.5",
    "cross": "M4 4l8 8M12 4l-8 8",
    "info": "M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13M8 7.4v3.8M8 4.7v.1",
    "warn": "M8 1.8L15 14H1zM8 6.5v3.2M8 11.9v.1",
    "bad": "M5.2 1.5h5.6l3.7 3.7v5.6l-3.7 3.7H5.2l-3.7-3.7V5.2zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
    "demo": "M4 14.5V2h8.5l-2 3.5 2 3.5H4",
    "back": "M10 3L5 8l5 5",
    "forward": "M6 3l5 5-5 5",
    "down": "M3 6l5 5 5-5",
    "exit": "M6 2H2v12h4M7 8h7M11 5l3 3-3 3",
}
FLIPPED = frozenset({"back", "forward", "exit"})
TONE_NAMES = {
    "info": _("Note"),
    "good": _("Done"),
    "warn": _("Warning"),
    "bad": _("Problem"),
    "demo": _("Demonstration"),
}
#: Django's levels of flash messages in the design system's tones.
MESSAGE_TONES = {"success": "good", "warning": "warn", "error": "bad", "info": "info", "debug": "neutral"}
ERROR_WORDS = {
    400: (_("This request cannot be read"), _("Go back, check what you entered and send it again.")),
    403: (_("You may not see this page"), _("Sign in with another account, or ask the secretariat for access.")),
    404: (_("This page is not here"), _("Check the address, or start from the first page.")),
    409: (_("This cannot be done now"), _("Go back and look at the current state before you try again.")),
    410: (_("This page has been removed"), _("It was here once and is gone for good. Start from the first page.")),
    422: (_("One of the values cannot be used"), _("Go back, correct the value and send it again.")),
    429: (_("Too many requests"), _("Wait a minute, then try again.")),
    500: (_("Something went wrong here"), _("It is not your doing. Try again in a minute.")),
}


def known_tone(tone: str) -> str:
    """``tone`` if the design system has it, else "neutral": a template's slip must not break a page."""
    return tone if tone in components.TONES else "neutral"


@register.simple_tag
def hub_name() -> str:
    """The name the operator gave this hub."""
    return str(getattr(settings, "HUB_NAME", "") or "Convener")


@register.simple_tag
def icon(name: str) -> SafeString:
    """A decorative drawing beside words; never the only carrier of a meaning. An unknown name draws nothing."""
    path = ICONS.get(name)
    if path is None:
        return mark_safe("")
    return format_html(
        '<svg class="icon{}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
        '<path d="{}"/></svg>',
        " icon-flip" if name in FLIPPED else "",
        path,
    )


@register.filter
def number(value: Number | None) -> str:
    """A number as the language writes it, thousands grouped; nothing for None."""
    return "" if value is None else format_count(value)


@register.filter
def tone_name(tone: str) -> str:
    """What a tone of the design system says, in words."""
    return str(TONE_NAMES.get(tone, _("Plain")))


@register.filter
def message_tone(level_tag: str) -> str:
    """The tone for a Django message's level."""
    return MESSAGE_TONES.get(level_tag, "neutral")


@register.filter
def inline_svg(source: str) -> SafeString:
    """SVG that our own code drew (allauth's TOTP code), without its XML declaration; never for what people send.

    A `data:` picture would need a hole in the content security policy; drawn into the page it needs none.
    """
    return mark_safe(source[source.index("<svg") :])  # noqa: S308


# Addresses


@register.simple_tag(takes_context=True)
def language_links(context: Context) -> list[components.LanguageLink]:
    """This page's address in every language of the hub; none where there is no request (the page for error 500)."""
    request: HttpRequest | None = context.get("request")
    if request is None:
        return []
    codes = [code for code, _name in settings.LANGUAGES]
    links = []
    for code in codes:
        info = get_language_info(code)
        href = components.address_in(code, request.get_full_path(), codes)
        name = str(info["name_local"])
        links.append(
            components.LanguageLink(code, name[:1].upper() + name[1:], href, info["bidi"], code == get_language())
        )
    return links


@register.simple_tag(takes_context=True)
def nav_link(context: Context, url_name: str, label: str, exact: bool = False, here: bool = False) -> SafeString:
    """A navigation item `<li><a>`; nothing if this hub has no such page.

    It is marked when the reader is on the page or, unless ``exact``, below it; ``here`` marks it in any case.
    """
    try:
        href = reverse(url_name)
    except NoReverseMatch:
        return mark_safe("")
    request: HttpRequest | None = context.get("request")
    path = request.path if request else ""
    below = here or (path.startswith(href) and not exact)
    current = "page" if path == href else "true" if below else ""
    if not current:
        return format_html('<li><a href="{}">{}</a></li>', href, label)
    return format_html('<li><a href="{}" aria-current="{}">{}</a></li>', href, current, label)


@register.simple_tag
def error_words(status: int) -> dict[str, str]:
    """Title and body of the error page for an HTTP status: what happened, then what to do."""
    title, body = ERROR_WORDS.get(status, ERROR_WORDS[500])
    return {"title": str(title), "body": str(body)}


# Forms


@register.inclusion_tag("ui/components/field.html")
def field(bound: BoundField, hint: str = "", mark_optional: bool = True) -> dict[str, Any]:
    """One form field with its label, hint and errors, tied together by Django's own `aria-describedby`.

    ``hint`` replaces the field's help text. Placeholders are dropped: they repeat the label and vanish on typing.
    """
    if hint:
        bound.help_text = hint
    bound.field.widget.attrs.pop("placeholder", None)
    kind = components.field_kind(bound)
    optional = mark_optional and not bound.field.required and kind != "checkbox" and not bound.field.disabled
    return {"field": bound, "kind": kind, "optional": optional}


@register.inclusion_tag("ui/components/fields.html")
def form_fields(form: forms.BaseForm, mark_optional: bool = True) -> dict[str, Any]:
    """Every field of a form in order; hidden ones first."""
    return {"form": form, "mark_optional": mark_optional}


@register.inclusion_tag("ui/components/error_summary.html")
def error_summary(*form_list: Any) -> dict[str, Any]:
    """What is wrong with the forms, at the top of the page, each line leading to its field; nothing if nothing is.

    What is not a form is passed over: a template's unknown variable arrives as an empty text.
    """
    return {"problems": list(components.problems(form for form in form_list if isinstance(form, forms.BaseForm)))}


# Lists and filters


@register.inclusion_tag("ui/components/pagination.html", takes_context=True)
def pagination(context: Context, page_obj: Page[Any]) -> dict[str, Any]:
    """Previous, next and page numbers for a Django page; the rest of the query string is kept."""
    request: HttpRequest | None = context.get("request")
    return {"pages": components.paginate(page_obj, request.GET if request else QueryDict())}


@register.inclusion_tag("ui/components/facet.html")
def facet(facet: components.Facet) -> dict[str, Any]:
    """A foldable group of filter options with counts."""
    return {"facet": facet}


@register.inclusion_tag("ui/components/chips.html")
def chips(chips: Sequence[components.Chip], clear_href: str = "") -> dict[str, Any]:
    """The active filters, each a link that takes it away; ``clear_href`` takes all away."""
    return {"chips": chips, "clear_href": clear_href}


@register.inclusion_tag("ui/components/result_list.html")
def result_list(cards: Iterable[components.ResultCard], start: int = 1) -> dict[str, Any]:
    """Organisations as a numbered list; ``start`` is the first one's position among all results."""
    return {"cards": cards, "start": start}


@register.inclusion_tag("ui/components/summary_list.html")
def summary_list(rows: Sequence[components.SummaryRow]) -> dict[str, Any]:
    """Labels and values, each with its source and what can be done about it."""
    return {"rows": rows}


@register.inclusion_tag("ui/components/task_list.html")
def task_list(tasks: Sequence[components.Task]) -> dict[str, Any]:
    """Pieces of work with their state."""
    return {"tasks": tasks}


# Words and figures


@register.inclusion_tag("ui/components/badge.html")
def badge(text: str, tone: str = "neutral") -> dict[str, Any]:
    """A short state in words, with an icon and a colour that say the same."""
    tone = known_tone(tone)
    return {"text": text, "tone": tone, "icon_name": components.TONES[tone]}


@register.simple_block_tag
def notice(content: str, tone: str = "neutral", title: str = "") -> str:
    """A passage set apart: `{% notice "warn" title=… %}…{% endnotice %}`; the tone is also said in words."""
    tone = known_tone(tone)
    values = {"content": content, "tone": tone, "title": title, "tone_name": TONE_NAMES.get(tone, "")}
    return render_to_string("ui/components/notice.html", values)


@register.inclusion_tag("ui/components/empty_state.html")
def empty_state(title: str, body: str = "", action_href: str = "", action_label: str = "") -> dict[str, Any]:
    """What to say, and to do, where a list has nothing in it."""
    return {"title": title, "body": body, "action_href": action_href, "action_label": action_label}


@register.inclusion_tag("ui/components/stat.html")
def stat(value: Number | str, label: str, note: str = "", href: str = "") -> dict[str, Any]:
    """One figure with its name. Numbers are grouped for the language; texts are shown as they are."""
    shown = value if isinstance(value, str) else number(value)
    return {"value": shown, "label": label, "note": note, "href": href}


@register.inclusion_tag("ui/components/progress.html")
def progress(value: int, max: int, label: str) -> dict[str, Any]:
    """How much of a known amount is done, as the browser's own bar and in figures."""
    return {"value": value, "max": max, "label": label}


# Ways through the site


@register.inclusion_tag("ui/components/breadcrumbs.html")
def breadcrumbs(crumbs: Sequence[components.Crumb]) -> dict[str, Any]:
    """The way from the home page to here."""
    return {"crumbs": crumbs}


@register.inclusion_tag("ui/components/tabs.html")
def tabs(tabs: Sequence[components.Tab], label: str) -> dict[str, Any]:
    """Several views of one thing as links; ``label`` names the group to screen readers."""
    return {"tabs": tabs, "label": label}


@register.inclusion_tag("ui/components/exit_page.html")
def exit_page(href: str = "https://www.wikipedia.org/") -> dict[str, Any]:
    """A link, always in sight, to something harmless, for someone who may be watched. Works without script."""
    return {"href": href}
