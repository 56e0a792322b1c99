"""The root of the REST API: keys, routers of the contexts, the published document."""
