"""The market behind Gymnasium's contract, for any library of reinforcement learning."""

from collections.abc import Callable, Sequence
from typing import Any

import gymnasium as gym
import numpy as np
from numpy.typing import NDArray

from pricing.contract import Outcome, Policy, Proposal
from pricing.features import NAMES, features
from pricing.market import Market
from pricing.money import Money
from pricing.rewards import STEPS, reward


class MarketEnvironment(gym.Env[NDArray[np.float32], np.int64]):  # type: ignore[misc]
    """Observation: the 34 features of ``pricing.features``; action: one of the 7 steps of price; reward: ``pricing.rewards``.

    make: a market of a seed; days: after which an episode is cut off.
    """

    def __init__(self, make: Callable[[int], Market], days: int = 120) -> None:
        self.make, self.days = make, days
        self.market = make(0)
        self.observation_space = gym.spaces.Box(-3.0, 3.0, (len(NAMES),), np.float32)
        self.action_space = gym.spaces.Discrete(len(STEPS))

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float32], dict[str, Any]]:
        super().reset(seed=seed)
        self.market = self.make(int(self.np_random.integers(2**31)))
        return self._seen(), {}

    def step(self, action: np.int64) -> tuple[NDArray[np.float32], float, bool, bool, dict[str, Any]]:
        price = self.market.state().price.times(1 + STEPS[int(action)])
        outcome = self.market.step(Money(max(price.minor, 1), price.currency))
        return self._seen(), reward(outcome), self.market.over, self.market.day >= self.days, {"sold": outcome.sold}

    def _seen(self) -> NDArray[np.float32]:
        seen: NDArray[np.float32] = features([self.market.state()])[0]
        return seen


def live(policy: Policy, markets: Sequence[Market], days: int, *, learning: bool = False) -> list[list[Outcome]]:
    """Let a policy price markets for some days or until they are over; what came of each, and learnt by it if so."""
    lived: list[list[Outcome]] = [[] for _ in markets]
    for _ in range(days):
        going = [(market, past) for market, past in zip(markets, lived, strict=True) if not market.over]
        if not going:
            break
        states = [past[-1].after or market.state() if past else market.state() for market, past in going]
        said = policy.propose(states, going[0][0].now)
        for (market, past), state, one in zip(going, states, said, strict=True):
            past.append(market.step(one.price if isinstance(one, Proposal) else state.price))
        if learning:
            policy.learn([past[-1] for _, past in going])
    return lived


def profit(lived: Sequence[Outcome]) -> float:
    """Minor units over all days: margin of what was kept, or revenue where a deadline makes cost sunk."""
    return sum(
        o.sold * (1 - o.state.return_rate) * (o.price.minor - (0 if o.state.deadline else o.state.cost.minor))
        for o in lived
    )
