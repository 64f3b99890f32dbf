"""How is what must be read again, but by nobody who only has the books, kept in them?

Sealed under a key made from SECRET_KEY, which lies outside the books. What an earlier key sealed is
opened as long as that key is among SECRET_KEY_FALLBACKS; `resealed` puts it under the newest.
"""

import base64
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.signing import JSONSerializer

from moothall.core.errors import CannotDo

BEGINS = "gAAAA"  # every sealed text; no secret that a code or a passkey is made from does


class CannotUnseal(CannotDo):
    """What was sealed stays so."""


def seal(text: str) -> str:
    """The text as the books may hold it."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """The text again.

    :raises CannotUnseal: when it was sealed under a key that is no longer among the settings.
    """
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as wrong:
        raise CannotUnseal(_WHY) from wrong


def resealed(sealed: str) -> str:
    """The same text, sealed under the newest key.

    :raises CannotUnseal: when it was sealed under a key that is no longer among the settings.
    """
    try:
        return _keys().rotate(sealed.encode()).decode()
    except InvalidToken as wrong:
        raise CannotUnseal(_WHY) from wrong


_WHY = (
    "What was sealed under another secret key cannot be opened. Whoever runs Moothall gives that "
    "key in MOOTHALL_EARLIER_SECRET_KEYS."
)


class SealedSerializer(JSONSerializer):
    """A visit as the books hold it: half-made secrets pass through it too."""

    def dumps(self, obj: Any) -> bytes:
        return _keys().encrypt(super().dumps(obj))

    def loads(self, data: bytes) -> Any:
        return super().loads(_keys().decrypt(data))


def _keys() -> MultiFernet:
    return _made_from((settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))


@lru_cache(maxsize=4)
def _made_from(secrets: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(_derived(secret)) for secret in secrets])


def _derived(secret: str) -> bytes:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"moothall.core.sealing")
    return base64.urlsafe_b64encode(made.derive(secret.encode()))
