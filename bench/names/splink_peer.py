"""Links records of organisations with Splink 5 on DuckDB, configured by hand for the columns of ``generate.py``.

    /path/to/peer/python bench/names/splink_peer.py RECORDS.csv CLUSTERS.csv [--threads 2]

Runs in the peers' own environment (``requirements-peers.txt``). Writes id, cluster_id. All that a careful user of Splink would
do is done: names, numbers, domains and addresses are cleaned before, rules of blocking are chosen by what they bring and cost,
u is drawn from random pairs, m comes from expectation maximisation, and the threshold is the best on the development data.
"""

from __future__ import annotations

import argparse
import logging
import math
import sys
import time
from pathlib import Path

import duckdb
import splink.comparison_level_library as levels
import splink.comparison_library as comparisons
from splink import DuckDBAPI, Linker, SettingsCreator, block_on
from splink.internals.comparison_creator import ComparisonCreator
from splink.internals.comparison_level_creator import ComparisonLevelCreator

sys.path.insert(0, str(Path(__file__).resolve().parent.parent.parent))

from bench.names.generate import COUNTRIES

#: The match weight from which records are one, by how many there are: the best F1 on so many records of the development data.
THRESHOLDS = {100_000: 7.0, 1_000_000: 10.0}
SEED, MAX_PAIRS = 7, 2e6
#: Set by hand where pairs that look alike (sisters, plants) would mislead: how often one organisation is written with words
#: that differ, with a number in one name alone, with different numbers.
DIFFER, WITHOUT, OTHER = 1e-7, 1e-6, 1e-9
#: Likewise: a domain repeats the name and is shared by sisters and franchises, so it must not count in full beside the name; two
#: addresses without anything in common are rarely of one organisation; names that are rare count by half of Splink's adjustment.
SAME_DOMAIN, OTHER_ADDRESS, RARITY = 0.03, 0.006, 0.5

#: Legal forms in names without diacritics and signs (dots fall away: "s.a. de c.v." is "sa de cv").
FORMS = (
    "private limited|pvt ltd|p ltd|pty ltd|proprietary limited|public company limited|pcl|group co ltd|co ltd|company limited|"
    "limited|ltd|plc|llp|inc|incorporated|llc|corp|corporation|company|co|jsc|joint stock company|cong ty tnhh|cty tnhh|"
    "cong ty co phan|ctcp|pt|perseroan terbatas|cv|anonim sirketi|limited sirketi|ltd sti|as|gmbh and co kg|gmbh und co kg|"
    "gmbh|gesellschaft mbh|gesmbh|gesellschaft m b h|aktiengesellschaft|ag|ek|kg|sarl|sas|societe anonyme|sa de cv|s de rl de cv|"
    "sa|slu|sl|sociedad limitada|sociedad anonima|srl|spa|snc|unipessoal lda|lda|limitada|ltda|s/a|eireli|me|sc|bv|nv|vof|"
    "besloten vennootschap|sp z oo|spolka z oo|spolka akcyjna|sp j|spj|cc|close corporation|sae|co sae"
)
WORDS = {
    "intl|int|internacional|internac": "international",
    "mfg|manuf": "manufacturing",
    "inds|ind|industria": "industries",
    "ent|enterprise": "enterprises",
    "bros|brother": "brothers",
    "svcs|service": "services",
    "engg|eng": "engineering",
    "constr|constructions|const|construcciones": "construction",
    "assoc|assocs": "associates",
    "tech|technology": "technologies",
    "pharma|pharm": "pharmaceuticals",
    "garment|gmts": "garments",
    "textile|tex": "textiles",
    "grp|gp": "group",
    "dev|developments": "development",
    "tdg|trdg": "trading",
    "transp|tpt|tptes|transportes": "transport",
    "com|cial|comercio|comercial": "comercial",
    "hnos": "hermanos",
    "ets": "etablissements",
    "ste": "societe",
    "flli": "fratelli",
    "gebr|gebruder": "gebrueder",
    "san": "sanayi",
    "tic": "ticaret",
    "unit|factory|branch|no": "plant",
    "y|et|und|e|ve": "and",
}
STREETS = {
    "st": "street",
    "rd": "road",
    "ave|av": "avenida",
    "bldg": "building",
    "ind": "industrial",
    "est": "estate",
    "ln": "lane",
    "c": "calle",
    "pol": "poligono",
    "r": "rue",
    "bd": "boulevard",
    "v": "via",
    "cad": "caddesi",
    "mah": "mahallesi",
    "jl": "jalan",
    "ulica": "ul",
    "d": "duong",
    "str": "strasse",
    "no": "",
}
SUBDOMAINS = "www|shop|en|m|export|group|web"
SHARED = "facebook.com|linkedin.com|instagram.com"


def plain(column: str) -> str:
    """SQL for text in small letters without diacritics, with ``and`` for ``&``."""
    return f"replace(strip_accents(replace(replace(replace(lower({column}), 'ı', 'i'), 'ł', 'l'), 'ß', 'ss')), '&', ' and ')"


def written_out(text: str, words: dict[str, str]) -> str:
    """SQL for the list of words of a text, abbreviations written out (comparing words is far quicker than many patterns)."""
    cases = " ".join(f"WHEN '{short}' THEN '{long}'" for shorts, long in words.items() for short in shorts.split("|"))
    split = f"string_split_regex(trim({text}), '[^a-z0-9]+')"
    return (
        f"list_filter(list_transform({split}, lambda word: CASE word {cases} ELSE word END), lambda word: word != '')"
    )


def prepare(records: Path, threads: int) -> duckdb.DuckDBPyConnection:
    """A connection with the table ``prepared``: one row a record, cleaned columns to block on and to compare."""
    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    codes = [line.split("|")[:2] for line in COUNTRIES.strip().splitlines()]
    connection.execute("CREATE TABLE country_names (code VARCHAR, called VARCHAR)")
    connection.executemany("INSERT INTO country_names VALUES (?, ?)", codes)
    signs = "regexp_replace(regexp_replace({}, '[.'']', '', 'g'), '[^a-z0-9/]+', ' ', 'g')"
    name = signs.format(plain("name"))
    name = f"regexp_replace({name}, '\\b({FORMS})\\s*$|^\\s*({FORMS})\\b', '', 'g')"
    address = f"regexp_replace({plain('address')}, '(strasse|str\\.)', ' strasse')"
    number = "regexp_replace(regexp_replace(upper(registration_number), '^NO\\.? ', ''), '[^A-Z0-9]', '', 'g')"
    host = "lower(regexp_replace(website, '^https?://(www\\.)?', ''))"
    connection.execute(f"""
        CREATE TABLE cleaned AS SELECT id, {written_out(name, WORDS)} AS words, {written_out(address, STREETS)} AS address_words,
            coalesce(code, country) AS country,
            nullif(ltrim(regexp_replace({number}, '^(HRB|FN|RC|C|CPR)(\\d)', '\\2'), '0'), '') AS number,
            CASE WHEN regexp_matches({host}, '^({SHARED})') THEN {host}
                ELSE regexp_replace(split_part({host}, '/', 1), '^({SUBDOMAINS})\\.', '') END AS domain,
            latitude, longitude
        FROM read_csv('{records}', header = true, quote = '"', escape = '"', types = {{'id': 'VARCHAR', 'name': 'VARCHAR',
            'country': 'VARCHAR', 'address': 'VARCHAR', 'registration_number': 'VARCHAR', 'website': 'VARCHAR',
            'latitude': 'DOUBLE', 'longitude': 'DOUBLE'}}) LEFT JOIN country_names ON country = called""")
    connection.execute(PREPARED)
    connection.execute("DROP TABLE cleaned")
    return connection


PREPARED = """
CREATE TABLE prepared AS
WITH parts AS (
    SELECT * REPLACE (CASE WHEN len(words) > 0 THEN words END AS words,
            list_sort(list_distinct(address_words)) AS address_words),
        array_to_string(words, ' ') AS name, array_to_string(address_words, ' ') AS written,
        list_filter(address_words, lambda word: regexp_matches(word, '[0-9]')) AS numbers
    FROM cleaned)
SELECT id AS unique_id, nullif(name, '') AS name, replace(nullif(name, ''), ' ', '') AS joined,
    array_to_string(list_sort(words), ' ') AS sorted_name, words, country, number, domain,
    split_part(domain, '.', 1) AS label, words[1] AS first_word, words[2] AS second_word, words[-1] AS last_word,
    coalesce(nullif(regexp_extract(name, '\\b([0-9]+)\\b', 1), ''), '-') AS plant,
    substr(replace(name, ' ', ''), 1, 8) AS beginning,
    nullif(array_to_string(list_sort(address_words, 'DESC'), ' '), '') AS address, numbers AS digits,
    CASE WHEN len(numbers) > 0 THEN array_to_string(list_sort(numbers), ' ') END AS numbers,
    nullif(regexp_extract(written, '\\b([0-9]{4,6}|[a-z]{2}[0-9]{1,2}|[0-9]{2} [0-9]{3})\\b', 1), '') AS postcode,
    latitude, longitude, round(latitude * 4)::VARCHAR || ' ' || round(longitude * 4)::VARCHAR AS area
FROM parts
"""

#: Pairs with the same values in one of these are scored; chosen by what each brings and costs on the development data, where
#: they hold 96 in 100 true pairs.
BLOCKING = (
    ("number",),
    ("domain",),
    ("numbers", "country"),
    ("sorted_name",),
    ("substr(joined, 1, 3)", "right(joined, 4)", "country"),
    ("substr(joined, 1, 12)", "country"),
    ("substr(sorted_name, 1, 12)", "postcode"),
    ("substr(joined, 1, 3)", "postcode"),
    ("right(joined, 4)", "postcode"),
    ("second_word", "postcode"),
    ("substr(joined, 1, 3)", "area"),
    ("substr(sorted_name, 1, 8)", "area"),
    ("second_word", "last_word", "area"),
    ("first_word", "second_word", "country"),
    ("beginning", "country"),
)


def level(sql: str, label: str, **options: object) -> levels.CustomLevel:
    """A level of a comparison by its SQL."""
    made = levels.CustomLevel(sql, label)
    return made.configure(**options) if options else made


def by_hand(probability: float) -> dict[str, object]:
    """Options of a level whose m is given and not trained."""
    return {"m_probability": probability, "fix_m_probability": True}


def winkler(column: str, least: float) -> str:
    """SQL: both values are at least so similar by Jaro and Winkler."""
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def names_compared() -> list[ComparisonLevelCreator]:
    """Levels of names: the same words, nearly the same writing, and, before what looks alike, words that differ on both sides."""
    within = (
        "(list_has_all(words_l, words_r) OR list_has_all(words_r, words_l)) AND least(len(words_l), len(words_r)) > 1"
    )
    alike = f"{winkler('joined', 0.92)} OR {winkler('sorted_name', 0.94)}"
    only = "list_filter(words_{0}, lambda word: NOT list_contains(words_{1}, word))".format
    left, right = only("l", "r"), only("r", "l")
    differ = (
        "(first_word_l = first_word_r OR last_word_l = last_word_r OR second_word_l = second_word_r) "
        f"AND len({left}) > 0 AND len({right}) > 0 "
        f"AND jaro_winkler_similarity(array_to_string({left}, ''), array_to_string({right}, '')) < 0.75"
    )
    by_words = {"tf_adjustment_column": "sorted_name", "tf_adjustment_weight": RARITY}
    by_first = {"tf_adjustment_column": "first_word", "tf_adjustment_weight": RARITY}
    return [
        levels.NullLevel("joined"),
        level("sorted_name_l = sorted_name_r", "same words", **by_words),
        level(f"joined_l = joined_r OR {winkler('joined', 0.96)}", "nearly the same"),
        level(differ, "each has a word that the other has not", **by_hand(DIFFER)),
        level(f"first_word_l = first_word_r AND ({alike} OR {within})", "alike", **by_first),
        level(alike, "alike but for the first word"),
        level(f"{winkler('joined', 0.85)} OR {winkler('sorted_name', 0.88)}", "somewhat alike"),
        level("first_word_l = first_word_r", "same first word", **by_first),
        levels.ElseLevel(),
    ]


def addresses_compared() -> list[ComparisonLevelCreator]:
    """Levels of addresses: their words in order of the alphabet, and the numbers in them (of house, unit and post)."""
    return [
        levels.NullLevel("address"),
        levels.ExactMatchLevel("address"),
        level(f"numbers_l = numbers_r AND {winkler('address', 0.85)}", "same numbers, alike"),
        level(f"list_has_any(digits_l, digits_r) AND {winkler('address', 0.85)}", "a number, alike"),
        level("list_has_any(digits_l, digits_r)", "a number"),
        level(winkler("address", 0.85), "alike"),
        level(winkler("address", 0.75), "somewhat alike"),
        levels.ElseLevel().configure(**by_hand(OTHER_ADDRESS)),
    ]


def compared() -> list[ComparisonCreator]:
    """The comparisons, each from the nearest level to the farthest."""
    plant = [
        level("plant_l = '-' AND plant_r = '-'", "neither", is_null_level=True),
        levels.ExactMatchLevel("plant"),
        level("plant_l = '-' OR plant_r = '-'", "one without", **by_hand(WITHOUT)),
        levels.ElseLevel().configure(**by_hand(OTHER)),
    ]
    number = [
        levels.NullLevel("number"),
        levels.ExactMatchLevel("number"),
        level("levenshtein(number_l, number_r) <= 1", "one sign"),
        levels.ElseLevel(),
    ]
    domain = [
        levels.NullLevel("domain"),
        level("domain_l = domain_r", "same", tf_adjustment_column="domain", **by_hand(SAME_DOMAIN)),
        level("label_l = label_r", "same label", tf_adjustment_column="label"),
        level(winkler("label", 0.9), "alike"),
        levels.ElseLevel(),
    ]
    parts = {
        "name": names_compared(),
        "plant": plant,
        "number": number,
        "domain": domain,
        "address": addresses_compared(),
    }
    return [
        *(comparisons.CustomComparison(comparison_levels=of, output_column_name=name) for name, of in parts.items()),
        comparisons.DistanceInKMAtThresholds("latitude", "longitude", [0.5, 1.5, 5, 12, 30]),
        comparisons.ExactMatch("country").configure(m_probabilities=[0.999, 0.001]),
    ]


def trained(connection: duckdb.DuckDBPyConnection, *, keep: bool) -> Linker:
    """The linker: u from random pairs, m from expectation maximisation on two kinds of blocks; ``keep``: each level's weight."""
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=compared(),
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in BLOCKING],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=keep,
    )
    interface = DuckDBAPI(connection)
    linker = Linker(interface.register("prepared"), settings, log_level=logging.WARNING)
    training = linker.training
    sure = [block_on("number"), block_on("sorted_name", "numbers")]
    training.estimate_probability_two_random_records_match(sure, recall=0.6)
    training.estimate_u_using_random_sampling(max_pairs=MAX_PAIRS, seed=SEED)
    for rule in (("number",), ("sorted_name", "postcode")):  # not by domain: sisters and franchises share it
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    return linker


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", type=Path)
    parser.add_argument("clusters", type=Path)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--threshold", type=float, help="match weight from which records are one [by their number]")
    parser.add_argument("--pairs", type=Path, help="also write the scored pairs: to choose the threshold by")
    arguments = parser.parse_args()
    began = time.perf_counter()

    def done(what: str) -> None:
        print(f"{time.perf_counter() - began:8.1f} s {what}", file=sys.stderr, flush=True)

    connection = prepare(arguments.records, arguments.threads)
    if arguments.threshold is None:
        (records,) = connection.sql("SELECT count(*) FROM prepared").fetchone()
        arguments.threshold = THRESHOLDS[min(THRESHOLDS, key=lambda size: abs(math.log(size / max(records, 1))))]
    done("prepared")
    linker = trained(connection, keep=bool(arguments.pairs))
    done("trained")
    pairs = linker.inference.predict(threshold_match_weight=-5 if arguments.pairs else arguments.threshold)
    done("scored")
    if arguments.pairs:
        connection.execute(f"COPY (FROM {pairs.physical_name}) TO '{arguments.pairs}' (FORMAT parquet)")
        linker.misc.save_model_to_json(str(arguments.pairs.with_suffix(".json")), overwrite=True)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(
        pairs, threshold_match_weight=arguments.threshold
    )
    connection.execute(
        f"COPY (SELECT unique_id AS id, cluster_id FROM {found.physical_name}) TO '{arguments.clusters}' (HEADER)"
    )


if __name__ == "__main__":
    main()
