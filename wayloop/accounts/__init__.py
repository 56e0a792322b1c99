"""Owns who works here: members, roles, the locations they see, sign-in, their own preferences. Never customers."""
