"""Sign-in secrets are kept encrypted."""

import pytest
from cryptography.exceptions import InvalidTag

from accounts.keys import keyed_digest, open_secret, seal_secret


def test_a_secret_comes_back_and_is_never_sealed_the_same_way_twice():
    sealed = seal_secret("JBSWY3DPEHPK3PXP")
    assert open_secret(sealed) == "JBSWY3DPEHPK3PXP"
    assert "JBSWY3DPEHPK3PXP" not in sealed
    assert sealed != seal_secret("JBSWY3DPEHPK3PXP")


def test_a_secret_in_clear_is_refused():
    with pytest.raises(ValueError, match="not encrypted"):
        open_secret("JBSWY3DPEHPK3PXP")


def test_another_master_key_opens_nothing(settings):
    sealed, digest = seal_secret("x"), keyed_digest(b"p", "x")
    settings.MASTER_KEY = "another"
    with pytest.raises(InvalidTag):
        open_secret(sealed)
    assert keyed_digest(b"p", "x") != digest
