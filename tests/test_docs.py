"""The documentation says what the code has: undocumented means failing, and so does documented and gone.

Settings, commands, options, columns, scopes and addresses are read from the code; the pages must name each of them, and
every example and link in the pages must lead somewhere.
"""

from __future__ import annotations

import fnmatch
import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
from pydantic import SecretStr

from convener.cli import main
from convener.foundation.accounts.scopes import SCOPES
from convener.foundation.vocabularies import vocabulary
from convener.rooms.directory.columns import NAMES
from convener.rooms.directory.models.profiles import SHELTERED_TYPES
from convener.site.api import api
from convener.site.config import Config
from tools import field_docs

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), ROOT / "bench" / "README.md"])
SETTINGS = ROOT / "docs" / "operate" / "settings.md"
COMMANDS = ROOT / "docs" / "operate" / "commands.md"
API = ROOT / "docs" / "operate" / "api.md"
IMPORT_GUIDE = ROOT / "docs" / "guide" / "import-a-list.md"
COMMON_OPTIONS = {"--data-dir", "--as", "--json"}
LINK = re.compile(r"\]\(([^)\s]+)\)")


def text_of(page: Path) -> str:
    """The text of a page."""
    return page.read_text(encoding="utf-8")


def section(page: Path, heading: str) -> str:
    """What stands under ``heading``, down to the next heading of its rank."""
    found = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## |\Z)", text_of(page), flags=re.M | re.S)
    assert found, f"{page.name} has no heading '{heading}'"
    return found.group(1)


def commands() -> dict[str, click.Command]:
    """Every command by its words: 'directory import'."""
    found: dict[str, click.Command] = {}

    def walk(command: click.Command, words: str) -> None:
        if isinstance(command, click.Group):
            for name, part in command.commands.items():
                walk(part, f"{words} {name}".strip())
        else:
            found[words] = command

    walk(main, "")
    return found


def options(command: click.Command) -> set[str]:
    """The long options of a command, but for --help."""
    named = (parameter for parameter in command.params if isinstance(parameter, click.Option))
    return {text for option in named for text in (*option.opts, *option.secondary_opts)}


def shown_default(value: Any) -> str:
    """A default as the table of settings writes it."""
    if isinstance(value, SecretStr) or value == "":
        return "*empty*"
    if isinstance(value, bool | list):
        return f"`{json.dumps(value)}`"
    return f"`{value}`"


@pytest.mark.parametrize("name", Config.model_fields)
def test_every_setting_is_documented_with_its_default(name: str) -> None:
    row = f"| `CONVENER_{name.upper()}` | {shown_default(Config.model_fields[name].default)} |"
    assert row in text_of(SETTINGS)


def test_every_variable_that_the_code_names_is_documented_and_no_other() -> None:
    files = [*(ROOT / "src").rglob("*.py"), *(ROOT / "tests").rglob("*.py"), ROOT / ".ci" / "run"]
    code = {name for path in files for name in re.findall(r"\bCONVENER_[A-Z_]*[A-Z]\b", text_of(path))}
    from_fields = {f"CONVENER_{name.upper()}" for name in Config.model_fields}
    documented = set(re.findall(r"^\| `(CONVENER_[A-Z_]+)` \|", text_of(SETTINGS), flags=re.M))
    assert (code | from_fields) - documented == set()
    assert documented - (code | from_fields) == set()


@pytest.mark.parametrize("words", sorted(commands()))
def test_every_command_is_documented_with_exactly_its_options(words: str) -> None:
    told = section(COMMANDS, f"convener {words}")
    documented = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", told))
    has = options(commands()[words])
    assert has - documented - COMMON_OPTIONS == set()
    assert documented - has == set()
    assert "--json" not in has or "--json" in documented


def test_no_command_is_documented_that_is_gone() -> None:
    headings = re.findall(r"^## convener (.+)$", text_of(COMMANDS), flags=re.M)
    assert sorted(headings) == sorted(commands())


@pytest.mark.parametrize("words", [words for words in sorted(commands()) if words.startswith("directory ")])
def test_the_guide_has_every_option_of_the_directory(words: str) -> None:
    assert [option for option in options(commands()[words]) if f"`{option}" not in text_of(IMPORT_GUIDE)] == []


def examples() -> Iterator[tuple[str, list[str]]]:
    """Every line in a code block of a page that runs ``convener``: page and words after the program's name."""
    for page in PAGES:
        for line in re.findall(r"^ {4}(?:.*bin/|.*--no-dev )?convener ([a-z][^│\n]*)$", text_of(page), flags=re.M):
            yield page.name, shlex.split(line.rstrip("'\""), comments=True)


def test_examples_use_commands_and_options_that_exist() -> None:
    known, wrong, seen = commands(), [], 0
    for page, words in examples():
        name = " ".join(words[:2]) if " ".join(words[:2]) in known else words[0]
        seen += 1
        if name not in known:
            wrong.append(f"{page}: convener {' '.join(words)}")
            continue
        given = {word.partition("=")[0] for word in words if word.startswith("--")}
        wrong += [f"{page}: {name} {option}" for option in given - options(known[name])]
    assert wrong == []
    assert seen > 10


@pytest.mark.parametrize("name", NAMES)
def test_every_column_is_in_the_guide_and_on_the_page_of_fields(name: str) -> None:
    table = section(IMPORT_GUIDE, "Columns")
    assert re.search(rf"^\|[^|]*`{name}`[^|]*\|", table, flags=re.M)
    assert section(ROOT / "docs" / "data" / "organisations.md", name)


@pytest.mark.parametrize("path", sorted(field_docs.pages()), ids=lambda path: path.name)
def test_pages_made_from_the_code_are_up_to_date(path: Path) -> None:
    assert text_of(path) == field_docs.pages()[path], "Run: uv run python tools/field_docs.py"


def test_types_whose_places_are_hidden_are_types() -> None:
    told = section(ROOT / "docs" / "data" / "organisations.md", "place_visibility")
    types = vocabulary("stakeholder-types").terms
    assert [key for key in SHELTERED_TYPES if f"`{key}`" not in told or key not in types] == []


def test_every_scope_is_documented() -> None:
    assert [key for key in SCOPES if f"| `{key}` |" not in text_of(API)] == []


def test_addresses_of_the_api_in_the_pages_exist() -> None:
    paths = api.get_openapi_schema()["paths"]
    known = [re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)) + "$") for path in paths]
    named = {
        address.rstrip(".`")
        for page in PAGES
        for address in re.findall(r"/api/v1/[\w./{}-]+", text_of(page))
        if not address.endswith(("/", "openapi.json"))
    }
    assert named
    assert [address for address in sorted(named) if not any(pattern.match(address) for pattern in known)] == []


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as hosts of repositories make them."""
    headings = re.findall(r"^#{1,6} (.+)$", text_of(page), flags=re.M)
    plain = (re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings)
    return set(plain)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page: Path) -> None:
    broken = []
    for target in LINK.findall(re.sub(r"`[^`\n]*`", "", text_of(page))):
        if target.startswith(("http://", "https://")):
            continue
        name, _hash, anchor = target.partition("#")
        there = (page.parent / name).resolve() if name else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            broken.append(target)
    assert broken == []


def test_files_named_in_the_pages_exist() -> None:
    folders = [ROOT / name for name in ("src", "tests", "tools", "bench", "docs")]
    there = [
        f"/{path.relative_to(ROOT).as_posix()}" for folder in folders for path in folder.rglob("*") if path.is_file()
    ]
    wrong = []
    for page in PAGES:
        for name in re.findall(r"`([\w./*-]+\.(?:py|yaml|html|css|sh|po))`", text_of(page)):
            if re.search("[A-Z]{2}", name):
                continue  # NAME, XX: for the reader to fill in
            if not any(fnmatch.fnmatch(path, f"*/{name}") for path in there):
                wrong.append(f"{page.name}: {name}")
    assert wrong == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda page: page.stem)
def test_every_decision_has_its_parts_and_stands_in_the_list(page: Path) -> None:
    text = text_of(page)
    assert [part for part in ("Context", "Choice", "Consequences") if f"**{part}.**" not in text] == []
    assert "**Reasons.**" in text or "**Figures.**" in text
    assert page.name in text_of(page.parent / "README.md")
