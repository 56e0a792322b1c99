"""Composition root: settings, addresses, server entry, command line. The only place that knows all contexts."""
