"""Customers, their traits and events over the API."""
