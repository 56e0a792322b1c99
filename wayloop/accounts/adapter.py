"""How django-allauth behaves in this house: pages only, our words, own paths only, limits per account."""

import math
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.core.internal import ratelimit
from django.contrib.auth import authenticate
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from wayloop.accounts import acts
from wayloop.accounts.fresh import mark_fresh
from wayloop.accounts.models import Member
from wayloop.accounts.rules import is_own_path
from wayloop.accounts.services.audit import audit
from wayloop.kernel.limits import household_of

# What the password was right for, kept in the session until the second factor is given.
SEAL = "sign_in_seal"
TOO_MANY = "too_many_login_attempts"
LIMIT = {"app": "allauth.account", "action": "login_failed"}


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """See the module."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": _("E-mail and password do not match. Check both and try again."),
        TOO_MANY: _("Too many attempts. Wait 5 minutes, then try again."),
    }

    def is_ajax(self, request: HttpRequest) -> bool:
        """Never: sign-in answers with pages, whatever a request calls itself."""
        return False

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Says nothing: being in or out is plain to see."""

    def is_safe_url(self, url: str | None) -> bool:
        """Whether `next` may lead there."""
        return bool(url) and is_own_path(str(url))

    def get_client_ip(self, request: HttpRequest) -> str:
        """Whom limits by address count: of IPv6 the whole network that one household has."""
        return household_of(super().get_client_ip(request))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Counts the attempt, for the account and for the client's address, before any password is looked at.

        Known and unknown e-mails are counted alike, under every name of this host alike. Raises `ValidationError`
        that says how long to wait.
        """
        account = str(credentials.get("email", "")).lower()
        self._login_failed_rl_usage = ratelimit.consume(request, key=account, **LIMIT)
        if not self._login_failed_rl_usage:
            wait = self._wait_in_seconds(request, account)
            minutes = max(1, math.ceil(wait / 60))
            raise ValidationError(
                ngettext(
                    "Too many attempts. Wait %(minutes)d minute, then try again.",
                    "Too many attempts. Wait %(minutes)d minutes, then try again.",
                    minutes,
                )
                % {"minutes": minutes},
                code=TOO_MANY,
                params={"seconds": minutes * 60},
            )

    def authenticate(self, request: HttpRequest, **credentials: Any) -> AbstractBaseUser | None:
        """The member of these credentials, or None; a member who was switched off is like a wrong password."""
        self.pre_authenticate(request, **credentials)
        member = authenticate(request, **credentials)
        AuthenticationBackend.unstash_authenticated_user()
        if member:
            # A right password is no attempt; but earlier wrong ones stay counted.
            self._rollback_login_failed_rl_usage()
            request.session[SEAL] = member.get_session_auth_hash()
            return member
        # Asked for known and unknown addresses alike, so that time tells nothing.
        known = Member.objects.filter(email=str(credentials.get("email", "")).lower()).values_list("pk", flat=True)
        audit(act=acts.SIGN_IN_REFUSED, by=known.first())
        return None

    def login(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        """Ends the way in: everything that was asked for is given."""
        super().login(request, user)
        request.session.pop(SEAL, None)
        mark_fresh(request)
        audit(act=acts.SIGNED_IN, by=user.pk)

    def respond_user_inactive(self, request: HttpRequest, user: AbstractBaseUser) -> HttpResponse:
        """Whoever was switched off between password and second factor begins again, and is refused."""
        return redirect("account_login")

    def _wait_in_seconds(self, request: HttpRequest, account: str) -> float:
        waits = [0.0]
        for rate in ratelimit.get_rates(**LIMIT):
            history = cache.get(ratelimit.get_cache_key(request, rate=rate, key=account, **LIMIT), [])
            if len(history) >= rate.amount:
                waits.append(history[-1] + rate.duration - time.time())
        return max(waits)
