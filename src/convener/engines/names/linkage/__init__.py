"""Which records of a collection are of one person or organisation: sure, for people to see, or different, and why.

    found = link(records, decisions=[Decision("a", "b", same=False)])
    found.clusters[0].cluster_id, found.review[0].parts

Four steps, each a function of batches, so that each can move to other machines: :mod:`preparing` (records to columns),
:mod:`blocking` (pairs worth comparing), :mod:`judging` (bits for and against, from :mod:`evidence` and
:mod:`weighing`), :mod:`clustering`. ``score_pair`` is the same judgement for two records.
"""

from convener.engines.names.linkage.linking import link, score_pair
from convener.engines.names.linkage.model import (
    Cluster,
    Conflict,
    Countries,
    Cut,
    Decision,
    Linked,
    Outcome,
    PairScore,
    Part,
    Problem,
    Record,
    Review,
    Type,
)

__all__ = [
    "Cluster",
    "Conflict",
    "Countries",
    "Cut",
    "Decision",
    "Linked",
    "Outcome",
    "PairScore",
    "Part",
    "Problem",
    "Record",
    "Review",
    "Type",
    "link",
    "score_pair",
]
