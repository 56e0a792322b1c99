"""Owns the ways out of the house: adapters behind one port, their settings, who signs what leaves.

Not what is sent, to whom or when (messaging), nor whether it may be (privacy).
"""
