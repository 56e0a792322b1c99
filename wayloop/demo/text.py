"""The words of the sample business: shops, goods and names. All of it is invented here."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from wayloop.kernel.localised import Localised

Category = Literal["coffee", "drinks", "food", "beans", "gear", "service"]
Season = Literal["", "warm", "cold"]


@dataclass(frozen=True)
class Shop:
    """One location. `prefix` begins its order numbers; `share`: its part of the chain's regular visitors."""

    prefix: str
    town: str
    name: Localised
    share: float


@dataclass(frozen=True)
class Product:
    """One thing that is sold. `cents`: today's price; `weight`: how often it is taken among its category."""

    code: str
    category: Category
    cents: int
    weight: float
    name: Localised
    season: Season = ""


def _text(uk: str, ru: str, en: str) -> Localised:
    return Localised(texts={"uk": uk, "ru": ru, "en": en}, source="uk")


class _Row(NamedTuple):
    code: str
    cents: int
    weight: float
    uk: str
    ru: str
    en: str
    season: Season = ""


def _shelf(category: Category, *rows: _Row) -> tuple[Product, ...]:
    return tuple(
        Product(row.code, category, row.cents, row.weight, _text(row.uk, row.ru, row.en), row.season) for row in rows
    )


BUSINESS = "Зерно"
SHOPS = (
    Shop("PO", "Київ", _text("Зерно на Подолі", "Зерно на Подоле", "Zerno Podil"), 0.26),
    Shop("UN", "Київ", _text("Зерно біля Університету", "Зерно у Университета", "Zerno University"), 0.20),
    Shop("RY", "Львів", _text("Зерно біля Ринку", "Зерно у Рынка", "Zerno Market Square"), 0.22),
    Shop("MO", "Одеса", _text("Зерно біля моря", "Зерно у моря", "Zerno Seaside"), 0.19),
    Shop("SA", "Полтава", _text("Зерно в саду", "Зерно в саду", "Zerno in the Garden"), 0.13),
    Shop("MA", "Київ", _text("Майстерня «Зерна»", "Мастерская «Зерна»", "Zerno Workshop"), 0.0),
)
WORKSHOP = 5

PRODUCTS = (
    *_shelf(
        "coffee",
        _Row("ESP", 160, 7, "Еспресо", "Эспрессо", "Espresso"),
        _Row("AME", 190, 9, "Американо", "Американо", "Americano"),
        _Row("CAP", 260, 16, "Капучино", "Капучино", "Cappuccino"),
        _Row("FLW", 290, 13, "Флет-вайт", "Флэт-уайт", "Flat white"),
        _Row("LAT", 280, 11, "Лате", "Латте", "Latte"),
        _Row("OAT", 330, 6, "Капучино на вівсяному", "Капучино на овсяном", "Oat cappuccino"),
        _Row("RAF", 350, 4, "Раф із липовим медом", "Раф с липовым мёдом", "Raf with linden honey"),
        _Row("FIL", 250, 7, "Фільтр дня", "Фильтр дня", "Filter of the day"),
        _Row("TON", 340, 9, "Еспресо-тонік", "Эспрессо-тоник", "Espresso tonic", "warm"),
        _Row("CBR", 320, 8, "Холодна кава на льоду", "Холодный кофе на льду", "Cold brew on ice", "warm"),
    ),
    *_shelf(
        "drinks",
        _Row("COC", 290, 5, "Какао з дрібкою солі", "Какао с щепоткой соли", "Cocoa with a pinch of salt", "cold"),
        _Row("SBT", 310, 6, "Обліпиховий чай", "Облепиховый чай", "Sea-buckthorn tea", "cold"),
        _Row("TEA", 220, 5, "Чай із чебрецем", "Чай с чабрецом", "Thyme tea"),
        _Row("MAT", 360, 3, "Матча-лате", "Матча-латте", "Matcha latte"),
        _Row("LEM", 270, 6, "Лимонад із мʼятою", "Лимонад с мятой", "Mint lemonade", "warm"),
    ),
    *_shelf(
        "food",
        _Row("CRO", 230, 14, "Круасан", "Круассан", "Croissant"),
        _Row("ALM", 310, 6, "Круасан із мигдалем", "Круассан с миндалём", "Almond croissant"),
        _Row("SYR", 480, 8, "Сирники зі сметаною", "Сырники со сметаной", "Cottage-cheese pancakes"),
        _Row("CIN", 260, 8, "Булочка з корицею", "Булочка с корицей", "Cinnamon bun"),
        _Row("CHE", 420, 6, "Чизкейк із маком", "Чизкейк с маком", "Poppy-seed cheesecake"),
        _Row("SAN", 550, 7, "Сендвіч з індичкою", "Сэндвич с индейкой", "Turkey sandwich"),
        _Row("GRA", 450, 4, "Гранола з йогуртом", "Гранола с йогуртом", "Granola with yoghurt"),
        _Row("COO", 180, 9, "Вівсяне печиво", "Овсяное печенье", "Oat cookie"),
        _Row("PIE", 380, 5, "Яблучний пиріг", "Яблочный пирог", "Apple pie", "cold"),
    ),
    *_shelf(
        "beans",
        _Row("B-MORN-250", 890, 14, "«Ранок», зерно, 250 г", "«Утро», зерно, 250 г", "“Morning” beans, 250 g"),
        _Row("B-MORN-1K", 3150, 8, "«Ранок», зерно, 1 кг", "«Утро», зерно, 1 кг", "“Morning” beans, 1 kg"),
        _Row("B-ETH-250", 1290, 9, "Ефіопія, зерно, 250 г", "Эфиопия, зерно, 250 г", "Ethiopia beans, 250 g"),
        _Row("B-COL-250", 1090, 9, "Колумбія, зерно, 250 г", "Колумбия, зерно, 250 г", "Colombia beans, 250 g"),
        _Row("B-KEN-250", 1390, 5, "Кенія, зерно, 250 г", "Кения, зерно, 250 г", "Kenya beans, 250 g"),
        _Row("B-DEC-250", 1150, 5, "Без кофеїну, 250 г", "Без кофеина, 250 г", "Decaf, 250 g"),
        _Row("B-DRIP-10", 990, 8, "Дріп-пакети, 10 шт.", "Дрип-пакеты, 10 шт.", "Drip bags, 10 pcs"),
    ),
    *_shelf(
        "gear",
        _Row("MUG-ROAD", 2490, 13, "Термочашка «Дорога»", "Термокружка «Дорога»", "“Road” travel mug"),
        _Row("V60", 1450, 6, "Воронка для кави", "Воронка для кофе", "Pour-over dripper"),
        _Row("V60-PAP", 590, 10, "Паперові фільтри, 100 шт.", "Бумажные фильтры, 100 шт.", "Paper filters, 100 pcs"),
        _Row("PRESS", 2990, 4, "Френч-прес, 600 мл", "Френч-пресс, 600 мл", "French press, 600 ml"),
        _Row("MOKA", 2790, 4, "Гейзерна кавоварка", "Гейзерная кофеварка", "Moka pot"),
        _Row("GRIND", 6900, 3, "Ручна кавомолка", "Ручная кофемолка", "Hand grinder"),
        _Row("SCALE", 4490, 2, "Ваги з таймером", "Весы с таймером", "Scales with timer"),
        _Row("CUP-SET", 2650, 4, "Дві чашки, кераміка", "Две чашки, керамика", "Two ceramic cups"),
        _Row("CLEAN-TAB", 990, 5, "Таблетки для чищення", "Таблетки для чистки", "Cleaning tablets"),
        _Row("DESCALE", 790, 6, "Засіб від накипу", "Средство от накипи", "Descaler"),
    ),
    *_shelf(
        "service",
        _Row("S-LOOK", 1500, 10, "Огляд кавомашини", "Осмотр кофемашины", "Machine inspection"),
        _Row("S-CLEAN", 3500, 9, "Чищення від накипу", "Чистка от накипи", "Descaling service"),
        _Row("S-GASKET", 2800, 5, "Заміна ущільнювачів", "Замена уплотнителей", "Gasket replacement"),
        _Row("S-BURR", 5200, 3, "Заміна жорен", "Замена жерновов", "Burr replacement"),
        _Row("S-PUMP", 7900, 2, "Заміна помпи", "Замена помпы", "Pump replacement"),
    ),
)

CATEGORIES: dict[str, Localised] = {
    "coffee": _text("Кава", "Кофе", "Coffee"),
    "drinks": _text("Інші напої", "Другие напитки", "Other drinks"),
    "food": _text("Їжа", "Еда", "Food"),
    "beans": _text("Зерно", "Зерно", "Beans"),
    "gear": _text("Посуд і техніка", "Посуда и техника", "Kitchenware"),
    "service": _text("Майстерня", "Мастерская", "Workshop"),
}

# Towns of people who buy on the web only: town, country (ISO 3166), language they are written to in, weight.
WEB_TOWNS = (
    ("Київ", "UA", "", 20),
    ("Дніпро", "UA", "", 14),
    ("Харків", "UA", "", 14),
    ("Вінниця", "UA", "", 9),
    ("Чернівці", "UA", "", 7),
    ("Житомир", "UA", "", 6),
    ("Kraków", "PL", "en", 6),
    ("Berlin", "DE", "en", 5),
    ("Vilnius", "LT", "en", 4),
    ("Praha", "CZ", "en", 4),
    ("Rīga", "LV", "en", 3),
)


@dataclass(frozen=True)
class Names:
    """First and family names of women and men who write themselves in one language; the family names go in pairs."""

    women: Sequence[str]
    men: Sequence[str]
    families: Sequence[tuple[str, str]]


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _pairs(text: str) -> tuple[tuple[str, str], ...]:
    """Words as they are for both; `one/other` for a woman and a man."""
    return tuple((word.split("/")[0], word.split("/")[-1]) for word in text.split())


UKRAINIAN = Names(
    women=_words(
        """
        Оксана Соломія Дарина Богдана Леся Ірина Катерина Марія Юлія Ганна Олена Наталія Тетяна Христина Зоряна
        Мирослава Орися Софія Вікторія Анастасія Людмила Надія Віра Любов Уляна Квітка Ярина Олександра Поліна
        Евеліна Аліна Інна Лариса Галина Роксолана Злата Марта Емілія Маряна Стефанія
        """
    ),
    men=_words(
        """
        Богдан Тарас Андрій Остап Юрій Назар Любомир Ярослав Олег Сергій Іван Микола Петро Василь Роман Степан
        Максим Дмитро Артем Данило Матвій Захар Ігор Володимир Олексій Євген Віталій Павло Кирило Левко Лукʼян Орест
        Маркіян Зеновій Святослав Григорій Антін Гнат Северин Устим
        """
    ),
    families=_pairs(
        """
        Бондаренко Коваленко Шевчук Мельничук Ткаченко Кравчук Олійник Лисенко Савчук Поліщук Руденко Марченко
        Гончар Дяченко Левчук Панасюк Яременко Тимошук Стельмах Білик Лукʼяненко Завгородня/Завгородній
        Яворська/Яворський Вишневська/Вишневський Чорнобривець Калинець Маковей Перебийніс Ромашко Зозуля Горобець
        Журавель Криниця Сокіл Задорожна/Задорожний Підгірна/Підгірний Мороз Гайдук Кобзар Пасічник Скляр Бджола
        Дубовик Ковтун Вербицька/Вербицький Озерна/Озерний Голуб Барвінок Кавун Терещук Цимбал Хоменко Юрченко
        Щербань Федорчак Романишин Данилюк Грабар Соловей Колісник Степова/Степовий Луговська/Луговський Криворучко
        Семків Гнатишин Жайворонок
        """
    ),
)
RUSSIAN = Names(
    women=_words(
        """
        Анна Елена Ольга Ирина Наталья Татьяна Светлана Юлия Мария Екатерина Дарья Алёна Ксения Полина Вера Надежда
        Любовь Валентина Людмила Галина Марина Алиса Варвара Лидия Тамара Зоя Нина Кира Василиса Эльвира
        """
    ),
    men=_words(
        """
        Алексей Дмитрий Сергей Андрей Михаил Николай Иван Павел Артём Пётр Фёдор Егор Илья Кирилл Роман Олег Игорь
        Юрий Антон Виктор Степан Матвей Глеб Тимофей Георгий Лев Семён Руслан Тимур Вадим
        """
    ),
    families=_pairs(
        """
        Соколова/Соколов Лебедева/Лебедев Королёва/Королёв Воробьёва/Воробьёв Журавлёва/Журавлёв Белова/Белов
        Орлова/Орлов Зимина/Зимин Рябинина/Рябинин Калинина/Калинин Полевая/Полевой Снегирёва/Снегирёв Лугова/Лугов
        Берёзкина/Берёзкин Морозова/Морозов Синицына/Синицын Громова/Громов Туманова/Туманов Ветрова/Ветров
        Озерова/Озеров Шмелёва/Шмелёв Крылова/Крылов Дубинина/Дубинин Малинина/Малинин Ершова/Ершов Щукина/Щукин
        Ракитина/Ракитин Осокина/Осокин Степная/Степной Гай Вольская/Вольский Заречная/Заречный Алмазова/Алмазов
        Кузнецова/Кузнецов Мельникова/Мельников Токарева/Токарев Пчёлкина/Пчёлкин Горина/Горин Рощина/Рощин
        Тихая/Тихий
        """
    ),
)
LATIN = Names(
    women=_words(
        """
        Emma Clara Julia Hanna Agnes Ines Marta Lucia Sophie Ewa Kinga Zofia Greta Ada Nora Elsa Maya Iris Ruth
        Olivia Grace Rūta Līga Jana Klára Alma Vera Linda
        """
    ),
    men=_words(
        """
        Tom Adam Jakub Piotr Lukas Felix Jonas Martin Daniel Oscar Hugo Max Paul David Jonathan Marek Tomáš Andris
        Tadas Henry Samuel Leo Emil Kurt Filip Nils Robert Victor
        """
    ),
    families=_pairs(
        """
        Brook Hazelwood Fairfield Ashdown Linden Marsh Whitaker Larkin Penrose Holloway Sommer Birnbaum Falk Wiesner
        Lindner Kestrel Nowicka/Nowicki Zielińska/Zieliński Lipska/Lipski Borek Sowa Kalina Dvořáčková/Dvořáček
        Javorská/Javorský Horáková/Horák Bērziņa/Bērziņš Ozola/Ozols Kalniņa/Kalniņš Ąžuolaitė/Ąžuolas
        Vėjūnė/Vėjūnas Okafor Lindqvist Moreau Duval Ferrante Costa Silveira Haddad Tanaka Rowan
        """
    ),
)

_LETTERS = dict(
    zip(
        "абвгґдеєёжзиіїйклмнопрстуфхцчшщыэюяąčėęįšųūžāēģīķļņáéíóúýďěňřťůćłńśźżöüäß",
        _words(
            """
            a b v h g d e ie io zh z y i i i k l m n o p r s t u f kh ts ch sh shch y e iu ia
            a c e e i s u u z a e g i k l n a e i o u y d e n r t u c l n s z z o u a ss
            """
        ),
        strict=True,
    )
)
_RUSSIAN_LETTERS = _LETTERS | {"г": "g", "и": "i", "й": "y", "ю": "yu", "я": "ya"}


def latin(text: str, language: str) -> str:
    """The text in small plain Latin letters as people of that language would type it in an e-mail address."""
    letters = _RUSSIAN_LETTERS if language == "ru" else _LETTERS
    return "".join(letter if letter.isascii() else letters.get(letter, "") for letter in text.lower())
