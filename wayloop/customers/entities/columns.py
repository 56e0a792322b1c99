"""Names of columns that mean the same in many systems' files, and the fields made of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.imports import ImportField
from wayloop.customers.enums import TraitType
from wayloop.customers.models import TraitDefinition
from wayloop.customers.rules.values import LONGEST_ADDRESS
from wayloop.identity.api import IdentifierKind

LONG = 4_000
# Contacts by field: those of one kind are all noted.
CONTACTS: Mapping[str, IdentifierKind] = {
    "phone": IdentifierKind.PHONE,
    "second_phone": IdentifierKind.PHONE,
    "email": IdentifierKind.EMAIL,
    "second_email": IdentifierKind.EMAIL,
    "card": IdentifierKind.CARD,
    "telegram": IdentifierKind.TELEGRAM,
    "whatsapp": IdentifierKind.WHATSAPP,
    "viber": IdentifierKind.VIBER,
    "vk": IdentifierKind.VK,
    "instagram": IdentifierKind.INSTAGRAM,
    "facebook": IdentifierKind.FACEBOOK,
}
CONTACT_FIELDS = (
    ImportField(
        "phone", _("Phone"), "text", longest=250,
        names=("phone", "phone number", "mobile", "mobile phone", "mobile phone number", "billing phone",
               "default address phone", "телефон", "номер телефона", "мобильный телефон", "мобильный", "сотовый",
               "номер телефону", "мобільний телефон", "рабочий телефон", "телефон (мобильный)", "контактный телефон",
               "tel", "telephone", "мобільний"),
    ),
    ImportField(
        "second_phone", _("Further phone"), "text", longest=250,
        names=("second phone", "home phone", "work phone", "other phone", "домашний телефон", "другой телефон",
               "рабочий прямой телефон", "додатковий телефон", "дополнительный телефон", "shipping phone"),
    ),
    ImportField(
        "email", _("E-mail"), "text", longest=500,
        names=("email", "e-mail", "mail", "email address", "customer email", "billing email", "почта", "эл. почта",
               "электронная почта", "рабочий email", "рабочий e-mail", "e-mail рабочий", "пошта", "ел. пошта",
               "електронна пошта", "электронный адрес", "електронна адреса"),
    ),
    ImportField(
        "second_email", _("Further e-mail"), "text", longest=500,
        names=("second email", "work email", "other email", "личный email", "другой email", "частный e-mail",
               "додаткова пошта"),
    ),
    ImportField(
        "card", _("Loyalty card"), "text", longest=250,
        names=("card", "loyalty card", "card number", "карта", "номер карты", "дисконтная карта", "картка",
               "номер картки", "дисконтна картка"),
    ),
    ImportField("telegram", IdentifierKind.TELEGRAM.label, "text", longest=250, names=("telegram", "телеграм", "tg")),
    ImportField("whatsapp", IdentifierKind.WHATSAPP.label, "text", longest=250, names=("whatsapp", "ватсап")),
    ImportField("viber", IdentifierKind.VIBER.label, "text", longest=250, names=("viber", "вайбер")),
    ImportField("vk", IdentifierKind.VK.label, "text", longest=250, names=("vk", "vkontakte", "вконтакте")),
    ImportField("instagram", IdentifierKind.INSTAGRAM.label, "text", longest=250, names=("instagram", "инстаграм")),
    ImportField("facebook", IdentifierKind.FACEBOOK.label, "text", longest=250, names=("facebook", "фейсбук")),
)  # fmt: skip
TIME_FIELDS = (
    ImportField(
        "created_at", _("Customer since"), "instant",
        names=("created at", "created", "create date", "date created", "date registered", "registered", "sign up",
               "created_at", "дата создания", "дата создания контакта", "дата создания компании", "создан",
               "дата регистрации", "дата створення", "створено", "дата реєстрації"),
    ),
    ImportField(
        "updated_at", _("As of"), "instant",
        names=("updated at", "last modified date", "modified", "дата изменения", "дата редактирования", "изменен",
               "дата модификации", "дата зміни", "оновлено", "дата оновлення"),
    ),
    ImportField(
        "location", _("Location"), "text", longest=200,
        names=("location", "store", "shop", "branch", "точка", "филиал", "магазин", "філія", "заклад"),
    ),
    ImportField(
        "tags", _("Tags"), "text", longest=LONG,
        names=("tags", "labels", "теги", "метки", "теги контакта", "теги компании", "мітки"),
    ),
    ImportField(
        "note", _("Note"), "text", longest=LONG,
        names=("note", "notes", "comment", "description", "примечание", "примечания", "комментарий", "примечание 1",
               "примітка", "коментар", "нотатки"),
    ),
)  # fmt: skip
# What other systems call traits that ship with the program.
TRAIT_NAMES: Mapping[str, Sequence[str]] = {
    "birth_date": ("birthday", "birth date", "date of birth", "день рождения", "дата рождения", "день народження",
                   "дата народження", "dob", "д.р.", "д.н."),
    "sex": ("gender", "sex", "пол", "стать"),
    "country": ("country", "country/region", "billing country", "default address country code", "страна", "країна"),
    "town": ("city", "town", "billing city", "default address city", "город", "населенный пункт", "місто"),
    "language": ("language", "preferred language", "locale", "язык", "мова"),
    "address": ("address", "street address", "billing address 1", "default address address1", "адрес", "адреса",
                "фактический адрес", "юридический адрес", "адрес доставки", "адреса доставки"),
    "email_consent": ("accepts email marketing", "accepts marketing", "email consent", "согласие на рассылку",
                      "підписка на розсилку"),
    "message_consent": ("accepts sms marketing", "sms consent", "согласие на sms", "згода на sms"),
    "industry": ("industry", "сфера деятельности", "отрасль", "галузь"),
    "website": ("website", "website url", "company domain name", "web", "веб-сайт", "сайт", "корпоративный сайт"),
    "profession": ("profession", "профессия", "професія"),
    "company_size": ("number of employees", "employees", "кол-во сотрудников", "количество сотрудников"),
}  # fmt: skip
_TYPES: Mapping[str, Any] = {TraitType.NUMBER: "decimal", TraitType.DATE: "date"}


def trait_fields(definitions: Sequence[TraitDefinition], taken: Sequence[str]) -> list[ImportField]:
    """A field for each trait; one whose key is a field of another meaning stands apart."""
    return [
        ImportField(
            field_of(one.key, taken),
            one.title,
            "text",
            longest=LONGEST_ADDRESS,
            names=(*TRAIT_NAMES.get(one.key, ()), one.key, one.title.casefold()),
        )
        for one in definitions
    ]


def field_of(key: str, taken: Sequence[str]) -> str:
    """The field a trait comes in."""
    return f"trait_{key}" if key in taken else key
