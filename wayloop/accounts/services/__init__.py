"""Writes of the members: who works here, how they come in, what they may, what was done."""
