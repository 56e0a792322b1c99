"""Writes of the business, one module per topic."""
