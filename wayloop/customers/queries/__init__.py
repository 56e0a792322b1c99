"""Reads of the customers, one module per topic."""
