"""Owns what we tell people: letters and how they are written for each, and the one engine that sends them.

Not whether somebody may be contacted (privacy), nor how a message leaves the house (channels), nor why (surveys).
"""
