"""What conditions on customers can be about: each field says which values it takes and how it compiles.

Fields of traits and figures of other contexts appear by themselves; `known_fields` lists all of them.
"""
