"""What the audit trail tells of the members themselves, and of settings."""

from django.utils.translation import gettext_lazy as _

from wayloop.contracts.audit import Act

SIGNED_IN = Act("signed_in", _("Signed in"), "sign_in")
SIGN_IN_REFUSED = Act("sign_in.refused", _("Was refused at sign-in"), "sign_in")
SIGNED_OUT = Act("signed_out", _("Signed out"), "sign_in")
CODE_REFUSED = Act("second_factor.refused", _("Gave a wrong second factor"), "sign_in")
SESSION_ENDED = Act("session.ended", _("Ended a session"), "sign_in")
SESSIONS_ENDED = Act("sessions.ended", _("Ended all sessions"), "sign_in")
PASSWORD_CHANGED = Act("password.changed", _("Changed the password"), "sign_in")
RESET_MADE = Act("password.link_made", _("Made a link for a new password"), "team")
FACTOR_ADDED = Act("second_factor.added", _("Added a second factor"), "sign_in")
FACTOR_REMOVED = Act("second_factor.removed", _("Removed a second factor"), "sign_in")
CODES_MADE = Act("recovery_codes.made", _("Made recovery codes"), "sign_in")
POLICY_CHANGED = Act("policy.changed", _("Changed who needs a second factor"), "team")
INVITED = Act("member.invited", _("Invited somebody"), "team")
INVITATION_WITHDRAWN = Act("invitation.withdrawn", _("Withdrew an invitation"), "team")
JOINED = Act("member.joined", _("Joined the team"), "team")
RIGHTS_CHANGED = Act("member.rights_changed", _("Changed what a member may"), "team")
SWITCHED_OFF = Act("member.switched_off", _("Switched a member off"), "team")
LET_BACK_IN = Act("member.let_back_in", _("Let a member back in"), "team")
LET_IN_BY_COMMAND = Act("owner.let_in_by_command", _("Was let back in from the command line"), "team")
KEY_MADE = Act("key.made", _("Made an API key"), "keys")
KEY_REVOKED = Act("key.revoked", _("Revoked an API key"), "keys")
SEARCHED = Act("searched", _("Searched"), "data")
EXPORTED = Act("exported", _("Took data out"), "data")
SETTINGS_CHANGED = Act("settings.changed", _("Changed settings"), "settings")

ACTS = tuple(one for one in list(globals().values()) if isinstance(one, Act))
