"""Reads of the ledger, cut by topic."""
