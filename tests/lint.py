"""What `make lint` checks besides the code: the templates, and with Django's own checks migrations and settings.

No template writes out a component of the design system, no migration is missing, and the production settings pass
`--deploy`.
"""

import os
import re
import secrets
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from osr.development import BASE_DIR, seal_file

# Production: nothing set but what has no default.
os.environ.update(
    DJANGO_SETTINGS_MODULE="osr.settings",
    OSR_SECRET_KEY=secrets.token_urlsafe(64),
    OSR_HOSTS="register.example",
    OSR_DEVELOPMENT="false",
    DATABASE_URL="postgres://localhost:1/none",
)

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

TEMPLATES = BASE_DIR / "templates"
COMPONENTS = TEMPLATES / "components"
# Classes that only partials there write, as they are or as the beginning of another; and which partials those are.
WRITTEN_ONCE = {
    "utrecht-alert": "alert.html",
    "utrecht-button-link": "button_link.html",
    "utrecht-button": "button.html",
    "utrecht-checkbox": "checkbox.html",
    "utrecht-radio-button": "radio_button.html",
    "utrecht-select": "select_field.html or select.html",
    "utrecht-textarea": "text_area.html",
    "utrecht-textbox": "text_field.html, search_field.html or day_field.html",
}
_WRITTEN_OUT = re.compile(rf"\b({'|'.join(WRITTEN_ONCE)})")


def main() -> str | None:
    """Check everything; returns what is wrong with the templates, if anything."""
    if written_out := list(_components_written_out()):
        return "\n".join(written_out)
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        settings.OSR_SEAL_PKCS12 = str(seal_file(Path(folder)))
        call_command("check", deploy=True, fail_level="WARNING")
    # Without a database there is no history to compare with, only models with migrations: that is what counts here.
    connection.settings_dict["ENGINE"] = "django.db.backends.dummy"
    call_command("makemigrations", check=True, dry_run=True)
    return None


def _components_written_out() -> Iterator[str]:
    for path in sorted(set(TEMPLATES.rglob("*.html")) - set(COMPONENTS.iterdir())):
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            if found := _WRITTEN_OUT.search(line):
                use = f"use {WRITTEN_ONCE[found[1]]} of {COMPONENTS.relative_to(BASE_DIR)}/"
                yield f"{path.relative_to(BASE_DIR)}:{number}: `{found[1]}` is written out; {use}"


if __name__ == "__main__":
    sys.exit(main())
