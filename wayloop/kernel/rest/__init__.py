"""The frame of the REST API: what every endpoint does alike. Resources stand in the `endpoints.py` of their context."""
