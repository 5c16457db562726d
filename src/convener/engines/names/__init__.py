"""Names: is this name on a list (screening), and which records are one (linkage).

    screener = Screener([load(Path("ofac")), load(Path("un-consolidated.xml"))])
    answer = screener.screen(Query("1", "Banco Nacional de Cuba", Type.ORGANISATION))
    answer.hits[0].entry_id, answer.hits[0].score, answer.hits[0].explanation

A name is taken apart (:mod:`analysis`), the names that sound most like it are found (:mod:`grams`, :mod:`pool`), their
words are aligned (:mod:`alignment`) and the alignment is scored, with reasons that sum to the score (:mod:`scoring`).
"""

from convener.engines.names.analysis import analysed
from convener.engines.names.lists import content_hash, load
from convener.engines.names.model import Entry, NameList, Problem, Query, Source, Type
from convener.engines.names.scoring import compared
from convener.engines.names.screening import MATCH, REVIEW, Answer, Hit, Screener

__all__ = [
    "MATCH",
    "REVIEW",
    "Answer",
    "Entry",
    "Hit",
    "NameList",
    "Problem",
    "Query",
    "Screener",
    "Source",
    "Type",
    "analysed",
    "compared",
    "content_hash",
    "load",
]
