"""Names of due work."""

PREPARE_MONTHS = "ledger.prepare_months"
