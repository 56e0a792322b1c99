"""What signed links of the members are for."""

from datetime import timedelta

from wayloop.kernel.signing import purpose

INVITATION = purpose("accounts.invitation", timedelta(days=7))
RESET = purpose("accounts.reset", timedelta(days=1))
