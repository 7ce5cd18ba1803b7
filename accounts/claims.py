"""What the identity provider says of a person (domain.md section 8). The names of the claims are settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.conf import settings


@dataclass(frozen=True, kw_only=True)
class Person:
    """A person as the provider describes it; `board_numbers` are five digits each."""

    name: str
    email: str
    is_administrator: bool
    is_signatory: bool
    board_numbers: tuple[str, ...]

    @property
    def may_enter(self) -> bool:
        """Whether the person has a role at all."""
        return self.is_administrator or self.is_signatory


def read_claims(claims: Mapping) -> Person:
    """The person that these claims describe. Roles and boards may be a list or one text, as providers differ."""
    roles = _texts(claims.get(settings.OSR_CLAIM_ROLES))
    return Person(
        name=str(claims.get(settings.OSR_CLAIM_NAME) or ""),
        email=str(claims.get("email") or ""),
        is_administrator=settings.OSR_ACCESS_ROLE in roles,
        is_signatory=settings.OSR_SIGNATORY_ROLE in roles,
        board_numbers=tuple(number.zfill(5) for number in _texts(claims.get(settings.OSR_CLAIM_BOARDS))),
    )


def _texts(value) -> list[str]:
    if value is None:
        return []
    values = value if isinstance(value, list | tuple) else str(value).replace(",", " ").split()
    return [str(one) for one in values]
