"""Which Chromium the browser tests use. Run as a module it prints that, or fails when there is none."""

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

# The first is made for tests: it has no window, and takes a quarter less time.
_NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
# Without a sandbox, since tests may run as root; and without Chromium's own calls to the outside world.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def executable() -> str | None:
    """The machine's own Chromium, else the one that playwright downloaded, else None."""
    for name in _NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


if __name__ == "__main__":
    found = executable()
    print(found or "no Chromium found")
    sys.exit(0 if found else 1)
