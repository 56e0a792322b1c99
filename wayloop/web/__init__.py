"""The shell: navigation, home, search and palette, gallery of the kit, error pages. It knows contexts only by their offers."""
