"""Writes of metrics: their goals."""
