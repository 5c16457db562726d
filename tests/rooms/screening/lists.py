"""Small lists of invented names for the tests of screening."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from convener.foundation.actor import OPERATOR, Actor
from convener.rooms.screening.actions.loading import load_list
from convener.rooms.screening.models import WatchList

HEADINGS = "id,name,aliases,type,country,birth_date,identifier\n"
ROWS = (
    "E1,Banco Ficticio de Lunaria,BFL,organisation,CU,,REG-778899\n",
    "E2,Zebulon Quartermaine,Zebulon Quartermane,person,GB,1957-07-28,P1234567\n",
    "E3,Ocean Marauder,,vessel,PA,,IMO 9876543\n",
    "E4,Harbour Lights Shipping Limited,,organisation,MT,,\n",
)
SDN = (
    '36,"AEROFANTASIA AIRWAYS",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
    '173,"QUIMERA-LUNAR, S.A.",-0- ,"CUBA",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \n'
)
ALT = '36,12,"aka","AERO-FANTASIA",-0- \n'
ADD = '36,25,"Emerson No. 148","Mexico","Mexico",-0- \n'


def table(*rows: str) -> bytes:
    """A plain table with our headings; without rows, :data:`ROWS`."""
    return (HEADINGS + "".join(rows or ROWS)).encode()


def put_list(folder: Path, name: str = "Test list", content: bytes = b"", *, actor: Actor = OPERATOR) -> WatchList:
    """Load a plain table as the list ``name``; its version in use."""
    path = folder / "list-to-load.csv"
    path.write_bytes(content or table())
    row, _is_new = load_list(path, actor=actor, name=name)
    return row


def load(folder: Path, content: bytes, file_name: str = "list.bin", **more: Any) -> tuple[WatchList, bool]:
    """Load a file with this content as the operator."""
    path = folder / file_name
    path.write_bytes(content)
    return load_list(path, actor=OPERATOR, **({"name": "L"} | more))


def packed(members: Mapping[str, bytes] | Iterable[tuple[str, bytes]]) -> bytes:
    """A ZIP with these members, by the names given."""
    out = io.BytesIO()
    pairs = members.items() if isinstance(members, Mapping) else members
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in pairs:
            archive.writestr(name, content)
    return out.getvalue()


def ofac_zip() -> bytes:
    """OFAC's three files in a ZIP, as somebody packs a folder."""
    return packed({"ofac/SDN.CSV": SDN.encode(), "ofac/ALT.CSV": ALT.encode(), "ofac/ADD.CSV": ADD.encode()})
