"""The numbers of the field (domain.md section 4): forms, and how one follows from another.

Each pattern is written once, here; constraints, forms, imports and the API use it.
"""

import re

BOARD_NUMBER = r"^[0-9]{5}$"
BRIN = r"^[0-9]{2}[A-Z]{2}$"
LOCATION_CODE = r"^[0-9]{2}[A-Z]{2}[0-9]{2}$"
OIN = r"^[0-9]{8}[0-9A-Z]{12}$"
OA_ID = r"^[0-9]{3}A[0-9]{3}$"
# The first 15 characters of the school OIN and 5 digits; ...00000 is the school itself, not a routing id.
ROUTING_ID = r"^00000007000[0-9]{2}[A-Z]{2}[0-9]{5}$"
# Those that the register hands out itself: 00 and a three-digit administration number.
HANDED_OUT_ROUTING_ID = r"^00000007000[0-9]{2}[A-Z]{2}00(00[1-9]|0[1-9][0-9]|[1-9][0-9]{2})$"

_SCHOOL_OIN = re.compile(r"00000007000([0-9]{2}[A-Z]{2})00000")


def school_oin(brin: str) -> str:
    """The OIN of the school with this BRIN: 00AV gives 0000000700000AV00000."""
    return f"00000007000{brin}00000"


def brin_of(oin: str) -> str | None:
    """The BRIN within a school OIN, or None when `oin` is not the OIN of a school."""
    match = _SCHOOL_OIN.fullmatch(oin)
    return match[1] if match else None


def is_oin(text: str) -> bool:
    """Whether `text` has the form of an OIN (20 characters)."""
    return re.fullmatch(OIN, text) is not None
