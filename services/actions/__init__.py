"""Changing suppliers, systems, their qualifications and API keys, and services: what Kennisnet support can intend."""

from services.actions.gate import LONGEST_NAME
from services.actions.keys import (
    LONGEST_KEY_NAME,
    MOST_NAMES,
    IssuedKey,
    end_of_day,
    issue_key,
    revoke_key,
    rotate_key,
)
from services.actions.qualifications import record_qualification_test, withdraw_qualification
from services.actions.services import (
    add_service,
    add_service_version,
    change_service,
    end_service,
    end_service_version,
    resume_service,
    set_successor,
)
from services.actions.succession import close_succession_offer, offer_problems, offer_succession
from services.actions.suppliers import add_supplier, change_supplier, connect_supplier, disconnect_supplier
from services.actions.systems import add_system, rename_system

__all__ = [
    "LONGEST_KEY_NAME",
    "LONGEST_NAME",
    "MOST_NAMES",
    "IssuedKey",
    "add_service",
    "add_service_version",
    "add_supplier",
    "add_system",
    "change_service",
    "change_supplier",
    "close_succession_offer",
    "connect_supplier",
    "disconnect_supplier",
    "end_of_day",
    "end_service",
    "end_service_version",
    "issue_key",
    "offer_problems",
    "offer_succession",
    "record_qualification_test",
    "rename_system",
    "resume_service",
    "revoke_key",
    "rotate_key",
    "set_successor",
    "withdraw_qualification",
]
