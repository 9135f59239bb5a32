"""Codes and English names of languages, to recognise the headings of columns of words."""

import re

# ISO 639-1, 639-2 (T and B where they differ; "-" where there is no two-letter code) and English names.
_TABLE = """
aa aar Afar|ab abk Abkhazian,Abkhaz|ae ave Avestan|af afr Afrikaans|ak aka Akan|am amh Amharic
an arg Aragonese|ar ara Arabic|as asm Assamese|av ava Avaric|ay aym Aymara|az aze Azerbaijani,Azeri
ba bak Bashkir|be bel Belarusian|bg bul Bulgarian|bi bis Bislama|bm bam Bambara|bn ben Bengali,Bangla
bo tib,bod Tibetan|br bre Breton|bs bos Bosnian|ca cat Catalan,Valencian|ce che Chechen|ch cha Chamorro
co cos Corsican|cr cre Cree|cs cze,ces Czech|cu chu Church Slavic,Church Slavonic,Old Church Slavonic
cv chv Chuvash|cy wel,cym Welsh|da dan Danish|de ger,deu German|dv div Divehi,Dhivehi|dz dzo Dzongkha
ee ewe Ewe|el gre,ell Greek,Modern Greek|en eng English|eo epo Esperanto|es spa Spanish,Castilian
et est Estonian|eu baq,eus Basque|fa per,fas Persian,Farsi|ff ful Fulah,Fula,Fulani|fi fin Finnish
fj fij Fijian|fo fao Faroese|fr fre,fra French|fy fry Western Frisian,Frisian|ga gle Irish
gd gla Gaelic,Scottish Gaelic|gl glg Galician|gn grn Guarani|gu guj Gujarati|gv glv Manx|ha hau Hausa
he heb Hebrew|hi hin Hindi|ho hmo Hiri Motu|hr hrv Croatian|ht hat Haitian,Haitian Creole|hu hun Hungarian
hy arm,hye Armenian|hz her Herero|ia ina Interlingua|id ind Indonesian|ie ile Interlingue|ig ibo Igbo
ii iii Sichuan Yi,Nuosu|ik ipk Inupiaq|io ido Ido|is ice,isl Icelandic|it ita Italian|iu iku Inuktitut
ja jpn Japanese|jv jav Javanese|ka geo,kat Georgian|kg kon Kongo|ki kik Kikuyu,Gikuyu|kj kua Kuanyama
kk kaz Kazakh|kl kal Kalaallisut,Greenlandic|km khm Khmer,Central Khmer|kn kan Kannada|ko kor Korean
kr kau Kanuri|ks kas Kashmiri|ku kur Kurdish|kv kom Komi|kw cor Cornish|ky kir Kyrgyz,Kirghiz|la lat Latin
lb ltz Luxembourgish|lg lug Ganda,Luganda|li lim Limburgish,Limburgan|ln lin Lingala|lo lao Lao
lt lit Lithuanian|lu lub Luba-Katanga|lv lav Latvian|mg mlg Malagasy|mh mah Marshallese|mi mao,mri Maori
mk mac,mkd Macedonian|ml mal Malayalam|mn mon Mongolian|mr mar Marathi|ms may,msa Malay|mt mlt Maltese
my bur,mya Burmese|na nau Nauru,Nauruan|nb nob Norwegian Bokmål,Bokmål|nd nde North Ndebele|ne nep Nepali
ng ndo Ndonga|nl dut,nld Dutch,Flemish|nn nno Norwegian Nynorsk,Nynorsk|no nor Norwegian
nr nbl South Ndebele|nv nav Navajo|ny nya Chichewa,Nyanja,Chewa|oc oci Occitan|oj oji Ojibwa,Ojibwe
om orm Oromo|or ori Oriya,Odia|os oss Ossetian,Ossetic|pa pan Punjabi,Panjabi|pi pli Pali|pl pol Polish
ps pus Pashto,Pushto|pt por Portuguese|qu que Quechua|rm roh Romansh|rn run Rundi,Kirundi
ro rum,ron Romanian,Moldavian|ru rus Russian|rw kin Kinyarwanda|sa san Sanskrit|sc srd Sardinian
sd snd Sindhi|se sme Northern Sami|sg sag Sango|si sin Sinhala,Sinhalese|sk slo,slk Slovak
sl slv Slovenian,Slovene|sm smo Samoan|sn sna Shona|so som Somali|sq alb,sqi Albanian|sr srp Serbian
ss ssw Swati,Swazi|st sot Southern Sotho,Sotho,Sesotho|su sun Sundanese|sv swe Swedish|sw swa Swahili
ta tam Tamil|te tel Telugu|tg tgk Tajik|th tha Thai|ti tir Tigrinya|tk tuk Turkmen|tl tgl Tagalog
tn tsn Tswana|to ton Tongan|tr tur Turkish|ts tso Tsonga|tt tat Tatar|tw twi Twi|ty tah Tahitian
ug uig Uyghur,Uighur|uk ukr Ukrainian|ur urd Urdu|uz uzb Uzbek|ve ven Venda|vi vie Vietnamese|vo vol Volapük
wa wln Walloon|wo wol Wolof|xh xho Xhosa|yi yid Yiddish|yo yor Yoruba|za zha Zhuang
zh chi,zho,cmn Chinese,Mandarin|zu zul Zulu|- ast Asturian|- ceb Cebuano|- chr Cherokee
- ckb Central Kurdish,Sorani|- cop Coptic|- crh Crimean Tatar|- dsb Lower Sorbian|- fil Filipino
- frr North Frisian|- fur Friulian|- gsw Swiss German|- grc Ancient Greek|- haw Hawaiian
- hbs Serbo-Croatian|- hil Hiligaynon|- hsb Upper Sorbian|- ilo Iloko,Ilocano|- kab Kabyle|- kok Konkani
- lij Ligurian|- mai Maithili|- mni Manipuri|- nap Neapolitan|- nds Low German|- nso Northern Sotho
- pap Papiamento|- sah Yakut,Sakha|- sat Santali|- scn Sicilian|- sco Scots|- szl Silesian|- tpi Tok Pisin
- udm Udmurt|- vec Venetian|- war Waray|- arb Standard Arabic|- arz Egyptian Arabic|- azj North Azerbaijani
- swh Coastal Swahili|- pes Iranian Persian|- ydd Eastern Yiddish|- lvs Standard Latvian
- ekk Standard Estonian
"""
_TAG = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*")


def _table() -> tuple[dict[str, str], dict[str, str]]:
    """Codes and names, lower-cased, with the language that they stand for."""
    codes: dict[str, str] = {}
    names: dict[str, str] = {}
    for entry in _TABLE.strip().replace("\n", "|").split("|"):
        short, long, english = entry.split(" ", 2)
        language = long.split(",")[-1]
        codes |= dict.fromkeys([short, *long.split(",")], language)
        names |= dict.fromkeys(english.lower().split(","), language)
    del codes["-"]
    return codes, names


LANGUAGE_CODES, LANGUAGE_NAMES = _table()
"""Codes, and English names in lower case, of one language stand for the same code of three letters."""


def heads_of_two_languages(first: str, second: str) -> bool:
    """Whether two cells are codes, or English names, of two different languages.

    A code is one of ISO 639, of two or three letters on both sides, perhaps with a script or a region ("en
    es", "eng spa", "en_GB es_MX"). Codes with two letters are also words of some languages, as Dutch "de" and
    French "la".
    """
    names = [LANGUAGE_NAMES.get(cell.lower()) for cell in (first, second)]
    tags = [_TAG.fullmatch(cell.lower()) for cell in (first, second)]
    codes = [tag and LANGUAGE_CODES.get(tag[1]) for tag in tags]
    alike = all(tags) and len({len(tag[1]) for tag in tags if tag}) == 1
    return any(None not in found and found[0] != found[1] for found in (names, codes if alike else [None]))
