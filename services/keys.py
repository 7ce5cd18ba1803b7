"""API keys: how they are made and how one is recognised (quality.md, Security)."""

import hashlib
import secrets

PREFIX = "osr_"


def new_key() -> str:
    """A fresh API key: 256 random bits behind a recognisable prefix."""
    return PREFIX + secrets.token_urlsafe(32)


def digest_of(key: str) -> str:
    """The SHA-256 of a key in hexadecimal: all that the register keeps of it."""
    return hashlib.sha256(key.encode()).hexdigest()
