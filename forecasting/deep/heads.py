"""What a network's last layer says: a negative binomial distribution, or quantiles. Both around the scale of a window."""

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import softplus

from forecasting.conformal import GRID

Kind = Literal["negative-binomial", "quantile"]
Array = NDArray[np.float64]


class Head(ABC):
    """outputs: numbers per period that the network gives; raw: (..., outputs) float32."""

    outputs: ClassVar[int]

    @abstractmethod
    def loss(self, raw: Tensor, target: Tensor, scale: Tensor) -> Tensor:
        """Of each period, shape of target."""

    @abstractmethod
    def mean(self, raw: Array, scale: Array) -> Array:
        """Shape of scale."""

    @abstractmethod
    def quantiles(self, raw: Array, scale: Array, levels: Array) -> Array:
        """(..., q), not falling along q."""

    def covered(self, raw: Array, target: Array, scale: Array, nominal: Array) -> Array:
        """(g,) share of targets (n,) at or below the quantile of each nominal level."""
        return np.asarray((target[:, None] <= self.quantiles(raw, scale, nominal) + 1e-6).mean(axis=0))


class NegativeBinomial(Head):
    """log of mean over scale, and what becomes the variance: mean + a · mean².

    Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR", IJF 2020, section 3.1.
    """

    outputs = 2
    _REACH = 3.0

    def loss(self, raw: Tensor, target: Tensor, scale: Tensor) -> Tensor:
        raw = raw.double()  # log gammas of large counts cancel
        mean = scale * torch.exp(self._REACH * torch.tanh(raw[..., 0] / self._REACH)) + 1e-6
        size = 1 / (softplus(raw[..., 1] - 1) + 1e-3)
        seen = torch.lgamma(target + size) - torch.lgamma(size) - torch.lgamma(target + 1)
        return -(seen - size * torch.log1p(mean / size) + target * (torch.log(mean) - torch.log(size + mean)))

    def mean(self, raw: Array, scale: Array) -> Array:
        return np.asarray(scale * np.exp(self._REACH * np.tanh(raw[..., 0] / self._REACH)) + 1e-6)

    def quantiles(self, raw: Array, scale: Array, levels: Array) -> Array:
        from scipy.stats import nbinom

        mean = self.mean(raw, scale)[..., None]
        size = 1 / (np.logaddexp(0, raw[..., 1:2] - 1) + 1e-3)
        return np.asarray(nbinom.ppf(levels, size, size / (size + mean)), np.float64)

    def covered(self, raw: Array, target: Array, scale: Array, nominal: Array) -> Array:
        """As of a head, but a count that lies on a quantile counts by the part of its probability below the level: quantiles of
        small counts cover more than they say, and to correct that would spoil them (pinball loss over scale on the sample
        shop .133 against .125). Czado, Gneiting and Held, "Predictive Model Assessment for Count Data", Biometrics 2009."""
        from scipy.stats import nbinom

        mean, size = self.mean(raw, scale), 1 / (np.logaddexp(0, raw[..., 1] - 1) + 1e-3)
        count, p = np.round(target), size / (size + mean)
        low, high = nbinom.cdf(count - 1, size, p)[:, None], nbinom.cdf(count, size, p)[:, None]
        return np.asarray(np.clip((nominal - low) / np.maximum(high - low, 1e-12), 0, 1).mean(axis=0))


class Quantiles(Head):
    """Those of the levels of :data:`GRID` over scale: the median, and steps that cannot be negative on either side of it.

    Trained by the pinball loss; Koenker and Bassett, "Regression Quantiles", Econometrica 1978. The mean is their integral.
    """

    outputs = len(GRID)
    _MIDDLE = len(GRID) // 2
    _MOST = 10.0

    def _values(self, raw: Tensor) -> Tensor:
        step = 0.25 * softplus(raw)
        middle = 1 + raw[..., self._MIDDLE : self._MIDDLE + 1]
        above = middle + step[..., self._MIDDLE + 1 :].cumsum(-1)
        below = middle - step[..., : self._MIDDLE].flip(-1).cumsum(-1).flip(-1)
        return torch.cat([below, middle, above], dim=-1)

    def loss(self, raw: Tensor, target: Tensor, scale: Tensor) -> Tensor:
        levels = torch.tensor(GRID)
        miss = (target / scale)[..., None] - self._values(raw.double())
        # counts of small scale scatter more: by the root of it all count alike
        weight = torch.sqrt(scale).clamp(max=self._MOST)
        return weight * torch.maximum(levels * miss, (levels - 1) * miss).mean(-1)

    def mean(self, raw: Array, scale: Array) -> Array:
        values = self._values(torch.from_numpy(raw)).numpy()
        ends = np.concatenate([[0.0], (GRID[1:] + GRID[:-1]) / 2, [1.0]])
        return np.asarray(scale * (values @ np.diff(ends)))

    def quantiles(self, raw: Array, scale: Array, levels: Array) -> Array:
        values = self._values(torch.from_numpy(raw)).numpy()
        place = np.interp(levels, GRID, np.arange(len(GRID)))
        low = place.astype(np.int64)
        high = np.minimum(low + 1, len(GRID) - 1)
        told = values[..., low] + (place - low) * (values[..., high] - values[..., low])
        return np.asarray(scale[..., None] * told)


HEADS: dict[Kind, type[Head]] = {"negative-binomial": NegativeBinomial, "quantile": Quantiles}
