"""Files made to harm, or ruined on their way: a clear refusal, nothing written, memory bounded; by command and page."""

from __future__ import annotations

import json
import os
import shutil
import socket
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from convener.rooms.directory.models import Import, Profile, StagedRow
from tests.cast import client_for, make_cast
from tests.engines import hostile
from tests.rooms.directory.forked import Ran, import_each
from tests.rooms.directory.records import page_text, run_jobs, words_of

pytestmark = pytest.mark.req("DIR-7")
PEAK_MIB = 300
LONG = "x" * 4_000_000
HEAD = "name,country\n"
POLYGON = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1], [1, 1], [0, 0]]]}
XML = "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;'>]><x>&b;</x>"
Make = Callable[[Path], object]


def text(content: str | bytes) -> Make:
    """Makes a file with this content."""
    return lambda path: path.write_bytes(content if isinstance(content, bytes) else content.encode())


def features(*geometries: Any) -> str:
    """GeoJSON with one feature for each geometry."""
    made = [
        {"type": "Feature", "geometry": one, "properties": {"name": f"F{number}"}}
        for number, one in enumerate(geometries)
    ]
    return json.dumps({"type": "FeatureCollection", "features": made})


def sparse(path: Path) -> None:
    """200 MB that take no room on the disk."""
    with path.open("wb") as file:
        file.write(HEAD.encode())
        file.truncate(200 * 2**20)


def cut_workbook(path: Path) -> None:
    """A workbook whose end was lost."""
    hostile.workbook(path, "<row><c t='inlineStr'><is><t>Acme</t></is></c></row>")
    path.write_bytes(path.read_bytes()[:-200])


def long_cell_workbook(path: Path) -> None:
    """A workbook with a cell that no spreadsheet program could write."""
    hostile.workbook(path, f"<row><c t='inlineStr'><is><t>{LONG}</t></is></c></row>")


def in_use_by_a_socket(path: Path) -> None:
    """A socket where a file should be."""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path)[:100])


#: File → how it is made, and a word of the refusal. Only the small ones are uploaded too.
REFUSED: dict[str, tuple[Make, str]] = {
    "huge.csv": (sparse, "too large"),
    "bomb.xlsx": (lambda path: hostile.bomb(path, claimed=100), "workbook"),
    "bigger.xlsx": (lambda path: hostile.bomb(path, claimed=10**9), "workbook"),
    "wide.csv": (text(",".join(f"c{number}" for number in range(10_000)) + "\n"), "10,000 columns"),
    "wide.json": (text(json.dumps([{f"c{number}": 1 for number in range(10_000)}])), "columns"),
    "nul.csv": (text(HEAD + "Ac\x00me,GB\n"), "NUL"),
    "utf16.csv": (text((HEAD + "Größe,DE\n").encode("utf-16-le")), "UTF-16"),
    "shift-jis.csv": (text((HEAD + "株式会社あいう,JP\nソニー,JP\n").encode("shift_jis")), "encoding"),
    "latin-utf8.csv": (text(b"\xef\xbb\xbf" + (HEAD + "Gr\xf6\xdfe,DE\n").encode("latin-1")), "UTF-8"),
    "cell.csv": (text(HEAD + LONG + ",GB\n"), "row 2, column A"),
    "cell.json": (text(json.dumps([{"name": LONG}])), "row 2"),
    "cell.xlsx": (long_cell_workbook, "unpacks"),
    "empty.csv": (text(""), "empty"),
    "blank.csv": (text("\n \n,,\n"), "heading"),
    "binary.csv": (text(bytes(range(256)) * 100), "NUL"),
    "noise.csv": (text(bytes(range(1, 256)) * 100), "not text"),
    "old.xls": (text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600), "old Office"),
    "picture.csv": (text(b"\x89PNG\r\n\x1a\n" + b"\x00" * 99), "picture"),
    "login.csv": (text("<!DOCTYPE html><title>Log in</title>"), "web page"),
    "entities.csv": (text(XML), "XML"),
    "deep.json": (text("[" * 100_000), "not an object"),
    "deeper.json": (text('[{"name": ' + '{"a": ' * 5_000 + "1" + "}" * 5_000 + "}]"), "nested"),
    "number.json": (text('[{"name": ' + "1" * 10**6 + "}]"), "digits"),
    "lines.json": (text('{"name": "A"}\n{"name": "B"}\n'), "records"),
    "cut.json": (text('[{"name": "A"}, {"na'), "cannot be read"),
    "cut.xlsx": (cut_workbook, "workbook"),
    "quotes.csv": (text(HEAD + '"Acme,GB\nBeta,GB\n' * 3), "quotation mark"),
    "doubled.csv": (text("name,Name\nA,B\n"), "twice"),
    "nameless.csv": (text("colour,shape\nred,round\n"), "name"),
    "headless.csv": (text("Acme,https://acme.example\nBeta,https://beta.example\n"), "headings"),
}
#: What is no file at all, or none of ours.
NO_FILES: dict[str, tuple[Make, str]] = {
    "missing.csv": (lambda path: None, "There is no file"),
    "folder.csv": (lambda path: path.mkdir(), "directory"),
    "pipe.csv": (lambda path: os.mkfifo(path), "not a file"),
    "socket.csv": (in_use_by_a_socket, "not a file"),
    "device.csv": (lambda path: path.symlink_to("/dev/zero"), "not a file"),
    "dangling.csv": (lambda path: path.symlink_to("nowhere"), "There is no file"),
    "circle.csv": (lambda path: path.symlink_to(path.name), "circle.csv"),
    "unreadable.csv": (text(HEAD + "A,GB\n"), "not readable"),
}
#: Readable tables of which no row can go in: each row has its error, and nothing is written (exit code 3).
ROW_BY_ROW: dict[str, tuple[Make, str]] = {
    "markup.csv": (text(HEAD + "<script>alert(1)</script>,GB\n<b>Acme</b>,GB\n"), "markup"),
    "shapes.geojson": (text(features(POLYGON, {"type": "LineString", "coordinates": [[0, 0], [1, 1]]})), "not a Point"),
    "crowded.json": (text(json.dumps([{"name": "A", "aliases": [f"a{number}" for number in range(900)]}])), "300"),
    "crowded.csv": (text("name,source_ids\nA," + "|".join(f"l:{number}" for number in range(4_000)) + "\n"), "300"),
    "long-address.csv": (text("name,website\nA,https://a.example/" + "a" * 600 + "\n"), "500"),
    "registers.csv": (text("name,registration_number\nA,HRB: 77\n"), "register"),
}
#: Odd and harmless: the one organisation goes in, and nothing else happens.
TAKEN: dict[str, Make] = {
    "linked.csv": lambda path: path.symlink_to(_plain(path.with_name("real.csv"))),
    os.fsdecode(b"caf\xe9.csv"): text(HEAD + "Coffee,GB\n"),
    "control.json": text('[{"name": "Cont\\u0000rol\\u0007 \\ud83d", "sector": "\\u0000odd|\\ud800"}]'),
    "macros.xlsx": lambda path: _with_extras(path),
}


def _plain(path: Path) -> str:
    path.write_text(HEAD + "Linked,GB\n", encoding="utf-8")
    return path.name


def _with_extras(path: Path) -> None:
    """A workbook with macros and a link to another one on the net."""
    import zipfile

    hostile.workbook(path, "<row><c t='inlineStr'><is><t>Macros</t></is></c></row>")
    link = '<Relationships><Relationship Id="r1" Target="http://192.0.2.1/x" TargetMode="External"/></Relationships>'
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\x00" * 5_000)
        archive.writestr("xl/externalLinks/externalLink1.xml", "<externalLink/>")
        archive.writestr("xl/externalLinks/_rels/externalLink1.xml.rels", link)


EVERY = {name: made[0] for name, made in (REFUSED | NO_FILES | ROW_BY_ROW).items()} | TAKEN


@pytest.fixture(scope="module")
def ran() -> Iterator[dict[str, Ran]]:
    """Every file imported by the command, each in a process of its own."""
    folder = Path(tempfile.mkdtemp(prefix="cv-"))
    try:
        folder.chmod(0o755)  # so that one who is not root gets as far as the unreadable file
        files = [folder / name for name in EVERY]
        for file, make in zip(files, EVERY.values(), strict=True):
            make(file)
        (folder / "unreadable.csv").chmod(0)
        (folder / "hub").mkdir()
        yield import_each(folder / "hub", files)
    finally:
        shutil.rmtree(folder)


def said(run: Ran) -> str:
    """What the person at the terminal reads, which is never a stack trace."""
    assert "Traceback" not in run.err
    return " ".join(run.err.split())


@pytest.mark.parametrize("name", [*REFUSED, *NO_FILES])
def test_the_command_refuses_and_writes_nothing(ran: dict[str, Ran], name: str) -> None:
    run, word = ran[name], (REFUSED | NO_FILES)[name][1]
    assert run.code == 2, (run.code, run.err)
    assert word in said(run)
    assert len(said(run)) < 800
    assert run.out == ""
    assert run.written == 0
    assert run.peak_mib < PEAK_MIB


@pytest.mark.parametrize("name", ROW_BY_ROW)
def test_bad_rows_are_named_and_stay_out(ran: dict[str, Ran], name: str) -> None:
    run = ran[name]
    assert run.code == 3, (run.code, run.err)
    summary = json.loads(run.out)
    assert summary["added"] == run.written == 0
    assert summary["failed"] == summary["rows"] == len({error["row"] for error in summary["errors"]})
    assert all(ROW_BY_ROW[name][1] in error["message"] for error in summary["errors"]), summary["errors"]
    assert run.peak_mib < PEAK_MIB


@pytest.mark.parametrize("name", TAKEN)
def test_odd_and_harmless_files_go_in(ran: dict[str, Ran], name: str) -> None:
    run = ran[name]
    assert run.code == 0, (run.code, run.err)
    assert json.loads(run.out)["added"] == run.written == 1
    assert run.peak_mib < PEAK_MIB


@pytest.fixture
def client(settings: Any, tmp_path: Path) -> Client:
    settings.DATA_DIR = tmp_path
    return client_for(make_cast().secretariat)


UPLOADED = sorted(REFUSED.keys() - {"huge.csv"})


@pytest.mark.django_db
@pytest.mark.filterwarnings("ignore:No directory at")
@pytest.mark.parametrize("name", UPLOADED)
def test_the_page_refuses_in_the_same_words(client: Client, tmp_path: Path, name: str) -> None:
    make, word = REFUSED[name]
    make(tmp_path / name)
    new = "/en/hub/directory/imports/new/"
    answer = client.post(new, {"file": SimpleUploadedFile(name, (tmp_path / name).read_bytes())})
    if name == "empty.csv":
        assert answer.status_code == 422
        assert "empty" in answer.content.decode()
        return
    run_jobs()
    run = Import.objects.get()
    if name == "nameless.csv":
        assert run.state == Import.State.MAPPING  # the page asks which column it is
    else:
        assert run.state == Import.State.REFUSED
        assert word in words_of(page_text(client, answer["Location"])).replace("&quot;", '"')
        assert not [path for path in (tmp_path / "files").rglob("*") if path.is_file()]
    assert not Profile.objects.exists()
    assert not StagedRow.objects.exists()
