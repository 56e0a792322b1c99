"""Owns whether somebody may be contacted: consents with their proof, contact pressure, holds, and the door to all that.

Not the sending itself (channels, messaging), nor what is sent (surveys, campaigns). What a higher context knows – a
complaint, a late order – it pushes down as a hold.
"""
