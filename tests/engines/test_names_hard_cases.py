"""Names as they are written to be found, or not to be: what must be a match, may be looked at, and must not come up.

The listed names stand among decoys that share their words. Names are invented, or common as words.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from convener.engines.names import Entry, NameList, Query, Screener, Source, Type

pytestmark = [pytest.mark.req("SCR-2"), pytest.mark.req("DIR-8")]

PERSON, ORGANISATION, VESSEL, AIRCRAFT = Type.PERSON, Type.ORGANISATION, Type.VESSEL, Type.AIRCRAFT
NO, REVIEW, MATCH = "no_match", "review", "match"
RANKS = (NO, REVIEW, MATCH)

ORGANISATIONS = """
Bank of Damascus | Bank of Kandahar | Central Bank of Syria | Industrial Bank of Korea | Banco Nacional de Cuba |
Al Rajhi Trading Company | Golden Star Shipping Co Ltd | Silver Star Marine Services | Blue Ocean Lines Inc |
Red Sea Logistics LLC | Eastern Petrochemical Company | Western Petroleum Corporation | National Oil Company |
National Iranian Tanker Company | Syrian Arab Airlines | Mahan Air | Zarya Construction OOO | Stroytransgaz |
Volga Shipping Company | Dalian Ocean Trading Co Ltd | Shanghai Zhenxing Machinery Factory | Korea Daesong Bank |
Korea Mining Development Trading Corporation | Islamic Relief Foundation | Mercy International Relief Agency |
Humanitarian Aid Society | Global Relief Foundation | Al Haramain Foundation | Hotel El Presidente |
Casa Verde S.A. de C.V. | Transportes del Norte S.A. | Comercializadora Tropical | Inversiones El Progreso Ltda |
Desarrollos Agricolas Sonora | Grupo Empresarial Pacifico | Agropecuaria San Miguel | Pars Aviation Services |
Kish Engineering Group | Tehran Steel Works | Fajr Industries Group | Khorasan Metallurgy Industries |
Minsk Wheel Tractor Plant | Myanma Gems Enterprise | Htoo Trading Company | Lao Timber Export |
Phnom Penh Sugar Company | Siam Rubber Products | Green Valley Farms | Delta Company | Sunrise Import Export
"""
PERSONS = """
Mohammed Ali Hassan | Abdul Karim Al-Tikriti | Ahmad Khalil Mansour | Sergei Petrovich Ivanov | Kim Yong Chol |
Ivan Sergeevich Sidorov | Dmitri Alexandrovich Volkov | Ri Pyong Chol | Wang Wei | Zhang Guoqiang | Saeed Rahimi |
Juan Carlos Lopez Garcia | Maria Fernanda Lopez Torres | Jose Antonio Garcia Perez | Hossein Rezaei | Yusuf Demir |
Fatima Al-Zahra Haddad | Mehmet Yilmaz | Moshe Cohen | Somchai Prasert | Giorgos Papadopoulos | Robert Mbeki |
Jean-Baptiste Mukasa | William Ruto Kamau | Oleksandr Shevchenko
"""


def cases(text: str) -> list[str]:
    return [" ".join(one.split()) for one in text.split(" | ") if one.strip()]


#: Listed name, its type, the least and the most that the answer may be, and the questions.
FOUND: list[tuple[str, Type, str, str]] = [
    # order, missing and extra words, slips of hand and ear
    (
        "Tornado Maritime Holdings Ltd",
        ORGANISATION,
        MATCH,
        "Tornado Maritime Holdings Ltd | TORNADO  MARITIME HOLDINGS, LTD. | Tornado-Maritime Holdings Ltd | "
        "Tоrnаdо Maritime Holdings Ltd | Tor\u200bnado Mari\u200dtime Holdings Ltd | "
        "\u202eTornado Maritime Holdings Ltd\u202c | Ｔｏｒｎａｄｏ Maritime Holdings Ltd",
    ),
    (
        "Tornado Maritime Holdings Ltd",
        ORGANISATION,
        REVIEW,
        "Tornado Maritime Holdings Limited | Holdings Tornado Maritime Ltd | Tornado Maritime Holdings | "
        "Tornado Martime Holdings Ltd | Tonrado Maritime Holdings Ltd | Tirnado Maritime Holdings Ltd | "
        "Tornadoo Maritime Holdings Ltd | Tornado Maritime Hldgs Ltd | Tornado Maritime Holding Ltd | "
        "Torna do Maritime Holdings Ltd | Trnd Mrtm Hldngs Ltd | The Tornado Maritime Holdings Group Ltd",
    ),
    ("O'Brien-Mallory Brothers", ORGANISATION, MATCH, "OBrien Mallory Brothers | O’Brien Mallory Brothers"),
    ("O'Brien-Mallory Brothers", ORGANISATION, REVIEW, "O Brien Mallory Brothers | O'Brien-Mallory Bros."),
    ("Al-Zanbaq Exchange House", ORGANISATION, REVIEW, "Al Zanbaq Exchange House | El Zanbak Exchange House"),
    # abbreviations
    (
        "Korenza International Manufacturing Company",
        ORGANISATION,
        REVIEW,
        "Korenza Intl Mfg Co | Korenza Int'l Mfg. Co. | KORENZA INTERNATIONAL MFG",
    ),
    (
        "Varadin National Commercial Group",
        ORGANISATION,
        REVIEW,
        "Varadin Natl Comm. Grp | Varadin Nat'l Comml Group | Varadin Commercial Grp",
    ),
    # legal forms: another writing, left out, or a counterpart
    (
        "Zentralka Werke GmbH",
        ORGANISATION,
        REVIEW,
        "Zentralka Werke | Zentralka Werke Ltd | Zentralka Werke AG | Zentralka Werke S.A. | "
        "Zentralka Werke Gesellschaft mit beschränkter Haftung",
    ),
    ("Zentralka Werke GmbH", ORGANISATION, MATCH, "Zentralka Werke G.m.b.H. | ZENTRALKA WERKE GMBH"),
    (
        "ООО Вектрон",
        ORGANISATION,
        REVIEW,
        "Vektron OOO | Общество с ограниченной ответственностью «Вектрон» | ООО «Вектрон» | Vektron LLC",
    ),
    ("大连卡思曼有限公司", ORGANISATION, REVIEW, "大连卡思曼有限责任公司 | 大连卡思曼 | Dalian Kasiman Co Ltd"),
    ("大连卡思曼有限公司", ORGANISATION, MATCH, "大連卡思曼有限公司"),
    ("Mirasol Alimentos S.A. de C.V.", ORGANISATION, MATCH, "Mirasol Alimentos SA de CV"),
    (
        "Mirasol Alimentos S.A. de C.V.",
        ORGANISATION,
        REVIEW,
        "Mirasol Alimentos, Sociedad Anónima de Capital Variable | Mirasol Alimentos",
    ),
    ("شركة النرجسي للتجارة ذ.م.م", ORGANISATION, REVIEW, "شركه النرجسي للتجاره ذ.م.م | النرجسي للتجارة ذ م م"),
    ("株式会社タケナミ", ORGANISATION, REVIEW, "タケナミ株式会社 | タケナミ | ㈱タケナミ | Takenami KK"),
    ("주식회사 한빛나래", ORGANISATION, REVIEW, "한빛나래 주식회사 | (주)한빛나래 | 한빛나래"),
    ("Perkasa Wira Sdn Bhd", ORGANISATION, MATCH, "PERKASA WIRA SDN. BHD."),
    ("Perkasa Wira Sdn Bhd", ORGANISATION, REVIEW, "Perkasa Wira Sendirian Berhad | Perkasa Wira"),
    (
        "Kruszowiec Sp. z o.o.",
        ORGANISATION,
        REVIEW,
        "Kruszowiec Spółka z ograniczoną odpowiedzialnością | Kruszowiec sp zoo | Kruszowiec",
    ),
    ("Karadağlı Tekstil A.Ş.", ORGANISATION, MATCH, "Karadagli Tekstil AS | KARADAĞLI TEKSTİL A.Ş."),
    ("Karadağlı Tekstil A.Ş.", ORGANISATION, REVIEW, "Karadağlı Tekstil Anonim Şirketi | Karadağlı Tekstil"),
    ("Brandweld N.V.", ORGANISATION, REVIEW, "Brandweld NV | Brandweld Naamloze Vennootschap | Brandweld"),
    ("Lindqvist Oy", ORGANISATION, REVIEW, "Lindqvist Osakeyhtiö | Lindqvist"),
    ("Hadrović d.o.o.", ORGANISATION, MATCH, "Hadrovic doo"),
    ("Fjordkraftlag AS", ORGANISATION, REVIEW, "Fjordkraftlag A/S | Fjordkraftlag Aktieselskab"),
    ("Μεταλλουργική Πηνειός Α.Ε.", ORGANISATION, REVIEW, "Μεταλλουργική Πηνειός Ανώνυμη Εταιρεία"),
    ("ชัยวัฒนากร จำกัด", ORGANISATION, REVIEW, "บริษัท ชัยวัฒนากร จำกัด | ชัยวัฒนากร"),
    ("Brasimar Comércio Ltda", ORGANISATION, REVIEW, "Brasimar Comercio Limitada | BRASIMAR COMERCIO"),
    ("Talvex Pvt Ltd", ORGANISATION, REVIEW, "Talvex Private Limited | Talvex (P) Ltd"),
    ("CÔNG TY TNHH Hoàng Lĩnh", ORGANISATION, REVIEW, "Cong ty TNHH Hoang Linh | Hoàng Lĩnh | Hoang Linh Co Ltd"),
    ("Levontin בע״מ", ORGANISATION, REVIEW, 'Levontin Ltd | Levontin בע"מ'),
    # numbers and craft
    ("Brigade 51", ORGANISATION, MATCH, "Brigade 51 | BRIGADE  51 | Brigade ５１"),
    ("M/V Ocean Dawn", VESSEL, REVIEW, "Ocean Dawn | MV Ocean Dawn | OCEAN DAWN"),
    ("EP-GXY", AIRCRAFT, MATCH, "EP-GXY | ep gxy"),
    # persons: order, titles, patronymics, transliterations, marks
    (
        "Vladimir Sergeevich Morozov",
        PERSON,
        REVIEW,
        "MOROZOV, Vladimir Sergeevich | Morozov Vladimir Sergeevich | Владимир Сергеевич Морозов | "
        "Морозов Владимир Сергеевич | Wladimir Sergejewitsch Morosow | Vladimir Sergeyevich Morozov | "
        "Vladimir Morozov | Dr. Vladimir Sergeevich Morozov | Mr Vladimir Sergeevich Morozov | "
        "Volodymyr Serhiyovych Morozov | Vladimir Sergueïevitch Morozov | Vladimir Sergeevič Morozov | "
        "Vladimir S. Morozov | Vladimr Sergeevich Morozov",
    ),
    (
        "Abdul Rahman Yasin al-Masri",
        PERSON,
        REVIEW,
        "Abd al-Rahman Yassin Al Masri | Abdelrahman Yaseen El-Masry | عبد الرحمن ياسين المصري | "
        "AL-MASRI, Abdul Rahman Yasin | Abdurrahman Yasin al-Misri | Sheikh Abdul Rahman Yasin al-Masri",
    ),
    (
        "عبد القادر مؤمن النجار",
        PERSON,
        REVIEW,
        "Abdulkadir Mumin al-Najjar | Abdul Qadir Mumin Al Najjar | Abdiqadir Mumin Najjar",
    ),
    ("Mohammad Qasim Hosseini", PERSON, REVIEW, "محمد قاسم حسینی | Muhammed Kasim Huseini | Mohamed Kassem Husseini"),
    ("Liu Jianhong", PERSON, REVIEW, "LIU Jianhong | Jianhong Liu | Liu, Jianhong"),
    ("刘建宏", PERSON, MATCH, "劉建宏"),
    ("Κωνσταντίνος Αλαβάνος", PERSON, REVIEW, "Konstantinos Alavanos | Constantinos Alavanos | ΚΩΝΣΤΑΝΤΙΝΟΣ ΑΛΑΒΑΝΟΣ"),
    ("Benjamin Shalom Levy", PERSON, REVIEW, "בנימין שלום לוי | Binyamin Shalom Levi | LEVY, Benjamin Shalom"),
    ("ហ៊ុន សុខា", PERSON, REVIEW, "Hun Sokha"),
    ("Kim Jong Hak", PERSON, REVIEW, "KIM, Jong Hak | Jong Hak Kim"),
    ("Jean-Claude Mbarga", PERSON, REVIEW, "Jean Claude Mbarga | MBARGA Jean-Claude | Mbarga, Jean Claude"),
    (
        "Carlos Eduardo Villanueva Ortega",
        PERSON,
        REVIEW,
        "VILLANUEVA ORTEGA, Carlos Eduardo | Carlos E. Villanueva Ortega | Carlos Eduardo Villanueva-Ortega | "
        "Carlos Villanueva Ortega",
    ),
    ("Khalid bin Faisal Al Dossari", PERSON, REVIEW, "Khaled ibn Faysal al-Dosari | خالد بن فيصل الدوسري"),
    ("Nguyễn Văn Hưởng", PERSON, MATCH, "Nguyen Van Huong | NGUYỄN VĂN HƯỞNG"),
    ("Дмитрий Щербаков", PERSON, REVIEW, "Dmitry Shcherbakov | Dmitri Schtscherbakow | Dmitrij Ščerbakov"),
    ("İsmail Çağlayan", PERSON, MATCH, "Ismail Caglayan | İSMAİL ÇAĞLAYAN | ISMAIL ÇAĞLAYAN"),
    ("Patricia O'Callaghan-Smyth", PERSON, REVIEW, "Patricia OCallaghan Smyth | Mrs Patricia O’Callaghan-Smyth"),
    ("Elizabeth Ward", PERSON, REVIEW, "WARD, Elizabeth | Elisabeth Ward"),
    ("Aleksandr Gusinsky", PERSON, REVIEW, "Alexander Gusinskiy | Гусинский Александр | Oleksandr Husynskyi"),
    # bodies by their translated words
    ("Jaysh al-Rimal", ORGANISATION, REVIEW, "جيش الرمال | Jaish al Rimal | Army of Rimal"),
    ("Al Shamal Islamic Bank", ORGANISATION, REVIEW, "بنك الشمال الإسلامي | Shamal Islamic Bank"),
    ("Tanzim Hizb Furqan", ORGANISATION, REVIEW, "Tanzeem Hizb al-Furqan | تنظيم حزب الفرقان"),
]
#: Listed name, its type, the most that any answer may be, and the questions.
OTHERS: list[tuple[str, Type, str, str]] = [
    # forms, trades and little words are nobody's name
    (
        "Marlow Corp",
        ORGANISATION,
        NO,
        "CORP | Corporation | A | Inc | Ltd | Co | LLC | S.A. | ООО | 有限公司 | شركة | The | Company Ltd | GmbH | "
        "株式会社 | International Group | General Trading | Trading Company | Bank | The Bank | Holding AG | 주식회사",
    ),
    ("A-B-C Company", ORGANISATION, NO, "Company | A Company | B Company | X-Y-Z Company | Company A"),
    ("Rahman Trading", ORGANISATION, NO, "Wilson Trading | Global Trading Ltd | Kovacs Trading Ltd | Trading"),
    ("Smith", PERSON, NO, "John | A | Mr | Dr"),
    # another place, number, sister, relative
    ("Bank of Latakia", ORGANISATION, REVIEW, "Bank of Homs | Bank of Kabul | Bank of America | Central Bank"),
    ("Factory 26 Novaresk", ORGANISATION, REVIEW, "Factory 27 Novaresk | Factory 62 Novaresk"),
    ("Ocean Dawn 3", VESSEL, REVIEW, "Ocean Dawn 4 | Ocean Dawn 5"),
    ("Brigade 51", ORGANISATION, REVIEW, "Brigade 52 | Brigade 15 | Brigade 151"),
    ("EP-GXY", AIRCRAFT, NO, "EP-GXZ | EP-ABC"),
    ("Corinth Shipping Ltd", ORGANISATION, REVIEW, "Corinth Foods Ltd | Corinth Bank"),
    ("Orlavia Holdings Alpha Ltd", ORGANISATION, REVIEW, "Orlavia Holdings Beta Ltd | Orlavia Gamma Ltd"),
    ("Sitar Aviation East", ORGANISATION, REVIEW, "Sitar Aviation West"),
    ("Ministry of Defence Logistics", ORGANISATION, REVIEW, "Ministry of Health | Ministry of Education"),
    ("University of Aleppo", ORGANISATION, REVIEW, "University of Oxford | University of Tehran"),
    ("Sea Star Maritime", ORGANISATION, REVIEW, "Sea Pearl Maritime | Sun Star Maritime"),
    (
        "International Committee of the Grey Cross",
        ORGANISATION,
        REVIEW,
        "International Committee of the Red Cross | International Red Cross",
    ),
    ("Jaysh al-Rimal", ORGANISATION, REVIEW, "Jaysh al-Islam | Jaysh al-Nasr | Army"),
    ("Orion Metals Pty Ltd", ORGANISATION, REVIEW, "Orient Metals Pty Ltd | Orson Metals Pty Ltd"),
    (
        "General Company for Phosphates",
        ORGANISATION,
        REVIEW,
        "General Company for Cement | General Company | General Company for Mines",
    ),
    ("Damascus Bakery", ORGANISATION, REVIEW, "Damascus University | Damascus Hotel | Damascus"),
    (
        "Vladimir Sergeevich Morozov",
        PERSON,
        REVIEW,
        "Sergei Morozov | Igor Morozov | Dmitri Sergeevich Morozov | Vladimir Sergeevich Kuznetsov | Morozov | "
        "Anna Sergeevna Morozova | A. Morozov | Vladimir Petrovich Morozov",
    ),
    (
        "Vladimir Sergeevich Morozov",
        PERSON,
        NO,
        "Vladimir | Vladimir Putin | Vladimir Kovalenko | Sergei Vladimirovich Popov",
    ),
    ("Mohammad Qasim Hosseini", PERSON, NO, "Mohammad | Mohammad Khan | Mohamed Ahmed"),
    ("Abdul Rahman Yasin al-Masri", PERSON, REVIEW, "Ahmed al-Masri | Abdul Rahman al-Sudani | Abdul Rahman"),
    ("Liu Jianhong", PERSON, REVIEW, "Liu Jianguo | Li Jianhong | Lu Jianhong | Liu Hong"),
    ("Liu Jianhong", PERSON, NO, "Liu Wei | Chen Liu"),
    ("Kim Jong Hak", PERSON, REVIEW, "Kim Jong Nam | Kim Jong Un | Kim Chol Hak | Kim Jong"),
    ("Jean-Claude Mbarga", PERSON, REVIEW, "Jean-Pierre Mbarga | Jean-Marie Mbarga | Claude Mbarga"),
    ("Carlos Eduardo Villanueva Ortega", PERSON, NO, "Carlos | Carlos Eduardo Mendes | Carlos Ortega Diaz"),
    ("Carlos Eduardo Villanueva Ortega", PERSON, REVIEW, "Jorge Villanueva Ortega | Eduardo Ortega"),
    ("Khalid bin Faisal Al Dossari", PERSON, REVIEW, "Khalid bin Sultan Al Dossari | Saad bin Faisal Al Dossari"),
    ("Nguyễn Văn Hưởng", PERSON, REVIEW, "Nguyen Van Minh | Nguyen Thi Huong"),
    ("Zeynep Kaya", PERSON, REVIEW, "Zeynep Demir | Ayse Kaya"),
    ("Pedro Alvarez", PERSON, REVIEW, "Pedro Gonzalez | Pablo Alvarez | Alvarez"),
]


def listed() -> Iterator[tuple[str, Type]]:
    yield from ((name, ORGANISATION) for name in cases(ORGANISATIONS))
    yield from ((name, PERSON) for name in cases(PERSONS))
    yield from dict.fromkeys((case[0], case[1]) for case in (*FOUND, *OTHERS))


@cache
def screener() -> Screener:
    entries = [Entry(name, kind, (name,)) for name, kind in listed()]
    return Screener([NameList(Source("test", "test", "", "", "0" * 64, len(entries)), entries)])


def each(table: Sequence[tuple[str, Type, str, str]]) -> list[tuple[str, str, Type, str]]:
    return [(query, name, kind, bound) for name, kind, bound, queries in table for query in cases(queries)]


@pytest.mark.parametrize(("query", "name", "kind", "least"), each(FOUND))
def test_names_that_are_listed_are_found_above_their_decoys(query: str, name: str, kind: Type, least: str) -> None:
    answer = screener().screen(Query("1", query, kind))

    assert answer.hits, answer.problem
    assert answer.hits[0].entry_id == name
    assert RANKS.index(answer.decision) >= RANKS.index(least), answer.hits[0].explanation


@pytest.mark.parametrize(("query", "name", "kind", "most"), each(OTHERS))
def test_names_of_others_are_no_match(query: str, name: str, kind: Type, most: str) -> None:
    answer = screener().screen(Query("1", query, kind))

    assert RANKS.index(answer.decision) <= RANKS.index(most), answer.hits[0].explanation


@pytest.mark.parametrize(("query", "name", "kind", "least"), each(FOUND)[::5])
def test_a_type_that_is_unknown_is_asked_of_all(query: str, name: str, kind: Type, least: str) -> None:
    hits = screener().screen(Query("1", query)).hits

    assert name in [hit.entry_id for hit in hits]


def test_a_person_is_not_sought_among_organisations() -> None:
    assert not screener().screen(Query("1", "Tornado Maritime Holdings Ltd", PERSON)).hits


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("Alpha Ltd", ("Alpha Ltd", "Alpha Limited", "Alpha GmbH")),
        ("Alpha GmbH", ("Alpha GmbH", "Alpha Ltd", "Alpha")),
        ("Вектрон ООО", ("Vektron OOO", "Vektron LLC", "Vektron AG")),
        ("Alpha Ltd", ("Alpha Ltd", "Alpha", "Alpha Shipping Ltd")),
        ("Brigade 51 Nord", ("Brigade 51 Nord", "51 Brigade Nord", "Brigade 52 Nord")),
        ("Rahman Trading", ("Rahman Trading", "Rahman Trading Co", "Rahmani Trading", "Wilson Trading")),
        ("Bank of Latakia", ("Bank of Latakia", "Bank Latakia", "Bank of Homs")),
        ("Ivan Petrov", ("Ivan Petrov", "Petrov Ivan", "Oleg Petrov", "Oleg Sidorov")),
        ("Jonathan Smythe", ("Jonathan Smythe", "Jonathan Smyhte", "Jonathan Smathers", "Gerald Smathers")),
        ("Ocean Dawn", ("Ocean Dawn", "Ocean Down", "Ocean Dusk", "River Dusk")),
    ],
)
def test_what_is_nearer_ranks_higher(query: str, names: tuple[str, ...]) -> None:
    entries = [Entry(name, ORGANISATION, (name,)) for name in reversed(names)]
    others = [Entry(name, ORGANISATION, (name,)) for name in cases(ORGANISATIONS)]
    ready = Screener([NameList(Source("test", "test", "", "", "0" * 64, 0), entries + others)])

    hits = ready.screen(Query("1", query, ORGANISATION), threshold=0.0, limit=100).hits
    found = [hit.entry_id for hit in hits if hit.entry_id in names]

    assert found == list(names[: len(found)])
    assert len(found) >= min(2, len(names))
    assert hits[0].score == 1.0
    assert all(hit.score < 1.0 for hit in hits[1:])


def alone(query: str, name: str, kind: Type) -> str:
    """What is said of a query where one name is listed among the decoys of its type."""
    decoys = cases(ORGANISATIONS if kind is ORGANISATION else PERSONS)
    entries = [Entry(one, kind, (one,)) for one in (*decoys, name)]
    hits = (
        Screener([NameList(Source("test", "test", "", "", "0" * 64, 0), entries)]).screen(Query("1", query, kind)).hits
    )
    assert not hits or hits[0].entry.names == (hits[0].entry_id,)
    return next((hit.decision for hit in hits if hit.entry_id == name), NO)


@pytest.mark.parametrize(
    ("query", "name", "decision"),
    [
        ("Wagner", "Wagner Group", REVIEW),
        ("Вагнер", "Wagner Group", REVIEW),
        ("Wagner Group", "Wagner", REVIEW),
        ("ЧВК Вагнер", "PMC Wagner", MATCH),
        ("Wagner", "Private Military Company Wagner", REVIEW),
        ("Korvantis", "Korvantis General Trading LLC", REVIEW),
        # what is beside the rare word on both sides contradicts, and what is not rare is nobody's
        ("Wagner Foods", "Wagner Shipping", NO),
        ("ЧВК", "PMC Wagner", NO),
        ("Group", "Wagner Group", NO),
        ("A", "A Group", NO),
        ("CORP", "Korvantis Corp", NO),
        ("Korvantis Delmora", "Korvantis Group", NO),
    ],
)
def test_the_rare_word_of_an_organisation_is_worth_a_look_without_its_trade(
    query: str, name: str, decision: str
) -> None:
    assert alone(query, name, ORGANISATION) == decision


@pytest.mark.parametrize(
    ("query", "name", "decision"),
    [
        ("Oldmere Fund 2", "Oldmere Fund II", MATCH),
        ("Oldmere Fund", "Oldmere Fund II", REVIEW),
        ("Oldmere Fund II", "Oldmere Fund III", NO),
        ("Oldmere Fund 2", "Oldmere Fund III", NO),
        ("Brannock Branch MXP8", "Brannock Branch MXP1", NO),
    ],
)
def test_numbers_agree_however_they_are_written(query: str, name: str, decision: str) -> None:
    assert alone(query, name, ORGANISATION) == decision


def test_one_word_of_a_person_written_otherwise_is_worth_a_look() -> None:
    assert alone("Mohamad", "MUHAMMAD, Sahib", PERSON) == REVIEW
    assert alone("Muhammad", "Muhammad", PERSON) == MATCH


@pytest.mark.parametrize(
    ("query", "name", "decision"),
    [
        ("V. Morozov", "Vladimir Sergeevich Morozov", REVIEW),
        ("Vladimir Morozov", "Vladimir Sergeevich Morozov", REVIEW),
        ("S. Morozov", "Vladimir Petrovich Morozov", NO),
        ("Jean-Claude", "Jean-Claude Mbarga", NO),
        ("Jean-Claude Mbarga", "Jean-Claude", NO),
        ("Jean", "Jean-Claude Mbarga", NO),
        ("Vladimir", "Vladimir Sergeevich Morozov", NO),
        ("Mbarga", "Jean-Claude Mbarga", NO),
    ],
)
def test_a_given_name_is_worth_a_look_with_its_family_name_only(query: str, name: str, decision: str) -> None:
    assert alone(query, name, PERSON) == decision


def test_given_names_are_worth_a_look_where_more_is_known_of_the_two() -> None:
    entry = Entry("1", PERSON, ("Jean-Claude Mbarga",), ("CD",), ("1961-04-30",))
    ready = Screener([NameList(Source("test", "test", "", "", "0" * 64, 1), [entry])])
    hits = ready.screen(Query("1", "Jean-Claude", PERSON, "CD", "1961-04-30")).hits
    assert [hit.entry for hit in hits] == [entry]


def test_a_rare_patronymic_that_is_left_out_takes_no_more_than_a_common_one() -> None:
    rare, common = ("Vladimir Agafonovich Morozov", "Vladimir Sergeevich Morozov")
    fillers = [
        f"{name} Sergeevich {family}" for name in ("Ivan", "Oleg", "Igor") for family in ("Popov", "Orlov", "Zotov")
    ]
    scores = []
    for name in (rare, common):
        entries = [Entry(one, PERSON, (one,)) for one in (name, *fillers)]
        ready = Screener([NameList(Source("test", "test", "", "", "0" * 64, 0), entries)])
        scores.append(ready.screen(Query("1", "Vladimir Morozov", PERSON)).hits[0].score)
    assert scores[0] == scores[1]
