"""Owns what is found out by looking and talking: research notes with guides, scored checklists and tagged quotes.

Journey maps and personas will stand on these quotes; nothing here is sent to anybody.
"""
