"""Who may, and where a redirect may lead."""

from urllib.parse import urlsplit

from django.utils.http import url_has_allowed_host_and_scheme


def is_own_path(url: str) -> bool:
    """Whether `url` is a path of this installation: no scheme, no host, nothing a browser would read as one."""
    return url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)


def own_path_of(url: str, host: str) -> str:
    """The path and query of an absolute `url` when it lies on `host` (with port); else an empty text."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    path = f"{parts.path}?{parts.query}" if parts.query else parts.path
    return path if parts.netloc == host and is_own_path(path) else ""
