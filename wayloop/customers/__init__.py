"""Owns what we know about people and companies: their cards, traits with source and date, lists, the 360 card.

Who they are belongs to identity, what they did to the ledger.
"""
