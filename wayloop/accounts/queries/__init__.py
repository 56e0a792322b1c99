"""Reads of the members."""
