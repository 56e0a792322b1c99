"""Owns what customers are asked and what they say: surveys, whom rules ask, answers, scores with scale and comment.

Not whether somebody may be contacted (privacy), how a message leaves (messaging), what follows from a score (cases),
nor what numbers over many scores say (metrics).
"""
