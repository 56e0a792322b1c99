"""The face of commerce for other contexts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from wayloop.commerce.enums import (
    AgreementKind,
    DeliveryStatus,
    DeliveryWay,
    OrderStatus,
    Outcome,
    PaymentMethod,
    PricePeriod,
    ProductKind,
    Renewal,
)
from wayloop.commerce.guest_codes import guest_code
from wayloop.commerce.models import JobStage
from wayloop.commerce.queries.carts import cart_hours
from wayloop.commerce.queries.deals import Period, list_buyers
from wayloop.commerce.queries.orders import orders_by_number
from wayloop.commerce.queries.products import Favourite, ProductInfo, category_titles, favourites_of, products_by_id
from wayloop.commerce.rules import LOST_AFTER_DAYS, LOST_AFTER_GAPS, LOYAL_DAYS, LOYAL_ORDERS, CommerceRefused
from wayloop.commerce.services import agreements as _agreements
from wayloop.commerce.services import job_kinds as _job_kinds
from wayloop.commerce.services import jobs as _jobs
from wayloop.commerce.services.agreements import Terms
from wayloop.commerce.services.carts import abandon_carts, set_cart_hours, update_carts
from wayloop.commerce.services.counter import record_purchase, record_visit, undo_purchase, undo_visit
from wayloop.commerce.services.deals import record_orders, record_returns
from wayloop.commerce.services.deliveries import (
    Plan,
    change_delivery,
    move_delivery_on,
    plan_delivery,
    take_delivery_back,
)
from wayloop.commerce.services.delivery_columns import record_deliveries
from wayloop.commerce.services.greeting import add_point as add_greeting_point
from wayloop.commerce.services.job_kinds import NewStage
from wayloop.commerce.services.jobs import JobDetails, JobMovedOn
from wayloop.commerce.services.payments import (
    record_payment,
    record_payments,
    record_refund,
    restore_payment,
    take_payment_back,
)
from wayloop.commerce.services.products import (
    ProductDetails,
    add_product,
    archive_product,
    change_product,
    name_categories,
    name_products,
    price_products,
    restore_product,
)
from wayloop.commerce.services.statuses import change_status, change_statuses, take_status_back
from wayloop.contracts.commerce import (
    CartColumns,
    DealColumns,
    DealOutcome,
    DeliveryColumns,
    Greeting,
    LineColumns,
    OrderRef,
    PaymentColumns,
    PurchaseInfo,
    PurchaseLine,
    StatusColumns,
)
from wayloop.kernel.localised import Localised

__all__ = [
    "LOST_AFTER_DAYS",
    "LOST_AFTER_GAPS",
    "LOYAL_DAYS",
    "LOYAL_ORDERS",
    "AgreementKind",
    "CartColumns",
    "CommerceRefused",
    "DealColumns",
    "DealOutcome",
    "DeliveryColumns",
    "DeliveryStatus",
    "DeliveryWay",
    "Favourite",
    "Greeting",
    "JobDetails",
    "JobInfo",
    "JobMovedOn",
    "LineColumns",
    "NewStage",
    "OrderRef",
    "OrderStatus",
    "Outcome",
    "PaymentColumns",
    "PaymentMethod",
    "Period",
    "Plan",
    "PricePeriod",
    "ProductDetails",
    "ProductInfo",
    "ProductKind",
    "PurchaseInfo",
    "PurchaseLine",
    "Renewal",
    "StatusColumns",
    "Terms",
    "abandon_carts",
    "add_agreement",
    "add_greeting_point",
    "add_job_kind",
    "add_product",
    "archive_product",
    "cart_hours",
    "category_titles",
    "change_delivery",
    "change_product",
    "change_status",
    "change_statuses",
    "favourites_of",
    "guest_code",
    "list_buyers",
    "move_delivery_on",
    "move_job",
    "name_categories",
    "name_products",
    "open_job",
    "orders_by_number",
    "plan_delivery",
    "price_products",
    "products_by_id",
    "record_deliveries",
    "record_orders",
    "record_payment",
    "record_payments",
    "record_purchase",
    "record_refund",
    "record_returns",
    "record_visit",
    "restore_payment",
    "restore_product",
    "set_cart_hours",
    "take_delivery_back",
    "take_payment_back",
    "take_status_back",
    "undo_purchase",
    "undo_visit",
    "update_carts",
]


@dataclass(frozen=True)
class JobInfo:
    """A service job: its id, the stage it stands in, and the stages of its kind that are in use, in their order."""

    id: int
    stage_id: int
    stages: tuple[int, ...]


def add_job_kind(
    *, name: Localised, stages: Sequence[NewStage], icon: str = "wrench", usual_hours: int | None = None
) -> int:
    """Makes a kind of service jobs; answers its id. Raises `CommerceRefused` for stages without begin or end."""
    return int(_job_kinds.add_kind(name=name, stages=stages, icon=icon, usual_hours=usual_hours).pk)


def open_job(
    *, person: int, kind_id: int, details: JobDetails, by: int | None = None, at: datetime | None = None
) -> JobInfo:
    """Opens a service job for a customer; see `services.jobs.open_job`. Raises `CommerceRefused`."""
    job = _jobs.open_job(person=person, kind_id=kind_id, details=details, by=by, at=at).job
    stages = JobStage.objects.filter(kind_id=kind_id, archived_at=None).order_by("position", "pk")
    return JobInfo(job.pk, job.stage_id, tuple(stages.values_list("pk", flat=True)))


def move_job(
    *, job_id: int, stage_id: int, seen_stage_id: int, by: int | None = None, at: datetime | None = None
) -> bool:
    """Moves a service job into another stage; False when it stands there already. Raises `JobMovedOn`."""
    move = _jobs.move_job(job_id=job_id, stage_id=stage_id, seen_stage_id=seen_stage_id, by=by, at=at)
    return move is not None


def add_agreement(*, person: int, terms: Terms, by: int | None = None, is_history: bool = False) -> int:
    """Makes an agreement with a customer or company; answers its id. Raises `CommerceRefused`.

    `is_history`: all of it is noted afterwards and triggers nothing.
    """
    return int(_agreements.add_agreement(person=person, terms=terms, by=by, is_history=is_history).pk)
