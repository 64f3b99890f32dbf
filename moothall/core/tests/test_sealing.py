"""What is sealed is read again by who holds a key, and by nobody who only has the books."""

import pytest

from moothall.core.sealing import BEGINS, CannotUnseal, SealedSerializer, resealed, seal, unseal

NEWER, OLDER = "the-newer-key-" * 4, "the-older-key-" * 4


@pytest.fixture
def keys(settings):
    def hold(*secrets: str) -> None:
        settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS = secrets

    return hold


def test_what_is_sealed_is_not_seen_and_is_read_again():
    sealed = seal("JBSWY3DPEHPK3PXP")
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert sealed.startswith(BEGINS)
    assert seal("JBSWY3DPEHPK3PXP") != sealed
    assert unseal(sealed) == "JBSWY3DPEHPK3PXP"


def test_what_an_earlier_key_sealed_is_read_while_that_key_is_given(keys):
    keys(OLDER)
    sealed = seal("a secret")
    keys(NEWER, OLDER)
    assert unseal(sealed) == "a secret"
    again = resealed(sealed)
    keys(NEWER)
    assert unseal(again) == "a secret"
    for open_it in (unseal, resealed):
        with pytest.raises(CannotUnseal, match="gives that key in MOOTHALL_EARLIER_SECRET_KEYS"):
            open_it(sealed)


def test_a_visit_is_sealed_and_one_that_cannot_be_opened_is_over(keys):
    keys(OLDER)
    kept = SealedSerializer().dumps({"mfa.totp.secret": "JBSWY3DPEHPK3PXP"})
    assert b"totp" not in kept
    assert SealedSerializer().loads(kept) == {"mfa.totp.secret": "JBSWY3DPEHPK3PXP"}
