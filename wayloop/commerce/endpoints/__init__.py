"""Orders and products over the API."""
