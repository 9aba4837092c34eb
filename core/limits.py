"""How much a caller may ask: a rate by token bucket, a number at once, a quota a day; in memory, or in Redis for many
processes."""

import secrets
import time
from abc import ABC, abstractmethod
from collections import defaultdict
from typing import Any, Literal, cast

import msgspec

from core.errors import BadSettings, QuotaExceeded, RateExceeded, TooManyAtOnce, Unavailable
from core.settings import Settings

MINUTE, DAY = 60.0, 86_400.0
ABANDONED = 300.0  # seconds after which a request counts as over, should its process have died
Blame = Literal["", "rate", "at_once", "quota"]


class Allowance(msgspec.Struct, frozen=True):
    """rate: units a minute, and at once; at_once: requests; quota: units a day (UTC), None for no end."""

    rate: int
    at_once: int
    quota: int | None


class Taken(msgspec.Struct, frozen=True):
    """What is left of the rate, in units, and the seconds until it is whole again; ticket: to give back."""

    left: int
    whole_in: float
    ticket: str


class Limits(ABC):
    """Counts what callers ask. A request costs units."""

    async def take(self, caller: str, cost: int, allowed: Allowance) -> Taken:
        """Let one request begin. Raises RateExceeded, TooManyAtOnce or QuotaExceeded, and counts nothing then."""
        ticket, now = secrets.token_hex(8), time.time()
        blame, left = await self._take(caller, cost, allowed, ticket, now)
        if blame == "rate":
            raise RateExceeded(
                f"More than {allowed.rate} units a minute.", retry_after=(cost - left) / allowed.rate * MINUTE
            )
        if blame == "at_once":
            raise TooManyAtOnce(f"{allowed.at_once} requests of this caller are being answered already.", retry_after=1)
        if blame == "quota":
            raise QuotaExceeded(
                f"The {allowed.quota} units of today are spent.",
                remedy="Wait for midnight UTC, or raise access.quota.",
                retry_after=DAY - now % DAY,
            )
        return Taken(int(left), (allowed.rate - left) / allowed.rate * MINUTE, ticket)

    @abstractmethod
    async def give_back(self, caller: str, ticket: str) -> None:
        """The request is over."""

    @abstractmethod
    async def _take(
        self, caller: str, cost: int, allowed: Allowance, ticket: str, now: float
    ) -> tuple[Blame, float]: ...

    async def close(self) -> None:
        return None


class MemoryLimits(Limits):
    """Of one process. Callers of whom nothing was heard for a day are forgotten."""

    def __init__(self) -> None:
        self._buckets: dict[str, tuple[float, float]] = {}
        self._running: dict[str, dict[str, float]] = defaultdict(dict)
        self._spent: dict[str, int] = {}
        self._day = 0

    async def give_back(self, caller: str, ticket: str) -> None:
        running = self._running[caller]
        running.pop(ticket, None)
        if not running:
            del self._running[caller]

    async def _take(self, caller: str, cost: int, allowed: Allowance, ticket: str, now: float) -> tuple[Blame, float]:
        if (day := int(now // DAY)) != self._day:
            self._day, self._spent = day, {}
            self._buckets = {one: held for one, held in self._buckets.items() if now - held[1] < DAY}
        tokens, at = self._buckets.get(caller, (float(allowed.rate), now))
        tokens = min(allowed.rate, tokens + max(0.0, now - at) * allowed.rate / MINUTE)
        spent = self._spent.get(caller, 0)
        if len(self._running.get(caller, ())) >= allowed.at_once:
            return "at_once", tokens
        if allowed.quota is not None and spent + cost > allowed.quota:
            return "quota", tokens
        if tokens < cost:
            return "rate", tokens
        self._buckets[caller] = tokens - cost, now
        self._spent[caller] = spent + cost
        self._running[caller][ticket] = now
        return "", tokens - cost


# One round trip, and nobody comes between: Redis runs a script alone.
_SCRIPT = """
local rate, at_once, quota = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local cost, now, ticket = tonumber(ARGV[4]), tonumber(ARGV[5]), ARGV[6]
local held = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(held[1] or rate), tonumber(held[2] or now)
tokens = math.min(rate, tokens + math.max(0, now - at) * rate / 60)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - tonumber(ARGV[7]))
if redis.call('ZCARD', KEYS[2]) >= at_once then return {'at_once', tostring(tokens)} end
local spent = tonumber(redis.call('GET', KEYS[3]) or 0)
if quota >= 0 and spent + cost > quota then return {'quota', tostring(tokens)} end
if tokens < cost then return {'rate', tostring(tokens)} end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens - cost), 'at', tostring(now))
redis.call('EXPIRE', KEYS[1], 120)
redis.call('ZADD', KEYS[2], now, ticket)
redis.call('EXPIRE', KEYS[2], 600)
redis.call('INCRBY', KEYS[3], cost)
redis.call('EXPIRE', KEYS[3], 172800)
return {'', tostring(tokens - cost)}
"""


class RedisLimits(Limits):
    """Of all processes on one Redis or Valkey. Raises Unavailable where it does not answer."""

    def __init__(self, url: str) -> None:
        try:
            from redis.asyncio import Redis
        except ImportError as error:
            raise BadSettings("Limits in Redis need its client.", remedy="pip install 'shopglass[redis]'") from error
        self._redis = Redis.from_url(url, decode_responses=True, socket_timeout=2)

    async def give_back(self, caller: str, ticket: str) -> None:
        await self._ask("zrem", _keys(caller, 0.0)[1], ticket)

    async def _take(self, caller: str, cost: int, allowed: Allowance, ticket: str, now: float) -> tuple[Blame, float]:
        quota = -1 if allowed.quota is None else allowed.quota
        arguments = (allowed.rate, allowed.at_once, quota, cost, repr(now), ticket, ABANDONED)
        blame, left = await self._ask("eval", _SCRIPT, 3, *_keys(caller, now), *arguments)
        return cast(Blame, blame), float(left)

    async def _ask(self, command: str, *arguments: object) -> Any:
        from redis.exceptions import RedisError

        try:
            return await getattr(self._redis, command)(*arguments)
        except (RedisError, OSError) as error:
            raise Unavailable("Redis does not answer.", remedy="Check that it runs at jobs.redis.") from error

    async def close(self) -> None:
        await self._redis.aclose()


def open_limits(settings: Settings) -> Limits:
    """In Redis where the jobs are, else of this process. Raises BadSettings."""
    return MemoryLimits() if settings.jobs.redis is None else RedisLimits(settings.jobs.redis.get_secret_value())


def _keys(caller: str, now: float) -> tuple[str, str, str]:
    base = f"shopglass:limits:{{{caller}}}"  # braces keep them on one node of a cluster
    return f"{base}:rate", f"{base}:running", f"{base}:spent:{int(now // DAY)}"
