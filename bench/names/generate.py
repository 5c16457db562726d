"""Makes records of organisations with known duplicates by a stated seed, for benchmarks of record linkage.

    python bench/names/generate.py 100000 /tmp/organisations.csv [--part reported]

Writes ``organisations.csv`` (id, name, country, address, registration_number, website, latitude, longitude) and, beside it,
``organisations.truth.csv`` (id, true_id). Words come by Zipf's law: few are in very many names, so different firms share names
("Sunrise Trading" in several cities), and the tail is long. Three in ten organisations stand in the file two to five times, as
several sources would have written them. Among the rest are pairs that look the same and are not: sisters at one address,
franchises of one name, numbered plants of one owner.

Two seeds: everything is tuned on ``development``; results are reported on ``reported``, of which coined words, family names,
towns and all drawings are others.
"""

from __future__ import annotations

import argparse
import csv
import random
import tempfile
import unicodedata
from bisect import bisect
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from itertools import accumulate
from pathlib import Path
from zlib import crc32

DEVELOPMENT_SEED, REPORTED_SEED = 20261122, 20261206
SEEDS = {"development": DEVELOPMENT_SEED, "reported": REPORTED_SEED}
COLUMNS = ("id", "name", "country", "address", "registration_number", "website", "latitude", "longitude")
#: Share of organisations with duplicates, and how many extra records these have (mean 1.6).
DUPLICATED, EXTRA = 0.30, (0.60, 0.85, 0.95, 1.0)
#: Share of organisations that bring sisters at their address, branches of their name, or numbered plants.
SISTERS, FRANCHISES, PLANTS = 0.04, 0.02, 0.015
#: An organisation has a number or a website, and a record shows it: 0.40 and 0.50 of the records have one.
HAS_NUMBER, SHOWS_NUMBER, HAS_SITE, SHOWS_SITE = 0.66, 0.606, 0.70, 0.714
COINED, FAMILIES, TOWNS, BUCKETS, DOMAIN_BITS = 6000, 3000, 60, 64, 1 << 26

#: code | name | share | words | families | legal forms, each with its writings | postcode | number | domains | cities
COUNTRIES = """
GB|United Kingdom|9|en|english|Limited=Ltd=Ltd.;PLC=plc=P.L.C.;LLP=L.L.P.|AA## #AA|########|co.uk com|London 51.51 -0.13;Birmingham 52.48 -1.90;Manchester 53.48 -2.24;Leeds 53.80 -1.55;Glasgow 55.86 -4.25;Bristol 51.45 -2.59;Leicester 52.64 -1.13
US|United States|12|en|english|Inc=Inc.=Incorporated;LLC=L.L.C.;Corp=Corp.=Corporation;Co=Co.=Company|#####|##-#######|com com com net|New York 40.71 -74.01;Los Angeles 34.05 -118.24;Chicago 41.88 -87.63;Houston 29.76 -95.37;Phoenix 33.45 -112.07;Dallas 32.78 -96.80;Miami 25.76 -80.19;Columbus 39.96 -83.00
IN|India|11|en|indian|Private Limited=Pvt Ltd=Pvt. Ltd.=(P) Ltd;Limited=Ltd=Ltd.;LLP|######|U#####AA####PTC######|in co.in com|Mumbai 19.08 72.88;Delhi 28.61 77.21;Tiruppur 11.11 77.34;Bengaluru 12.97 77.59;Chennai 13.08 80.27;Kolkata 22.57 88.36;Ahmedabad 23.02 72.57;Surat 21.17 72.83;Jaipur 26.91 75.79
CN|China|10|en|chinese|Co Ltd=Co., Ltd.=Company Limited=Co.,Ltd;Group Co Ltd=Group Co., Ltd.|######|91######AA########|cn com.cn com|Shanghai 31.23 121.47;Shenzhen 22.54 114.06;Guangzhou 23.13 113.26;Ningbo 29.87 121.54;Suzhou 31.30 120.58;Dongguan 23.02 113.75;Qingdao 36.07 120.38;Hangzhou 30.27 120.15;Xiamen 24.48 118.09
BD|Bangladesh|6|en|bengali|Ltd=Limited=Ltd.;Pvt Ltd=Private Limited=(Pvt.) Ltd.|####|C-#######|com com.bd|Dhaka 23.81 90.41;Chattogram 22.36 91.78;Gazipur 24.00 90.43;Narayanganj 23.62 90.50;Savar 23.86 90.27
PK|Pakistan|3|en|indian|Pvt Ltd=(Private) Limited=(Pvt) Ltd.;Ltd=Limited|#####|#######|com.pk com|Karachi 24.86 67.01;Lahore 31.55 74.34;Faisalabad 31.42 73.08;Sialkot 32.49 74.53
VN|Vietnam|5|vi|vietnamese|<Cong Ty TNHH=Công ty TNHH=CTY TNHH;<Cong Ty Co Phan=Công ty Cổ phần=CTCP;Co Ltd=Co., Ltd.=Company Limited;JSC=Joint Stock Company|######|##########|vn com.vn com|Ho Chi Minh City 10.82 106.63;Hanoi 21.03 105.85;Da Nang 16.05 108.20;Hai Phong 20.84 106.69;Binh Duong 11.17 106.65
TH|Thailand|4|en|thai|Co Ltd=Co., Ltd.=Company Limited;Public Company Limited=PCL=Plc.|#####|0#############|co.th com|Bangkok 13.76 100.50;Chiang Mai 18.79 98.98;Samut Sakhon 13.55 100.27;Chonburi 13.36 100.98;Songkhla 7.19 100.60
ID|Indonesia|5|id|indonesian|<PT=PT.=P.T.;<CV=CV.;<PT=PT.=Perseroan Terbatas|#####|81########|co.id com|Jakarta -6.21 106.85;Surabaya -7.26 112.75;Bandung -6.92 107.62;Medan 3.60 98.67;Semarang -6.97 110.42
PH|Philippines|3|en|spanish|Inc=Inc.=Incorporated;Corp=Corporation=Corp.|####|CS#########|ph com.ph com|Manila 14.60 120.98;Cebu City 10.32 123.90;Davao 7.19 125.46;Quezon City 14.68 121.04
TR|Türkiye|4|tr|turkish|A.Ş.=AS=Anonim Şirketi=A.S.;Ltd. Şti.=Ltd Sti=Limited Şirketi=LTD. STI.|#####|######-#|com.tr com|İstanbul 41.01 28.98;İzmir 38.42 27.14;Bursa 40.19 29.06;Ankara 39.93 32.86;Denizli 37.78 29.09;Gaziantep 37.06 37.38
DE|Germany|6|de|german|GmbH=G.m.b.H.=Gesellschaft mbH;AG=Aktiengesellschaft;GmbH & Co. KG=GmbH & Co KG=GmbH und Co. KG;e.K.=eK|#####|HRB ######|de com|Berlin 52.52 13.41;Hamburg 53.55 9.99;München 48.14 11.58;Köln 50.94 6.96;Frankfurt am Main 50.11 8.68;Stuttgart 48.78 9.18;Düsseldorf 51.23 6.77
AT|Austria|1|de|german|GmbH=Ges.m.b.H.=Gesellschaft m.b.H.;AG;KG|####|FN ######a|at com|Wien 48.21 16.37;Graz 47.07 15.44;Linz 48.31 14.29
FR|France|5|fr|french|SARL=S.A.R.L.=Sàrl;SAS=S.A.S.;SA=S.A.=Société Anonyme|#####|### ### ###|fr com|Paris 48.86 2.35;Lyon 45.76 4.84;Marseille 43.30 5.37;Lille 50.63 3.07;Toulouse 43.60 1.44;Bordeaux 44.84 -0.58
ES|Spain|4|es|spanish|S.L.=SL=Sociedad Limitada;S.A.=SA=Sociedad Anónima;S.L.U.=SLU|#####|B########|es com|Madrid 40.42 -3.70;Barcelona 41.39 2.17;Valencia 39.47 -0.38;Sevilla 37.39 -5.98;Murcia 37.98 -1.13;Almería 36.83 -2.46
IT|Italy|4|it|italian|S.r.l.=SRL=Srl=S.R.L.;S.p.A.=SPA=SpA;S.n.c.=SNC|#####|###########|it com|Milano 45.46 9.19;Roma 41.90 12.50;Prato 43.88 11.10;Napoli 40.85 14.27;Torino 45.07 7.69;Bologna 44.49 11.34
PT|Portugal|2|pt|portuguese|Lda=Lda.=Limitada;S.A.=SA;Unipessoal Lda=Unipessoal, Lda.|####-###|5########|pt com|Lisboa 38.72 -9.14;Porto 41.15 -8.61;Braga 41.55 -8.43;Guimarães 41.44 -8.29
BR|Brazil|5|pt|portuguese|Ltda=Ltda.=Limitada;S.A.=S/A=SA;EIRELI;ME=- ME|#####-###|##.###.###/0001-##|com.br com|São Paulo -23.55 -46.63;Rio de Janeiro -22.91 -43.17;Belo Horizonte -19.92 -43.94;Curitiba -25.43 -49.27;Blumenau -26.92 -49.07;Fortaleza -3.73 -38.53
MX|Mexico|4|es|spanish|S.A. de C.V.=SA de CV=S.A. DE C.V.;S. de R.L. de C.V.=S de RL de CV;S.C.=SC|#####|AAA######A##|mx com.mx com|Ciudad de México 19.43 -99.13;Guadalajara 20.67 -103.35;Monterrey 25.69 -100.32;Puebla 19.04 -98.21;Tijuana 32.51 -117.04;León 21.12 -101.68
NL|Netherlands|2|nl|dutch|B.V.=BV=Besloten Vennootschap;N.V.=NV;V.O.F.=VOF|#### AA|########|nl com|Amsterdam 52.37 4.90;Rotterdam 51.92 4.48;Utrecht 52.09 5.12;Eindhoven 51.44 5.48
PL|Poland|3|pl|polish|Sp. z o.o.=Sp z oo=Spółka z o.o.=SP. Z O.O.;S.A.=SA=Spółka Akcyjna;Sp. j.=Sp.j.|##-###|##########|pl com.pl com|Warszawa 52.23 21.01;Łódź 51.76 19.46;Kraków 50.06 19.94;Poznań 52.41 16.93;Wrocław 51.11 17.04
KE|Kenya|2|en|african|Limited=Ltd=Ltd.|#####|CPR/20##/#####|co.ke com|Nairobi -1.29 36.82;Mombasa -4.04 39.67;Kisumu -0.09 34.77
NG|Nigeria|3|en|african|Limited=Ltd=Ltd.=Nigeria Ltd;PLC=Plc|######|RC #######|com.ng com|Lagos 6.52 3.38;Kano 12.00 8.52;Abuja 9.06 7.49;Port Harcourt 4.82 7.05
ZA|South Africa|2|en|african|(Pty) Ltd=Pty Ltd=Proprietary Limited;Ltd=Limited;CC=Close Corporation|####|20##/######/07|co.za com|Johannesburg -26.20 28.05;Cape Town -33.92 18.42;Durban -29.86 31.02
EG|Egypt|2|en|arabic|SAE=S.A.E.=Co SAE;LLC=L.L.C.;Co=Company=& Co|#####|########|com.eg com|Cairo 30.04 31.24;Alexandria 31.20 29.92;Port Said 31.27 32.30;Mahalla 30.97 31.17
"""  # noqa: E501 - one country, one line

#: words of a tongue: industries | generic words | well-known words | streets ({n} number, {w} word) | words of streets
WORDS = {
    "en": (
        "Trading Garments Textiles Foods Logistics Manufacturing Apparel Fashions Seafood Industries Construction Transport "
        "Engineering Electronics Knitwear Exports Packaging Plastics Fisheries Recruitment Chemicals Furniture Steel Footwear "
        "Printing Agro Pharmaceuticals Leather Jewellery Farms Shipping Cleaning Security Consulting Dyeing Spinning "
        "Ceramics Rubber Timber Hospitality Tea Toys Machinery Embroidery Denim Washing Hosiery Poultry Bricks Nurseries",
        "International Group Enterprises Global Services Company Holdings Brothers Industrial Products Solutions Works "
        "Associates Partners Systems Associated Import Export Overseas Investments Development Technologies Sons Agencies",
        "Sunrise Golden Star Royal Eastern Global United National Pacific Blue Green Prime Crown Diamond Silver Universal New "
        "Modern Delta Unity Supreme Apex Evergreen Excel Phoenix Summit Pioneer Crystal Eagle Lotus Lucky Orient Victory "
        "Ocean Horizon Allied Premier First Paramount Northern Southern Western Metro Century Continental Fortune Galaxy "
        "Harmony Imperial Jupiter Liberty Mega Nova Omega Pearl Quality Rainbow Sapphire Titan Vision White Zenith",
        "{n} {w} Road;{n} {w} Street;{n} {w} Avenue;Plot {n}, {w} Industrial Estate;{n} {w} Lane;Building {n}, {w} Road",
        "Station Church Park Main Victoria Market Mill High Industrial Lake Hill Airport Port College Temple River Garden",
    ),
    "de": (
        "Handel Textil Bau Transport Maschinenbau Logistik Metallbau Elektro Spedition Lebensmittel Verpackung Möbel "
        "Kunststoff Gebäudereinigung Personal Fleisch Druck Stahl Bekleidung Gartenbau Technik Werkzeugbau",
        "Gesellschaft Service Beteiligungs Verwaltung International Vertrieb Gruppe Systeme Dienstleistungen Söhne Gebrüder",
        "Nord Süd Rhein Euro Alpen Hanse Neue Union Stern Adler Krone Global Inter Prima Sonnen Baltic Allgemeine",
        "{w}straße {n};{w}weg {n};Am {w}hof {n};{w}platz {n};{w}allee {n}",
        "Haupt Bahnhof Garten Industrie Schiller Goethe Linden Kirch Berg Wald Mühlen Ring Schul",
    ),
    "fr": (
        "Transports Textiles Bâtiment Commerce Industries Électricité Meubles Confection Plastiques Logistique Boulangerie "
        "Imprimerie Nettoyage Mécanique Pêcheries Emballages Maçonnerie Menuiserie Primeurs Viandes Chaussures",
        "Établissements Société Groupe Services International Compagnie Frères Fils Distribution Entreprise Générale Nouvelle",
        "Soleil Étoile Atlantique Méditerranée Royal Nouvelle Grand Europe France Alpes Océan Horizon Centre Union Azur",
        "{n} rue de la {w};{n} avenue {w};{n} boulevard {w};ZI {w}, lot {n}",
        "Gare République Victor-Hugo Pasteur Mairie Église Liberté Paix Voltaire Moulin Fontaine",
    ),
    "es": (
        "Transportes Textiles Construcciones Comercial Confecciones Alimentos Muebles Maquilas Pesquera Agrícola Industrias "
        "Calzados Plásticos Hortalizas Cárnicas Limpiezas Electricidad Maderas Empaques Logística Conservas Manufacturas",
        "Grupo Servicios Internacional Hermanos Hijos Distribuciones Compañía General Nacional Exportadora Inversiones",
        "Sol Estrella Nueva Real Gran San Santa Norte Sur Ibérica América Pacífico Mediterráneo Azul Universal Oro Unión",
        "Calle {w} {n};Avenida {w} {n};Carretera {w} km {n};Polígono Industrial {w}, nave {n}",
        "Mayor Real Constitución Independencia Juárez Hidalgo Iglesia Sol Industria Norte Libertad",
    ),
    "it": (
        "Trasporti Tessile Costruzioni Confezioni Alimentari Mobili Calzature Meccanica Edilizia Pelletteria Maglificio "
        "Logistica Plastica Ceramiche Commercio Impianti Carni Ortofrutta Stampa Filati",
        "Gruppo Servizi Internazionale Fratelli Figli Industrie Società Generale Immobiliare Sistemi Italia",
        "Nuova Stella Sole Europa Italia Adriatica Tirreno Alpi Centro Nord Sud Reale Azzurra Moda Unione Prima",
        "Via {w} {n};Viale {w} {n};Corso {w} {n};Piazza {w} {n}",
        "Roma Garibaldi Mazzini Verdi Dante Cavour Industria Stazione Marconi Libertà",
    ),
    "pt": (
        "Transportes Confecções Construções Comércio Têxteis Alimentos Móveis Indústria Calçados Agropecuária Madeiras "
        "Plásticos Malhas Logística Metalúrgica Pescados Embalagens Limpeza Frigorífico Carvão Café",
        "Grupo Serviços Internacional Irmãos Filhos Distribuidora Companhia Geral Nacional Participações Brasil",
        "Sol Estrela Nova Real Bom São Santa Norte Sul Atlântico União Brasil Azul Ouro Verde Boa",
        "Rua {w}, {n};Avenida {w}, {n};Travessa {w}, {n};Estrada {w}, {n}",
        "Paulista Augusta Sete-de-Setembro Brasil Direita Flores Industrial Santos Liberdade Igreja",
    ),
    "nl": (
        "Handel Bouw Transport Textiel Tuinbouw Logistiek Techniek Vlees Schoonmaak Meubelen Bloemen Kwekerij Uitzendbureau",
        "Groep Beheer Diensten International Holding Zonen Gebroeders Service Nederland",
        "Noord Zuid Oranje Euro Hollandse Nieuwe Rijn Maas Gouden Koninklijke Delta",
        "{w}straat {n};{w}weg {n};{w}laan {n};{w}kade {n}",
        "Kerk Dorps Molen Station Industrie Haven Juliana Wilhelmina School",
    ),
    "pl": (
        "Transport Budownictwo Handel Odzież Meble Spedycja Logistyka Produkcja Mięso Usługi Tworzywa Okna Agencja Sady",
        "Zakład Przedsiębiorstwo Grupa International Hurtownia Firma Bracia Polska Serwis",
        "Nowa Euro Pol Bałtyk Złota Polska Wisła Północ Gwiazda Centrum Dom Jantar",
        "ul. {w} {n};al. {w} {n};os. {w} {n}",
        "Piotrkowska Mickiewicza Kościuszki Polna Leśna Ogrodowa Przemysłowa Kolejowa Słowackiego",
    ),
    "tr": (
        "Tekstil İnşaat Gıda Nakliyat Mobilya Makina Tarım Deri Konfeksiyon Örme Boya Plastik Ambalaj Lojistik Otomotiv",
        "Sanayi ve Ticaret Dış Ticaret Grup Holding Pazarlama İthalat İhracat Kardeşler Turizm",
        "Yıldız Anadolu Güneş Altın Ege Yeni Doğu Marmara Akdeniz Özel Birlik Kartal Deniz",
        "{w} Caddesi No: {n};{w} Sokak No: {n};{w} Mahallesi, {n}. Sokak;{w} OSB {n}. Cadde",
        "Atatürk Cumhuriyet İstiklal Fatih Gazi Çınar Barış Sanayi Yıldız",
    ),
    "vi": (
        "May Mac Det Xay Dung Thuong Mai Van Tai Thuc Pham Thuy San Go San Xuat Giay Da Nhua Bao Bi In An Garment Seafood "
        "Furniture Trading Logistics Footwear",
        "Viet Nam Dich Vu Quoc Te Tap Doan Dau Tu Xuat Nhap Khau International Group",
        "Thanh Minh Hoang Phu Dai Tan Viet Sao Kim Dong Nam Thai Binh An Phat Hung Thinh Long",
        "{n} {w} Street;So {n} Duong {w};Lot {n}, {w} Industrial Park;{n} Pho {w}",
        "Le-Loi Nguyen-Hue Tran-Phu Hai-Ba-Trung Song-Than My-Phuoc Ly-Thuong-Kiet Dien-Bien-Phu",
    ),
    "id": (
        "Tekstil Garmindo Konstruksi Perkasa Logistik Sejahtera Pangan Mebel Perikanan Plastik Sawit Transport Elektronik "
        "Industri Kimia Sepatu Kertas Karet",
        "Indonesia Jaya Abadi Makmur Sentosa Utama Mandiri Internasional Bersama Group Nusantara",
        "Sinar Mulia Bumi Karya Surya Bintang Cahaya Citra Mitra Indo Tiga Samudra Sumber Harapan",
        "Jl. {w} No. {n};Jalan {w} {n};Kawasan Industri {w} Blok {n}",
        "Sudirman Thamrin Gatot-Subroto Diponegoro Merdeka Ahmad-Yani Pahlawan Pulogadung",
    ),
}
#: common family names | how the made ones end | how towns end
NAMES = {
    "english": (
        "Smith Jones Taylor Brown Williams Wilson Johnson Davies Robinson Wright Thompson Evans Walker White Roberts Green "
        "Hall Wood Jackson Clarke Miller Anderson Baker Cooper Harris King Lee Martin Scott Turner Hill Moore",
        "son ton ford well man ley field by",
        "ton ford ham bury field bridge ville",
    ),
    "indian": (
        "Patel Sharma Singh Kumar Gupta Shah Khan Agarwal Reddy Mehta Jain Verma Rao Desai Nair Joshi Chopra Malhotra "
        "Kapoor Iyer Bhatt Naidu Sethi Ahmed Malik Butt Chaudhry",
        "wal kar ani ar uri raj swamy ia",
        "pur nagar abad garh palli gaon",
    ),
    "chinese": (
        "Wang Li Zhang Liu Chen Yang Huang Zhao Wu Zhou Xu Sun Ma Zhu Hu Lin Guo He Jinhua Hongda Huaxing Xinda Dongfang Yida "
        "Tianyi Hengtong Shunfeng Ruifeng Jiahua",
        "hua feng da xing yuan long tai sheng",
        "zhou shan yang hai cheng xing",
    ),
    "bengali": (
        "Rahman Islam Hossain Ahmed Akter Khan Chowdhury Uddin Alam Karim Haque Sarker Begum Miah Das Roy Talukder",
        "uddin ul ur man dar",
        "ganj pur bazar para hat",
    ),
    "vietnamese": (
        "Nguyen Tran Le Pham Hoang Phan Vu Dang Bui Do Ho Ngo Duong Ly Huynh Truong Dinh",
        "anh inh oan uong iet",
        "Phuoc Hoa Thanh An Binh",
    ),
    "thai": (
        "Siam Charoen Thai Srisuk Somboon Wattana Chai Rattana Suwan Boon Pattana Krung Mongkol Sakda",
        "porn chai wong sak kul rat",
        "buri thani nakhon kham",
    ),
    "indonesian": (
        "Santoso Wijaya Setiawan Hartono Gunawan Susanto Lestari Wibowo Siregar Nugroho Putra Kusuma Tanoto",
        "wan wati anto yono ari",
        "rejo sari harjo baru",
    ),
    "turkish": (
        "Yılmaz Kaya Demir Şahin Çelik Yıldız Yıldırım Öztürk Aydın Özdemir Arslan Doğan Kılıç Aslan Çetin Kara Koç",
        "oğlu er taş can demir soy",
        "köy hisar pınar ova",
    ),
    "german": (
        "Müller Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Schröder "
        "Neumann Schwarz Zimmermann Braun Krüger Hartmann Lange Krause",
        "mann er berger stein hofer meier inger",
        "hausen burg dorf heim stadt bach",
    ),
    "french": (
        "Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Simon Laurent Lefebvre Michel Garcia Bertrand "
        "Roux Fournier Girard Bonnet Dupont Lambert",
        "ard eau ier oux et in on",
        "ville court gny ac",
    ),
    "spanish": (
        "García Rodríguez González Fernández López Martínez Sánchez Pérez Gómez Martín Jiménez Hernández Ruiz Díaz Moreno "
        "Muñoz Álvarez Romero Torres Reyes Cruz Santos Ramos",
        "ez era al ares osa edo",
        "eda ales osa ejo",
    ),
    "italian": (
        "Rossi Russo Ferrari Esposito Bianchi Romano Colombo Ricci Marino Greco Bruno Gallo Conti De-Luca Costa Mancini",
        "ini etti elli one ucci aro",
        "ano ello ate igo",
    ),
    "portuguese": (
        "Silva Santos Ferreira Pereira Oliveira Costa Rodrigues Martins Sousa Fernandes Gonçalves Gomes Lopes Marques Alves "
        "Almeida Ribeiro Pinto",
        "eira es al inho ado",
        "eiros elas inho ães",
    ),
    "dutch": (
        "De-Jong Jansen De-Vries Van-den-Berg Bakker Van-Dijk Visser Smit Meijer De-Boer Mulder De-Groot Bos Vos",
        "sma stra ink mans aar",
        "dam drecht wijk hoven",
    ),
    "polish": (
        "Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak Dąbrowski Mazur",
        "ski cki czyk wicz ak ek",
        "owo ów ice sko",
    ),
    "african": (
        "Okafor Mwangi Otieno Dlamini Nkosi Adeyemi Okeke Kamau Musa Ibrahim Abubakar Obi Wanjiru Naidoo Botha Eze Bello",
        "eke ola wa ani uma ede",
        "wa ani ville beni",
    ),
    "arabic": (
        "Mohamed Hassan Ibrahim Mahmoud Mostafa El-Sayed Youssef Khalil Abdel-Rahman Salem Farouk Nasser Mansour Fathy Osman",
        "ein oud our eem awy",
        "iya abad ein",
    ),
}
ABBREVIATIONS = {
    "International": ("Intl", "Int'l", "Int."),
    "Manufacturing": ("Mfg", "Mfg.", "Manuf."),
    "Industries": ("Inds", "Ind."),
    "Enterprises": ("Ent.", "Enterprise"),
    "Brothers": ("Bros", "Bros."),
    "Services": ("Svcs", "Service"),
    "Engineering": ("Engg", "Eng."),
    "Construction": ("Constr.", "Constructions"),
    "Company": ("Co", "Co."),
    "Associates": ("Assoc.", "Assocs"),
    "Technologies": ("Tech", "Technology"),
    "Pharmaceuticals": ("Pharma", "Pharm."),
    "Garments": ("Garment", "Gmts"),
    "Textiles": ("Textile", "Tex"),
    "Group": ("Grp", "Gp"),
    "Development": ("Dev.", "Developments"),
    "Trading": ("Tdg", "Trdg"),
    "Transport": ("Transp.", "Tpt"),
    "Transportes": ("Transp.", "Tptes"),
    "Construcciones": ("Constr.", "Const."),
    "Comercial": ("Com.", "Cial."),
    "Hermanos": ("Hnos", "Hnos."),
    "Établissements": ("Ets", "Éts"),
    "Société": ("Sté", "Ste"),
    "Fratelli": ("F.lli", "Flli"),
    "Gebrüder": ("Gebr.", "Gebrueder"),
    "Sanayi": ("San.", "San"),
    "Ticaret": ("Tic.", "Tic"),
    "Internacional": ("Intl", "Internac."),
    "Comércio": ("Com.", "Comercio"),
    "Indústria": ("Ind.", "Industria"),
    "Plant": ("Unit", "Factory"),
}
STREETS = (
    *(("Street", "St"), ("Road", "Rd"), ("Avenue", "Ave"), ("Building", "Bldg"), ("Lane", "Ln")),
    ("Industrial Estate", "Ind. Est."),
    *(("straße", "str."), ("straße", "strasse"), ("Calle", "C/"), ("Avenida", "Av."), ("Polígono Industrial", "Pol. Ind.")),
    *(("rue", "r."), ("boulevard", "bd"), ("Via", "V."), ("Rua", "R."), ("Caddesi", "Cad."), ("Mahallesi", "Mah.")),
    *(("Jalan", "Jl."), ("Jl.", "Jalan"), ("ul.", "ulica"), ("Duong", "D."), ("Industrial Park", "IP"), ("Plot", "Plot No.")),
)  # fmt: skip
SOUNDS = (
    *(("ou", "u"), ("sh", "sch"), ("kh", "h"), ("ph", "f"), ("ee", "i"), ("oo", "u"), ("ei", "ai"), ("y", "i"), ("w", "v")),
    *(("ck", "k"), ("q", "k"), ("ch", "tch"), ("z", "s"), ("dh", "d"), ("th", "t"), ("j", "dj"), ("u", "ou"), ("i", "ee")),
    *(("ö", "oe"), ("ü", "ue"), ("ä", "ae"), ("x", "ks"), ("ll", "l"), ("ss", "s"), ("s", "ss"), ("v", "w"), ("c", "k")),
)  # fmt: skip
#: Sites where many organisations have their page: the host says nothing.
SHARED_HOSTS = ("facebook.com/{}", "www.facebook.com/{}", "linkedin.com/company/{}", "instagram.com/{}")
SUBDOMAINS = ("shop", "en", "m", "export", "group", "web")
#: What coined words are made of: beginnings, vowels and ends of syllables.
SYLLABLES = (
    "b br c cl d dr f fl g gr h j k kr l m n p pr qu r s st t tr v w x z sh th",
    "a a e e i i o o u ai ea io",
    "n r l x s m nd k t",
)
ONSETS = SYLLABLES[0].split()
VOWELS, CODAS = SYLLABLES[1].split(), ["", "", "", *SYLLABLES[2].split()]


class Drawn:
    """Words drawn by Zipf's and Mandelbrot's law: the earlier a word stands in the list, the more often it comes."""

    def __init__(self, words: Sequence[str], slope: float = 1.0, shift: float = 2.0) -> None:
        self.words = words
        self._sums = list(accumulate((rank + shift) ** -slope for rank in range(len(words))))

    def __call__(self, rng: random.Random) -> str:
        return self.words[bisect(self._sums, rng.random() * self._sums[-1])]


@dataclass(frozen=True, slots=True)
class Town:
    """A place where organisations are, with the beginning of its postcodes."""

    name: str
    latitude: float
    longitude: float
    area: str


@dataclass(frozen=True, slots=True)
class Country:
    """How organisations of a country are called, written and numbered."""

    code: str
    name: str
    tongue: str
    forms: tuple[tuple[str, ...], ...]
    postcode: str
    number: str
    domains: tuple[str, ...]
    towns: tuple[Town, ...]
    families: Drawn
    industries: Drawn
    generics: Drawn
    brands: Drawn
    streets: tuple[str, ...]
    street_words: Drawn


@dataclass(frozen=True, slots=True)
class Firm:
    """One true organisation. ``form`` is a row of writings of its legal form; one that begins with ``<`` stands first."""

    core: tuple[str, ...]
    form: tuple[str, ...]
    country: Country
    street: str
    town: Town
    postcode: str
    number: str
    site: str
    latitude: float
    longitude: float


def coined(rng: random.Random, syllables: int = 0) -> str:
    """A made-up word."""
    return "".join(
        rng.choice(ONSETS) + rng.choice(VOWELS) + rng.choice(CODAS)
        for _ in range(syllables or 2 + (rng.random() < 0.35))
    ).capitalize()


def filled(pattern: str, rng: random.Random) -> str:
    """A number or postcode after a pattern: # is a digit, A is a letter."""
    draw = rng.random
    return "".join(
        chr(48 + int(draw() * 10)) if sign == "#" else chr(65 + int(draw() * 26)) if sign == "A" else sign
        for sign in pattern
    )


def _towns(cities: str, endings: Sequence[str], postcode: str, rng: random.Random) -> tuple[Town, ...]:
    """The cities of a country, largest first, and small towns around them."""
    places = [(*city.rsplit(" ", 2),) for city in cities.split(";")]
    towns = [Town(name, float(north), float(east), filled(postcode[:3], rng)) for name, north, east in places]
    for _ in range(TOWNS):
        near, name = rng.choice(towns[: len(places)]), coined(rng, 1) + rng.choice(endings).lower()
        north, east = near.latitude + rng.gauss(0, 0.7), near.longitude + rng.gauss(0, 0.7)
        towns.append(Town(name, north, east, filled(postcode[:3], rng)))
    return tuple(towns)


def countries(rng: random.Random) -> Iterator[tuple[Country, float]]:
    """The countries with their shares; towns and rarer family names are made by the seed."""
    pools: dict[str, Drawn] = {}
    for line in COUNTRIES.strip().splitlines():
        code, name, share, tongue, group, forms, postcode, number, domains, cities = line.split("|")
        common, endings, town_endings = (part.split() for part in NAMES[group])
        if group not in pools:
            made = dict.fromkeys(coined(rng, 1) + rng.choice(endings) for _ in range(FAMILIES))
            pools[group] = Drawn([*(one.replace("-", " ") for one in common), *made])
        industries, generics, brands, streets, street_words = WORDS[tongue]
        yield (
            Country(
                *(code, name, tongue, tuple(tuple(form.split("=")) for form in forms.split(";")), postcode, number),
                *(tuple(domains.split()), _towns(cities, town_endings, postcode, rng), pools[group]),
                *(Drawn(words.split()) for words in (industries, generics, brands)),
                tuple(streets.split(";")),
                Drawn([*(word.replace("-", " ") for word in street_words.split()), *pools[group].words[:400]], shift=6),
            ),
            float(share),
        )


class Maker:
    """Draws true organisations, and the look-alikes that some of them bring."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        pairs = list(countries(rng))
        self.countries = [country for country, _share in pairs]
        self._shares = list(accumulate(share for _country, share in pairs))
        self.coined = Drawn([coined(rng) for _ in range(COINED)], slope=0.9, shift=10)
        self._taken = bytearray(DOMAIN_BITS // 8)

    def family(self) -> Iterator[Firm]:
        """An organisation and those that look like it: each is a different one."""
        rng = self.rng
        country = self.countries[bisect(self._shares, rng.random() * self._shares[-1])]
        firm = self.firm(country)
        yield firm
        kind = rng.random()
        if kind < SISTERS:
            yield from self._sisters(firm)
        elif kind < SISTERS + FRANCHISES:
            yield from self._franchises(firm)
        elif kind < SISTERS + FRANCHISES + PLANTS:
            yield from self._plants(firm)

    def firm(self, country: Country) -> Firm:
        """One organisation of a country."""
        core = self._core(country)
        form = country.forms[min(int(self.rng.expovariate(1.3)), len(country.forms) - 1)]
        street, town, postcode, north, east = self._place(country)
        return Firm(
            *(core, form, country, street, town, postcode),
            *(self._number(country), self._site(core, country), north, east),
        )

    def _core(self, country: Country) -> tuple[str, ...]:
        """The name without its legal form; in Romance languages the trade stands first."""
        rng = self.rng
        kind, industry, word = rng.random(), country.industries(rng), self._word(country)
        trade = [industry, country.generics(rng)] if rng.random() < 0.3 else [industry]
        if kind < 0.08:
            parts = [word, "&", self._word(country), *trade[:1]]
        elif kind < 0.14:
            parts = [word, country.generics(rng)]
        elif kind < 0.20:
            parts = ["".join(rng.choices("ABCDEFGHIJKLMNOPRSTVZ", k=rng.choice((2, 3, 3, 4)))), *trade]
        elif kind < 0.28:
            parts = [word, country.brands(rng), *trade]
        elif kind < 0.34:
            parts = [word] if rng.random() < 0.4 else [word, self._word(country)]
        elif kind < 0.40:
            parts = [rng.choice(country.towns).name, *trade]
        elif kind < 0.44:
            parts = [word, "&", country.generics(rng), industry]
        elif country.tongue in ("es", "fr", "it", "pt", "vi") and kind < 0.80:
            parts = [*trade, word]
        else:
            parts = [word, *trade]
        return tuple(" ".join(parts).split())

    def _word(self, country: Country) -> str:
        """The word that tells an organisation from others: known, of a family, or coined, sometimes for it alone."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.28:
            return country.brands(rng)
        if kind < 0.58:
            return country.families(rng)
        return self.coined(rng) if kind < 0.84 else coined(rng)

    def _place(self, country: Country) -> tuple[str, Town, str, float, float]:
        """Street, town, postcode and coordinates."""
        rng = self.rng
        towns = country.towns
        town = towns[min(int(rng.expovariate(0.12)), len(towns) - 1)]
        number = str(int(rng.lognormvariate(3.2, 1.3)) + 1) + (rng.choice("ABC") if rng.random() < 0.08 else "")
        street = rng.choice(country.streets).format(n=number, w=country.street_words(rng))
        if rng.random() < 0.12:
            street = f"{rng.choice(('Unit', 'Floor', 'Suite', 'Block'))} {rng.randint(1, 30)}, {street}"
        postcode = town.area + filled(country.postcode[3:], rng)
        return street, town, postcode, town.latitude + rng.gauss(0, 0.06), town.longitude + rng.gauss(0, 0.06)

    def _number(self, country: Country) -> str:
        return filled(country.number, self.rng) if self.rng.random() < HAS_NUMBER else ""

    def _site(self, core: Sequence[str], country: Country) -> str:
        """The website without protocol: its own domain, or a page on a site that many share."""
        rng = self.rng
        if rng.random() >= HAS_SITE:
            return ""
        words = [plain for word in core if (plain := "".join(filter(str.isalnum, ascii_of(word))).lower())]
        joint = "-" if rng.random() < 0.2 else ""
        label = joint.join(words[: 1 if rng.random() < 0.25 else 3]) or "site"
        if rng.random() < 0.04:
            return rng.choice(SHARED_HOSTS).format(label)
        ends = (country.code.lower(), words[-1][:3], str(rng.randint(1, 99)), coined(rng, 1).lower())
        if rng.random() < 0.2:
            label += joint + rng.choice(ends)
        return self._free(label, joint, country)

    def _free(self, label: str, joint: str, country: Country) -> str:
        """A domain that no other has: where it is taken (in a table of bits, by its checksum), the label gets an end."""
        rng = self.rng
        while True:
            site = f"{label}.{rng.choice(country.domains)}"
            at = crc32(site.encode()) & (DOMAIN_BITS - 1)
            if not self._taken[at >> 3] >> (at & 7) & 1:
                self._taken[at >> 3] |= 1 << (at & 7)
                return site
            label += joint + (str(rng.randint(1, 999)) if rng.random() < 0.3 else coined(rng, 1).lower())

    def _sisters(self, firm: Firm) -> Iterator[Firm]:
        """Other firms of the owner at the same address: another trade, another number, often the same website."""
        rng = self.rng
        for _ in range(1 + (rng.random() < 0.3)):
            trade = firm.country.industries(rng)
            core = (*firm.core[:-1], trade) if len(firm.core) > 1 else (*firm.core, trade)
            if core == firm.core:
                continue
            site = firm.site if rng.random() < 0.4 else self._site(core, firm.country)
            yield replace(firm, core=core, number=self._number(firm.country), site=site)

    def _franchises(self, firm: Firm) -> Iterator[Firm]:
        """Firms of the same name in other places of the country, half of them with the website of the first."""
        rng = self.rng
        for _ in range(rng.randint(2, 6)):
            street, town, postcode, north, east = self._place(firm.country)
            number, site = self._number(firm.country), firm.site if rng.random() < 0.5 else ""
            where = replace(firm, street=street, town=town, postcode=postcode, latitude=north, longitude=east)
            yield replace(where, number=number, site=site)

    def _plants(self, firm: Firm) -> Iterator[Firm]:
        """Numbered plants of one owner in one town: of the names only the number differs."""
        rng = self.rng
        word = rng.choice(("Plant", "Unit", "Branch", "No."))
        for number in range(2, 3 + rng.randint(1, 3)):
            street = self._place(firm.country)[0]
            north, east = firm.latitude + rng.gauss(0, 0.02), firm.longitude + rng.gauss(0, 0.02)
            postcode = firm.postcode if rng.random() < 0.5 else firm.town.area + filled(firm.country.postcode[3:], rng)
            where = replace(firm, street=street, postcode=postcode, latitude=north, longitude=east)
            yield replace(where, core=(*firm.core, word, str(number)), number=self._number(firm.country))


def ascii_of(text: str) -> str:
    """Text without diacritics."""
    if text.isascii():
        return text
    text = text.replace("ı", "i").replace("ł", "l").replace("Ł", "L").replace("ß", "ss")
    return "".join(sign for sign in unicodedata.normalize("NFKD", text) if not unicodedata.combining(sign))


class Writer:
    """Writes records of an organisation: the first as it is, others as another source would have them."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng

    def record(self, firm: Firm, *, corrupt: bool) -> tuple[str, ...]:
        """One record without its id, in the order of ``COLUMNS``."""
        rng = self.rng
        draw = rng.random
        if corrupt and draw() < 0.07:
            firm = self._moved(firm)
        name = self._name(firm) if corrupt else with_form(firm.core, firm.form[0])
        country = "" if draw() < 0.05 else firm.country.code if draw() < 0.75 else firm.country.name
        address = self._address(firm, corrupt=corrupt) if draw() < (0.85 if corrupt else 0.93) else ""
        number = firm.number and draw() < SHOWS_NUMBER and self._number(firm.number, corrupt=corrupt)
        site = firm.site and draw() < SHOWS_SITE and self._site(firm, corrupt=corrupt)
        return (name, country, address, number or "", site or "", *self._point(firm, corrupt=corrupt))

    def _moved(self, firm: Firm) -> Firm:
        """Another address in the same town: a second site, or an office that has moved since."""
        rng = self.rng
        street = rng.choice(firm.country.streets).format(n=rng.randint(1, 200), w=firm.country.street_words(rng))
        north, east = firm.town.latitude + rng.gauss(0, 0.06), firm.town.longitude + rng.gauss(0, 0.06)
        postcode = firm.town.area + filled(firm.country.postcode[3:], rng)
        return replace(firm, street=street, postcode=postcode, latitude=north, longitude=east)

    def _name(self, firm: Firm) -> str:
        """The name as another source writes it, with none to several slips and habits."""
        draw, core = self.rng.random, list(firm.core)
        if draw() < 0.02 and len(core) > 2:
            core = ["".join(word[0] for word in core if word[0].isalnum()).upper()]
        if draw() < 0.30:
            core = [self._abbreviated(word) for word in core]
        if "&" in core and draw() < 0.5:
            core = [self._and(firm) if word == "&" else word for word in core]
        core = self._reworded(core, firm) if draw() < 0.25 else core
        if draw() < 0.06:
            self._change(core, self._sounding)
        for _ in range((draw() < 0.22) + (draw() < 0.04)):
            self._change(core, self._typo)
        name = with_form(core, self._form(firm))
        if draw() < 0.3:
            name = ascii_of(name)
        style = draw()
        return name.upper() if style < 0.15 else name.lower() if style < 0.17 else name

    def _and(self, firm: Firm) -> str:
        return {"es": "y", "fr": "et", "de": "und", "it": "e", "pt": "e", "tr": "ve"}.get(firm.country.tongue, "and")

    def _abbreviated(self, word: str) -> str:
        short = ABBREVIATIONS.get(word)
        return self.rng.choice(short) if short else word

    def _reworded(self, core: list[str], firm: Firm) -> list[str]:
        """A word more, a word less, another order, or words run together."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.3 and len(core) > 2:
            at = rng.randrange(1, len(core))
            core[at : at + 1] = core[at : at + 1] if core[at].isdigit() else []  # the number of a plant stays
        elif kind < 0.65:
            country = firm.country
            extra = rng.choice(
                (country.generics(rng), f"({country.name})", firm.town.name, "Group", f"({firm.town.name})")
            )
            core.insert(len(core) if rng.random() < 0.8 else 1, extra)
        elif kind < 0.85 and len(core) > 1:
            core = [*core[1:], core[0]] if rng.random() < 0.5 else [core[-1], *core[:-1]]
        elif len(core) > 1:
            core[:2] = [core[0] + core[1].lower()]
        return core

    def _change(self, core: list[str], how: Callable[[str], str]) -> None:
        at = self.rng.randrange(len(core))
        core[at] = how(core[at])

    def _sounding(self, word: str) -> str:
        """The word as another romanisation writes it: up to two sounds changed."""
        rng = self.rng
        for old, new in rng.sample(SOUNDS, 12):
            if old in word[1:]:
                word = word[0] + word[1:].replace(old, new, 1)
                if rng.random() < 0.5:
                    break
        return word

    def _typo(self, word: str) -> str:
        """One slip: a letter lost, doubled, exchanged or another one."""
        rng = self.rng
        if len(word) < 3 or word.isdigit():  # the number of a plant is not mistaken
            return word
        at, kind = rng.randrange(1, len(word)), rng.random()
        if kind < 0.3:
            return word[:at] + word[at + 1 :]
        if kind < 0.5:
            return word[:at] + word[at - 1] + word[at:]
        if kind < 0.75:
            return word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :]
        return word[:at] + chr(97 + int(rng.random() * 26)) + word[at + 1 :]

    def _form(self, firm: Firm) -> str:
        """The legal form: as it is, written in another way, left out, or another one."""
        rng = self.rng
        kind = rng.random()
        if kind < 0.35:
            return firm.form[0]
        if kind < 0.65:
            return ("<" if firm.form[0][0] == "<" else "") + rng.choice(firm.form).lstrip("<")
        return "" if kind < 0.94 else rng.choice(firm.country.forms)[0]

    def _address(self, firm: Firm, *, corrupt: bool) -> str:
        """Street, town and postcode: in the country's order, or shortened, cut and turned around."""
        rng = self.rng
        draw = rng.random
        street, town, postcode = firm.street, firm.town.name, firm.postcode
        if not corrupt:
            return (
                f"{street}, {town} {postcode}" if draw() < 0.8 else f"{street}, {postcode} {town}, {firm.country.name}"
            )
        if draw() < 0.45:
            for long, short in STREETS:
                if long in street:
                    street = street.replace(long, short)
                    break
        if draw() < 0.12:
            street = self._typo(street)
        parts = [street, town, postcode if draw() < 0.7 else ""]
        if draw() < 0.15 and "," in street:
            parts[0] = street.rpartition(", ")[2]
        if draw() < 0.08:
            parts[0] = ""
        if draw() < 0.25:
            rng.shuffle(parts)
        if draw() < 0.3:
            parts.append(firm.country.name)
        text = (", " if draw() < 0.8 else " ").join(filter(None, parts))
        text = ascii_of(text) if draw() < 0.3 else text
        return text.upper() if draw() < 0.15 else text

    def _number(self, number: str, *, corrupt: bool) -> str:
        """The registration number; elsewhere without signs, without leading zeros, without prefix, or with a wrong digit."""
        rng = self.rng
        kind = rng.random()
        if not corrupt or kind < 0.6:
            return number
        if kind < 0.75:
            return "".join(filter(str.isalnum, number))
        if kind < 0.82:
            return number.lstrip("0")
        if kind < 0.90:
            return number.rpartition(" ")[2] if " " in number and number[0].isalpha() else number.replace("-", " ")
        if kind < 0.95:
            return f"No. {number}"
        at = rng.randrange(len(number))
        return number[:at] + str(rng.randint(0, 9)) + number[at + 1 :] if number[at].isdigit() else number

    def _site(self, firm: Firm, *, corrupt: bool) -> str:
        """The website as an address: with or without protocol, www, another subdomain or a page."""
        rng = self.rng
        draw, site = rng.random, firm.site
        if corrupt and draw() < 0.04:
            site = site.partition(".")[0] + "." + rng.choice(("com", "net", "org", "biz"))
        shared = "/" in site
        if not shared:
            kind = draw()
            site = (
                "www." + site if kind < 0.5 else f"{rng.choice(SUBDOMAINS)}.{site}" if corrupt and kind < 0.6 else site
            )
            if corrupt and draw() < 0.12:
                site += rng.choice(("/en", "/contact", "/about-us", "/index.html"))
        return ("https://" if draw() < 0.4 else "http://" if draw() < 0.4 else "") + site

    def _point(self, firm: Firm, *, corrupt: bool) -> tuple[str, str]:
        """Latitude and longitude: of the door, of somewhere near it, of the town, or none."""
        rng = self.rng
        kind = rng.random()
        if kind < (0.30 if corrupt else 0.20):
            return "", ""
        if kind < (0.42 if corrupt else 0.27):
            return f"{firm.town.latitude:.4f}", f"{firm.town.longitude:.4f}"
        spread = 0.004 if corrupt else 0.0
        return f"{firm.latitude + rng.gauss(0, spread):.5f}", f"{firm.longitude + rng.gauss(0, spread):.5f}"


def with_form(core: Sequence[str], form: str) -> str:
    """The name with its legal form, which stands first where its writing begins with ``<``."""
    if form.startswith("<"):
        return " ".join([form[1:], *core])
    return " ".join([*core, form] if form else core)


def rows(count: int, seed: int) -> Iterator[tuple[str, ...]]:
    """``count`` records, each after the number of its organisation; those of one organisation follow each other."""
    rng = random.Random(seed)
    maker, writer = Maker(rng), Writer(rng)
    made = number = 0
    while True:
        for firm in maker.family():
            number += 1
            copies = 1 + bisect(EXTRA, rng.random()) if rng.random() < DUPLICATED else 0
            for copy in range(1 + copies):
                if made == count:
                    return
                made += 1
                yield (f"t{number:07d}", *writer.record(firm, corrupt=copy > 0))


def organisations(count: int, seed: int, path: Path) -> Path:
    """Write ``count`` records to ``path`` in random order, and their truth beside it; says where the truth is.

    Records are dealt to files at random and each file is shuffled: memory holds a 64th of them.
    """
    rng = random.Random(seed + 1)
    truth = path.with_suffix(".truth.csv")
    with tempfile.TemporaryDirectory(dir=path.parent) as folder, ExitStack() as stack:
        buckets = [stack.enter_context((Path(folder) / str(at)).open("w+", newline="")) for at in range(BUCKETS)]
        writers = [csv.writer(bucket, lineterminator="\n") for bucket in buckets]
        for row in rows(count, seed):
            writers[int(rng.random() * BUCKETS)].writerow(row)
        out, known = stack.enter_context(path.open("w", newline="")), stack.enter_context(truth.open("w", newline=""))
        out.write(",".join(COLUMNS) + "\n")
        known.write("id,true_id\n")
        number = 0
        for bucket in buckets:
            bucket.seek(0)
            lines = bucket.readlines()
            rng.shuffle(lines)
            for line in lines:
                number += 1
                true_id, _comma, rest = line.partition(",")
                out.write(f"r{number:07d},{rest}")
                known.write(f"r{number:07d},{true_id}\n")
    return truth


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument("--part", choices=SEEDS, default="development")
    arguments = parser.parse_args()
    print(organisations(arguments.count, SEEDS[arguments.part], arguments.path))


if __name__ == "__main__":
    main()
