"""Tables that ``make_countries.py`` turns into countries.yaml and regions.yaml.

``M49`` lists the countries of each United Nations M49 subregion by ISO 3166-1 alpha-2 code. ``OWN_REGIONS`` are regions
the field speaks of that M49 does not have. ``LABELS`` replaces CLDR's display names where these are not the usual
name. ``SYNONYMS`` are spellings that real registers and CSV files use. ``POINTS`` gives a place, in degrees (latitude,
longitude), to the territories that Natural Earth's 1:50m map leaves out (their main settlement or island) and to
Antarctica, whose outline runs round the pole.
"""

from __future__ import annotations

# key: (M49 code, broader, member countries of the innermost level)
M49: dict[str, tuple[str, str | None, str]] = {
    "world": ("001", None, ""),
    "africa": ("002", "world", ""),
    "northern-africa": ("015", "africa", "DZ EG EH LY MA SD TN"),
    "sub-saharan-africa": ("202", "africa", ""),
    "eastern-africa": (
        "014",
        "sub-saharan-africa",
        "BI DJ ER ET IO KE KM MG MU MW MZ RE RW SC SO SS TF TZ UG YT ZM ZW",
    ),
    "middle-africa": ("017", "sub-saharan-africa", "AO CD CF CG CM GA GQ ST TD"),
    "southern-africa": ("018", "sub-saharan-africa", "BW LS NA SZ ZA"),
    "western-africa": ("011", "sub-saharan-africa", "BF BJ CI CV GH GM GN GW LR ML MR NE NG SH SL SN TG"),
    "americas": ("019", "world", ""),
    "northern-america": ("021", "americas", "BM CA GL PM US"),
    "latin-america-and-caribbean": ("419", "americas", ""),
    "caribbean": (
        "029",
        "latin-america-and-caribbean",
        "AG AI AW BB BL BQ BS CU CW DM DO GD GP HT JM KN KY LC MF MQ MS PR SX TC TT VC VG VI",
    ),
    "central-america": ("013", "latin-america-and-caribbean", "BZ CR GT HN MX NI PA SV"),
    "south-america": ("005", "latin-america-and-caribbean", "AR BO BR BV CL CO EC FK GF GS GY PE PY SR UY VE"),
    "asia": ("142", "world", ""),
    "central-asia": ("143", "asia", "KG KZ TJ TM UZ"),
    "eastern-asia": ("030", "asia", "CN HK JP KP KR MN MO TW"),
    "southeast-asia": ("035", "asia", "BN ID KH LA MM MY PH SG TH TL VN"),
    "southern-asia": ("034", "asia", "AF BD BT IN IR LK MV NP PK"),
    "western-asia": ("145", "asia", "AE AM AZ BH CY GE IL IQ JO KW LB OM PS QA SA SY TR YE"),
    "europe": ("150", "world", ""),
    "eastern-europe": ("151", "europe", "BG BY CZ HU MD PL RO RU SK UA"),
    "northern-europe": ("154", "europe", "AX DK EE FI FO GB GG IE IM IS JE LT LV NO SE SJ"),
    "southern-europe": ("039", "europe", "AD AL BA ES GI GR HR IT ME MK MT PT RS SI SM VA XK"),
    "western-europe": ("155", "europe", "AT BE CH DE FR LI LU MC NL"),
    "oceania": ("009", "world", ""),
    "australia-and-new-zealand": ("053", "oceania", "AU CC CX HM NF NZ"),
    "melanesia": ("054", "oceania", "FJ NC PG SB VU"),
    "micronesia": ("057", "oceania", "FM GU KI MH MP NR PW UM"),
    "polynesia": ("061", "oceania", "AS CK NU PF PN TK TO TV WF WS"),
}

# Labels (en, fr, es, ar) that replace those of CLDR, or stand where CLDR has none.
REGION_LABELS: dict[str, tuple[str, str, str, str]] = {
    "world": ("World", "Monde", "Mundo", "العالم"),
    "sub-saharan-africa": (
        "Sub-Saharan Africa",
        "Afrique subsaharienne",
        "África subsahariana",
        "أفريقيا جنوب الصحراء الكبرى",
    ),
    "latin-america-and-caribbean": (
        "Latin America and the Caribbean",
        "Amérique latine et Caraïbes",
        "América Latina y el Caribe",
        "أمريكا اللاتينية ومنطقة البحر الكاريبي",
    ),
    "australia-and-new-zealand": (
        "Australia and New Zealand",
        "Australie et Nouvelle-Zélande",
        "Australia y Nueva Zelanda",
        "أستراليا ونيوزيلندا",
    ),
    "micronesia": (
        "Micronesia (region)",
        "Micronésie (région)",
        "Micronesia (región)",
        "إقليم ميكرونيزيا",
    ),
}

_GULF = "AE BH KW OM QA SA"
_MIDDLE_EAST = f"{_GULF} EG IL IQ IR JO LB PS SY YE"
_WESTERN_BALKANS = "AL BA ME MK RS XK"
_PACIFIC = "AS CK FJ FM GU KI MH MP NC NR NU PF PG PN PW SB TK TO TV VU WF WS"

# key: (broader, members, (en, fr, es, ar), document, reference)
OWN_REGIONS: dict[str, tuple[str, str, tuple[str, str, str, str], str, str]] = {
    "middle-east": (
        "world",
        _MIDDLE_EAST,
        ("Middle East", "Moyen-Orient", "Oriente Medio", "الشرق الأوسط"),
        "interactive-map-trends-and-gaps",
        "Enhancing anti-trafficking corporate partnerships",
    ),
    "gulf": (
        "middle-east",
        _GULF,
        ("Gulf states", "États du Golfe", "Estados del Golfo", "دول الخليج"),
        "Gulf Cooperation Council",
        "Member states",
    ),
    "middle-east-and-north-africa": (
        "world",
        f"{_MIDDLE_EAST} DJ DZ LY MA TN",
        (
            "Middle East and North Africa",
            "Moyen-Orient et Afrique du Nord",
            "Oriente Medio y Norte de África",
            "الشرق الأوسط وشمال أفريقيا",
        ),
        "unodc-compendium",
        "section 3.2 (g), Global Coalition to Fight Financial Crime",
    ),
    "mexico-central-america-and-caribbean": (
        "latin-america-and-caribbean",
        f"{M49['central-america'][2]} {M49['caribbean'][2]}",
        (
            "Mexico, Central America and the Caribbean",
            "Mexique, Amérique centrale et Caraïbes",
            "México, Centroamérica y el Caribe",
            "المكسيك وأمريكا الوسطى ومنطقة البحر الكاريبي",
        ),
        "unodc-compendium",
        "The UNODC 'PPP Project'",
    ),
    "asia-pacific": (
        "world",
        f"{M49['eastern-asia'][2]} {M49['southeast-asia'][2]} {M49['southern-asia'][2]} AU NZ {_PACIFIC}",
        ("Asia-Pacific", "Asie-Pacifique", "Asia y el Pacífico", "آسيا والمحيط الهادئ"),
        "unodc-compendium",
        "The UNODC 'PPP Project'",
    ),
    "pacific-islands": (
        "oceania",
        _PACIFIC,
        ("Pacific Islands", "Îles du Pacifique", "Islas del Pacífico", "جزر المحيط الهادئ"),
        "unodc-compendium",
        "Practice 38",
    ),
    "greater-mekong": (
        "asia",
        "CN KH LA MM TH VN",
        (
            "Greater Mekong Subregion",
            "Sous-région du Grand Mékong",
            "Subregión del Gran Mekong",
            "منطقة ميكونغ الكبرى الفرعية",
        ),
        "Greater Mekong Subregion programme",
        "Member countries (of China: Yunnan and Guangxi)",
    ),
    "southeast-europe": (
        "europe",
        f"{_WESTERN_BALKANS} BG GR HR MD RO SI TR",
        ("Southeast Europe", "Europe du Sud-Est", "Europa Sudoriental", "جنوب شرق أوروبا"),
        "unodc-compendium",
        "The UNODC 'PPP Project'",
    ),
    "balkans": (
        "southeast-europe",
        f"{_WESTERN_BALKANS} BG GR HR RO SI",
        ("Balkans", "Balkans", "Balcanes", "البلقان"),
        "convener",
        "Added: a name in common use for a part of Southeast Europe",
    ),
    "western-balkans": (
        "balkans",
        _WESTERN_BALKANS,
        ("Western Balkans", "Balkans occidentaux", "Balcanes Occidentales", "غرب البلقان"),
        "convener",
        "Added: as the European Union names the six",
    ),
    "european-union": (
        "europe",
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK",
        ("European Union", "Union européenne", "Unión Europea", "الاتحاد الأوروبي"),
        "European Union",
        "Member states",
    ),
    "council-of-europe": (
        "europe",
        (
            "AD AL AM AT AZ BA BE BG CH CY CZ DE DK EE ES FI FR GB GE GR HR HU IE IS IT LI LT LU LV MC MD ME MK MT "
            "NL NO PL PT RO RS SE SI SK SM TR UA"
        ),
        (
            "Council of Europe states",
            "États du Conseil de l’Europe",
            "Estados del Consejo de Europa",
            "دول مجلس أوروبا",
        ),
        "la-strada-assessment-2014",
        "Footnote 3 (membership as of 2026)",
    ),
    "north-america": (
        "americas",
        "CA MX US",
        ("North America", "Amérique du Nord", "América del Norte", "أمريكا الشمالية (مع المكسيك)"),
        "unodc-compendium",
        "Practice 23",
    ),
    "horn-of-africa": (
        "eastern-africa",
        "DJ ER ET SO",
        ("Horn of Africa", "Corne de l’Afrique", "Cuerno de África", "القرن الأفريقي"),
        "convener",
        "Added: a name in common use",
    ),
}

# iso2: (en, fr, es, ar); None keeps CLDR's.
LABELS: dict[str, tuple[str | None, str | None, str | None, str | None]] = {
    "CD": (
        "Democratic Republic of the Congo",
        "République démocratique du Congo",
        None,
        "جمهورية الكونغو الديمقراطية",
    ),
    "CG": ("Republic of the Congo", "République du Congo", "República del Congo", "جمهورية الكونغو"),
    "CV": ("Cabo Verde", "Cabo Verde", None, "كابو فيردي"),
    "CI": (None, None, "Costa de Marfil", "كوت ديفوار"),
    "HK": ("Hong Kong", "Hong Kong", "Hong Kong", "هونغ كونغ"),
    "MO": ("Macao", "Macao", "Macao", "ماكاو"),
    "MM": ("Myanmar", "Myanmar", "Myanmar", "ميانمار"),
    "PS": ("Palestine", "Palestine", "Palestina", "فلسطين"),
    "VA": ("Holy See", "Saint-Siège", "Santa Sede", "الكرسي الرسولي"),
    "VN": ("Viet Nam", None, "Viet Nam", "فييت نام"),
    "KN": (None, "Saint-Kitts-et-Nevis", "Saint Kitts y Nevis", None),
    "RE": (None, None, None, "ريونيون"),
    "MF": (
        "Saint Martin (French part)",
        "Saint-Martin (partie française)",
        "San Martín (parte francesa)",
        "سان مارتن (الجزء الفرنسي)",
    ),
    "SX": (
        "Sint Maarten (Dutch part)",
        None,
        "San Martín (parte neerlandesa)",
        "سانت مارتن (الجزء الهولندي)",
    ),
    "VI": ("United States Virgin Islands", None, "Islas Vírgenes de los Estados Unidos", None),
    "UM": (
        "United States Minor Outlying Islands",
        None,
        "Islas menores alejadas de los Estados Unidos",
        None,
    ),
    "TL": (None, "Timor-Leste", None, "تيمور-ليشتي"),
}

SYNONYMS: dict[str, str] = {
    "AE": "UAE; U.A.E.; Emirates; The Emirates; Dubai; Abu Dhabi; EAU",
    "BA": "Bosnia; Bosnia-Herzegovina; Bosnia & Herzegovina; BiH",
    "BO": "Bolivia, Plurinational State of; Bolivia (Plurinational State of)",
    "BN": "Brunei Darussalam",
    "BS": "The Bahamas; Bahamas, The",
    "BY": "Byelorussia; Belorussia",
    "BQ": "Bonaire; Saba; Sint Eustatius",
    "CD": "DRC; DR Congo; D.R. Congo; Congo DR; Congo (DRC); Congo-Kinshasa; Congo, Democratic Republic of the; "
    "Congo, The Democratic Republic of the; Congo (Democratic Republic of the); Dem. Rep. Congo; Congo, Dem. Rep.; "
    "Democratic Republic of Congo; Zaire; RDC; RD Congo",
    "CF": "CAR; Central African Rep.",
    "CG": "Congo; Congo, Republic of the; Congo, Rep.; Congo (Republic of the); Republic of Congo; Congo-Brazzaville; "
    "Congo (Brazzaville)",
    "CI": "Ivory Coast; Cote d'Ivoire; Côte d'Ivoire; Cote d Ivoire; Cote D’Ivoire",
    "CN": "PRC; P.R. China; PR China; P. R. China; China, PRC; Mainland China; China (Mainland); "
    "China, People's Republic of",
    "CV": "Cape Verde; Cap-Vert",
    "CZ": "Czech Republic; The Czech Republic; Czech Rep.; République tchèque; República Checa",
    "DE": "Federal Republic of Germany; Deutschland",
    "DO": "Dominican Rep.; Dominican Rep",
    "ES": "Espagne; Kingdom of Spain",
    "FK": "Malvinas; Falkland Islands (Malvinas); Islas Malvinas",
    "FM": "Micronesia, Federated States of; Micronesia (Federated States of); FSM",
    "GB": "UK; U.K.; Great Britain; Britain; England; Scotland; Wales; Northern Ireland; United Kingdom (UK); "
    "United Kingdom of Great Britain and Northern Ireland; The United Kingdom; England and Wales; "
    "Grande-Bretagne; Gran Bretaña; Angleterre; Inglaterra; Écosse; Escocia",
    "GM": "The Gambia; Gambia, The",
    "GW": "Guinea Bissau",
    "HK": "Hong Kong SAR; Hong Kong, China; Hong Kong (China); China, Hong Kong Special Administrative Region; "
    "Hong Kong SAR, China; "
    "Hongkong; HKSAR",
    "IE": "Republic of Ireland; Eire; Éire; Ireland, Republic of",
    "IR": "Iran, Islamic Republic of; Iran (Islamic Republic of)",
    "KG": "Kyrgyz Republic",
    "KN": "St Kitts and Nevis; Saint Kitts & Nevis; St. Kitts and Nevis",
    "KP": "DPRK; Korea, North; Korea, Democratic People's Republic of; Korea (Democratic People's Republic of); "
    "Korea, Dem. People's Rep.; Dem. People's Republic of Korea",
    "KR": "Korea; ROK; Republic of Korea; Korea, South; Korea (South); Korea, Republic of; Korea (Republic of); "
    "Korea, Rep.; The Republic of Korea; "
    "S. Korea; Corée; Corea",
    "LA": "Lao PDR; Lao P.D.R.; Lao; Lao People’s Democratic Republic",
    "LC": "St Lucia; St. Lucia",
    "LY": "Libyan Arab Jamahiriya",
    "MD": "Moldova, Republic of; Moldova (Republic of)",
    "MK": "Macedonia; FYROM; Macedonia, FYR; FYR Macedonia; The former Yugoslav Republic of Macedonia; "
    "Macedonia, the former Yugoslav Republic of; Republic of Macedonia; Macédoine; Macedonia (FYROM)",
    "MM": "Burma; Myanmar/Burma; Burma (Myanmar); Birmanie; Birmania; Republic of the Union of Myanmar",
    "MO": "Macau; Macao, China; Macau SAR; China, Macao Special Administrative Region; Macau, China",
    "NL": "Holland; The Netherlands; Netherlands, The; Netherlands (the); Hollande; Holanda; "
    "Kingdom of the Netherlands; "
    "Netherlands, Kingdom of the",
    "PG": "PNG",
    "PH": "The Philippines; Philippines (the)",
    "PS": "State of Palestine; Palestine, State of; Palestinian; Palestinian Territory; Palestinian Territories; "
    "Occupied Palestinian Territory; Palestinian Territory, Occupied; West Bank and Gaza; West Bank; Gaza; Gaza Strip",
    "RU": "Russian Federation; The Russian Federation",
    "SA": "KSA; Saudi; Kingdom of Saudi Arabia; السعودية",
    "SK": "Slovak Republic; The Slovak Republic",
    "ST": "Sao Tome and Principe; Sao Tome & Principe; São Tomé and Príncipe",
    "SY": "Syrian Arab Republic; Syria, Arab Republic of",
    "SZ": "Swaziland; Swazilandia; Kingdom of Eswatini; eSwatini (Swaziland)",
    "TL": "East Timor; Timor oriental; Timor Oriental",
    "TR": "Turkey; Turkiye; Turkey (Türkiye); Türkiye (Turkey); Republic of Turkey; Republic of Türkiye",
    "TT": "Trinidad; Trinidad & Tobago",
    "TW": "Taiwan, Province of China; Taiwan (Province of China); Taiwan, China; Chinese Taipei; Taiwan, ROC; "
    "Taiwan R.O.C.; "
    "Taiwan Region",
    "TZ": "Tanzania, United Republic of; Tanzania (United Republic of)",
    "UA": "The Ukraine",
    "US": "USA; U.S.A.; U.S.; United States of America; The United States; The United States of America; America; "
    "United States (USA); U.S; EE. UU.; EE.UU.; EEUU; Estados Unidos de América; États-Unis d’Amérique; "
    "الولايات المتحدة الأمريكية",
    "VA": "Vatican; Holy See (Vatican City State); Vatican City State",
    "VC": "St Vincent and the Grenadines; St. Vincent and the Grenadines; St. Vincent & the Grenadines",
    "VE": "Venezuela, Bolivarian Republic of; Venezuela (Bolivarian Republic of); Venezuela, RB",
    "VG": "Virgin Islands, British; Virgin Islands (British); BVI",
    "VI": "Virgin Islands, U.S.; Virgin Islands (U.S.); US Virgin Islands; USVI",
    "VN": "Vietnam; Viet-Nam; Socialist Republic of Vietnam; Viêt-nam",
    "XK": "Republic of Kosovo; Kosovo*; Kosovo (UNSCR 1244)",
    "ZA": "RSA; South-Africa",
}

POINTS: dict[str, tuple[float, float]] = {
    "AQ": (-80.0, 60.0),
    "BQ": (12.15, -68.27),
    "BV": (-54.42, 3.36),
    "CC": (-12.19, 96.83),
    "CX": (-10.43, 105.68),
    "GF": (4.0, -53.1),
    "GI": (36.14, -5.35),
    "GP": (16.25, -61.58),
    "MQ": (14.65, -61.0),
    "RE": (-21.12, 55.53),
    "SJ": (78.22, 15.65),
    "TK": (-9.2, -171.85),
    "TV": (-8.52, 179.2),
    "UM": (19.28, 166.65),
    "YT": (-12.82, 45.15),
}
