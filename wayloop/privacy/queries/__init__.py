"""Reads of privacy."""
