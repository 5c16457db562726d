"""Words of texts in any script: taking texts apart, bringing words to their stems, marking found words in a text.

What is indexed and what is asked go through the same functions, so both sides agree on what a word is.
"""

from convener.engines.words.analysis import LANGUAGES, analyser, normalised, plain_analyser, prepared, stems, words_of
from convener.engines.words.marking import Matcher, excerpt, marked

__all__ = [
    "LANGUAGES",
    "Matcher",
    "analyser",
    "excerpt",
    "marked",
    "normalised",
    "plain_analyser",
    "prepared",
    "stems",
    "words_of",
]
