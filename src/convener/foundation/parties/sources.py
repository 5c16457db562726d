"""Sources of values: one row a document, import or kind of edit."""

from __future__ import annotations

import datetime as dt

from convener.foundation.parties.models import Source


def source_for(kind: Source.Kind, key: str, title: str, date: dt.date | None = None) -> Source:
    """The source known by ``key``, made on first use. ``title`` is what people read."""
    source, _made = Source.objects.get_or_create(
        key=key[:120], defaults={"kind": kind, "title": title[:300], "date": date}
    )
    return source
