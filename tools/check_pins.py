"""Fails when the resolved set differs from the pins, or holds a package that would have to be compiled here.

Needs ``uv.lock`` (``uv lock``); reads it with the standard library alone.
"""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PLATFORM = re.compile(r"(py3|py2\.py3|cp311|abi3).*(none-any|manylinux\S*x86_64|manylinux\S*aarch64)\.whl$")


def main() -> int:
    """Print what is wrong; 1 if anything is."""
    lock = tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    pinned = set(project["tool"]["uv"]["constraint-dependencies"])
    wrong = []
    for package in lock["package"]:
        if "editable" in package["source"] or "virtual" in package["source"]:
            continue
        name = f"{package['name']}=={package['version']}"
        if name not in pinned:
            wrong.append(f"{name} is not pinned: run just pins")
        names = [wheel["url"].rpartition("/")[2] for wheel in package.get("wheels", [])]
        if not any(PLATFORM.search(wheel) for wheel in names):
            wrong.append(f"{name} has no wheel for this Python on Linux")
    for path in ("pyproject.toml", "requirements.lock"):
        if "://" in re.sub(
            r"postgres(ql)?://|https?://(www\.)?(github|convener)\S*", "", (ROOT / path).read_text("utf-8")
        ):
            wrong.append(f"{path} names a host")
    print("\n".join(wrong) or f"{len(lock['package']) - 1} packages, all pinned, all with wheels")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
