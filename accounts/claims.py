"""What the identity provider says of a person (domain.md section 8). The names of the claims are settings."""

from collections.abc import Mapping
from dataclasses import dataclass

from accounts.providers import Provider


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
        """Whether the person has a right at all."""
        return self.is_administrator or self.is_signatory


def read_claims(claims: Mapping, provider: Provider) -> Person:
    """The person that these claims describe. Rights and boards may be a list or one text, as providers differ."""
    rights = _texts(claims.get(provider.rights_claim))
    boards = [word for text in _texts(claims.get(provider.boards_claim)) for word in text.split()]
    return Person(
        name=str(claims.get(provider.name_claim) or ""),
        email=str(claims.get("email") or ""),
        is_administrator=_names(rights, provider.access_right),
        is_signatory=_names(rights, provider.signatory_right),
        board_numbers=tuple(number.zfill(5) for number in boards),
    )


def _names(texts: list[str], right: str) -> bool:
    """Whether one of the texts is this right; in a text with several, a right that is one word is found as well."""
    return any(right == text or right in text.split() for text in texts)


def _texts(value) -> list[str]:
    if value is None:
        return []
    values = value if isinstance(value, list | tuple) else str(value).split(",")
    return [str(one).strip() for one in values]
