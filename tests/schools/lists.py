"""Lists as DUO writes them, in small and fictional: for the tests of reading and importing."""

from pathlib import Path

DATA = Path(__file__).resolve().parent.parent / "data"

HEADER = "BEVOEGD GEZAG NUMMER;INSTELLINGSCODE;VESTIGINGSCODE;VESTIGINGSNAAM;PLAATSNAAM"
VO_HEADER = HEADER + ";ONDERWIJSSTRUCTUUR"


def locations(*rows: str, header: str = HEADER) -> bytes:
    """A list of vestigingen with these rows; `header` says of which sector."""
    return ("\r\n".join([header, *rows]) + "\r\n").encode("windows-1252")


def boards(*rows: str) -> bytes:
    """A list of besturen with these rows."""
    return locations(*rows, header="BEVOEGD GEZAG NUMMER;BEVOEGD GEZAG NAAM")
