"""A crowd of plausible customers among whom somebody has to be found. Nobody of them exists."""

import random
from collections.abc import Iterator
from functools import cache

from wayloop.customers.rules.namesakes import given_names

SURNAMES = {
    "uk": """
    Шевченко Шевчук Шевців Бондаренко Бондар Бондарчук Ткаченко Ткачук Ткач Коваленко Ковальчук Коваль Ковалишин
    Гнатенко Гнатів Гнатишин Жук Жуківський Жученко Щербина Щербаненко Щербань Хоменчук Хомин Лукашенко Лукіянчук
    Лукʼянчук Кущ Кучер Куценко Цимбал Цимбалістий Поляков Польовий Гайдук Гайдамака Юрків Юрчук Янків Яненко
    Руденчук Рудий Рудник Савченко Савич Горбатюк Горбаненко Мазурок Мазуренко Дяченчук Дяків Слободенюк Слобода
    Пʼятак Огієвич Мельник Мельниченко Вовченко Вовчук Кириленко Кирилів Тимошенко Тимощук Тимченко Гаврилів
    Гавриленко Кравченко Кравчук Олійник Лисенко Поліщук Марченко Мартиненко Мороз Морозенко Іваненко Іванчук
    Петренко Петрів Павленко Павлюк Романюк Романенко Сидоренко Семенюк Семенко Левченко Левчук Кузьменко Кузьмич
    Захарченко Захарчук Гончар Гончаренко Гончарук Білик Біленко Білоус Чорний Чорненко Кириченко Яременко Яремчук
    Остапенко Остапчук Приходько Власенко Власюк Костенко Костюк Демченко Демчук Федоренко Федорчук Назаренко
    Назарчук Бойко Бойчук Гриценко Гриньків Зінченко Зінчук Клименко Климчук Нестеренко Панченко Панчук Радченко
    Радчук Стеценко Тарасенко Тарасюк Харченко Цибуля Шаповал Шаповаленко Юхименко Ющенко Якименко Яценко Яцків
    Авраменко Василенко Василюк Герасименко
    """,
    "ru": """
    Воробьёв Воробей Воронин Воронов Соловьёв Соловей Фёдоров Федотов Федосеев Кузнецов Кузьмин Кузин Чернышов
    Чернов Черных Щербаков Щербинин Хомяков Хомченко Цветков Цветаев Жуков Жуковский Южаков Юшков Ерёмин Ерёменко
    Яковлев Якушев Подъяпольский Подольский Смирнов Смирнин Григорьев Григоров Ильин Ильинский Быков Быковский
    Толстой Толстов Дмитриев Дмитров Третьяков Третьяк Лебедев Лебедь Зайцев Зайчиков Егоров Егорычев Чайкин Чайка
    Швецов Белов Белый Белкин Муравьёв Муратов Рябов Рябинин Киселёв Кислов Юрасов Юрьев Жданов Ждановский Крылов
    Крюков Обухов Обухович Исмаилов Ахметов Ахмедов Иванов Иванченко Петров Петухов Сидоров Попов Васильев Павлов
    Семёнов Голубев Виноградов Богданов Волков Михайлов Новиков Новосёлов Морозов Николаев Орлов Андреев Макаров
    Никитин Захаров Зорин Степанов Сергеев Козлов Александров Королёв Гусев Титов Кудрявцев Баранов Куликов Алексеев
    Степнов Романов Осипов Сорокин Медведев Антонов Тарасов Жаров Гаврилов Денисов Громов Фомин Давыдов Мельников
    Блинов Колесников Карпов Афанасьев Власов Маслов Исаков Тихонов Аксёнов Родионов Котов Горбунов Кудряшов Быстров
    Рожков Самсонов Мясников
    """,
    "en": """
    Smith Smythe Smithers Johnson Johnston Jones Johnstone Walker Waller Walters Brown Browne Bronson Taylor Tyler
    Tailor Hughes Huges Hugheson Wright Whright White Schneider Schmidt Schroeder Mueller Miller Millar Novak Nowak
    Davies Davis Davidson Wilson Willson Williams Williamson Evans Thomas Thompson Thomson Roberts Robertson
    Robinson Lewis Lowis Clarke Clark Edwards Green Greene Hall Wood Woods Harris Harrison Martin Martinez Jackson
    Turner Cooper Hill Ward Moore Morris Morrison King Baker Allen Allan Scott Carter Parker Cook Cox Collins Bell
    Murphy Kelly Kennedy Bailey Richardson Reed Reid Watson Brooks Bennett Gray Grey James Price Stewart Stuart Ross
    Shevchenko Tkachuk Kovalenko Bondarenko Ivanov Ivanova Petrov Petrova Sidorenko Kuznetsov Popov Melnyk
    Kravchenko Oliynyk Lysenko Marchuk Zakharova Belyaev Tsarev Shevchik Kulikov Romanov Yatsenyuk Kharitonov
    Papadopoulos
    """,
}
SHARES = {"uk": 12, "ru": 12, "en": 6}


@cache
def first_names(language: str) -> list[str]:
    """Full names mostly, with what some call themselves."""
    return [form for _, full, called in given_names(language) for form in (*full * 3, *called[:1])]


def crowd(count: int, seed: int = 7) -> Iterator[str]:
    """So many different names; first name first or last, some with a patronymic or a second surname."""
    dice = random.Random(seed)
    seen: set[str] = set()
    while len(seen) < count:
        language = dice.choices(list(SHARES), weights=list(SHARES.values()))[0]
        first = dice.choice(first_names(language))
        last = dice.choice(SURNAMES[language].split())
        if language == "ru" and first[-1] in "ая" and last.endswith(("в", "н")):
            last += "а"
        name = f"{last} {first}" if dice.random() < 0.3 else f"{first} {last}"
        if language == "ru" and dice.random() < 0.1:
            name += dice.choice([" Сергеевич", " Андреевна", " Петровна", " Николаевич"])
        if name not in seen:
            seen.add(name)
            yield name
