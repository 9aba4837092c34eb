"""One network for sites that may not show each other their sales: federated averaging of masked, clipped, noised updates.

In each round every site trains the common network on what it has, and sends how the weights changed, nothing else (McMahan et
al., "Communication-efficient learning of deep networks from decentralized data", AISTATS 2017). A change is clipped to a norm
and noised before it leaves the site (McMahan et al., "Learning differentially private recurrent language models", ICLR 2018),
and hidden under masks that each pair of sites agrees on and that vanish in the sum alone (Bonawitz et al., "Practical secure
aggregation", CCS 2017). Whoever adds up learns the sum. Sites count alike: a weight by sales would tell of them.

What is left out of Bonawitz et al.: secrets of pairs are given, not agreed on over a network, and there are no shares of them:
a site that fails before masks are made is left out of the round, one that fails after makes the round void.
"""

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadRequest
from forecasting.cleaning import Refusal

Weights = NDArray[np.float64]
Masked = NDArray[np.uint64]
Train = Callable[[Weights, int], Weights]
"""Of one site: the weights that training on its own sales makes of these, in this round."""

FIXED = 2.0**32
"""Steps of 1 that a masked number counts in: sums stay exact, and below 2^31 in size."""


class Privacy(msgspec.Struct, frozen=True):
    """clip: L2 norm that a site's change is cut to; noise: standard deviation of what is added to the sum, in clips, 0 for
    none; delta: chance for which ``epsilon`` may fail."""

    clip: float = 1.0
    noise: float = 0.0
    delta: float = 1e-5

    def __post_init__(self) -> None:
        if not (0 < self.clip < 1e6 and 0 <= self.noise < 1e3 and 0 < self.delta < 1):
            raise ValueError("a clip lies above 0, a noise at 0 or above, and a delta between 0 and 1")

    def epsilon(self, rounds: int) -> float:
        """What so many rounds tell of any one site, to whoever sees all sums: rho = rounds / (2 noise²), and
        rho + 2 sqrt(rho ln(1 / delta)) (Bun and Steinke, "Concentrated differential privacy", 2016); infinite without noise.

        Above some ten it is no promise worth the name.
        """
        if self.noise == 0:
            return float("inf")
        rho = rounds / (2 * self.noise**2)
        return float(rho + 2 * np.sqrt(rho * np.log(1 / self.delta)))


class Federated(msgspec.Struct, frozen=True):
    """weights: of the common network; epsilon: of all rounds; left_out: sites that failed in a round, and why."""

    weights: Weights
    rounds: int
    epsilon: float
    left_out: tuple[Refusal, ...]


def average(
    start: Weights,
    sites: Mapping[str, Train],
    rounds: int,
    privacy: Privacy | None = None,
    *,
    keys: Mapping[frozenset[str], bytes] | None = None,
    seed: int | None = None,
) -> Federated:
    """Train one network at all sites. keys: a secret of each pair, made here where none are given; seed: of the noise, None
    for the system's own entropy, as it must be wherever privacy matters.

    Raises BadRequest for fewer than three sites (of two, each learns the other's change from the sum) or no rounds, and where
    fewer than three are left in a round.
    """
    if len(sites) < 3 or rounds < 1:
        raise BadRequest("Federated training takes at least three sites and one round.")
    bounds = privacy or Privacy()
    pairs = agree(tuple(sites)) if keys is None else keys
    rng = np.random.default_rng(seed)
    weights = np.asarray(start, np.float64)
    left_out: list[Refusal] = []
    for number in range(rounds):
        changes: dict[str, Weights] = {}
        for name, train in sites.items():
            try:
                changes[name] = bounded(train(weights.copy(), number) - weights, bounds.clip)
            except Exception as error:  # a site is another's machine: whatever happens there stops nobody else
                left_out.append(Refusal(name, f"round {number}: {error}"))
        if len(changes) < 3:
            raise BadRequest(f"Fewer than three sites are left in round {number}: {left_out[-1].reason}.")
        own = bounds.noise * bounds.clip / len(changes) ** 0.5
        sent = [
            masked(change + rng.normal(0, 1, len(change)) * own, name, tuple(changes), pairs, number)
            for name, change in changes.items()
        ]
        weights = weights + total(sent) / len(sent)
    return Federated(weights, rounds, bounds.epsilon(rounds), tuple(left_out))


def bounded(change: Weights, clip: float) -> Weights:
    """The change, of a norm of at most ``clip``. Raises ValueError where it is no number."""
    size = float(np.linalg.norm(change))
    if not np.isfinite(size):
        raise ValueError("its training went astray")
    return change * min(1.0, clip / size) if size > 0 else change


def agree(names: Sequence[str]) -> dict[frozenset[str], bytes]:
    """A secret of 32 bytes for each pair; between real machines, of a key agreement such as X25519."""
    return {frozenset(pair): secrets.token_bytes(32) for pair in combinations(names, 2)}


def masked(
    change: Weights, name: str, names: Sequence[str], keys: Mapping[frozenset[str], bytes], number: int
) -> Masked:
    """What a site sends: its change in whole steps, modulo 2^64, plus a mask of each pair it is in; the other takes the
    same off. Without the secrets it is evenly random."""
    sent = np.round(change * FIXED).astype(np.int64).view(np.uint64)
    for other in names:
        if other == name:
            continue
        key = keys[frozenset((name, other))]
        stream = hashlib.shake_256(key + number.to_bytes(8, "big")).digest(8 * len(change))
        mask = np.frombuffer(stream, np.uint64)
        sent = sent + mask if name < other else sent - mask
    return sent


def total(sent: Sequence[Masked]) -> Weights:
    """The sum of what was sent, in which masks vanish."""
    whole = np.zeros_like(sent[0])
    for one in sent:
        whole = whole + one
    return np.asarray(whole.view(np.int64) / FIXED)
