"""Names that commerce gives to events and columns."""

ORDER_PLACED = "order.placed"
RETURN_MADE = "return.made"
