"""Counting calls in this process: a storage for the library `limits`.

Its own memory storage starts a thread to forget what is over, for one call in five when there are many; that took a
quarter of the checks per second (docs/decisions/018-the-hot-path.md).
"""

import time
from threading import Lock
from typing import NamedTuple

from limits.storage import Storage

# From how many names on those are forgotten whose window is over.
_MANY = 10_000


class _Window(NamedTuple):
    count: int
    ends_at: float  # seconds since the epoch


_NONE = _Window(0, 0.0)


class WindowsInMemory(Storage):
    """Windows of fixed length, by name."""

    STORAGE_SCHEME = None

    def __init__(self) -> None:
        super().__init__()
        self._windows: dict[str, _Window] = {}
        self._lock = Lock()

    @property
    def base_exceptions(self) -> type[Exception]:
        """What can go wrong: nothing."""
        return ValueError

    def incr(self, key: str, expiry: float, amount: int = 1) -> int:
        """Count `amount` more; the first opens a window of `expiry` seconds. Returns the count."""
        now = time.time()
        with self._lock:
            if len(self._windows) >= _MANY:
                self._windows = {name: window for name, window in self._windows.items() if window.ends_at > now}
            window = self._windows.get(key, _NONE)
            if window.ends_at <= now:
                window = _Window(0, now + expiry)
            self._windows[key] = _Window(window.count + amount, window.ends_at)
            return window.count + amount

    def get(self, key: str) -> int:
        """The count of the running window."""
        window = self._windows.get(key, _NONE)
        return window.count if window.ends_at > time.time() else 0

    def get_expiry(self, key: str) -> float:
        """When the running window ends, in seconds since the epoch; now when there is none."""
        return max(self._windows.get(key, _NONE).ends_at, time.time())

    def check(self) -> bool:
        """Whether it works."""
        return True

    def reset(self) -> int:
        """Forget everything; returns how many names there were."""
        with self._lock:
            names, self._windows = len(self._windows), {}
            return names

    def clear(self, key: str) -> None:
        """Forget one name."""
        with self._lock:
            self._windows.pop(key, None)
