"""The exports of other systems come in by the mappings that ship: a small made-up file of each."""

import pytest

from wayloop.customers.testing import Card
from wayloop.imports.proposal import columns_asked
from wayloop.imports.rules import parse_mapping, shipped_content, shipped_names
from wayloop.imports.testing import as_csv, bring_in

# Mapping → headings of the export, rows, names of the cards there are afterwards.
FILES: dict[str, tuple[str, tuple[str, ...], set[str]]] = {
    "shopify-orders": (
        "Name|Email|Financial Status|Paid at|Fulfillment Status|Currency|Subtotal|Total|Created at|Lineitem quantity|"
        "Lineitem name|Lineitem price|Lineitem sku|Billing Name|Billing City|Billing Country|Phone",
        (
            "#1001|mira@example.com|paid|2026-05-04 10:00:00 +0200|fulfilled|EUR|21.00|21.00|"
            "2026-05-04 09:58:00 +0200|2|House beans|8.00|HB-1|Mira Lind|Tartu|EE|+37253000001",
            "#1001|mira@example.com|||||||2026-05-04 09:58:00 +0200|1|Cup|5.00|CUP||||",
        ),
        {"Mira Lind"},
    ),
    "shopify-customers": (
        "Customer ID|First Name|Last Name|Email|Accepts Email Marketing|Default Address Company|Default Address City|"
        "Default Address Country Code|Phone|Accepts SMS Marketing|Total Spent|Total Orders|Note|Tags",
        (
            "'7001|Mira|Lind|mira@example.com|yes|Lind OÜ|Tartu|EE|+37253000001|no|21.00|1|likes light roasts|"
            "regular, beans",
        ),
        {"Mira Lind", "Lind OÜ"},
    ),
    "woocommerce-orders": (
        "order_id|order_number|order_date|status|order_total|order_currency|customer_id|billing_first_name|"
        "billing_email|billing_phone|billing_city|billing_country|item_name|item_sku|item_quantity|item_total",
        (
            "55|55|2026-05-04 10:00:00|completed|13.00|EUR|9|Jan|jan@example.com|+48500000001|"
            "Gdynia|PL|Filter|F-1|1|5.00",
            "55|55|2026-05-04 10:00:00|completed|13.00|EUR|9|Jan|jan@example.com|+48500000001|"
            "Gdynia|PL|Beans|B-1|1|8.00",
        ),
        {"Jan"},
    ),
    "woocommerce-customers": (
        "Name|Username|Last active|Sign up|Email|Orders|Total spend|AOV|Country / Region|City|Region|Postal code",
        ("Jan Kos|jkos|2026-05-04 10:00:00|2025-01-02 08:00:00|jan@example.com|1|13|13|PL|Gdynia||81-001",),
        {"Jan Kos"},
    ),
    "1c-sales": (
        "Дата|Номер|Контрагент|Номенклатура|Артикул|Количество|Цена|Сумма",
        ("04.05.2026 10:15:00|РТ-000017|Кафе «Липа»|Зерно «Утро», 1 кг|ЗУ-1|3|620,00|1 860,00",),
        {"Кафе «Липа»"},
    ),
    "amocrm-contacts": (
        "ID|Тип|Полное имя контакта|Компания контакта|Ответственный|Дата создания контакта|Дата редактирования|Теги|"
        "Рабочий телефон|Мобильный телефон|Рабочий email|Должность|Примечание 1",
        (
            "301|контакт|Вера Лис|ООО «Тихий двор»|Пётр|04.05.2025 12:00:00|05.05.2026 12:00:00|опт|"
            "'+380670000001|+380670000002|vera@example.com|закупки|звонить утром",
        ),
        {"Вера Лис", "ООО «Тихий двор»"},
    ),
    "amocrm-companies": (
        "ID|Название компании|Дата создания компании|Теги|Рабочий телефон|Рабочий email|Web|Адрес",
        (
            "401|ООО «Тихий двор»|04.05.2025 12:00:00|опт|+380670000001|office@example.com|dvor.example.com|"
            "ул. Садовая, 3",
        ),
        {"ООО «Тихий двор»"},
    ),
    "bitrix24-contacts": (
        "ID|Обращение|Имя|Отчество|Фамилия|Дата рождения|Компания|Должность|Рабочий телефон|Мобильный телефон|"
        "Рабочий e-mail|Комментарий|Дата создания",
        (
            "11|г-жа|Вера|Ильинична|Лис|12.03.1988|Тихий двор|закупки|+380670000001||vera@example.com|постоянная|"
            "04.05.2025 12:00:00",
        ),
        {"Лис Вера Ильинична", "Тихий двор"},
    ),
    "keycrm-orders": (
        "№|Дата створення|Джерело|Покупець|Телефон|Email|Назва товару|Артикул|Кількість|Ціна",
        ("901|04.05.2026 10:15:00|Сайт|Оля Гай|+380670000003|olia@example.com|Турка мідна|Т-1|1|740.00",),
        {"Оля Гай"},
    ),
    "keycrm-customers": (
        "ID|ПІБ|Телефон|Email|Місто|Дата створення|Примітка",
        ("77|Оля Гай|+380670000003|olia@example.com|Суми|04.05.2025 10:15:00|любить мідь",),
        {"Оля Гай"},
    ),
    "hubspot-contacts": (
        "Record ID|First Name|Last Name|Email|Phone Number|Job Title|Associated Company|Associated Company IDs|City|"
        "Country/Region|Create Date|Last Modified Date",
        (
            "5001|Nora|Fjeld|nora@example.com|+4790000001|Buyer|Fjord Inn|6001|Bergen|Norway|2025-05-04 10:00|"
            "2026-05-04 10:00",
        ),
        {"Nora Fjeld", "Fjord Inn"},
    ),
    "hubspot-companies": (
        "Record ID|Company name|Phone Number|City|Country/Region|Industry|Company Domain Name|Create Date",
        ("6001|Fjord Inn|+4790000002|Bergen|Norway|Hospitality|fjordinn.example.com|2025-05-04 10:00",),
        {"Fjord Inn"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_the_export_of_another_system_comes_in(db: None, name: str) -> None:
    headings, rows, cards = FILES[name]
    content = as_csv([row.split("|") for row in rows], headings.split("|"))
    run = bring_in(content, mapping=name, name=f"{name}.csv")
    assert (run.problem, run.state, run.rows_done, run.rows_refused) == ("", "done", len(rows), 0)
    assert set(Card.objects.values_list("name", flat=True)) == cards


def test_every_shipped_mapping_is_one_and_has_its_file() -> None:
    for name in shipped_names():
        parse_mapping(name, shipped_content(name))
    assert set(shipped_names()) - {"olist", "online-retail"} == set(FILES)


def test_a_file_of_ones_own_is_not_taken_for_an_export() -> None:
    for name in FILES:
        asked = {column.casefold() for column in columns_asked(shipped_content(name))}
        # A plain list of people or lines has these; on their own they tell no system.
        plain = {"id", "name", "email", "phone", "city", "имя", "фамилия", "телефон", "кількість", "количество"}
        assert not asked or asked - plain, name
