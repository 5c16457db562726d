"""Collect the strings of the hub's pages into one catalogue per language, and compile the catalogues.

    uv run python tools/messages.py

Django's ``makemessages`` collects (it needs gettext's ``xgettext``: ``.ci/setup`` installs it) from a copy of the
package, because it leaves scratch files beside the templates it reads. Every translation of a string that is still
there is kept with its translator's comment; a new string comes in empty; a string that is gone goes out. The output
depends on the strings and translations only: sorted, no line numbers, no dates, so that a second run changes nothing.
The compiled ``.mo`` files are committed, because a machine that only runs the hub has no gettext.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

PACKAGE = Path(__file__).resolve().parent.parent / "src" / "convener"
LOCALE = PACKAGE / "foundation" / "i18n" / "locale"
COLLECTED = ("py", "html", "txt")
# Django's own command, which also takes what the engines mark: ``convener.errors.sentence``.
COLLECT = """
import sys
from django.core.management import execute_from_command_line
from django.core.management.commands.makemessages import Command
Command.xgettext_options = [*Command.xgettext_options, "--keyword=sentence"]
execute_from_command_line(sys.argv)
"""
HEADER = (
    "Machine-made, to be reviewed\n"
    "\n"
    "Each string that no person has reviewed yet says so in a comment of its own; take that comment away after\n"
    "reviewing the string. How to review, and the words to use: docs/guide/translate.md"
)
# Gettext's rules for the form that a number takes, by language: the number of forms, and the form of n.
PLURALS = {
    "fr": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "ar": "nplurals=6; plural=(n == 0 ? 0 : n == 1 ? 1 : n == 2 ? 2 : n % 100 >= 3 && n % 100 <= 10 ? 3 : "
    "n % 100 >= 11 ? 4 : 5);",
}


def catalogue_path(language: str, ending: str = "po") -> Path:
    """Where the catalogue of ``language`` is; ``ending`` is ``po`` for the text, ``mo`` for the compiled one."""
    return LOCALE / language / "LC_MESSAGES" / f"django.{ending}"


def collect(package: Path = PACKAGE) -> polib.POFile:
    """Every string of ``package`` that is marked for translation, as an empty catalogue.

    Raises FileNotFoundError without ``xgettext``, and CalledProcessError when a file cannot be read by it.
    """
    if shutil.which("xgettext") is None:
        raise FileNotFoundError("xgettext is not installed. Install it with one command: sudo bash .ci/setup")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "convener")
        shutil.copytree(package, copy, ignore=shutil.ignore_patterns("__pycache__", "locale", "static"))
        (copy / "locale").mkdir()
        extensions = [part for name in COLLECTED for part in ("--extension", name)]
        options = ["--locale", "fr", "--keep-pot", "--no-location", "--no-wrap", *extensions]
        # Without settings makemessages takes the folder "locale" of where it runs.
        environment = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
        subprocess.run(
            [sys.executable, "-c", COLLECT, "makemessages", *options],
            cwd=copy,
            env=environment,
            check=True,
            capture_output=True,
        )
        return polib.pofile(str(copy / "locale" / "django.pot"))


def merged(language: str, strings: polib.POFile) -> polib.POFile:
    """The catalogue of ``language`` with exactly these strings and the translations it has for them."""
    catalogue = polib.POFile(wrapwidth=0)
    catalogue.header = HEADER
    catalogue.metadata = {
        "Project-Id-Version": "Convener",
        "Language": language,
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS[language],
    }
    path = catalogue_path(language)
    known = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))} if path.exists() else {}
    for string in sorted(strings, key=lambda entry: (entry.msgid, entry.msgctxt or "")):
        catalogue.append(_translated(string, known.get((string.msgctxt, string.msgid)), language))
    return catalogue


def _translated(string: polib.POEntry, known: polib.POEntry | None, language: str) -> polib.POEntry:
    entry = polib.POEntry(
        msgid=string.msgid,
        msgid_plural=string.msgid_plural,
        msgctxt=string.msgctxt,
        comment=string.comment,
        flags=[flag for flag in string.flags if flag != "fuzzy"],
    )
    if string.msgid_plural:
        count = int(PLURALS[language].split("nplurals=")[1].split(";")[0])
        entry.msgstr_plural = dict.fromkeys(range(count), "")
    if known is not None and bool(known.msgid_plural) == bool(string.msgid_plural):
        entry.msgstr = known.msgstr
        entry.msgstr_plural.update(known.msgstr_plural)
        entry.tcomment = known.tcomment
    return entry


def main() -> None:
    """Write and compile every catalogue; say how many strings still want a translation."""
    strings = collect()
    for language in PLURALS:
        catalogue = merged(language, strings)
        path = catalogue_path(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path), newline="\n")
        catalogue.save_as_mofile(str(catalogue_path(language, "mo")))
        print(f"{language}: {len(catalogue)} strings, {len(catalogue.untranslated_entries())} without translation")


if __name__ == "__main__":
    main()
