"""The identity providers through which people of a bestuur sign in (domain.md section 8)."""

from dataclasses import dataclass

from django.conf import settings

MIJN_DUO, EHERKENNING = "mijn-duo", "eherkenning"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An identity provider, and how it says who somebody is and what they may do.

    `access_right` makes an OSR-beheerder, `signatory_right` a tekenbevoegde; `kind_of_right` is what the provider calls
    such a thing, in Dutch. The other three are the names of its claims.
    """

    id: str
    name: str
    kind_of_right: str
    access_right: str
    signatory_right: str
    name_claim: str
    rights_claim: str
    boards_claim: str


def configured() -> list[Provider]:
    """The providers with which people can sign in here, the usual one first."""
    ids = [app["provider_id"] for app in settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]]
    return [named(provider_id) for provider_id in ids]


def named(provider_id: str) -> Provider:
    """The provider with this id; Mijn DUO for who signs in through none."""
    if provider_id == EHERKENNING:
        return Provider(
            id=EHERKENNING,
            name="eHerkenning",
            kind_of_right="machtiging",
            access_right=settings.OSR_EHERKENNING_ACCESS_RIGHT,
            signatory_right=settings.OSR_EHERKENNING_SIGNATORY_RIGHT,
            name_claim=settings.OSR_EHERKENNING_CLAIM_NAME,
            rights_claim=settings.OSR_EHERKENNING_CLAIM_RIGHTS,
            boards_claim=settings.OSR_EHERKENNING_CLAIM_BOARDS,
        )
    return Provider(
        id=MIJN_DUO,
        name="Mijn DUO",
        kind_of_right="rol",
        access_right=settings.OSR_ACCESS_ROLE,
        signatory_right=settings.OSR_SIGNATORY_ROLE,
        name_claim=settings.OSR_CLAIM_NAME,
        rights_claim=settings.OSR_CLAIM_ROLES,
        boards_claim=settings.OSR_CLAIM_BOARDS,
    )
