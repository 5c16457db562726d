"""Web and mail addresses: read and checked for form, never looked up."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit, urlunsplit

from convener.engines.tables import Cell
from convener.engines.values.reading import Read, plain_text, shown
from convener.errors import InvalidValue, Sentence, sentence

_MOST_URL = 2_000
_MOST_DOMAIN = 253  # RFC 1035, 2.3.4, as presented
_MOST_LOCAL = 64  # RFC 5321, 4.5.3.1.1
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?:{_LABEL}\.)+(?:[a-z]{{2,63}}|xn--[a-z0-9-]{{2,59}})")
_PLAIN_URL = re.compile(rf"https?://{_DOMAIN.pattern}(?:[/?#][!#$%&()*+,\-./0-9:;=?@A-Z\[\]_a-z~']*)?")
_HAS_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:(?!\d)")
_LOCAL = re.compile(r"[^\s\"(),:;<>@\[\\\]\x00-\x1f\x7f]+")
_UNFIT = re.compile(r"[\s\\<>\"{}|^`\x00-\x1f\x7f-\x9f]")
_URL_HINT = sentence("Write it as in the address bar of a browser, for example https://example.org.")


def read_url(field: str, cell: Cell) -> Read[str]:
    """Read a web address: http or https (RFC 3986), a public host, no user name or password in it.

    Scheme and host come in lower case, the rest as given. An address without a scheme gets https, with a warning.
    Raises InvalidValue for anything else.
    """
    text = plain_text(field, cell).strip()
    if not text or (len(text) <= _MOST_URL and _PLAIN_URL.fullmatch(text)):
        return Read(text)
    warnings: tuple[Sentence, ...] = ()
    if not _HAS_SCHEME.match(text):
        text = "https://" + text.removeprefix("//")
        warnings = (sentence("The address had no https:// in front and was read as %(value)s.", value=shown(text)),)
    if len(text) > _MOST_URL:
        told = sentence("The address has more than %(most)s characters.", most=_MOST_URL)
        raise InvalidValue(field, told, hint=_URL_HINT)
    if _UNFIT.search(text):
        raise InvalidValue(field, sentence("%(value)s is not one web address.", value=shown(text)), hint=_URL_HINT)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        told = sentence("%(value)s is not a web address.", value=shown(text))
        raise InvalidValue(field, told, hint=_URL_HINT) from None
    _check_url(field, parts, text)
    host = _public_host(field, parts.hostname or "", text)
    netloc = f"{host}:{port}" if port is not None else host
    return Read(urlunsplit(parts._replace(scheme=parts.scheme.lower(), netloc=netloc)), warnings)


def read_email(field: str, cell: Cell) -> Read[str]:
    """Read one mail address (RFC 5321; letters of any script before the @ by RFC 6531); its domain in lower case.

    A leading ``mailto:`` is taken off. Raises InvalidValue for several addresses or a name around the address.
    """
    text = plain_text(field, cell).strip()
    if text[:7].lower() == "mailto:":
        text = text[7:].strip()
    if not text:
        return Read("")
    local, at, domain = text.rpartition("@")
    dotted = ".." in f".{local}."  # two dots together, or one at an end
    if not at or len(local) > _MOST_LOCAL or dotted or not _LOCAL.fullmatch(local) or not _is_domain(domain.lower()):
        told = sentence("%(value)s is not one mail address.", value=shown(text))
        raise InvalidValue(field, told, hint=sentence("Write it as name@example.org."))
    return Read(f"{local}@{domain.lower()}")


def _check_url(field: str, parts: SplitResult, text: str) -> None:
    if parts.scheme.lower() not in ("http", "https"):
        told = sentence("%(value)s is not a web address (http or https).", value=shown(text))
        raise InvalidValue(field, told, hint=_URL_HINT)
    if "@" in parts.netloc:
        told = sentence("%(value)s stands after a user name or password.", value=shown(parts.hostname))
        raise InvalidValue(field, told, hint=sentence("Give it without them."))


def _public_host(field: str, host: str, text: str) -> str:
    """Return the host in lower case where it is a domain name or a public IPv4 address."""
    host = host.rstrip(".")
    if _is_domain(host):
        return host
    try:
        if ipaddress.IPv4Address(host).is_global:
            return host
    except ValueError:
        pass
    told = sentence("%(value)s has no public host name in it.", value=shown(text))
    raise InvalidValue(field, told, hint=_URL_HINT)


def _is_domain(name: str) -> bool:
    """Say whether a text in lower case is a domain name, in letters of any script (RFC 3490)."""
    if len(name) > _MOST_DOMAIN:  # checked before it is encoded, which takes long for a long one
        return False
    if not name.isascii():
        try:
            name = name.encode("idna").decode()
        except UnicodeError:
            return False
    return len(name) <= _MOST_DOMAIN and _DOMAIN.fullmatch(name) is not None
