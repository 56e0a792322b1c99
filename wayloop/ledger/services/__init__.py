"""Writes of the ledger, cut by topic."""
