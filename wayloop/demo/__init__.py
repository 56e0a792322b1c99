"""Owns the sample business: an invented chain of coffee shops, made through the faces of the contexts."""
