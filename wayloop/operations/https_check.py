"""What the doctor asks about https: would a browser believe our certificate, and for how long?"""

import ssl
from contextlib import suppress
from datetime import timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from django.conf import settings
from django.utils.translation import gettext as _

from wayloop.contracts.doctor import Finding, broken, good, notice
from wayloop.kernel import clock

# Authorities renew a month before the end; what is left after half of that has been forgotten.
SOON = timedelta(days=14)


def https() -> Finding:
    """People come by https, and browsers believe it."""
    found = settings.ENVIRONMENT
    if not found.is_https:
        if is_loopback(found.host) and is_loopback(found.host_name):
            return good(_("http, for this machine only"))
        return notice(
            _("%(url)s goes by http, so passwords travel in the clear: give Wayloop a certificate, or a proxy in front")
            % {"url": found.url}
        )
    if found.tls_cert is not None and found.tls_key is not None:
        return examine(found.tls_cert, found.tls_key, found.host_name, ssl.create_default_context())
    if found.trusted_proxies:
        named = ", ".join(found.trusted_proxies)
        return good(_("%(url)s, by the proxy at %(proxies)s") % {"url": found.url, "proxies": named})
    return notice(_("%(url)s, but no proxy is named that may say so: set WAYLOOP_TRUSTED_PROXIES") % {"url": found.url})


def examine(cert: Path, key: Path, host: str, trust: ssl.SSLContext) -> Finding:
    """What somebody who believes `trust` finds when coming to `host`. Nothing goes over the network."""
    chain = x509.load_pem_x509_certificates(cert.read_bytes())
    ends = min(one.not_valid_after_utc for one in chain)
    left = ends - clock.now()
    told = {"host": host, "day": f"{ends:%Y-%m-%d}", "count": len(chain), "days": left.days}
    refused = _why_refused(cert, key, host, trust)
    if refused:
        return broken(_("browsers refuse the certificate for %(host)s: %(why)s") % {"host": host, "why": refused})
    text = _("%(host)s until %(day)s, %(days)s days left, certificates in the file: %(count)s") % told
    return notice(_("%(text)s: renew it") % {"text": text}) if left < SOON else good(text)


def _why_refused(cert: Path, key: Path, host: str, trust: ssl.SSLContext) -> str:
    """The reason of a visitor for not believing the certificate, empty when they do: a handshake in memory."""
    ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ours.load_cert_chain(cert, key)
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    visitor = trust.wrap_bio(back, there, server_hostname=host)
    program = ours.wrap_bio(there, back, server_side=True)
    while True:
        try:
            visitor.do_handshake()
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLCertVerificationError as error:
            return error.verify_message
        else:
            return ""
        with suppress(ssl.SSLWantReadError):
            program.do_handshake()


def is_loopback(host: str) -> bool:
    """Whether an address or name is this machine as it calls itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
