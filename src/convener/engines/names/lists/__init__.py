"""Lists of names from those who publish them, read into entries: whole, in order, and saying what could not be read.

    loaded = load(Path("ofac"), country_code=code_of)
    loaded.source.sha256, loaded.entries[0].names, loaded.problems

Formats, found from the content or named:

    ofac   the US Treasury's CSV files (sdn, alt, add and, where it is there, sdn_comments) in one folder
    un     the UN Security Council's consolidated list, XML
    ftm    FollowTheMoney entities, one JSON object a line
    csv    a plain table (CSV, XLSX, or JSON records) with the headings of ``plain.HEADINGS``

Files are streamed: what is held is the entries, bounded by :class:`Limits`. What is wrong inside a list becomes a
:class:`~convener.engines.names.model.Problem`; what cannot be a list at all is refused with
:class:`~convener.errors.Unreadable`, and nothing else is raised.
"""

from convener.engines.names.lists.collecting import Limits
from convener.engines.names.lists.detecting import FORMATS
from convener.engines.names.lists.loading import content_hash, load
from convener.engines.names.lists.values import read_identifier

__all__ = ["FORMATS", "Limits", "content_hash", "load", "read_identifier"]
