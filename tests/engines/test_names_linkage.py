"""Linking records: who is one, who is not, who is for people to see; whatever the order, and always as people decided."""

from __future__ import annotations

import csv
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.names.generate import organisations
from convener.engines.names.linkage import Decision, Linked, Outcome, Record, Type, link, score_pair
from convener.errors import Refused

pytestmark = [pytest.mark.req("DIR-8"), pytest.mark.req("RES-3")]

MILL = Record(
    "mill", "Sunrise Trading Ltd", country="GB", address="12 Mill Road, Leeds LS1 4AB", registration_number="01234567",
    website="https://sunrise-trading.co.uk", latitude=53.80112, longitude=-1.54907,
)  # fmt: skip
COUNTRIES = {"gb": "GB", "united kingdom": "GB", "france": "FR", "fr": "FR"}


def clusters(found: Linked) -> set[frozenset[str]]:
    """The ids that are together."""
    groups: dict[str, set[str]] = defaultdict(set)
    for one in found.clusters:
        groups[one.cluster_id].add(one.id)
    return {frozenset(group) for group in groups.values()}


def together(found: Linked, *ids: str) -> bool:
    """Whether all these ids are in one cluster."""
    return len({one.cluster_id for one in found.clusters if one.id in ids}) == 1


def judged(one: Record, other: Record) -> Outcome:
    """What becomes of a pair; the same both ways round."""
    found, turned = score_pair(one, other, countries=COUNTRIES), score_pair(other, one, countries=COUNTRIES)
    assert (found.score, found.outcome) == (turned.score, turned.outcome)
    return found.outcome


@pytest.mark.parametrize(
    "changed",
    [
        {"name": "SUNRISE TRADING LIMITED", "registration_number": "No. 1234567"},
        {"name": "Sunrise Tradng", "address": "12 Mill Rd, Leeds", "registration_number": ""},
        {"name": "Sunrise Trading", "country": "United Kingdom", "website": "http://shop.sunrise-trading.co.uk/en"},
    ],
)
def test_the_same_written_otherwise_is_sure(changed: dict[str, str]) -> None:
    assert judged(MILL, replace(MILL, id="b", **changed)) is Outcome.SURE


def test_another_number_of_the_register_is_another_company_however_alike() -> None:
    assert judged(MILL, replace(MILL, id="b", registration_number="07654321")) is Outcome.DIFFERENT


def test_one_wrong_sign_in_a_number_is_for_people() -> None:
    assert judged(MILL, replace(MILL, id="b", registration_number="01234568")) is Outcome.UNSURE


def test_a_number_counts_within_its_country_only() -> None:
    abroad = replace(
        MILL, id="b", country="FR", address="3 rue de la Gare, Lyon", latitude=None, longitude=None, website=""
    )
    assert judged(MILL, abroad) is Outcome.DIFFERENT


def test_a_lei_counts_everywhere_and_differs_everywhere() -> None:
    one, other = "5493001KJTIIGC8Y1R12", "213800WAVVOPS85N2205"
    a = replace(MILL, registration_number=one)
    assert judged(a, replace(a, id="b", country="", address="")) is Outcome.SURE
    assert judged(a, replace(a, id="b", registration_number=other)) is Outcome.DIFFERENT


def test_a_number_shared_by_names_that_are_unlike_is_for_people() -> None:
    other = Record("b", "Quorvex Maschinenbau", country="GB", registration_number="01234567")
    assert judged(replace(MILL, website="", address=""), other) is Outcome.UNSURE


@pytest.mark.parametrize("other", ["Sunrise Textiles Ltd", "Sunrise Foods Ltd", "Sunrise Shipping Ltd"])
def test_sisters_at_one_address_are_others(other: str) -> None:
    a = replace(MILL, registration_number="", website="")
    assert judged(a, replace(a, id="b", name=other)) is Outcome.DIFFERENT


def test_numbered_plants_of_one_owner_are_others() -> None:
    a = replace(MILL, name="Sunrise Garments Plant 2", registration_number="", website="")
    assert judged(a, replace(a, id="b", name="Sunrise Garments Plant 3")) is Outcome.DIFFERENT
    assert judged(a, replace(a, id="b", name="Sunrise Garments Ltd")) is Outcome.DIFFERENT
    assert judged(a, replace(a, id="b", name="SUNRISE GARMENTS UNIT 2")) is Outcome.SURE


def test_franchises_in_other_towns_are_not_sure() -> None:
    a = replace(MILL, registration_number="")
    far = replace(
        a, id="b", address="7 Church Street, Bristol BS1 5TR", latitude=51.45231, longitude=-2.58911
    )  # fmt: skip
    assert judged(a, far) is not Outcome.SURE
    assert judged(replace(a, website=""), replace(far, website="")) is Outcome.DIFFERENT


def test_a_page_on_a_site_of_many_says_something_and_the_site_nothing() -> None:
    a = Record("a", "Trodexa", country="GB", website="https://www.facebook.com/trodexa")
    same, other = replace(a, id="b", website="facebook.com/trodexa/"), replace(a, id="b", website="facebook.com/else")
    alone = replace(a, id="b", website="https://facebook.com")
    scores = [score_pair(a, one).bits for one in (same, alone, other)]
    assert scores[0] > scores[1] > scores[2]


def test_the_town_of_both_is_less_than_the_door_of_both() -> None:
    a = Record("a", "Trodexa Foods", country="GB", latitude=53.80112, longitude=-1.54907)
    town = replace(a, id="b", latitude=53.80, longitude=-1.55)
    assert score_pair(a, replace(a, id="b")).bits > score_pair(a, town).bits


def test_an_alias_is_as_good_as_a_name() -> None:
    a = replace(MILL, name="Grisvean Holdings", aliases=("Sunrise Trading",), registration_number="", website="")
    b = replace(MILL, id="b", registration_number="", website="")
    assert judged(a, b) is Outcome.SURE


PERSON = Record(
    "p", "Amina Yusuf Okafor", Type.PERSON, country="NG", birth_date="1984-03-12", address="5 Park Lane, Kano"
)


@pytest.mark.parametrize(
    ("birth_date", "order"),
    [("1984-03-12", 3), ("1984-12-03", 2), ("1984-03-13", 2), ("", 1), ("1971-09-30", 0)],
)
def test_birth_dates_are_the_same_near_unknown_or_others(birth_date: str, order: int) -> None:
    bits = {at: score_pair(PERSON, replace(PERSON, id="b", birth_date=date)).bits
            for at, date in enumerate(("1971-09-30", "", "1984-12-03", "1984-03-12"))}  # fmt: skip
    assert list(bits.values()) == sorted(bits.values())
    assert score_pair(PERSON, replace(PERSON, id="b", birth_date=birth_date)).bits == bits[order]


def test_a_person_is_no_organisation() -> None:
    assert judged(PERSON, replace(PERSON, id="b", type=Type.ORGANISATION)) is Outcome.DIFFERENT


JANE = Record(
    "j", "Jane Thornqvist", Type.PERSON, country="AU", address="14 Wattle Street, Bilpin 2529 nsw",
    registration_number="2519978", birth_date="1984-05-10",
)  # fmt: skip


@pytest.mark.parametrize(
    "changed",
    [
        {"registration_number": "2519987", "birth_date": "1984-10-05"},  # two neighbours; day and month
        {"name": "Thornqvist Jane", "registration_number": "2591879"},  # exchanged names; two slips
        {"name": "Jane Thornkvist", "birth_date": "1984-05-19", "address": "41 Wattle St, Bilpin 2592 nsw"},
        {"registration_number": "", "birth_date": ""},
    ],
)
def test_slips_of_clerks_leave_a_person_one(changed: dict[str, str]) -> None:
    assert judged(JANE, replace(JANE, id="b", **changed)) is Outcome.SURE


def test_another_number_and_another_date_are_another_person_at_one_address() -> None:
    assert (
        judged(JANE, replace(JANE, id="b", registration_number="7305164", birth_date="1951-12-28")) is not Outcome.SURE
    )
    spouse = replace(JANE, id="b", name="Marco Thornqvist", registration_number="7305164", birth_date="1951-12-28")
    assert judged(JANE, spouse) is Outcome.DIFFERENT


@pytest.mark.parametrize("number", ["2519979", "7305164", ""])
def test_twins_are_never_joined(number: str) -> None:
    assert judged(JANE, replace(JANE, id="b", name="Marco Thornqvist", registration_number=number)) is not Outcome.SURE


@pytest.mark.parametrize("records", [0, 100, 1_000_000])
def test_a_name_alone_never_joins_persons(records: int) -> None:
    alone = Record("a", "Quorvexia Zelmandrin Thornqvist", Type.PERSON, country="AU")
    assert score_pair(alone, replace(alone, id="b"), records=records).outcome is not Outcome.SURE


def test_one_address_says_more_where_nobody_shares_one() -> None:
    """Pairs of one number at one address make an address telling; relatives at one address take that back."""
    from bench.names.persons import Maker, row_of

    maker = Maker(random.Random(7))
    people = [maker._person() for _ in range(300)]
    rows = [(one, other) for one in people for other in (one, replace(one, state=f"{one.state}x"))]

    def record(at: int, person: object) -> Record:
        name, _type, country, address, number, birth = row_of(person)  # type: ignore[arg-type]
        return Record(f"{at:04}", name, Type.PERSON, (), country, address, number, birth_date=birth)

    alone = [record(at, written) for at, (_one, written) in enumerate(rows)]
    spouses = [
        record(1000 + at, replace(maker._person(), surname=one.surname, house=one.house, street=one.street, town=one.town,
                                  postcode=one.postcode, state=one.state))
        for at, one in enumerate(people[:100])
    ]  # fmt: skip
    pair = [replace(JANE, id="x"), replace(JANE, id="y", registration_number="7305164", birth_date="1951-12-28")]
    shown = {}
    for name, collection in (("alone", alone), ("households", alone + spouses)):
        found = link([*collection, *pair])
        shown[name] = next((one.score for one in found.review if {one.id_a, one.id_b} == {"x", "y"}), 0.0)
        shown[name] = 1.0 if together(found, "x", "y") else shown[name]
    assert shown["alone"] > shown["households"]


# What holds for every collection.

_WORDS = ("Sunrise", "Trodexa", "Garments", "Foods", "Ltd", "Limited", "Plant", "2", "3", "Okafor", "Sunrse", "")
_NAMES = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map(" ".join)
_RECORDS = st.lists(
    st.builds(
        Record,
        id=st.just(""),
        name=_NAMES,
        country=st.sampled_from(("", "GB", "FR")),
        address=st.sampled_from(("", "12 Mill Road, Leeds", "12 Mill Rd Leeds LS1", "7 Church Street, York")),
        registration_number=st.sampled_from(("", "", "0123456", "123456", "7654321", "123457")),
        website=st.sampled_from(("", "sunrise.co.uk", "www.trodexa.com", "facebook.com/sunrise")),
    ),
    min_size=2,
    max_size=12,
).map(lambda records: [replace(one, id=f"{at:02}") for at, one in enumerate(records)])
_DECISIONS = st.lists(st.tuples(st.integers(0, 11), st.integers(0, 11), st.booleans()), max_size=6)
_SETTINGS = settings(max_examples=60, deadline=None)


def decisions_of(records: Sequence[Record], drawn: Iterable[tuple[int, int, bool]]) -> list[Decision]:
    """Decisions about records that are there."""
    ids = [one.id for one in records]
    return [
        Decision(ids[a % len(ids)], ids[b % len(ids)], same, row)
        for row, (a, b, same) in enumerate(drawn, 2)
        if a % len(ids) != b % len(ids)
    ]


@_SETTINGS
@given(_RECORDS, st.randoms(use_true_random=False))
def test_neither_the_order_of_rows_nor_ids_matter(records: list[Record], rng: random.Random) -> None:
    found = link(records)
    shuffled = rng.sample(records, len(records))
    again = link(shuffled)
    assert clusters(again) == clusters(found)
    assert [one.id for one in again.clusters] == [one.id for one in shuffled]
    assert [(one.id_a, one.id_b, one.score) for one in again.review] == [
        (one.id_a, one.id_b, one.score) for one in found.review
    ]
    contents = {replace(one, id="") for one in records}
    if len(contents) == len(records):
        called = {one.id: f"x{rng.random()}-{at}" for at, one in enumerate(rng.sample(records, len(records)))}
        renamed = link([replace(one, id=called[one.id]) for one in records])
        assert clusters(renamed) == {frozenset(called[one] for one in group) for group in clusters(found)}


@_SETTINGS
@given(_RECORDS, _DECISIONS)
def test_decisions_are_kept_or_refused(records: list[Record], drawn: list[tuple[int, int, bool]]) -> None:
    decisions = decisions_of(records, drawn)
    groups = {one.id: {one.id} for one in records}
    for one in decisions:
        if one.same and groups[one.id_a] is not groups[one.id_b]:
            groups[one.id_a] |= groups[one.id_b]
            for member in groups[one.id_b]:
                groups[member] = groups[one.id_a]
    if any(not one.same and one.id_b in groups[one.id_a] for one in decisions):
        with pytest.raises(Refused, match="contradict"):
            link(records, decisions=decisions)
        return
    found = link(records, decisions=decisions)
    for one in decisions:
        assert together(found, one.id_a, one.id_b) is one.same
    asked = {frozenset((one.id_a, one.id_b)) for one in found.review}
    assert not asked & {frozenset((one.id_a, one.id_b)) for one in decisions}


@_SETTINGS
@given(_RECORDS)
def test_no_cluster_holds_two_numbers_of_one_register(records: list[Record]) -> None:
    found = link(records)
    by_id = {one.id: one for one in records}
    for group in clusters(found):
        told = {(one.country, one.registration_number.lstrip("0")) for one in map(by_id.__getitem__, group)}
        for a in told:
            for b in told:
                if a[1] and b[1] and (a[0] == b[0] or not a[0] or not b[0]):
                    assert {a[1], b[1]} != {"123456", "7654321"}


@_SETTINGS
@given(_RECORDS)
def test_scores_are_symmetric_and_explained(records: list[Record]) -> None:
    one, other = records[:2]
    found, turned = score_pair(one, other), score_pair(other, one)
    assert (found.score, found.bits, found.outcome) == (turned.score, turned.bits, turned.outcome)
    assert 0 <= found.score <= 1
    assert sum(found.gives) == pytest.approx(found.score, abs=1e-6)
    assert sum(part.gave - part.took for part in found.parts) == pytest.approx(found.bits, abs=0.2)


@_SETTINGS
@given(_RECORDS)
def test_clusters_are_named_after_their_smallest_member_and_say_how_sure(records: list[Record]) -> None:
    found = link(records)
    for one in found.clusters:
        members = [member.id for member in found.clusters if member.cluster_id == one.cluster_id]
        assert one.cluster_id == min(members)
        assert 0 <= one.confidence <= 1
    assert Counter(one.id for one in found.clusters) == Counter(one.id for one in records)


def test_a_chain_is_divided_at_its_weakest_link() -> None:
    a = replace(MILL, id="a")
    bridge = replace(MILL, id="b", registration_number="", website="", latitude=None, longitude=None)
    c = replace(bridge, id="c", registration_number="7654321", name="Sunrise Trading Limited")
    found = link([a, bridge, c])
    assert not together(found, "a", "c")
    assert any(one.kind == "contradiction" for one in found.conflicts)


def test_decisions_hold_through_others() -> None:
    a, b = replace(MILL, id="a"), replace(MILL, id="b")
    c = Record("c", "Grisvean Holdings", country="GB")
    found = link([a, b, c], decisions=[Decision("a", "c", True), Decision("c", "b", False)])
    assert clusters(found) == {frozenset("ac"), frozenset("b")}
    assert {one.kind for one in found.conflicts} == {"decision"}


def test_contradicting_decisions_are_told_with_their_rows() -> None:
    records = [replace(MILL, id=one) for one in "abc"]
    said = [Decision("a", "b", True, 2), Decision("b", "c", True, 3), Decision("a", "c", False, 4)]
    with pytest.raises(Refused) as told:
        link(records, decisions=said)
    assert all(f"row {row}" in told.value.message for row in (2, 3, 4))


def test_what_cannot_be_used_is_told_and_the_rest_is_linked() -> None:
    records = [
        replace(MILL, id="a"),
        replace(MILL, id="b", name=""),
        replace(MILL, id="a", name="Else"),
        Record("c", "…"),
    ]
    found = link(records, decisions=[Decision("a", "nobody", True, 7)])
    assert [one.id for one in found.clusters] == ["a", "b", "c"]
    assert [(one.row, one.field) for one in found.problems] == [(3, "id"), (7, "id_a")]


def test_nothing_is_linked_to_nothing() -> None:
    found = link([])
    assert (list(found.clusters), list(found.review), list(found.conflicts)) == ([], [], [])
    assert [one.confidence for one in link([MILL]).clusters] == [1.0]


def test_few_pairs_hold_a_cluster_together() -> None:
    records = [replace(MILL, id=f"m{number}") for number in range(7)]
    found = link([*records, replace(MILL, id="z", name="Harbour Savings", country="GB")], joined=True)
    assert len(found.joined) == 6  # of 21
    reached = {records[0].id}
    for _step in records:
        reached |= {key for one in found.joined if {one.id_a, one.id_b} & reached for key in (one.id_a, one.id_b)}
    assert reached == {one.id for one in records}
    assert all(one.parts and not one.conflict and one.score >= 0.5 for one in found.joined)
    assert not link(records).joined  # only who asks pays for it


def test_questions_are_one_for_two_clusters_the_most_useful_first() -> None:
    """Two clusters with four unsure pairs between them are one question; it comes before one about single records."""
    near = replace(MILL, registration_number="01234568")
    records = [replace(MILL, id="a"), replace(MILL, id="b"), replace(near, id="c"), replace(near, id="d")]
    other = replace(MILL, name="Trodexa Foods Ltd", registration_number="7777777", website="", address="9 Fen Way, Ely",
                    latitude=52.4, longitude=0.26)  # fmt: skip
    records += [replace(other, id="e"), replace(other, id="f", registration_number="7777778")]
    found = link(records)
    assert [(one.pairs, one.records) for one in found.review] == [(4, 4), (1, 2)]
    assert (found.counts["unsure"], found.counts["questions"]) == (5, 2)
    answered = link(records, decisions=[Decision(found.review[0].id_a, found.review[0].id_b, False)])
    assert [(one.pairs, one.records) for one in answered.review] == [(1, 2)]


def test_large_blocks_are_cut_and_counted() -> None:
    records = [Record(f"{at:04}", "Sunrise Trading") for at in range(200)]
    assert link(records).cut.pairs > 0


def test_work_is_given_out_in_batches() -> None:
    sizes = []

    def run(work, chunks):  # type: ignore[no-untyped-def]
        for chunk in chunks:
            sizes.append(len(chunk))
            yield work(chunk)

    records = [replace(MILL, id=str(at), name=f"Sunrise {at}") for at in range(30)]
    assert clusters(link(records, run=run)) == clusters(link(records))
    assert sizes == [30]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Record], dict[str, str]]:
    """2,000 made organisations with their truth."""
    path = tmp_path_factory.mktemp("made") / "records.csv"
    truth = organisations(2_000, 20261122, path)
    with path.open(newline="") as file:
        rows = list(csv.DictReader(file))
    records = [
        Record(
            row["id"], row["name"], country=row["country"], address=row["address"],
            registration_number=row["registration_number"], website=row["website"],
            latitude=float(row["latitude"]) if row["latitude"] else None,
            longitude=float(row["longitude"]) if row["longitude"] else None,
        )
        for row in rows
    ]  # fmt: skip
    return records, dict(csv.reader(Path(truth).read_text().splitlines()[1:]))


def test_made_organisations_are_found(made: tuple[list[Record], dict[str, str]]) -> None:
    records, truth = made
    from bench.names.generate import COUNTRIES as LINES

    countries = {
        name.casefold(): line.split("|")[0] for line in LINES.strip().splitlines() for name in line.split("|")[:2]
    }
    found = link(records, countries=countries)
    of = [Counter(one.cluster_id for one in found.clusters), Counter(truth.values()),
          Counter((one.cluster_id, truth[one.id]) for one in found.clusters)]  # fmt: skip
    got, true, both = (sum(size * (size - 1) // 2 for size in counted.values()) for counted in of)
    assert 2 * both / (got + true) > 0.93


def test_a_pair_alone_and_in_a_collection_tell_the_same_story(made: tuple[list[Record], dict[str, str]]) -> None:
    """Only how rare words are differs: pairs that are sure here are not different there."""
    records = {one.id: one for one in made[0]}
    found = link(list(records.values()))
    joined = [(one.id, one.cluster_id) for one in found.clusters if one.id != one.cluster_id][:150]
    outcomes = Counter(score_pair(records[a], records[b]).outcome for a, b in joined)
    assert outcomes[Outcome.DIFFERENT] <= 0.02 * len(joined)
    assert outcomes[Outcome.SURE] >= 0.8 * len(joined)


@pytest.mark.parametrize("ids", [("a", "b"), ("b", "a")])
def test_reasons_stand_on_the_side_of_their_record(ids: tuple[str, str]) -> None:
    """Whichever record comes first by its contents, ``ours`` is of ``id_a``."""
    mill = replace(MILL, id=ids[0], registration_number="", name="Sunrise Bank Trading")
    other = replace(mill, id=ids[1], name="Sunrise Bnak Trading", website="https://sunrise-trading.co.uk/two")
    found = link([mill, other], joined=True)
    [pair] = [*found.joined, *found.review]
    sides = {part.ours: part.theirs for part in pair.parts}
    told = {"bank": "bnak"} if pair.name_a.startswith("Sunrise Bank") else {"bnak": "bank"}
    assert told.items() <= sides.items()
