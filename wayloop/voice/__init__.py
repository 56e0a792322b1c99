"""Owns what became of customers' words: changes with the answers behind them and who was told, thanks, testimonials.

Knows nothing of surveys or cases: whoever keeps what customers said offers it as a `FeedbackSource`.
"""
