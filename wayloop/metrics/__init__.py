"""Owns the numbers: one registry with one definition each, computed from published relations, down to their rows."""
