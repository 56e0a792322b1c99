"""Owns what customers say when they are asked: scores, each with its scale and comment.

Not what follows from a score (cases), nor what numbers over many scores say (metrics).
"""
