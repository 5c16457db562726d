"""Pins every version, transitive ones too, in pyproject.toml, and writes requirements.lock with hashes for production.

    uv lock --upgrade && uv run python tools/pin.py       (``just pins``)

``uv.lock`` itself names the host of the package registry it was made with, so it stays out of the repository; the pins
below say the same without a host.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START, END = "# pins: written by tools/pin.py", "# end of pins"


def export(*options: str) -> str:
    """What ``uv export`` prints of the present lock."""
    command = ["uv", "export", "--frozen", "--no-emit-project", "--no-header", "--no-annotate", *options]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def pins() -> list[str]:
    """``name==version`` of everything, development tools included; environment markers are left to the resolver."""
    lines = export("--all-groups", "--no-hashes").splitlines()
    return sorted({line.split(";")[0].strip() for line in lines if re.match(r"^[a-z0-9]", line)})


def main() -> None:
    """Rewrite the pins in pyproject.toml and requirements.lock."""
    path = ROOT / "pyproject.toml"
    text = path.read_text(encoding="utf-8")
    listed = "".join(f'    "{pin}",\n' for pin in pins())
    block = f"{START}\nconstraint-dependencies = [\n{listed}]\n{END}"
    if START in text:
        text = re.sub(re.escape(START) + r".*?" + re.escape(END), lambda _: block, text, flags=re.DOTALL)
    else:
        text += f"\n[tool.uv]\n{block}\n"
    path.write_text(text, encoding="utf-8")
    (ROOT / "requirements.lock").write_text(export("--no-dev"), encoding="utf-8")


if __name__ == "__main__":
    main()
