"""Wayloop: know every customer, hear them, answer them, act, and prove what it earned."""

__version__ = "0.1.0"
