"""What people are told, in their language."""

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from wayloop.business import api as business
from wayloop.contracts.messaging import Button, Letter, Paragraph
from wayloop.voice.models import Change, Thanking

OURS = {code for code, _name in settings.LANGUAGES}
PAGE = "/thanks/{{token}}/"


def change_letter(change: Change, language: str) -> Letter:
    """“You said, we did”: what became of what they told us. It holds nothing of what they said."""
    spoken = language if language in OURS else change.title.source
    with translation.override(spoken if spoken in OURS else "en"):
        return Letter(
            language or change.title.source,
            _("You said, we did: %(title)s") % {"title": change.title.in_language(spoken)},
            (
                Paragraph(_("Hello!")),
                Paragraph(_("Some time ago you told us what was not right. Thank you: it changed something.")),
                Paragraph(change.text.in_language(spoken)),
            ),
        )


def thanks_letter(thanking: Thanking, language: str) -> Letter:
    """Thanks to somebody who would recommend us, with their page."""
    spoken = language if language in OURS else next(iter(business.profile().content_languages), "en")
    with translation.override(spoken if spoken in OURS else "en"):
        own = thanking.text.in_language(spoken).strip()
        return Letter(
            language or spoken,
            _("Thank you from %(business)s") % {"business": business.profile().name},
            (
                Paragraph(_("Hello!")),
                Paragraph(own or _("You said you would recommend us to friends. That means a lot to us: thank you!")),
                Button(_("Open your page"), PAGE),
            ),
        )
