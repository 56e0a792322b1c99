"""Runs the installation: the embedded database, the supervisor of web and worker, and the checks on a live home."""

HEALTH_PATH = "/healthz"
