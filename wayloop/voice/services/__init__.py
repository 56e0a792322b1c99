"""Writes of the customers' voice, one module per topic."""
