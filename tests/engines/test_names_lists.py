"""Lists of names in their four formats: what is read, and what is said of those that are cut, broken or evil."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from convener.engines.names.lists import FORMATS, Limits, content_hash, load, read_identifier
from convener.engines.names.model import Entry, NameList, Type
from convener.engines.tables import write_table
from convener.errors import Unreadable

pytestmark = pytest.mark.req("SCR-2")

ROOT = Path(__file__).resolve().parents[2]
DATA = Path(os.environ.get("CONVENER_TEST_DATA", ROOT.parent / "shared" / "data")) / "watchlists"

CODES = {
    "cuba": "CU",
    "iraq": "IQ",
    "korea, north": "KP",
    "democratic people's republic of korea": "KP",
    "switzerland": "CH",
    "spain": "ES",
    "japan": "JP",
    "panama": "PA",
    "egypt": "EG",
    "syrian arab republic": "SY",
    "gb": "GB",
}


def code_of(text: str) -> str:
    return CODES.get(text.lower(), "")


def sdn(id: int | str, name: str, kind: str = "-0- ", remarks: str = "-0- ", *, sign: str = "-0- ", flag: str = "-0- "):
    quoted = [part if part == "-0- " else f'"{part}"' for part in (name, kind, sign, flag, remarks)]
    name, kind, sign, flag, remarks = quoted
    return f'{id},{name},{kind},"CUBA",-0- ,{sign},-0- ,-0- ,-0- ,{flag},-0- ,{remarks}\r\n'


SDN = (
    sdn(306, "BANCO NACIONAL DE CUBA", remarks="a.k.a. 'BNC'.")
    + sdn(
        2674,
        "ABBAS, Abu",
        "individual",
        "DOB 10 Dec 1948; alt. DOB circa 1949; POB Pyongyang, Korea, North; nationality Iraq; citizen Nowhere; "
        "Passport RL 1794375 (Lebanon) issued 01 Feb 2001; alt. Passport 96-20/025; a.k.a. ''ABD AL-'AZIZ''; "
        "Linked To: MS-13; Phone Number 98212; Gender Male.",
    )
    + sdn(
        15047,
        "DEVON",
        "vessel",
        "Former Vessel Flag Malta; Vessel Registration Identification IMO 9218454; MMSI 256864000.",
        sign="9HEF9",
        flag="None Identified",
    )
    + sdn(9, "EP-MMH", "aircraft", "Aircraft Model A300; Aircraft Tail Number EP-MMH.", flag="Iraq")
    + "\x1a"
)
ALT = '306,220,"aka","NATIONAL BANK OF CUBA",-0- \r\n2674,1,"fka","ZAYDAN, Muhammad",-0- \r\n\x1a'
ADD = '306,199,"Zweierstrasse 35","Zurich CH-8022","Switzerland",-0- \r\n306,200,"A","B","Spain",-0- \r\n\x1a'


@pytest.fixture
def ofac(tmp_path: Path) -> Callable[..., Path]:
    def write(sdn: str | bytes | None = SDN, alt: str | None = ALT, add: str | None = ADD, **more: str) -> Path:
        folder = tmp_path / "ofac"
        folder.mkdir(exist_ok=True)
        for name, content in {"sdn": sdn, "alt": alt, "add": add, **more}.items():
            if content is not None:
                (folder / f"{name}.csv").write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


@pytest.fixture
def file(tmp_path: Path) -> Callable[..., Path]:
    def write(content: str | bytes, name: str = "list") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def told(loaded: NameList) -> list[tuple[int, str]]:
    return [(problem.row, problem.field) for problem in loaded.problems]


def refusal(path: Path, **options: object) -> str:
    with pytest.raises(Unreadable) as caught:
        load(path, **options)
    assert caught.value.hint
    return caught.value.message


# OFAC


def test_ofac_field_by_field(ofac) -> None:
    folder = ofac()
    loaded = load(folder, country_code=code_of)
    assert list(loaded.entries) == [
        Entry(
            "306",
            Type.ORGANISATION,
            ("BANCO NACIONAL DE CUBA", "NATIONAL BANK OF CUBA", "BNC"),
            countries=("CH", "ES"),
        ),
        Entry(
            "2674",
            Type.PERSON,
            ("ABBAS, Abu", "ZAYDAN, Muhammad", "'ABD AL-'AZIZ'"),
            countries=("KP", "IQ", "NOWHERE"),
            birth_dates=("1948-12-10", "1949"),
            identifiers=("RL1794375", "9620025"),
        ),
        Entry("15047", Type.VESSEL, ("DEVON",), identifiers=("9HEF9", "9218454", "256864000")),
        Entry("9", Type.AIRCRAFT, ("EP-MMH",), countries=("IQ",), identifiers=("EPMMH",)),
    ]
    assert loaded.problems == ()
    source = loaded.source
    assert (source.name, source.format, source.path, source.date, source.count) == ("ofac", "ofac", str(folder), "", 4)
    lines = "".join(
        f"{kind} {hashlib.sha256((folder / f'{kind}.csv').read_bytes()).hexdigest()}\n"
        for kind in ("sdn", "alt", "add")
    )
    assert source.sha256 == content_hash(folder) == hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize(
    ("remark", "number"),
    [
        ("Cedula No. V-9.345.120 (Venezuela)", "V9345120"),
        ("National ID No. 660000 73767 (Belgium)", "66000073767"),
        ("NIT # 800146749-7 (Colombia)", "8001467497"),
        ("R.F.C. DIB-771110-HQ1 (Mexico)", "DIB771110HQ1"),
        ("C.U.R.P. # HESU430525HBCRMR13 (Mexico)", "HESU430525HBCRMR13"),
        ("Registration ID HRB 26136 (Germany)", "HRB26136"),
        ("Company Number IMO 5055293", "5055293"),
        ("Aircraft Manufacturer's Serial Number (MSN) 1023409321", "1023409321"),
        ("V.A.T. Number BE 454,419,759", "BE454419759"),
        ("Public Registration Number 467323, Doc. 694710 (Panama)", "467323"),
        ("Matricula Mercantil No 181301-1 Cali (Colombia)", "1813011"),
        ("Unified Social Credit Code (USCC) 91222401MA0Y31E659 (China)", "91222401MA0Y31E659"),
        ("BIK (RU) 044525607", "044525607"),
        ("SWIFT/BIC KDBKKPPY", "KDBKKPPY"),
        ("Fax No. 263-4-487261", ""),
        ("Chinese Commercial Code 1728 4320", ""),
        ("Executive Order 13662 Directive Determination", ""),
        ("Digital Currency Address - XBT 12QtD5BFwRsdNsAZY76UVE1xyCGNTojH9h", ""),
        ("U.S.A. Passport issued 21 Jun 1992 in Amman, Jordan", ""),
    ],
)
def test_ofac_numbers_in_remarks(ofac, remark: str, number: str) -> None:
    loaded = load(ofac(sdn(1, "A", remarks=f"Gender Male; {remark}.")))
    assert loaded.entries[0].identifiers == ((number,) if number else ())


@pytest.mark.parametrize(
    ("remark", "dates"),
    [
        ("DOB 1946", ("1946",)),
        ("DOB Jan 1955", ("1955-01",)),
        ("DOB circa 03 May 1938", ("1938",)),
        ("DOB 1951 to 1953", ("1951", "1952", "1953")),
        ("DOB circa 1951-1953", ("1951", "1952", "1953")),
        ("DOB 01 Jan 1961 to 31 Dec 1961", ("1961",)),
        ("DOB 31 Feb 1961", ()),
        ("DOB 1900 to 1999", ()),
        ("DOB 1953 to 1951", ()),
    ],
)
def test_ofac_dates_of_birth(ofac, remark: str, dates: tuple[str, ...]) -> None:
    loaded = load(ofac(sdn(1, "A", "individual", f"{remark}; Gender Male."), alt="", add=""))
    assert loaded.entries[0].birth_dates == dates
    assert ((1, "birth_date") in told(loaded)) is (dates == ())


def test_ofac_under_other_names_and_by_its_first_file(tmp_path: Path, ofac) -> None:
    names = ("OFAC-SDN.CSV", "ofac-Alt.csv", "ofac-add.csv")
    for name, content in zip(names, (SDN, ALT, ADD), strict=True):
        (tmp_path / name).write_text(content, newline="")
    (tmp_path / "readd.csv").write_text("1,2\n")
    (tmp_path / "un.xml").write_text("<a/>")
    expected = load(ofac())
    for path in (tmp_path, tmp_path / "OFAC-SDN.CSV"):
        loaded = load(path)
        assert loaded.entries == expected.entries
        assert loaded.source.sha256 == expected.source.sha256 == content_hash(path)
    (tmp_path / "cons_prim.csv").write_text(SDN, newline="")
    assert "OFAC-SDN.CSV, cons_prim.csv" in refusal(tmp_path)
    assert load(tmp_path / "OFAC-SDN.CSV").entries == expected.entries


def test_ofac_with_files_missing_or_empty(ofac) -> None:
    loaded = load(ofac(alt=None, add=""))
    assert [entry.names for entry in loaded.entries][:1] == [("BANCO NACIONAL DE CUBA", "BNC")]
    assert told(loaded) == [(0, "alt"), (0, "add")]


def test_ofac_without_its_main_file_is_refused(ofac) -> None:
    assert "no file sdn.csv" in refusal(ofac(sdn=None))


def test_ofac_remarks_that_break_off_go_on_in_another_file(ofac) -> None:
    start = "Gender Male; " + "Linked To: X; " * 70
    long = (start + "a.k.a. 'SNOW JOE'")[:1000].ljust(1000, "o")
    long = long[:985] + "; a.k.a. 'snows"
    assert len(long) == 1000
    alone = load(ofac(sdn(1, "A", remarks=long)))
    assert alone.entries[0].names == ("A",)
    assert (1, "sdn: remarks") in told(alone)
    loaded = load(ofac(sdn(1, "A", remarks=long), sdn_comments="1,\"jo'; a.k.a. 'TIGER'.\"\r\n"))
    assert loaded.entries[0].names == ("A", "snowsjo", "TIGER")
    assert (1, "sdn: remarks") not in told(loaded)


def test_ofac_what_is_wrong_inside_is_said_and_the_rest_kept(ofac) -> None:
    loaded = load(
        ofac(
            sdn(1, "ONE")
            + '2,"TWO",-0- ,"X"\r\n'
            + "3\r\n"
            + sdn(4, "-0- ")
            + sdn(1, "UNO", remarks="a.k.a. 'EIN'.")
            + sdn(5, "FIVE", "spirit")
            + '6,"SIX "B"",individual,"P",-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- ,-0- \r\n'
            + sdn("", "NO ID")
            + sdn(8, "BE\x07LL"),
            alt='99,1,"aka","NOBODY",-0- \r\n1,2\r\n',
            add='1,1,"x\r\n',
        )
    )
    assert {entry.id: entry.names[0] for entry in loaded.entries} == {
        "1": "ONE", "2": "TWO", "5": "FIVE", "6": 'SIX B""', "row 8": "NO ID", "8": "BELL",
    }  # fmt: skip
    assert loaded.entries[0].names == ("ONE", "EIN", "UNO")
    assert next(entry for entry in loaded.entries if entry.id == "5").type is Type.UNKNOWN
    assert Counter(told(loaded)) == Counter(
        [
            (2, "sdn: columns"), (3, "sdn: columns"), (4, "name"), (5, "id"), (6, "sdn: type"), (7, "sdn: columns"),
            (8, "id"), (9, "name"), (1, "alt: ent_num"), (2, "alt: columns"), (1, "add: columns"), (0, "add"),
        ]
    )  # fmt: skip


def test_ofac_in_an_old_encoding_is_read_and_said(ofac) -> None:
    loaded = load(ofac(sdn(1, "CAFÉ").encode("cp1252") + sdn(2, "NIÑO").encode("cp1252")))
    assert [entry.names[0] for entry in loaded.entries] == ["CAFÉ", "NIÑO"]
    assert told(loaded).count((1, "sdn")) == 1


# The United Nations


def individual(id: int | str, *names: str, more: str = "") -> str:
    tags = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
    parts = "".join(f"<{tag}>{name}</{tag}>" for tag, name in zip(tags, names, strict=False))
    return f"<INDIVIDUAL>\n<DATAID>{id}</DATAID>{parts}{more}\n</INDIVIDUAL>\n"


def alias(name: str, more: str = "") -> str:
    return f"<INDIVIDUAL_ALIAS><QUALITY>Low</QUALITY><ALIAS_NAME>{name}</ALIAS_NAME>{more}</INDIVIDUAL_ALIAS>"


def born(**parts: object) -> str:
    inner = "".join(f"<{tag.upper()}>{text}</{tag.upper()}>" for tag, text in parts.items())
    return f"<INDIVIDUAL_DATE_OF_BIRTH>{inner}</INDIVIDUAL_DATE_OF_BIRTH>"


def consolidated(individuals: str, entities: str = "", start: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    return (
        f'{start}\n<CONSOLIDATED_LIST dateGenerated="2026-02-27T00:00:09.554Z">\n<INDIVIDUALS>\n{individuals}'
        f"</INDIVIDUALS>\n<ENTITIES>{entities}</ENTITIES>\n</CONSOLIDATED_LIST>\n"
    )


FULL = individual(
    6908,
    "SAIF",
    "na",
    "AL\n      ADEL",
    more="<NAME_ORIGINAL_SCRIPT>سيف\n   العدل</NAME_ORIGINAL_SCRIPT>"
    "<NATIONALITY><VALUE>Egypt</VALUE><VALUE>Iraq</VALUE></NATIONALITY>"
    + alias("Ibrahim; Abraham al-Madani")
    + alias("")
    + alias("Jin (金铁三)", "<DATE_OF_BIRTH>1960-04-11</DATE_OF_BIRTH>")
    + alias("Banat", "<NOTE>original script: Абу Банат</NOTE>")
    + alias("Encep (birth name)")
    + "<INDIVIDUAL_ADDRESS><CITY>Cairo</CITY><COUNTRY>Syrian Arab Republic</COUNTRY></INDIVIDUAL_ADDRESS>"
    + born(type_of_date="EXACT", date="1963-04-11")
    + born(type_of_date="APPROXIMATELY", year=1964)
    + born(type_of_date="BETWEEN", from_year=1970, to_year=1972)
    + born(type_of_date="EXACT", note="Nov. 1973")
    + born(type_of_date="")
    + "<INDIVIDUAL_DOCUMENT><TYPE_OF_DOCUMENT>Passport</TYPE_OF_DOCUMENT>"
    "<NUMBER>Russian passport number 8208 No. 555627 (expired)</NUMBER></INDIVIDUAL_DOCUMENT>"
    "<INDIVIDUAL_DOCUMENT/><INDIVIDUAL_DOCUMENT><NUMBER>S/263-963</NUMBER></INDIVIDUAL_DOCUMENT>",
)
ENTITY = (
    "<ENTITY><DATAID>7</DATAID><FIRST_NAME>AIRLINE (CAGL) ; GREAT LAKES (GLBC)</FIRST_NAME>"
    "<ENTITY_ALIAS><QUALITY>a.k.a.</QUALITY><ALIAS_NAME>HTS (هيئة (original script); Hay’at)</ALIAS_NAME></ENTITY_ALIAS>"
    "<ENTITY_ALIAS><QUALITY/><ALIAS_NAME/></ENTITY_ALIAS>"
    "<ENTITY_ADDRESS><COUNTRY>Iraq</COUNTRY></ENTITY_ADDRESS></ENTITY>"
)


def test_un_a_bank_and_its_branch_in_one_name_are_found_by_either(file) -> None:
    bank = "<ENTITY><DATAID>8</DATAID><FIRST_NAME>BANK OAK AND BANK OAK INTERNATIONAL</FIRST_NAME></ENTITY>"
    other = "<ENTITY><DATAID>9</DATAID><FIRST_NAME>OAK AND OAKEN TRADE</FIRST_NAME></ENTITY>"
    loaded = load(file(consolidated(bank, other), "un.xml"))
    assert [entry.names for entry in loaded.entries] == [
        ("BANK OAK AND BANK OAK INTERNATIONAL", "BANK OAK", "BANK OAK INTERNATIONAL"),
        ("OAK AND OAKEN TRADE",),
    ]


def test_un_field_by_field(file) -> None:
    path = file(consolidated(FULL, ENTITY), "un.xml")
    loaded = load(path, name="UN list", country_code=code_of)
    assert list(loaded.entries) == [
        Entry(
            "6908",
            Type.PERSON,
            (
                "SAIF AL ADEL", "سيف العدل", "Ibrahim", "Abraham al-Madani", "Jin", "金铁三", "Banat", "Абу Банат",
                "Encep",
            ),
            countries=("EG", "IQ", "SY"),
            birth_dates=("1963-04-11", "1964", "1970", "1971", "1972", "1973-11", "1960-04-11"),
            identifiers=("8208555627", "S263963"),
        ),
        Entry(
            "7",
            Type.ORGANISATION,
            ("AIRLINE (CAGL)", "GREAT LAKES (GLBC)", "HTS", "هيئة", "Hay’at"),
            countries=("IQ",),
        ),
    ]  # fmt: skip
    assert loaded.problems == ()
    source = loaded.source
    assert (source.name, source.format, source.date, source.count) == ("UN list", "un", "2026-02-27", 2)
    assert source.sha256 == content_hash(path) == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("CAR diplomatic passport no. D00000898", "D00000898"),
        ("Diplomatic Passport: Z30321794", "Z30321794"),
        ("Laissez-passer no. N°235/MISPAT", "235MISPAT"),
        ("R00012098, South Sudan", "R00012098"),
        ("German travel document (“Reiseausweis”) A 0139243", "A0139243"),
        ("381110042 (Expired 25 Jan. 2016)", "381110042"),
        ("not known", ""),
    ],
)
def test_un_numbers_in_words(file, written: str, number: str) -> None:
    more = f"<INDIVIDUAL_DOCUMENT><NUMBER>{written}</NUMBER></INDIVIDUAL_DOCUMENT>"
    assert load(file(consolidated(individual(1, "A", more=more)))).entries[0].identifiers == (
        (number,) if number else ()
    )


def test_un_what_is_wrong_inside_is_said(file) -> None:
    loaded = load(
        file(
            consolidated(
                individual(1, "ONE", more=born(type_of_date="EXACT", date="1963-02-30"))
                + individual(2)
                + individual(1, "UNO")
                + individual("", "NO ID")
                + individual(5, "LOST \ufffd LETTER", more=born(note="30-35 years old"))
            )
        )
    )
    assert [(entry.id, entry.names) for entry in loaded.entries] == [
        ("1", ("ONE", "UNO")),
        ("row 13", ("NO ID",)),
        ("5", ("LOST LETTER",)),
    ]
    assert told(loaded) == [(4, "birth_date"), (7, "name"), (10, "id"), (13, "id"), (16, "name"), (16, "birth_date")]


def test_un_cut_in_the_middle_keeps_what_is_whole(file) -> None:
    content = consolidated(individual(1, "ONE") + individual(2, "TWO") + individual(3, "THREE")).encode()
    cut = content.index(b"THREE") + 2
    loaded = load(file(content[:cut], "cut.xml"))
    assert [entry.id for entry in loaded.entries] == ["1", "2"]
    line = content[:cut].count(b"\n") + 1
    assert told(loaded) == [(line, ""), (line - 1, "DATAID")]
    assert '"3"' in loaded.problems[1].message
    broken = load(file(content.replace(b"TWO", b"T&W")))
    assert [entry.id for entry in broken.entries] == ["1"]


@pytest.mark.parametrize(
    "start",
    [
        '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE l [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE l SYSTEM "http://127.0.0.1:9/list.dtd">',
    ],
)
def test_un_attacks_are_refused(file, start: str) -> None:
    assert "document type" in refusal(file(consolidated(individual(1, "A"), start=start)))


def test_un_that_asks_for_too_much_is_refused_soon(file) -> None:
    started = time.process_time()
    heaps = {
        "elements": individual(1, "A", more="<X/>" * 30_000),
        "depth": "<X>" * 100 + "</X>" * 100,
        "text": individual(1, "A" * 5_000_000),
        "tag": f'<X y="{"a" * 20_000_000}"/>',
    }
    for name, content in heaps.items():
        assert "far more" in refusal(file(consolidated(content), name)), name
    assert time.process_time() - started < 30  # unguarded, the tag alone takes minutes


@pytest.mark.parametrize(
    "content",
    [
        "<html><body>Log in</body></html>",
        "<sdnList><sdnEntry/></sdnList>",
        "<",
        "< not xml",
        '<?xml version="1.0" encoding="klingon"?><CONSOLIDATED_LIST/>',
        '<?xml version="1.0" encoding="shift_jis"?><CONSOLIDATED_LIST/>',
    ],
)
def test_xml_that_is_not_the_list_is_refused(file, content: str) -> None:
    assert "consolidated list" in refusal(file(content))


def test_un_in_utf_16(file) -> None:
    content = consolidated(FULL, start='<?xml version="1.0" encoding="UTF-16"?>').encode("utf-16")
    assert load(file(content)).entries[0].names[1] == "سيف العدل"


# FollowTheMoney


def entity(id: object, schema: str = "Person", /, **properties: object) -> str:
    lists = {name: value if isinstance(value, list) else [value] for name, value in properties.items()}
    return json.dumps({"id": id, "schema": schema, "properties": lists}) + "\n"


def test_ftm_field_by_field(file) -> None:
    lines = [
        entity(
            "Q1",
            name=["Saif al-Adel", "سيف العدل"],
            weakAlias="Saif",
            alias=["Ibrahim", "Saif al-Adel"],
            previousName="Zidan",
            nationality=["eg", "suhh"],
            country="xx",
            birthPlace="Cairo",
            birthCountry="iraq",
            birthDate=["1963-04-11", "1960-04", "1960"],
            passportNumber="A-123 456",
            innCode=7712345678,
            topics="sanction",
        ),
        entity("a", "Address", full="1 Street"),
        entity("s", "Sanction", entity="Q1"),
        entity("v", "Vessel", name="DEVON", imoNumber="IMO9218454", flag="pa", mmsi="256864000"),
        entity("p", "Airplane", name="EP-MMH", registrationNumber="EP-MMH"),
        entity("c", "Company", name="Acme", jurisdiction="gb", leiCode="5493001kjtiigc8y1r12"),
        entity("o", "Organization", name="Org"),
        entity("b", "PublicBody", name="Ministry"),
        entity("l", "LegalEntity", name="Who", taxNumber="1", idNumber="2", ogrnCode="3"),
    ]
    dated = json.loads(lines[1]) | {"last_change": "2024-05-01T12:00:00", "last_seen": "2024-04-01", "first_seen": "9"}
    loaded = load(file("\ufeff" + "".join(lines) + json.dumps(dated)), country_code=code_of)
    assert list(loaded.entries) == [
        Entry(
            "Q1",
            Type.PERSON,
            ("Saif al-Adel", "سيف العدل", "Ibrahim", "Zidan", "Saif"),
            countries=("EG", "SUHH", "XX", "IQ"),
            birth_dates=("1963-04-11", "1960-04", "1960"),
            identifiers=("A123456", "7712345678"),
        ),
        Entry("v", Type.VESSEL, ("DEVON",), countries=("PA",), identifiers=("9218454", "256864000")),
        Entry("p", Type.AIRCRAFT, ("EP-MMH",), identifiers=("EPMMH",)),
        Entry("c", Type.ORGANISATION, ("Acme",), countries=("GB",), identifiers=("5493001KJTIIGC8Y1R12",)),
        Entry("o", Type.ORGANISATION, ("Org",)),
        Entry("b", Type.ORGANISATION, ("Ministry",)),
        Entry("l", Type.UNKNOWN, ("Who",), identifiers=("2", "1", "3")),
    ]
    assert loaded.problems == ()
    assert (loaded.source.format, loaded.source.date, loaded.source.count) == ("ftm", "2024-05-01", 7)


def test_ftm_what_is_wrong_inside_is_said(file) -> None:
    lines = [
        entity("1", name="One", birthDate=["1960-13-01", "2024-02-30", "soon"]),
        '{"id": "2", "schema": "Person", "properties": {"name": ["Half \\ud800 letter"]}}\n',
        '{"id": "3", "schema": "Person", broken\n',
        "[1, 2]\n",
        '{"id": "5"}\n',
        entity("6", name=[]),
        entity("1", "Company", name=["Uno", {"a": 1}]),
        entity(None, name="Nobody"),
        '{"id": "9", "schema": "Person", "properties": []}\n',
        "[" * 100_000 + "\n",
        "\n",
        entity("12", name=["Con\u0000trol", "\u202edetalosi"]),
        '{"id": "13", "schema": "Person", "properties": {"name": "caf\xe9"}}\n'.encode("latin-1").decode("latin-1"),
        '{"id": "14", "schema": "Person", "properties": {"name": ["cut',
    ]
    content = "".join(lines).encode().replace("café".encode(), b"caf\xe9")
    loaded = load(file(content))
    assert [(entry.id, entry.type, entry.names) for entry in loaded.entries] == [
        ("1", Type.UNKNOWN, ("One", "Uno")),
        ("2", Type.PERSON, ("Half letter",)),
        ("row 8", Type.PERSON, ("Nobody",)),
        ("12", Type.PERSON, ("Control", "detalosi")),
        ("13", Type.PERSON, ("caf",)),
    ]
    assert told(loaded) == [
        (1, "birth_date"), (1, "birth_date"), (1, "birth_date"), (2, "name"), (3, ""), (4, "schema"), (5, "schema"),
        (6, "name"), (7, "name"), (7, "id"), (8, "id"), (9, "properties"), (10, ""), (12, "name"), (13, "name"), (14, ""),
    ]  # fmt: skip
    assert "cut off" in loaded.problems[-1].message
    assert all(problem.message.isprintable() for problem in loaded.problems)


@pytest.mark.parametrize("content", ["{}\n", '{"results": []}\n', "{broken\n{broken\n", "{\n\n"])
def test_json_that_is_not_followthemoney_is_refused(file, content: str) -> None:
    assert "FollowTheMoney" in refusal(file(content))


# Plain tables


def test_csv_field_by_field(file) -> None:
    path = file(
        "Country;Aliases;NAME;Id;Type;Birth date;Identifier\n"
        "gb|Iraq;ACME | Acme Corp;Acme Ltd;A1;Company;;HRB 12-34\n"
        ";;O'Neil, Ann;A2;PERSON;1957-07;\n"
        "nowhere;;Evergreen;A3;ship;;IMO 9218454\n"
        ";;Whoever;A4;;;\n",
        "own.csv",
    )
    loaded = load(path, country_code=code_of)
    assert list(loaded.entries) == [
        Entry("A1", Type.ORGANISATION, ("Acme Ltd", "ACME", "Acme Corp"), ("GB", "IQ"), (), ("HRB1234",)),
        Entry("A2", Type.PERSON, ("O'Neil, Ann",), (), ("1957-07",), ()),
        Entry("A3", Type.VESSEL, ("Evergreen",), ("NOWHERE",), (), ("9218454",)),
        Entry("A4", Type.UNKNOWN, ("Whoever",)),
    ]
    assert loaded.problems == ()
    assert (loaded.source.format, loaded.source.name, loaded.source.date) == ("csv", "own.csv", "")
    assert [entry.countries for entry in load(path).entries][:1] == [("GB", "IRAQ")]


def test_a_list_of_names_alone_and_a_workbook(tmp_path: Path, file) -> None:
    assert [(entry.id, entry.names) for entry in load(file("name\nAcme\nBeta\n")).entries] == [
        ("row 2", ("Acme",)),
        ("row 3", ("Beta",)),
    ]
    path = tmp_path / "own.xlsx"
    headings = ["id", "name", "aliases", "identifier"]
    with path.open("wb") as stream:
        write_table("xlsx", headings, [{"id": 4471, "name": "Acme", "aliases": "A|B", "identifier": 12.0}], stream)
    loaded = load(path)
    assert list(loaded.entries) == [Entry("4471", Type.UNKNOWN, ("Acme", "A", "B"), identifiers=("12",))]
    assert loaded.source.format == "csv"


def test_csv_what_is_wrong_inside_is_said(file) -> None:
    loaded = load(
        file(
            "id,name,type,birth_date\n"
            "1,One,ghost,28/07/1957\n"
            "2,,person,\n"
            "1,Uno,,\n"
            ",No id,,\n"
            "5,Five,,,surplus\n"
            "6,Bell\x07,,\n"
        )
    )
    assert {entry.id: entry.names for entry in loaded.entries} == {
        "1": ("One", "Uno"), "row 5": ("No id",), "5": ("Five",), "6": ("Bell",),
    }  # fmt: skip
    assert told(loaded) == [
        (2, "type"), (2, "birth_date"), (3, "name"), (4, "id"), (5, "id"), (6, "columns"), (7, "name"),
    ]  # fmt: skip


def test_csv_cut_in_a_quoted_field_keeps_what_is_before(file) -> None:
    loaded = load(file('id,name\n1,One\n2,"Two, Ltd"\n3,"Thr\n4,Four\n'))
    assert [entry.names for entry in loaded.entries] == [("One",), ("Two, Ltd",)]
    assert told(loaded) == [(4, "")]
    assert "never closed" in loaded.problems[0].message


def test_csv_with_thousands_of_aliases_in_a_cell_is_read_whole(file) -> None:
    aliases = "|".join(f"Number {at} of many" for at in range(12_000))
    loaded = load(file(f"id,name,aliases\n1,One,{aliases}\n2,Two,\n"))
    assert [entry.names[0] for entry in loaded.entries] == ["One", "Two"]
    assert told(loaded) == [(2, "name")]  # of the names, as many as an entry may have


def test_csv_of_two_encodings_is_read_row_by_row(file) -> None:
    loaded = load(file("id,name\n1,Café\n2,Öl Süd\n".encode("cp1252") + "3,Zoé\n".encode()))
    assert [entry.names for entry in loaded.entries] == [("Café",), ("Öl Süd",), ("Zoé",)]
    assert told(loaded) == [(0, ""), (4, "")]


def test_csv_cut_in_a_letter_is_refused_rather_than_garbled(file) -> None:
    assert "middle of a letter" in refusal(file("id,name\n1,Café\n2,Zoé".encode()[:-1]))
    loaded = load(file("id,name\n1,Cafe\n2,Zoé".encode("cp1252")))
    assert [entry.names for entry in loaded.entries] == [("Cafe",), ("Zoé",)]
    assert told(loaded) == [(0, "")]


def test_an_empty_list_of_ones_own_is_a_list(file) -> None:
    loaded = load(file("id,name\n"))
    assert (loaded.entries, told(loaded)) == ((), [(0, "")])


# All formats


@pytest.mark.parametrize("content", [b"", b" \r\n", b"\x1a", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("format", ["", *FORMATS])
def test_an_empty_file_is_refused(file, content: bytes, format: str) -> None:
    assert "is empty" in refusal(file(content), format=format)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4\n", b"\x89PNG\r\n\x1a\n", b"\x1f\x8b\x08", bytes(range(256)), b"a,b\n1,2"]
)
@pytest.mark.parametrize("format", ["", *FORMATS])
def test_what_is_no_list_is_refused(file, content: bytes, format: str) -> None:
    assert refusal(file(content), format=format)


def test_other_refusals(file, tmp_path: Path) -> None:
    path = file("name\nAcme\n")
    assert "no format" in refusal(path, format="docx")
    assert "There is no file" in refusal(tmp_path / "nowhere")
    assert "There is no file" in refusal(Path("/dev/zero"))
    assert "too large" in refusal(path, limits=Limits(max_bytes=5))
    (tmp_path / "folder").mkdir()
    assert "no file sdn.csv" in refusal(tmp_path / "folder")
    for call in (lambda: content_hash(tmp_path / "nowhere"), lambda: content_hash(path, "docx")):
        with pytest.raises(Unreadable):
            call()


def test_limits_bound_what_is_kept(file, ofac) -> None:
    many = "".join(entity(str(number), name=f"N{number}") for number in range(6))
    for path in (file(many), file("name\n" + "A\n" * 6, "a.csv"), ofac("".join(sdn(n, "A") for n in range(6)))):
        assert "more than 5 entries" in refusal(path, limits=Limits(max_entries=5))
    path = file(entity("1", name=["x" * 50, "B", "C", "D"]) + entity("2", name="y" * 5000) + entity("3", name="Z"))
    loaded = load(path, limits=Limits(max_names=2, max_name_chars=10, max_record_chars=1000))
    assert [entry.names for entry in loaded.entries] == [("x" * 10, "B"), ("Z",)]
    assert told(loaded) == [(1, "name"), (1, "name"), (2, "")]
    loaded = load(file(entity("1", name="A") + "{\n" * 10), limits=Limits(max_problems=3))
    assert told(loaded) == [(2, ""), (3, ""), (4, ""), (0, "")]
    assert "7" in loaded.problems[-1].message


def test_numbers_as_entries_hold_them() -> None:
    assert read_identifier(" imo 921-8454 ") == read_identifier("9218454") == "9218454"
    assert read_identifier("ＡＢ１２") == "AB12"
    assert read_identifier("IMO GROUP") == "IMOGROUP"


def read_or_refused(path: Path, format: str) -> Sequence[Entry]:
    try:
        loaded = load(path, format=format)
    except Unreadable:
        return ()
    assert loaded.source.count == len(loaded.entries)
    return loaded.entries


WHOLE = {
    "un": consolidated(FULL + individual(2, "ZOÉ"), ENTITY).encode(),
    "ftm": (entity("1", name="Zoë") + '{"id": "2", "schema": "Person", "properties": {"name": ["Zoë"]}}\n').encode(),
    "csv": 'id,name\n1,"Zoë"\n2,"Été, ""SA"""\n'.encode(),
    "ofac": SDN.encode(),
}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), format=st.sampled_from(FORMATS))
def test_cut_anywhere_entries_are_the_first_of_the_whole_list(tmp_path: Path, data: st.DataObject, format: str) -> None:
    whole, path = WHOLE[format], tmp_path / f"any-{format}"
    path.write_bytes(whole)
    expected = [entry.id for entry in load(path, format=format).entries]
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    found = [entry.id for entry in read_or_refused(path, format)]
    assert found == expected[: len(found)]


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), format=st.sampled_from(FORMATS))
def test_whatever_the_bytes_nothing_else_is_raised(tmp_path: Path, data: st.DataObject, format: str) -> None:
    start = data.draw(st.integers(0, len(WHOLE[format])))
    length = data.draw(st.integers(0, 20))
    spoiled = WHOLE[format][:start] + data.draw(st.binary(max_size=20)) + WHOLE[format][start + length :]
    path = tmp_path / f"any-{format}"
    path.write_bytes(spoiled)
    entries = read_or_refused(path, format)
    assert len(entries) == len({entry.id for entry in entries})
    for entry in entries:
        assert entry.names
        assert all(name and name == name.strip() for name in entry.names)
        assert "".join(entry.names).encode("utf-8")


# The real lists


@pytest.mark.data
def test_the_real_ofac_list() -> None:
    loaded = load(DATA, country_code=code_of)
    assert loaded.source.count == 8_976
    assert Counter(entry.type for entry in loaded.entries) == {
        Type.PERSON: 4_620, Type.ORGANISATION: 3_673, Type.VESSEL: 406, Type.AIRCRAFT: 277,
    }  # fmt: skip
    by_id = {entry.id: entry for entry in loaded.entries}
    assert by_id["306"] == Entry(
        "306",
        Type.ORGANISATION,
        ("BANCO NACIONAL DE CUBA", "NATIONAL BANK OF CUBA", "BNC"),
        countries=("CH", "ES", "JP", "PA"),
    )
    assert by_id["6365"].names[0] == "BIN LADIN, Usama bin Muhammad bin Awad"
    assert by_id["6365"].birth_dates == ("1957-07-30", "1958")
    assert by_id["15047"].identifiers == ("9HEF9", "9218454", "256864000")
    assert [problem.field for problem in loaded.problems] == ["sdn: remarks"] * 5
    assert sum(len(entry.names) for entry in loaded.entries) > 8_976 + 11_910 + 2_000
    assert sum(len(entry.identifiers) for entry in loaded.entries) > 7_000


@pytest.mark.data
def test_the_real_un_list() -> None:
    loaded = load(DATA / "un-consolidated.xml", country_code=code_of)
    assert (loaded.source.count, loaded.source.date) == (1_003, "2026-02-27")
    assert Counter(entry.type for entry in loaded.entries) == {Type.PERSON: 730, Type.ORGANISATION: 273}
    by_id = {entry.id: entry for entry in loaded.entries}
    assert by_id["6907994"].names == (
        "FRANK KAKOLELE BWAMBALE", "FRANK KAKORERE", "FRANK KAKORERE BWAMBALE", "AIGLE BLANC",
    )  # fmt: skip
    front = by_id["6908429"]
    assert front.names[:3] == (
        "AL-NUSRAH FRONT FOR THE PEOPLE OF THE LEVANT",
        "جبهة النصرة لأهل الشام",
        "Hay’at Tahrir al-Sham",
    )
    assert {"HTS", "هيئة تحرير الشام", "Jabhat Fath al-Sham", "Ansar al-Mujahideen Network"} <= set(front.names)
    assert front.countries == ("SY", "IQ")
    names = [name for entry in loaded.entries for name in entry.names]
    assert not [name for name in names if ";" in name or "\n" in name or "original script" in name]
    assert [problem.field for problem in loaded.problems] == ["birth_date", "birth_date", "birth_date", "name"]
