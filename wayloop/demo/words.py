"""What the customers of the sample write beside their scores, in their own languages. All of it is invented here."""

from collections.abc import Mapping, Sequence
from typing import Literal

# What a comment is about: the first three are complaints.
Theme = Literal["late", "queue", "mug", "delivery", "visit"]

COMMENTS: Mapping[Theme, Mapping[str, Sequence[str]]] = {
    "late": {
        "uk": (
            "Чекала на посилку на чотири дні довше, ніж обіцяли. Ніхто не попередив.",
            "Обіцяли до пʼятниці, привезли в середу. Подарунок запізнився.",
            "Кава смачна, але доставка – лотерея.",
            "Трекінг мовчав три дні, довелося дзвонити самому.",
            "Вдруге поспіль запізнюється.",
        ),
        "ru": (
            "Привезли на пять дней позже обещанного, и никто не предупредил.",
            "Обещали к выходным, пришло в среду.",
            "Кофе отличный, доставка подводит второй раз.",
            "Курьер перенёс два раза, потом просто оставил у двери.",
            "Пришлось самой выяснять, где посылка.",
        ),
        "en": (
            "Arrived four days later than promised, with no word from anybody.",
            "Great beans, unreliable delivery.",
            "I had to chase the parcel myself.",
            "Late for the second time in a row.",
        ),
    },
    "queue": {
        "uk": (
            "Стояла двадцять хвилин, працювала одна людина.",
            "Зранку черга до дверей, а друга каса зачинена.",
            "Раніше було швидше. Тепер перед роботою не встигаю.",
            "Лате принесли холодним, перепрошувати ніхто не став.",
            "Бариста міняються щотижня, ніхто не памʼятає замовлення.",
        ),
        "ru": (
            "Двадцать минут в очереди ради одного капучино.",
            "Утром не зайти: одна касса на весь зал.",
            "Раньше здесь меня узнавали, теперь всё время новые люди.",
            "Принесли не то и переделывали десять минут.",
        ),
        "en": (
            "Twenty minutes for one cappuccino. There used to be two people at the bar.",
            "New faces every week, and my coffee was cold.",
            "I like the place, but I can no longer stop by before work.",
        ),
    },
    "mug": {
        "uk": (
            "Кришка протікає, чай був у сумці.",
            "Через місяць перестала тримати тепло.",
            "Гарна чашка, але в рюкзаку її возити не можна.",
        ),
        "ru": (
            "Крышка подтекает, залила ноутбук.",
            "Тепло держит час, обещали шесть.",
            "Красивая, но протекает. Уже вторая такая.",
        ),
        "en": (
            "The lid leaks. My bag smells of coffee now.",
            "Looks lovely, does not keep anything warm.",
        ),
    },
    "delivery": {
        "uk": (
            "Швидко й гарно запаковано.",
            "Зерно свіже, обсмажене три дні тому. Дякую!",
            "Усе як завжди: вчасно й смачно.",
            "Приємна листівка в коробці.",
        ),
        "ru": (
            "Быстро и аккуратно, зерно свежее.",
            "Спасибо за открытку в коробке!",
            "Всё вовремя, буду заказывать ещё.",
        ),
        "en": (
            "Fresh, on time and well packed.",
            "The card in the box made my day.",
            "Exactly as promised.",
        ),
    },
    "visit": {
        "uk": (
            "Мене тут знають на імʼя, це дорогого варте.",
            "Найкращі сирники в місті.",
            "Тихо, можна попрацювати. Розеток вистачає.",
            "Порадили нове зерно, і воно мені дуже смакує.",
            "Дитині налили води, не питаючи. Дрібниця, а приємно.",
        ),
        "ru": (
            "Помнят, что я пью на овсяном. Приятно.",
            "Уютно, и раф лучший в городе.",
            "Бариста подсказал, как молоть дома. Спасибо!",
            "Хожу каждое утро и ни разу не пожалел.",
        ),
        "en": (
            "They remember my order. That is why I come back.",
            "Quiet, friendly, and the flat white is perfect.",
            "Best pancakes in town.",
        ),
    },
}
