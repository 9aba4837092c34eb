"""A deep Q-network over steps of price: double, dueling, with replay, a target network and a safe start.

Mnih et al., Nature 518 (2015); van Hasselt, Guez & Silver, AAAI 2016 (double); Wang et al., ICML 2016 (dueling). The
start is that of Hester et al., "Deep Q-learning from demonstrations", AAAI 2018: on logged decisions of a rule, a margin
loss keeps what was never done below what was done, so the network begins by doing as the rule did.
"""

from collections.abc import Sequence
from copy import deepcopy
from datetime import datetime
from typing import Annotated
from zlib import crc32

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from pricing.contract import Advice, Arrays, Outcome, Policy, State, register
from pricing.features import NAMES, features
from pricing.rewards import STEPS, reward, step_of

BATCH = 256
MARGIN = 0.2  # by which a step never taken lies below the one taken, in normal days' turnover


class Dueling(nn.Module):
    """features → value of each step: V + A − mean A."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.body = nn.Sequential(nn.Linear(len(NAMES), width), nn.ReLU(), nn.Linear(width, width), nn.ReLU())
        self.value, self.advantage = nn.Linear(width, 1), nn.Linear(width, len(STEPS))

    def forward(self, seen: Tensor) -> Tensor:
        deep = self.body(seen)
        advantage = self.advantage(deep)
        return torch.as_tensor(self.value(deep) + advantage - advantage.mean(-1, keepdim=True))


def _over(state: State) -> bool:
    """Whether a sale with a deadline is at its end."""
    return state.deadline is not None and (state.stock == 0 or state.at >= state.deadline)


class Replay:
    """The latest transitions, in rings: features before and after, step, reward, discount, whether a rule did it."""

    def __init__(self, size: int) -> None:
        self.before = np.zeros((size, len(NAMES)), np.float32)
        self.after = np.zeros((size, len(NAMES)), np.float32)
        self.step, self.number = np.zeros(size, np.int64), 0
        self.reward, self.discount, self.shown = (np.zeros(size, np.float32) for _ in range(3))

    def add(self, outcomes: Sequence[Outcome], discount: float, shown: bool) -> None:
        if not outcomes:
            return
        at = (self.number + np.arange(len(outcomes))) % len(self.step)
        later = [one.after or one.state for one in outcomes]
        over = [one.after is None or _over(one.after) for one in outcomes]
        self.before[at], self.after[at] = features([one.state for one in outcomes]), features(later)
        self.step[at], self.reward[at] = [step_of(one) for one in outcomes], [reward(one) for one in outcomes]
        self.discount[at] = [0.0 if end else discount**one.days for end, one in zip(over, outcomes, strict=True)]
        self.shown[at] = shown
        self.number += len(outcomes)

    def draw(self, rng: np.random.Generator) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
        at = rng.integers(0, min(self.number, len(self.step)), BATCH)
        found = (self.before, self.after, self.step, self.reward, self.discount, self.shown)
        return tuple(torch.from_numpy(one[at]) for one in found)  # type: ignore[return-value]


@register("q.deep")
class Deep(Policy):
    """Steps of −5 % to +5 % by a network of 34 features; with the same seed, log and outcomes it is the same.

    width: of the layers; rate: of learning; discount: of a day; memory: transitions kept; every: outcomes between two
    gradient steps; warm: gradient steps on a log; soft: how far the target network follows; explore: share of steps by
    chance, one up or down from the best, for use in a simulator.
    """

    width: Annotated[int, msgspec.Meta(gt=0)] = 64
    rate: Annotated[float, msgspec.Meta(gt=0)] = 1e-3
    discount: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.95
    memory: Annotated[int, msgspec.Meta(ge=BATCH)] = 50_000
    every: Annotated[int, msgspec.Meta(gt=0)] = 4
    warm: Annotated[int, msgspec.Meta(ge=0)] = 1000
    soft: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.05
    explore: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    seed: int = 0

    def values(self, states: Sequence[State], now: datetime) -> NDArray[np.float32]:
        """(states, 7) float32: what each step is worth from here on, in normal days' turnover."""
        with torch.no_grad():
            return self._net()(torch.from_numpy(features(states))).numpy()  # type: ignore[no-any-return]

    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        best = self.values(states, now).argmax(1)
        if self.explore:
            chance = [
                np.random.default_rng((self.seed, crc32(s.product.encode()), int(now.timestamp()))) for s in states
            ]
            moved = [r.random() < self.explore for r in chance]
            aside = np.array([r.choice((-2, -1, 1, 2)) for r in chance])
            best = np.where(moved, np.clip(best + aside, 0, len(STEPS) - 1), best)
        return [
            Advice(
                state.price.minor * (1 + STEPS[step]),
                f"{STEPS[step]:+.0%} is worth most by what was learnt",
                ("q-deep",),
            )
            for state, step in zip(states, best, strict=True)
        ]

    def fit(self, log: Sequence[Outcome]) -> "Deep":
        self._begin()
        self._replay().add(log, self.discount, shown=True)
        for _ in range(self.warm if log else 0):
            self._improve(MARGIN)
        return self

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        replay = self._replay()
        due = (replay.number % self.every + len(outcomes)) // self.every
        replay.add(outcomes, self.discount, shown=False)
        for _ in range(due if replay.number >= BATCH else 0):
            self._improve(0.0)

    def arrays(self) -> Arrays:
        return {name: tensor.numpy() for name, tensor in self._net().state_dict().items()}

    def restore(self, arrays: Arrays) -> None:
        self._begin()
        self._net().load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in arrays.items()})
        self.__dict__["target"] = deepcopy(self._net())

    def _begin(self) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self.seed)
            net = Dueling(self.width)
        own = self.__dict__
        own["net"], own["target"], own["replay"] = net, deepcopy(net), Replay(self.memory)
        own["optimiser"] = torch.optim.Adam(net.parameters(), self.rate)
        own["rng"] = np.random.default_rng(self.seed)

    def _net(self) -> Dueling:
        if "net" not in self.__dict__:
            self._begin()
        net: Dueling = self.__dict__["net"]
        return net

    def _replay(self) -> Replay:
        self._net()
        replay: Replay = self.__dict__["replay"]
        return replay

    def _improve(self, margin: float) -> None:
        """One gradient step on a batch of the replay. margin: of the demonstrations, 0 once what it does itself counts."""
        net, own = self._net(), self.__dict__
        before, after, step, gained, discount, shown = self._replay().draw(own["rng"])
        with torch.no_grad():
            then = own["target"](after).gather(1, net(after).argmax(1, keepdim=True)).squeeze(1)
        values = net(before)
        taken = values.gather(1, step[:, None]).squeeze(1)
        loss = nn.functional.smooth_l1_loss(taken, gained + discount * then)
        if margin:
            rivals = values + margin * (torch.arange(len(STEPS)) != step[:, None])
            loss = loss + (shown * (rivals.max(1).values - taken)).mean()
        own["optimiser"].zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(net.parameters(), 10.0)
        own["optimiser"].step()
        with torch.no_grad():
            for slow, fast in zip(own["target"].parameters(), net.parameters(), strict=True):
                slow.lerp_(fast, self.soft)
