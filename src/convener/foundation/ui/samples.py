"""What the style guide shows: invented organisations and a form with every kind of field, in the page's language."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.paginator import Page, Paginator
from django.utils.translation import get_language

from convener.foundation.ui import charts
from convener.foundation.ui import components as c

#: Sample words by language. They stand for what people write, so they are data and not strings of the interface.
WORDS: dict[str, dict[str, str]] = {
    "en": {
        "agency": "Harbour Labour Inspectorate",
        "ngo": "Open Door Shelter Network",
        "company": "Northwind Fisheries Cooperative",
        "authority": "Public authority",
        "civil": "Civil society",
        "business": "Business",
        "place_1": "Ghana",
        "place_2": "Philippines",
        "place_3": "Norway",
        "sector_1": "Fishing",
        "sector_2": "Agriculture",
        "sector_3": "Recruitment",
        "about_1": "Inspects landing sites and boats, and refers presumed trafficked persons to independent support.",
        "about_2": "Safe housing, legal aid and work for survivors, run with former residents.",
        "about_3": "Buys from 40 boats; asks for partners who can talk to crews in Visayan and Twi.",
        "demo": "Demonstration",
        "confirmed": "Confirmed this year",
        "old": "Not confirmed since 2023",
        "email": "E-mail address",
        "email_hint": "We write to this address once, to confirm it.",
        "name": "Name of the organisation",
        "kind": "What kind of organisation is it?",
        "sectors": "Which industries does it work in?",
        "country": "Country",
        "list": "Spreadsheet with organisations",
        "note": "What should partners know?",
        "agree": "I may speak for this organisation",
        "code": "Code from your authenticator app",
    },
    "fr": {
        "agency": "Inspection du travail des ports",
        "ngo": "Réseau de refuges Porte ouverte",
        "company": "Coopérative de pêche Vent du Nord",
        "authority": "Autorité publique",
        "civil": "Société civile",
        "business": "Entreprise",
        "place_1": "Ghana",
        "place_2": "Philippines",
        "place_3": "Norvège",
        "sector_1": "Pêche",
        "sector_2": "Agriculture",
        "sector_3": "Recrutement",
        "about_1": "Contrôle les quais et les bateaux et oriente les victimes présumées vers une aide indépendante.",
        "about_2": "Logement sûr, aide juridique et emploi, avec d’anciennes résidentes.",
        "about_3": "Achète à 40 bateaux ; cherche des partenaires qui parlent aux équipages.",
        "demo": "Démonstration",
        "confirmed": "Confirmé cette année",
        "old": "Non confirmé depuis 2023",
        "email": "Adresse électronique",
        "email_hint": "Nous écrivons une seule fois à cette adresse, pour la confirmer.",
        "name": "Nom de l’organisation",
        "kind": "De quel type d’organisation s’agit-il ?",
        "sectors": "Dans quels secteurs travaille-t-elle ?",
        "country": "Pays",
        "list": "Tableau des organisations",
        "note": "Que doivent savoir les partenaires ?",
        "agree": "Je peux parler au nom de cette organisation",
        "code": "Code de votre application d’authentification",
    },
    "es": {
        "agency": "Inspección de Trabajo Portuaria",
        "ngo": "Red de Refugios Puerta Abierta",
        "company": "Cooperativa Pesquera Viento Norte",
        "authority": "Autoridad pública",
        "civil": "Sociedad civil",
        "business": "Empresa",
        "place_1": "Ghana",
        "place_2": "Filipinas",
        "place_3": "Noruega",
        "sector_1": "Pesca",
        "sector_2": "Agricultura",
        "sector_3": "Contratación",
        "about_1": "Inspecciona muelles y barcos y deriva a las presuntas víctimas a un apoyo independiente.",
        "about_2": "Vivienda segura, ayuda legal y empleo, junto con antiguas residentes.",
        "about_3": "Compra a 40 barcos; busca socios que hablen con las tripulaciones.",
        "demo": "Demostración",
        "confirmed": "Confirmado este año",
        "old": "Sin confirmar desde 2023",
        "email": "Correo electrónico",
        "email_hint": "Escribimos una sola vez a esta dirección, para confirmarla.",
        "name": "Nombre de la organización",
        "kind": "¿Qué tipo de organización es?",
        "sectors": "¿En qué sectores trabaja?",
        "country": "País",
        "list": "Hoja de cálculo con organizaciones",
        "note": "¿Qué deben saber los socios?",
        "agree": "Puedo hablar en nombre de esta organización",
        "code": "Código de su aplicación de autenticación",
    },
    "ar": {
        "agency": "مفتشية عمل الموانئ",
        "ngo": "شبكة مآوي الباب المفتوح",
        "company": "تعاونية رياح الشمال لصيد الأسماك",
        "authority": "جهة حكومية",
        "civil": "مجتمع مدني",
        "business": "شركة",
        "place_1": "غانا",
        "place_2": "الفلبين",
        "place_3": "النرويج",
        "sector_1": "صيد الأسماك",
        "sector_2": "الزراعة",
        "sector_3": "التوظيف",
        "about_1": "تفتش أرصفة الإنزال والقوارب، وتحيل من يُفترض أنهم ضحايا اتجار إلى دعم مستقل.",
        "about_2": "سكن آمن ومساعدة قانونية وعمل للناجين والناجيات، بمشاركة مقيمات سابقات.",
        "about_3": "تشتري من 40 قاربا، وتبحث عن شركاء يستطيعون التحدث مع أطقم القوارب.",
        "demo": "عرض تجريبي",
        "confirmed": "مؤكدة هذا العام",
        "old": "غير مؤكدة منذ 2023",
        "email": "البريد الإلكتروني",
        "email_hint": "نكتب إلى هذا العنوان مرة واحدة لتأكيده.",
        "name": "اسم المنظمة",
        "kind": "ما نوع المنظمة؟",
        "sectors": "في أي قطاعات تعمل؟",
        "country": "البلد",
        "list": "جدول المنظمات",
        "note": "ماذا ينبغي أن يعرف الشركاء؟",
        "agree": "يحق لي التحدث باسم هذه المنظمة",
        "code": "الرمز من تطبيق المصادقة",
    },
}


def words() -> dict[str, str]:
    """The sample words in the page's language; English where there are none."""
    return WORDS.get((get_language() or "en")[:2], WORDS["en"])


class SampleForm(forms.Form):
    """One field of every kind that the design system draws."""

    name = forms.CharField(max_length=200)
    email = forms.EmailField(widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    kind = forms.ChoiceField(widget=forms.RadioSelect)
    sectors = forms.MultipleChoiceField(widget=forms.CheckboxSelectMultiple, required=False)
    country = forms.ChoiceField(required=False)
    list = forms.FileField(required=False)
    note = forms.CharField(widget=forms.Textarea, required=False)
    code = forms.CharField(required=False, widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}))
    agree = forms.BooleanField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        told = words()
        for name, form_field in self.fields.items():
            form_field.label = told[name]
        self.fields["email"].help_text = told["email_hint"]
        choices = {
            "kind": ("authority", "civil", "business"),
            "sectors": ("sector_1", "sector_2", "sector_3"),
            "country": ("place_1", "place_2", "place_3"),
        }
        for name, values in choices.items():
            self.fields[name].choices = [(value, told[value]) for value in values]  # type: ignore[attr-defined]


def cards() -> list[c.ResultCard]:
    """Three invented organisations as the directory's list shows them."""
    told = words()
    demo = c.Badge(told["demo"], "demo")
    first = c.ResultCard(
        told["agency"], "#1", told["authority"], told["place_1"], [told["sector_1"]], told["about_1"], [demo]
    )
    second = c.ResultCard(
        told["ngo"],
        "#2",
        told["civil"],
        told["place_2"],
        [told["sector_1"], told["sector_2"]],
        told["about_2"],
        [demo, c.Badge(told["confirmed"], "good")],
    )
    third = c.ResultCard(
        told["company"],
        "#3",
        told["business"],
        told["place_3"],
        [told["sector_1"], told["sector_3"]],
        told["about_3"],
        [demo, c.Badge(told["old"], "warn")],
    )
    return [first, second, third]


def facets() -> list[c.Facet]:
    """Two facets of links, one with a selected option, and one of checkboxes."""
    told = words()
    kinds = [
        c.Option("authority", told["authority"], 412, href="?kind=authority"),
        c.Option("civil", told["civil"], 1290, True, href="?"),
        c.Option("business", told["business"], 5301, href="?kind=business"),
    ]
    places = [c.Option(key, told[key], 40, href=f"?country={key}") for key in ("place_1", "place_2", "place_3")]
    sectors = [c.Option(key, told[key], 12) for key in ("sector_1", "sector_2", "sector_3")]
    return [
        c.Facet("kind", told["kind"], kinds),
        c.Facet("country", told["country"], places, visible=2),
        c.Facet("sector", told["sectors"], sectors, open=False),
    ]


def figures() -> dict[str, Any]:
    """A chart and the table that says the same."""
    told = words()
    counts = [(told["place_1"], 1290), (told["place_2"], 412), (told["place_3"], 88)]
    bars = [charts.Bar(label, value) for label, value in counts]
    rtl = (get_language() or "en").startswith("ar")
    return {
        "chart": charts.bar_chart(bars, title=told["country"], description=told["demo"], rtl=rtl),
        "table": charts.data_table([told["country"], told["name"]], counts, told["demo"]),
    }


def context() -> dict[str, Any]:
    """Everything the style guide's template draws."""
    told = words()
    page: Page[int] = Paginator(range(1810), 20).page(7)
    return {
        "w": told,
        "form": SampleForm({"name": told["ngo"], "email": "someone@", "sectors": ["sector_1"]}),
        "facets": facets(),
        "chips": [c.Chip(told["civil"], "?", told["kind"]), c.Chip(told["place_2"], "?")],
        "cards": cards(),
        "page_obj": page,
        "crumbs": [c.Crumb(told["country"], "#"), c.Crumb(told["place_2"], "#"), c.Crumb(told["ngo"])],
        "tabs": [c.Tab(told["name"], "#a", True), c.Tab(told["sectors"], "#b", False, 3), c.Tab(told["note"], "#c")],
        "tasks": [
            c.Task(told["name"], told["confirmed"], "good", "#"),
            c.Task(told["list"], told["old"], "warn", "#", told["email_hint"]),
            c.Task(told["agree"], "—"),
        ],
        "rows": [
            c.SummaryRow(told["name"], told["ngo"], "CV-DEMO, 2026-11-21", "#", "#"),
            c.SummaryRow(told["country"], told["place_2"]),
            c.SummaryRow(told["sectors"], [told["sector_1"], told["sector_2"]]),
            c.SummaryRow(told["email"]),
        ],
        "tones": list(c.TONES),
        **figures(),
    }
