"""Makes organisations by a stated seed: names, countries, numbers, places and sectors in realistic shares.

python bench/directory/generate.py 100000 /tmp/organisations.csv [--seed 1]
"""

from __future__ import annotations

import argparse
import csv
import random
from pathlib import Path

SEED = 20261121
COUNTRIES = {
    "GB": (52.5, -1.5),
    "US": (39.8, -98.6),
    "IN": (21.0, 78.0),
    "BD": (23.8, 90.4),
    "TH": (15.0, 101.0),
    "KE": (0.2, 37.9),
    "BR": (-10.0, -52.0),
    "DE": (51.0, 10.0),
    "VN": (21.0, 105.8),
    "NG": (9.0, 8.0),
    "MX": (23.0, -102.0),
    "PH": (15.5, 121.0),
    "FR": (46.5, 2.5),
    "ZA": (-29.0, 25.0),
    "EG": (27.0, 30.0),
}
FIRST = [
    "Northern",
    "Golden",
    "River",
    "Blue",
    "Union",
    "Global",
    "Pacific",
    "Silver",
    "Green",
    "Royal",
    "Delta",
    "Crown",
    "Star",
    "Eastern",
    "Prime",
]
SECOND = [
    "Garment",
    "Textile",
    "Fishing",
    "Foods",
    "Logistics",
    "Recruitment",
    "Construction",
    "Shelter",
    "Justice",
    "Freedom",
    "Seafood",
    "Apparel",
]
THIRD = [
    "Works",
    "Network",
    "Holdings",
    "Partners",
    "Alliance",
    "Trading",
    "Foundation",
    "Services",
    "Group",
    "Initiative",
    "Collective",
]
FORMS = ("Ltd", "Limited", "PLC", "GmbH", "Inc", "LLC", "Co", "")
INDUSTRIES = (
    "garment-textile",
    "fishing-seafood",
    "construction",
    "recruitment",
    "agriculture",
    "technology",
    "finance",
)
TYPES = ("smes", "multinationals-investors", "ngos", "industry-associations", "banks", "smes")
COLUMNS = (
    "id",
    "name",
    "aliases",
    "type",
    "country",
    "registration_number",
    "address",
    "latitude",
    "longitude",
    "industries",
    "website",
    "email",
    "last_confirmed",
)


def organisation(number: int, chance: random.Random) -> list[object]:
    """One row of :data:`COLUMNS`."""
    country = chance.choices(list(COUNTRIES), weights=range(len(COUNTRIES), 0, -1))[0]
    latitude, longitude = COUNTRIES[country]
    name = (
        f"{chance.choice(FIRST)} {chance.choice(SECOND)} {chance.choice(THIRD)} {number} {chance.choice(FORMS)}".strip()
    )
    alias = f"{name.split()[0]} {number}" if chance.random() < 0.3 else ""
    return [
        f"G{number}",
        name,
        alias,
        chance.choice(TYPES),
        country,
        f"{10_000_000 + number}",
        f"{number % 300} Market Street",
        round(latitude + chance.gauss(0, 1.2), 5),
        round(longitude + chance.gauss(0, 1.2), 5),
        "|".join(sorted(set(chance.choices(INDUSTRIES, k=2)))),
        f"https://org{number}.example",
        f"info@org{number}.example",
        f"20{chance.randint(15, 25)}-0{chance.randint(1, 9)}-1{chance.randint(0, 9)}",
    ]


def generate(count: int, path: Path, seed: int = SEED) -> None:
    """Write ``count`` organisations as CSV."""
    chance = random.Random(seed)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(COLUMNS)
        writer.writerows(organisation(number, chance) for number in range(count))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--seed", type=int, default=SEED)
    options = parser.parse_args()
    generate(options.count, options.path, options.seed)
