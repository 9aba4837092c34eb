"""Which products make a page, where what they do to the rest of the visit counts: a deep Q-network over slates.

The value of a page is the sum of its products' values, each from features of the shopper's visit and of the product; so the best
page is the best k (the item-wise form of Ie et al., "SlateQ: a tractable decomposition for reinforcement learning with
recommendation sets", IJCAI 2019, with the additive split of Sunehag et al., "Value-decomposition networks", AAMAS 2018).
What a product brings at once and what it does to the pages after are two heads, the first a plain regression, so that the noise of
the second does not blur it. Replay, a target network that also speaks once nothing more is learnt, double targets (van Hasselt,
Guez and Silver, AAAI 2016). The reward of a product is click × purchase × price. With a discount of 0 the same network is the
greedy ranker; :class:`Bandit` is the contextual bandit.

It is trained where shoppers can be simulated, and serves only in an arm of an experiment (``policy``).
"""

from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import NotFound

if TYPE_CHECKING:
    import torch

if TYPE_CHECKING:
    pass

Floats = NDArray[np.float32]
FOLDER = "recsys/slates"
"""In the home, where the policy that serves is kept."""

VISIT = 1800.0
"""Seconds back that count as this visit."""

LONG = 30 * 86_400.0
FEATURES = ("score", "best", "price", "ctr", "opened", "opened same", "latest same", "bought", "bought same", "depth")
WIDTH, BATCH = 64, 128


class Met(msgspec.Struct, frozen=True):
    """One thing that a shopper did. age: seconds ago."""

    category: str
    kind: str
    age: float


class Page(msgspec.Struct, frozen=True):
    """The candidates of a page. scores: (n,) of the stage before, larger is better; prices, ctr: (n,); categories: of each; met:
    what the shopper did, oldest first."""

    scores: Floats
    prices: Floats
    ctr: Floats
    categories: Sequence[str]
    met: Sequence[Met]


def features(page: Page) -> Floats:
    """(n, FEATURES) float32, in deviations or small counts."""
    scores = page.scores.astype(np.float32)
    spread = scores.std() or np.float32(1)
    price = np.log(np.maximum(page.prices, 0.01))
    opened = [one.category for one in page.met if one.kind in ("click", "view") and one.age <= VISIT]
    bought = [one.category for one in page.met if one.kind == "purchase" and one.age <= LONG]
    worth = dict.fromkeys(page.categories, 0.0)
    for step, kind in enumerate(reversed(opened)):
        if kind in worth:
            worth[kind] += 0.85**step
    columns = [
        (scores - scores.mean()) / spread,
        (scores - scores.max()) / spread,
        price - price.mean(),
        10 * page.ctr,
        np.full(len(scores), np.log1p(len(opened))),
        np.log1p([opened.count(kind) for kind in page.categories]),
        np.array([worth[kind] for kind in page.categories]),
        np.full(len(scores), np.log1p(len(bought))),
        np.log1p([bought.count(kind) for kind in page.categories]),
        np.full(len(scores), np.log1p(sum(one.age <= VISIT for one in page.met)) / 2),
    ]
    return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)


class Turn(msgspec.Struct, frozen=True):
    """One page that was shown. shown: (k, f) features of its products; rewards: (k,) of each; after: (n, f) of the candidates of the
    next page, None where the visit ended."""

    shown: Floats
    rewards: Floats
    after: Floats | None


class SlateQ:
    """Values of products on a page. The same seed and the same turns give the same network.

    discount: of a page; soft: how far the target follows; explore: share of places that are drawn while it learns.
    """

    def __init__(
        self, *, discount: float = 0.9, rate: float = 1e-3, memory: int = 20_000, soft: float = 0.01,
        explore: float = 0.15, seed: int = 0,
    ) -> None:  # fmt: skip
        import torch
        from torch import nn

        self.discount, self.explore, self.seed = discount, explore, seed
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.net: torch.nn.Module = nn.Sequential(
                nn.Linear(len(FEATURES), WIDTH), nn.ReLU(), nn.Linear(WIDTH, WIDTH), nn.ReLU(), nn.Linear(WIDTH, 2)
            )
        self._target = deepcopy(self.net)
        self._optimiser = torch.optim.Adam(self.net.parameters(), rate)
        self._rng = np.random.default_rng(seed)
        self._turns: list[Turn] = []
        self._memory, self._soft, self._seen = memory, soft, 0

    def values(self, told: Floats, *, learning: bool = False) -> Floats:
        """(n,) what each product of a page is worth from here on, in the unit of the rewards."""
        import torch

        net = self.net if learning else self._target
        with torch.inference_mode():
            return np.asarray(net(torch.from_numpy(told)).sum(-1).numpy())

    def choose(self, told: Floats, k: int, *, learning: bool = False) -> NDArray[np.int64]:
        """Places of the best k; while it learns, some are drawn instead."""
        order = np.argsort(-self.values(told, learning=learning), kind="stable")
        if learning:
            drawn = self._rng.random(min(k, len(order))) < self.explore
            rest = self._rng.permutation(order[k:])[: int(drawn.sum())]
            order[: len(drawn)][np.flatnonzero(drawn)[: len(rest)]] = rest
        return np.asarray(order[:k])

    def network(self) -> "dict[str, torch.Tensor]":
        """What speaks once nothing more is learnt."""
        return dict(self._target.state_dict())

    def restore(self, learnt: "dict[str, torch.Tensor]") -> None:
        """Take back what :meth:`network` gave."""
        self.net.load_state_dict(learnt)
        self._target.load_state_dict(learnt)

    def learn(self, turn: Turn) -> None:
        """Remember a page and, every second, take a gradient step."""
        if len(self._turns) < self._memory:
            self._turns.append(turn)
        else:
            self._turns[self._seen % self._memory] = turn
        self._seen += 1
        if self._seen % 2 == 0 and len(self._turns) >= BATCH:
            self._improve()

    def _improve(self) -> None:
        import torch

        batch = [self._turns[one] for one in self._rng.integers(len(self._turns), size=BATCH)]
        k = len(batch[0].shown)
        shown = torch.from_numpy(np.stack([one.shown for one in batch]))
        gained = torch.from_numpy(np.stack([one.rewards for one in batch]))
        later = torch.zeros(BATCH)
        lasting = [at for at, one in enumerate(batch) if one.after is not None] if self.discount else []
        if lasting:
            after = torch.from_numpy(np.stack([batch[at].after for at in lasting]))
            with torch.no_grad():
                best = self.net(after).sum(-1).topk(k, dim=1).indices
                later[lasting] = self._target(after).sum(-1).gather(1, best).mean(1)
        at_once, after_it = self.net(shown).unbind(-1)
        loss = torch.nn.functional.mse_loss(at_once, gained)
        if self.discount:
            loss = loss + torch.nn.functional.mse_loss(after_it, (self.discount * later[:, None]).expand_as(after_it))
        else:
            loss = loss + after_it.square().mean()
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.net.parameters(), 5.0)
        self._optimiser.step()
        with torch.no_grad():
            for slow, fast in zip(self._target.parameters(), self.net.parameters(), strict=True):
                slow.lerp_(fast, self._soft)


class Bandit:
    """The contextual bandit: Bayesian linear regression of the reward, products drawn by Thompson sampling (Agrawal and Goyal,
    "Thompson sampling for contextual bandits with linear payoffs", ICML 2013)."""

    def __init__(self, *, spread: float = 0.3, seed: int = 0) -> None:
        size = 2 * len(FEATURES) + 1
        self._precision, self._moment = np.eye(size), np.zeros(size)
        self._spread, self._rng = spread, np.random.default_rng(seed)

    def choose(self, told: Floats, k: int, *, learning: bool = False) -> NDArray[np.int64]:
        """Places of the best k by one draw of the weights; by their mean once nothing more is learnt."""
        mean = np.linalg.solve(self._precision, self._moment)
        if learning:
            noise = self._rng.standard_normal(len(mean))
            mean = mean + self._spread * np.linalg.solve(np.linalg.cholesky(self._precision).T, noise)
        return np.argsort(-(_wide(told) @ mean), kind="stable")[:k]

    def learn(self, turn: Turn) -> None:
        wide = _wide(turn.shown)
        self._precision += wide.T @ wide
        self._moment += wide.T @ turn.rewards


def _wide(told: Floats) -> NDArray[np.float64]:
    return np.column_stack([told, told * told, np.ones(len(told))]).astype(np.float64)


class Won(msgspec.Struct, frozen=True):
    """How a policy did against the greedy ranker in simulated visits: mean reward of a visit, and the 95 % interval of the
    difference."""

    visits: int
    greedy: float
    bandit: float
    policy: float
    low: float
    high: float

    @property
    def wins(self) -> bool:
        return self.low > 0


def save(policy: SlateQ, won: Won, folder: Path) -> None:
    """Write ``slates.npz`` and, with how it did, ``slates.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / "slates.npz") as part, part.open("wb") as file:
        np.savez(file, **{name: tensor.numpy() for name, tensor in policy.network().items()})  # type: ignore[arg-type]
    about = {"features": FEATURES, "discount": policy.discount, "seed": policy.seed, "won": won}
    with replacing(folder / "slates.json") as part:
        part.write_bytes(msgspec.json.format(msgspec.json.encode(about)))


def stamp(folder: Path) -> int:
    """Changes whenever another policy is kept there; 0 where there is none."""
    try:
        return (folder / "slates.json").stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def load(folder: Path) -> SlateQ:
    """What :func:`save` wrote. Raises NotFound where there is none, or it was trained on other features."""
    import torch

    try:
        about: dict[str, Any] = msgspec.json.decode((folder / "slates.json").read_bytes())
        with np.load(folder / "slates.npz", allow_pickle=False) as arrays:
            learnt = {name: torch.from_numpy(arrays[name]) for name in arrays.files}
    except FileNotFoundError as error:
        raise NotFound("No slate policy is trained yet.", remedy="Run: shopglass train slates") from error
    if tuple(about["features"]) != FEATURES:
        raise NotFound("The slate policy knows other features.", remedy="Train it anew: shopglass train slates")
    made = SlateQ(discount=about["discount"], seed=about["seed"])
    made.restore(learnt)
    return made
