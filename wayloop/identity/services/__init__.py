"""Writes of identity, cut by topic."""
