"""Writes of channels."""
