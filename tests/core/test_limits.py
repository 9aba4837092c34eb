"""Limits of memory and of Redis are of one kind."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from core.errors import LimitExceeded, QuotaExceeded, RateExceeded, TooManyAtOnce, Unavailable
from core.limits import Allowance, Limits, MemoryLimits, RedisLimits


@pytest.fixture(params=["memory", "redis"])
def run(request: pytest.FixtureRequest) -> Callable[[Callable[[Limits], Awaitable[None]]], None]:
    url = request.getfixturevalue("redis_server") if request.param == "redis" else None

    def run(told: Callable[[Limits], Awaitable[None]]) -> None:
        async def all_of_it() -> None:
            limits: Limits = MemoryLimits() if url is None else RedisLimits(url)
            try:
                await told(limits)
            finally:
                await limits.close()

        asyncio.run(all_of_it())

    return run


def test_a_rate_is_spent_and_comes_back(run, request) -> None:
    async def told(limits: Limits) -> None:
        allowed, caller = Allowance(rate=600, at_once=99, quota=None), request.node.name
        first = await limits.take(caller, 500, allowed)
        assert first.left == 100
        assert first.whole_in == pytest.approx(50, abs=1)
        with pytest.raises(RateExceeded) as excess:
            await limits.take(caller, 200, allowed)
        assert excess.value.retry_after == pytest.approx(10, abs=1)
        assert (await limits.take("another", 500, allowed)).left == 100
        await asyncio.sleep(0.3)  # ten units a second: three come back, which is what is measured here
        assert (await limits.take(caller, 100, allowed)).left in (2, 3, 4)

    run(told)


def test_requests_at_once_are_counted_and_given_back(run, request) -> None:
    async def told(limits: Limits) -> None:
        allowed, caller = Allowance(rate=600, at_once=2, quota=None), request.node.name
        first, _ = await limits.take(caller, 1, allowed), await limits.take(caller, 1, allowed)
        with pytest.raises(TooManyAtOnce):
            await limits.take(caller, 1, allowed)
        await limits.give_back(caller, first.ticket)
        assert (await limits.take(caller, 1, allowed)).left == 597

    run(told)


def test_a_quota_ends_with_the_day(run, request) -> None:
    async def told(limits: Limits) -> None:
        allowed, caller = Allowance(rate=600, at_once=9, quota=5), request.node.name
        await limits.take(caller, 4, allowed)
        with pytest.raises(QuotaExceeded) as excess:
            await limits.take(caller, 2, allowed)
        assert 0 < excess.value.retry_after <= 86_400
        await limits.take(caller, 1, allowed)

    run(told)


def test_the_three_have_names_of_their_own() -> None:
    kinds = {one.type_uri() for one in (RateExceeded, TooManyAtOnce, QuotaExceeded)}
    assert len(kinds) == 3
    assert LimitExceeded.status == 429


def test_a_redis_that_is_gone_is_said_so() -> None:
    async def ask() -> None:
        limits = RedisLimits("redis://127.0.0.1:1")
        with pytest.raises(Unavailable, match="Redis"):
            await limits.take("a", 1, Allowance(rate=1, at_once=1, quota=None))
        await limits.close()

    asyncio.run(ask())
