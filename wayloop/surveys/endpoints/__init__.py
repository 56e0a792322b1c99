"""Scores, surveys and their results over the API."""
