"""What members enter about a product."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.commerce.enums import OWN, ProductKind
from wayloop.commerce.queries.products import ProductRow, categories
from wayloop.commerce.services.products import ProductDetails
from wayloop.kernel.localised import Localised
from wayloop.ui.fields import SEARCHABLE
from wayloop.ui.localised import LocalisedTextField

NEW = "+"


class ProductForm(forms.Form):
    """A product as customers read it, what it costs them, and what it costs us (for members who may see that)."""

    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=ProductKind.choices, widget=forms.RadioSelect)
    code = forms.CharField(
        label=gettext_lazy("Code"),
        max_length=120,
        required=False,
        help_text=gettext_lazy("As on the shelf or in the till. Empty: the next free number."),
    )
    category = forms.ChoiceField(label=gettext_lazy("Category"), required=False, widget=forms.Select(attrs=SEARCHABLE))
    new_category = forms.CharField(label=gettext_lazy("Name of the new category"), max_length=120, required=False)
    price = forms.DecimalField(label=gettext_lazy("Price per unit"), required=False, max_digits=18, decimal_places=6)
    currency = forms.ChoiceField(label=gettext_lazy("Currency"))
    cost = forms.DecimalField(label=gettext_lazy("Cost per unit"), required=False, max_digits=18, decimal_places=6)
    margin = forms.DecimalField(
        label=gettext_lazy("Or margin, % of the price"),
        required=False,
        max_digits=6,
        decimal_places=2,
        help_text=gettext_lazy("One follows from the other: write what you know."),
    )

    def __init__(self, data: Any = None, *, product: ProductRow | None = None, with_cost: bool = False) -> None:
        profile = business.profile()
        initial: dict[str, Any] = {"kind": ProductKind.PRODUCT, "currency": profile.currency}
        if product:
            initial = {
                "kind": product.kind,
                "code": product.code,
                "category": product.category,
                "price": _plain(product.price),
                "currency": product.currency or profile.currency,
                "cost": _plain(product.told_cost),
                "margin": _plain(product.told_margin),
            }
        super().__init__(data, initial=initial)
        self.fields["name"] = LocalisedTextField(
            label=pgettext("of a product", "Name"),
            languages=profile.content_languages,
            before=product.name if product else None,
            longest=200,
        )
        known = categories()
        if product and product.category and product.category not in dict(known):
            known.append((product.category, product.category))
        self.fields["category"].choices = [  # type: ignore[attr-defined]
            ("", _("No category")), *known, (NEW, _("A new category …")),
        ]  # fmt: skip
        codes = dict.fromkeys([initial["currency"], profile.currency, *business.currencies_used()])
        labels = {one.code: one.label for one in business.currencies(get_language() or "en")}
        self.fields["currency"].choices = [(code, labels.get(code, code)) for code in codes]  # type: ignore[attr-defined]
        for name in ("price", "cost", "margin"):
            self.fields[name].widget.attrs["step"] = "any"
        if product and product.source != OWN:
            self.fields["code"].disabled = True
        if not with_cost:
            del self.fields["cost"], self.fields["margin"]
        self.order_fields(["name", "kind", "category", "new_category", "code", "price", "currency", "cost", "margin"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("category") == NEW and not data.get("new_category"):
            self.add_error("new_category", _("Write what the new category is called."))
        if data.get("cost") is not None and data.get("margin") is not None:
            self.add_error("margin", _("Write either the cost or the margin; one follows from the other."))
        return data

    @property
    def new_category_name(self) -> Localised | None:
        """The category to be made first, in the main language of the business."""
        if self.cleaned_data["category"] != NEW:
            return None
        languages = business.profile().content_languages
        return Localised.of(self.cleaned_data["new_category"], languages[0] if languages else "en")

    def details(self, category: str) -> ProductDetails:
        """What was entered, in this category."""
        data = self.cleaned_data
        return ProductDetails(
            name=data["name"],
            kind=ProductKind(data["kind"]),
            code=data["code"],
            category=category,
            price=data["price"],
            currency=data["currency"],
            cost=data.get("cost"),
            margin=data.get("margin"),
        )


class CategoryForm(forms.Form):
    """The name of a category in the languages of the business."""

    def __init__(self, data: Any = None, *, name: Localised) -> None:
        super().__init__(data)
        self.fields["name"] = LocalisedTextField(
            label=pgettext("of a category", "Name"),
            languages=business.profile().content_languages,
            before=name,
            longest=120,
        )


def _plain(value: Any) -> Any:
    """A number as people write it, without the zeros of the column."""
    return None if value is None else format(value.normalize(), "f")
