"""What the audit trail tells of results that leave the house."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.audit import Act

SHARED = Act("results.shared", _("Shared results of a survey by a link"), "data")
SHARE_REVOKED = Act("results.share_revoked", _("Took a link to results back"), "data")
SHARE_OPENED = Act("results.share_opened", _("Results were opened by a link"), "data")

ACTS = (SHARED, SHARE_REVOKED, SHARE_OPENED)
