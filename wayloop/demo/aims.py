"""What the sample business wants its numbers to come to, and the alerts that came of it. Made through the faces, in the
transaction that ends the building, so it is there once or not at all."""

from collections.abc import Sequence
from datetime import timedelta

from wayloop.business import api as business
from wayloop.kernel import clock
from wayloop.metrics import api as metrics
from wayloop.metrics.api import GoalKind, GoalRefused, GoalTold

# The shop on the market square in Lviv, which loses orders.
SLOW_SHOP = 2
# So many days ago the goals were set, before things went wrong; and they were looked at since then. Every night would
# find the same later on, and take a minute.
SET_BEFORE, LOOKED_BEFORE = 140, (110, 80, 50, 20, 0)


def set_goals(members: Sequence[int], places: Sequence[int]) -> None:
    """Sets them in the name of members (ids, the owner first) for the business and for one of its locations (ids), and
    looks at them as the nights went by."""
    owner, manager = members[0], members[1]
    now = clock.now()
    day = business.report_clock().day_of(now)
    goals = (
        GoalTold(
            "csat", GoalKind.VALUE, 0.85, "90d", action="Дзвонимо кожному, хто поставив 1 або 2", owner_id=manager,
            due_on=day + timedelta(days=40), example="Було 3 з 5: кава холодна. Переробили й пригостили тістечком.",
            risk="Бариста просять оцінку лише в усміхнених гостей",
        ),
        GoalTold("nps", GoalKind.VALUE, 50, "90d", owner_id=manager),
        GoalTold("repeat_purchase", GoalKind.VALUE, 0.15, "30d", action="Шоста кава у подарунок", owner_id=owner),
        GoalTold(
            "late_share", GoalKind.VALUE, 0.1, "90d", action="Другий перевізник на Дніпро", owner_name="Доставка",
            due_on=day + timedelta(days=21), risk="Дорожче на 12 грн за посилку",
        ),
        GoalTold("average_order_value", GoalKind.BASELINE, 0.05, "90d", action="Набори «зерно і фільтри»"),
        GoalTold("net_revenue", GoalKind.GROWTH, 200_000, "90d", owner_id=owner),
        GoalTold(
            "orders", GoalKind.VALUE, 900, "90d", location_id=places[SLOW_SHOP], owner_id=manager,
            action="Другий бариста зранку", note="Черга о восьмій: гості йдуть до сусідів.",
        ),
    )  # fmt: skip
    with clock.standing_at(now - timedelta(days=SET_BEFORE)):
        for goal in goals:
            try:
                metrics.set_goal(told=goal)
            except GoalRefused:
                # A sample that is smaller than usual has too little to begin from.
                continue
    for days in LOOKED_BEFORE:
        with clock.standing_at(now - timedelta(days=days)):
            metrics.look_at_goals()
