"""Owns what happened: append-only events of customers, and the catalogue of their kinds. Draws no conclusions."""
