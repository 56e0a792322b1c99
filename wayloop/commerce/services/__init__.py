"""Writes of commerce, cut by topic."""
