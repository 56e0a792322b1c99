"""The component kit: templates, tags, icons, formats, sort keys. It knows how things look, never what they mean."""
