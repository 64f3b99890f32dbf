"""Who may sign in, and how does a sign-in provider's answer become a person?"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from moothall.core.errors import CannotDo
from moothall.core.sealing import seal, unseal
from moothall.directory import actions
from moothall.directory.models import Person
from moothall.site.demo import place


class AccountAdapter(DefaultAccountAdapter):
    """Nobody signs up unasked: a system administrator invites them."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """The demonstration's password is known to all: it opens nothing but a demonstration."""
        super().pre_authenticate(request, **credentials)
        is_invented = str(credentials.get("email", "")).lower().endswith(f"@{place.MAIL}")
        if is_invented and not settings.DEMONSTRATION:
            raise ValidationError(
                "The people of the demonstration sign in only where it runs. Set "
                "MOOTHALL_DEMONSTRATION to 1, or sign in as yourself."
            )


class SecondFactorAdapter(DefaultMFAAdapter):
    """What a one-time code or a recovery code is made from lies sealed in the books."""

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        try:
            return unseal(encrypted_text)
        except CannotDo as refused:
            raise ValidationError(refused.sentence) from refused


class ProviderAdapter(DefaultSocialAccountAdapter):
    """Sign-in through a body's own OpenID provider."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Only whom the provider vouches for, by a verified address, and only where it may add."""
        return settings.OIDC_ADDS_PEOPLE and any(
            address.verified for address in sociallogin.email_addresses
        )

    def populate_user(
        self, request: HttpRequest, sociallogin: SocialLogin, data: dict[str, Any]
    ) -> Person:
        person: Person = super().populate_user(request, sociallogin, data)
        parts = (data.get("first_name"), data.get("last_name"))
        person.name = (
            data.get("name") or " ".join(filter(None, parts)) or data.get("email") or ""
        )[:120]
        return person

    @transaction.atomic
    def save_user(self, request: HttpRequest, sociallogin: SocialLogin, form: Any = None) -> Person:
        person: Person = super().save_user(request, sociallogin, form)
        actions.note_person(person=person, by=None, at=timezone.now())
        return person
