"""Changing mandates and endpoints: everything that a person or a supplier can intend.

Each intention is checked (D4), locks the board, changes the rows within acts, in one transaction, or raises `Refused`
with all problems at once and changes nothing. Whatever is forgotten here, the database refuses. `preview` tells what an
intention would do, `confirm` does exactly that.
"""

from mandates.actions.change import ChangeDates, ChangeEnd, ChangeStart, Revoke, revoke_mandate
from mandates.actions.copy import Copy
from mandates.actions.end_agreement import EndOfAgreement, end_agreement, preview_end_of_agreement
from mandates.actions.endpoints import (
    Registration,
    change_endpoint,
    end_endpoint,
    hand_out_routing_id,
    is_https,
    register_endpoint,
)
from mandates.actions.facts import AgreementMissing
from mandates.actions.grant import Choice, Grant, grant_mandates
from mandates.actions.let_end import let_end
from mandates.actions.previews import Outcome, Preview, RegisterChanged, Row, carry_out, confirm, preview
from mandates.actions.services import reshape_service
from mandates.actions.succession import Succeed
from mandates.actions.switch import Switch
from mandates.actions.take_over import TakeOver
from mandates.actions.undo import undo

__all__ = [
    "AgreementMissing",
    "ChangeDates",
    "ChangeEnd",
    "ChangeStart",
    "Choice",
    "Copy",
    "EndOfAgreement",
    "Grant",
    "Outcome",
    "Preview",
    "RegisterChanged",
    "Registration",
    "Revoke",
    "Row",
    "Succeed",
    "Switch",
    "TakeOver",
    "carry_out",
    "change_endpoint",
    "confirm",
    "end_agreement",
    "end_endpoint",
    "grant_mandates",
    "hand_out_routing_id",
    "is_https",
    "let_end",
    "preview",
    "preview_end_of_agreement",
    "register_endpoint",
    "reshape_service",
    "revoke_mandate",
    "undo",
]
