"""Files made to harm the hub, written quickly, and a way to measure what reading one costs."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path

CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
ROOT = '<Relationships><Relationship Id="r1" Type="t/officeDocument" Target="xl/workbook.xml"/></Relationships>'
WORKBOOK = '<workbook xmlns:r="r"><sheets><sheet name="Liste" sheetId="1" r:id="r1"/></sheets></workbook>'
RELATIONS = (
    '<Relationships><Relationship Id="r1" Type="t/worksheet" Target="worksheets/sheet1.xml"/>'
    '<Relationship Id="r2" Type="t/sharedStrings" Target="sharedStrings.xml"/>'
    '<Relationship Id="r3" Type="t/styles" Target="/xl/styles.xml"/></Relationships>'
)
HEADING = "<row><c t='inlineStr'><is><t>name</t></is></c></row>"

_MEASURE = """
import json, sys
from pathlib import Path
from convener.engines.tables import Limits, open_table
from convener.errors import Unreadable
import convener.engines.tables.xlsx_reading, convener.engines.tables.json_reading
rows, refusal = 0, ""
try:
    with open_table(Path(sys.argv[1]), limits=Limits(**json.loads(sys.argv[2]))) as table:
        for _ in table.rows():
            rows += 1
except Unreadable as error:
    refusal = str(error)
peak = next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(json.dumps({"rows": rows, "refusal": refusal, "peak_mib": peak / 1024}))
"""


def workbook(
    path: Path, rows: str | Iterable[str], *, shared: str | Iterable[str] = "", styles: str = "", heading: str = HEADING
) -> Path:
    """Write a workbook whose sheet has ``rows`` (XML), without going through a library that would keep it valid."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", CONTENT_TYPES)
        archive.writestr("_rels/.rels", ROOT)
        archive.writestr("xl/workbook.xml", WORKBOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELATIONS)
        archive.writestr("xl/styles.xml", f"<styleSheet>{styles}</styleSheet>")
        _write(archive, "xl/sharedStrings.xml", "<sst>", shared, "</sst>")
        _write(
            archive, "xl/worksheets/sheet1.xml", f"<worksheet><sheetData>{heading}", rows, "</sheetData></worksheet>"
        )
    return path


def _write(archive: zipfile.ZipFile, name: str, start: str, body: str | Iterable[str], end: str) -> None:
    with archive.open(name, "w") as part:
        part.write(start.encode())
        for piece in [body] if isinstance(body, str) else body:
            part.write(piece.encode())
        part.write(end.encode())


def bomb(path: Path, *, claimed: int) -> Path:
    """Write a workbook of a few MB whose sheet unpacks to 10 GB, and whose directory claims ``claimed`` bytes."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b" " * 10**7) + packer.flush(zlib.Z_FULL_FLUSH)
    sheet = block * 1_000 + zlib.compressobj(9, zlib.DEFLATED, -15).flush()
    parts = [
        ("[Content_Types].xml", _deflate(CONTENT_TYPES), len(CONTENT_TYPES)),
        ("_rels/.rels", _deflate(ROOT), len(ROOT)),
        ("xl/workbook.xml", _deflate(WORKBOOK), len(WORKBOOK)),
        ("xl/_rels/workbook.xml.rels", _deflate(RELATIONS), len(RELATIONS)),
        ("xl/worksheets/sheet1.xml", sheet, claimed),
    ]
    checks = {"[Content_Types].xml": CONTENT_TYPES, "_rels/.rels": ROOT, "xl/workbook.xml": WORKBOOK}
    checks["xl/_rels/workbook.xml.rels"] = RELATIONS
    body, directory = b"", b""
    for name, packed, size in parts:
        crc = zlib.crc32(checks.get(name, "").encode())
        common = struct.pack("<HHHHHIIIHH", 20, 0, 8, 0, 33, crc, len(packed), size, len(name), 0)
        place = struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        directory += b"PK\x01\x02\x14\x00" + common + place + name.encode()
        body += b"PK\x03\x04" + common + name.encode() + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(directory), len(body), 0)
    path.write_bytes(body + directory + b"PK\x05\x06" + end)
    return path


def _deflate(text: str) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(text.encode()) + packer.flush()


def measure(path: Path, **limits: int) -> tuple[int, str, float]:
    """Read a file in a process of its own: number of rows, refusal ("" if none), and peak memory in MiB."""
    done = subprocess.run(
        [sys.executable, "-c", _MEASURE, str(path), json.dumps(limits)],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    result = json.loads(done.stdout)
    return result["rows"], result["refusal"], result["peak_mib"]
