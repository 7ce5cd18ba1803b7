"""How often a supplier may read, so that nobody empties the register (api-v2.md, Who calls; docs/settings.md).

Counted in Redis when there is one, for all processes together. Without Redis, or while it is gone, each process counts
for itself: a limit is not worth refusing an answer for (bar R6).
"""

import math
import time

import redis
import structlog
from django.conf import settings
from limits import RateLimitItem
from limits.storage import Storage, storage_from_string
from limits.strategies import FixedWindowRateLimiter

from api.windows import WindowsInMemory

log = structlog.get_logger()

_SECONDS_WITHOUT_REDIS = 5


class TooMany(Exception):
    """The limit is reached; `seconds` tells after how many whole seconds it is worth trying again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"{seconds} s")
        self.seconds = seconds


class Counter:
    """Counts calls by name in windows of fixed length."""

    def __init__(self, redis_url: str = "") -> None:
        self._memory = FixedWindowRateLimiter(WindowsInMemory())
        self._redis = FixedWindowRateLimiter(_redis_storage(redis_url)) if redis_url else None
        self._redis_is_gone_until = 0.0

    def count(self, limit: RateLimitItem, *names: str) -> None:
        """Count a call; raises `TooMany` when there have been more than `limit` allows."""
        if self._redis and time.monotonic() >= self._redis_is_gone_until:
            try:
                return _count(self._redis, limit, names)
            except redis.RedisError:
                # Asking a Redis that is gone takes time: for a while nobody does.
                self._redis_is_gone_until = time.monotonic() + _SECONDS_WITHOUT_REDIS
                log.warning("limits counted in memory: Redis is gone")
        return _count(self._memory, limit, names)

    def refuse_beyond(self, limit: RateLimitItem, *names: str) -> None:
        """Raise `TooMany` when this process has counted as many calls as `limit` allows; counts nothing."""
        if not self._memory.test(limit, *names):
            raise TooMany(_seconds_left(self._memory, limit, names))


def _redis_storage(url: str) -> Storage:
    return storage_from_string(url, socket_timeout=0.2, socket_connect_timeout=0.2, key_prefix="osr-limits")


def _count(limiter: FixedWindowRateLimiter, limit: RateLimitItem, names: tuple[str, ...]) -> None:
    if not limiter.hit(limit, *names):
        raise TooMany(_seconds_left(limiter, limit, names))


def _seconds_left(limiter: FixedWindowRateLimiter, limit: RateLimitItem, names: tuple[str, ...]) -> int:
    return max(1, math.ceil(limiter.get_window_stats(limit, *names).reset_time - time.time()))


# One for all that this process counts; failed calls are counted per process only, by an address of a caller that
# nobody knows.
supplier_calls = Counter(settings.REDIS_URL)
failed_calls = Counter()
