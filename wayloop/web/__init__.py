"""The shell: navigation, home, search and palette, gallery of the kit, error pages.

It knows the places of the contexts only by what they offer.
"""
