"""Several places: stocks of a warehouse and its stores, and one network for sites that may not share their sales."""

import sys
from collections.abc import Callable

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn.functional import poisson_nll_loss
from torch.nn.utils import parameters_to_vector, vector_to_parameters

from bench.report import Figure
from forecasting.federated import Privacy, average
from forecasting.replenishment.network import Network, Place, share, two_levels
from sample import Sales, generate, sell

SHARES = (0.4, 0.3, 0.2, 0.1)
DAYS, SERVICE = 84, 0.95
TIMES = ((7, 2), (2, 7))
SITES, ROUNDS, LAG = 20, 40, 28

Batch = tuple[torch.Tensor, torch.Tensor, torch.Tensor]


# A warehouse and its stores


def network_figures(products: int, seed: int) -> list[Figure]:
    """Each product's demand dealt to four stores over twelve weeks; near a warehouse whose supplier is far, and far from one
    whose supplier is near. Mean and spread of these weeks are known: what is tried is where the safety belongs. Peer: a
    warehouse that always has what stores order."""
    sales = sell(list(generate(products, seed)), seed, 730 + DAYS)
    rng = np.random.default_rng(seed)
    cost, served, wanted = np.zeros((2, 2)), np.zeros(2), 0.0
    for n in range(len(sales.products)):
        demand = rng.multinomial(sales.truth.demand[n, 730:], SHARES).T.astype(np.float64)  # (stores, days)
        holding = 0.002 * float(sales.cost[n])
        for far, near in TIMES:
            stores = [
                Place(name=str(k), lead_time=near, holding=holding, mean=float(one.mean()), spread=float(one.std()))
                for k, one in enumerate(demand)
            ]
            centre = Place(name="warehouse", lead_time=far, holding=holding)
            for k, promise in enumerate((None, 0)):
                plan = two_levels(centre, stores, SERVICE, promise)
                cost[k] += plan.cost, holding * _stock(plan, stores, demand, (far, near), served, k)
            wanted += demand.sum()
    services = 100 * served / wanted
    return [
        Figure("network: holding of safety stock", cost[0, 0], "a day", better="lower", bar=cost[1, 0], peer=cost[1, 0], note="peer: a warehouse that promises at once"),
        Figure("network: holding as it came", cost[0, 1], "a day", better="lower", peer=cost[1, 1], note="four stores; lead times of warehouse and stores 7 and 2 days, and 2 and 7"),
        Figure("network: service as it came", services[0], "%", peer=services[1], note=f"{100 * SERVICE:.0f} % of days aimed at"),
    ]  # fmt: skip


def _stock(
    plan: Network,
    stores: list[Place],
    demand: NDArray[np.float64],
    times: tuple[int, int],
    served: NDArray[np.float64],
    which: int,
) -> float:
    """Live through days with back-orders; mean pieces here at all places. What is served at once is added to ``served``."""
    level = np.ceil([one.level for one in plan.stores])
    spread = np.array([one.spread for one in stores])
    most = np.ceil(plan.warehouse.level)
    here, owed, centre = level.copy(), np.zeros(len(level)), most  # owed: what stores ordered and was not sent
    to_centre, to_stores, held = np.zeros(times[0]), np.zeros((times[1], len(level))), 0.0
    for today in demand.T:
        centre, here = centre + to_centre[0], here + to_stores[0]
        to_centre, to_stores = np.roll(to_centre, -1), np.roll(to_stores, -1, axis=0)
        served[which] += np.minimum(np.maximum(here, 0), today).sum()
        here = here - today
        owed = owed + today
        sent = share(centre, owed, spread)
        centre, owed = centre - sent.sum(), owed - sent
        to_centre[-1], to_stores[-1] = today.sum(), sent
        held += np.maximum(here, 0).sum() + centre
    return float(held / demand.shape[1])


# Sites that may not share


class _Counts(nn.Module):
    """Logarithm of a day's mean over the series' own level, of lags, calendar, price and promotion."""

    def __init__(self, features: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(features, 32), nn.SiLU(), nn.Linear(32, 1))

    def forward(self, features: torch.Tensor) -> torch.Tensor:
        return torch.as_tensor(self.layers(features)).squeeze(-1)


def federated_figures(products: int, seed: int) -> list[Figure]:
    """Twenty sites with a few products each forecast the last four weeks of two years, four weeks ahead; loss is that of
    Poisson less that of the generator's own expectation, per day and product."""
    torch.manual_seed(seed)
    torch.set_num_threads(1)
    sales = sell(list(generate(products, seed)), seed)
    past, last = (_batches(sales, *part) for part in ((LAG + 337, sales.days - LAG), (sales.days - LAG, sales.days)))
    groups = np.array_split(np.random.default_rng(seed).permutation(products), SITES)
    least = _loss(np.log(sales.truth.expected[:, -LAG:]), sales.truth.demand[:, -LAG:])
    start = parameters_to_vector(_Counts(past[0][0].shape[1]).parameters()).detach().numpy().astype(np.float64)
    at = {f"site {n:02}": _training([past[one] for one in group]) for n, group in enumerate(groups)}

    def over(weights: NDArray[np.float64], which: NDArray[np.int64]) -> float:
        told = [_told(weights, last[one]) for one in which]
        return _loss(np.stack(told), sales.truth.demand[which, -LAG:])

    whole = np.arange(products)
    print("federated: pooled, alone, together", file=sys.stderr)
    pooled = start
    train = _training(past)
    for number in range(ROUNDS):
        pooled = train(pooled, number)
    alone = []
    for group, train in zip(groups, at.values(), strict=True):
        own = start
        for number in range(ROUNDS):
            own = train(own, number)
        alone.append(over(own, group) * len(group))
    together = average(start, at, ROUNDS, Privacy(clip=2.0), seed=seed)
    found = {
        "pooled": over(pooled, whole), "local": sum(alone) / products, "federated": over(together.weights, whole),
    }  # fmt: skip
    figures = [
        Figure("federated: loss over the least there is", found["federated"] - least, "nats", better="lower", bar=found["local"] - least, peer=found["pooled"] - least, note=f"bar: each site alone; peer: all sales in one place; {SITES} sites, {ROUNDS} rounds, masked and clipped"),
    ]  # fmt: skip
    for noise in (0.1, 1.0):
        private = average(start, at, ROUNDS, Privacy(clip=2.0, noise=noise), seed=seed)
        figures.append(Figure(f"federated: the same, noise of {noise:g} clips", over(private.weights, whole) - least, "nats", better="lower", peer=found["local"] - least, note=f"peer: each site alone; epsilon {private.epsilon:.0f} at delta 1e-5"))  # fmt: skip
    return figures


def _batches(sales: Sales, first: int, last: int) -> list[Batch]:
    """Of each product: (n, f) features, (n,) level and (n,) what was sold, days without enough stock left out of training."""
    turn = 2 * np.pi * np.arange(sales.days) / 365.25
    days = [np.eye(7)[np.arange(sales.days) % 7], np.stack([np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn), sales.holiday], 1)]  # fmt: skip
    found = []
    for n in range(len(sales.products)):
        total = np.concatenate([[0.0], np.cumsum(sales.quantity[n])])

        def window(width: int, back: int = 0, total: NDArray[np.float64] = total) -> NDArray[np.float64]:
            end = np.arange(first, last) - LAG + 1 - back
            return np.asarray((total[end] - total[end - width]) / width)

        level = np.maximum(window(91), 0.05)
        lags = [np.log(np.maximum(window(width, back), 0.05) / level) for width, back in ((7, 0), (28, 0), (28, 309))]
        part = slice(first, last)
        own = [np.log(sales.price[n, part] / sales.reference[n]), sales.promotion[n, part], sales.display[n, part]]
        features = np.concatenate([np.stack([*lags, *own], 1), *(one[part] for one in days)], axis=1)
        kept = np.ones(last - first, bool) if last == sales.days else ~sales.stock_out[n, part]
        found.append(tuple(torch.tensor(one[kept], dtype=torch.float32) for one in (features, level, sales.quantity[n, part])))  # fmt: skip
    return found  # type: ignore[return-value]


def _training(batches: list[Batch]) -> Callable[[NDArray[np.float64], int], NDArray[np.float64]]:
    """One round at one site: once through its sales, by Adam."""
    features, level, sold = (torch.cat([one[part] for one in batches]) for part in range(3))
    model = _Counts(features.shape[1])

    def train(weights: NDArray[np.float64], number: int) -> NDArray[np.float64]:
        vector_to_parameters(torch.tensor(weights, dtype=torch.float32), model.parameters())
        optimiser = torch.optim.Adam(model.parameters(), lr=0.005 * (1 - 0.9 * number / ROUNDS))
        order = torch.randperm(len(sold), generator=torch.Generator().manual_seed(number))
        for some in torch.split(order, 256):
            optimiser.zero_grad()
            poisson_nll_loss(model(features[some]) + torch.log(level[some]), sold[some]).backward()  # type: ignore[no-untyped-call]
            optimiser.step()
        return parameters_to_vector(model.parameters()).detach().numpy().astype(np.float64)

    return train


def _told(weights: NDArray[np.float64], batch: Batch) -> NDArray[np.float64]:
    model = _Counts(batch[0].shape[1])
    vector_to_parameters(torch.tensor(weights, dtype=torch.float32), model.parameters())
    with torch.no_grad():
        return np.asarray((model(batch[0]) + torch.log(batch[1])).numpy(), np.float64)


def _loss(log_mean: NDArray[np.float64], actual: NDArray[np.int64]) -> float:
    return float(np.mean(np.exp(log_mean) - actual * log_mean))
