"""Reads of commerce, cut by topic."""
