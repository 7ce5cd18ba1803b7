"""Changing who may enter: the boards of a person, and the accounts of Kennisnet support; and noting what went wrong."""

from accounts.actions.errors import forget_errors, note_error
from accounts.actions.following import follow_provider
from accounts.actions.memberships import end_membership
from accounts.actions.support import (
    LONGEST_NAME,
    change_support_role,
    choose_password,
    end_support_account,
    note_factors,
    open_support_account,
    reopen_support_account,
    reset_second_factor,
)

__all__ = [
    "LONGEST_NAME",
    "change_support_role",
    "choose_password",
    "end_membership",
    "end_support_account",
    "follow_provider",
    "forget_errors",
    "note_error",
    "note_factors",
    "open_support_account",
    "reopen_support_account",
    "reset_second_factor",
]
