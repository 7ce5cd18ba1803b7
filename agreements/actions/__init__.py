"""Writing, offering and signing agreements (A1-A6). Ending one ends mandates: see `mandates.actions.end_agreement`.

Each intention is one function: it checks who may, locks what it must, changes rows within acts in one transaction, or
raises `Refused` with all problems at once and changes nothing. Whatever is forgotten here, the database refuses.
"""

from agreements.actions.offering import offer_agreement, remind, request_agreement, withdraw_offer
from agreements.actions.offering_to_all import (
    OfferOutcome,
    OfferRow,
    OffersChanged,
    OffersToAll,
    offer_to_all_boards,
    preview_offer_to_all_boards,
)
from agreements.actions.paper import register_on_paper
from agreements.actions.reminding import remind_in_time
from agreements.actions.signatories import Addressee, suggested_signatories
from agreements.actions.signing import decline_offer, sign_agreement
from agreements.actions.texts import add_kind, change_template, draft_template, publish_template

__all__ = [
    "Addressee",
    "OfferOutcome",
    "OfferRow",
    "OffersChanged",
    "OffersToAll",
    "add_kind",
    "change_template",
    "decline_offer",
    "draft_template",
    "offer_agreement",
    "offer_to_all_boards",
    "preview_offer_to_all_boards",
    "publish_template",
    "register_on_paper",
    "remind",
    "remind_in_time",
    "request_agreement",
    "sign_agreement",
    "suggested_signatories",
    "withdraw_offer",
]
