"""Writes of the surveys, cut by topic."""
