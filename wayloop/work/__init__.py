"""Owns the work on complaints and bad scores: cases with their clocks, playbooks, and small tasks for members.

Knows nothing of surveys, orders or conversations: whoever finds something wrong opens a case through the face and names
what it is about.
"""
