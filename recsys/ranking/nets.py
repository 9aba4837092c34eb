"""Wide & Deep and DeepFM as rankers: one way to train both."""

from abc import abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from core import replacing
from recsys.ranking.contract import Ranker, register
from recsys.ranking.examples import Examples
from recsys.ranking.features import CODES, Features, Table

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

_LIMIT = 5.0  # deviations beyond which a number says no more
_POSITIONS = 50  # places beyond share the last one's term


@dataclass(kw_only=True)
class Net(Ranker):
    """Trained on the three tasks at once. How many look at each position is learnt beside and left out of the logits:
    Guo et al., "PAL: a Position-bias Aware Learning Framework", RecSys 2019. size: of embeddings; width: of the deep
    part; unknown: how often a code is dropped in training, which is how what is new is learnt to be ranked without it;
    patience: epochs without a better validation loss.
    """

    size: int = 4
    width: int = 64
    dropout: float = 0.4
    unknown: float = 0.05
    rate: float = 1e-3
    decay: float = 0.1
    batch: int = 512
    epochs: int = 20
    patience: int = 3

    @abstractmethod
    def network(self, numbers: int, sizes: tuple[int, ...]) -> "nn.Module":
        """The network for so many numbers, and codes of these sizes."""

    def fit(self, features: Features, train: Examples, validation: Examples) -> Self:
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            torch.manual_seed(self.seed)
            self.mean = train.table.numbers.mean(0)
            self.spread = train.table.numbers.std(0)
            self.sizes = features.sizes
            self.model = self.network(len(self.mean), self.sizes)
            self._train(train, validation)
        finally:
            torch.set_num_threads(threads)
        return self

    def _train(self, train: Examples, validation: Examples) -> None:
        import torch

        place = torch.nn.Embedding(_POSITIONS + 1, 1)
        torch.nn.init.constant_(place.weight, 2.0)
        weights = [*self.model.parameters(), *place.parameters()]
        optimizer = torch.optim.AdamW(weights, self.rate, weight_decay=self.decay)
        told, held = self._tensors(train), self._tensors(validation)
        generator = torch.Generator().manual_seed(self.seed)
        best, kept, stale = float("inf"), {}, 0
        for _ in range(self.epochs):
            self.model.train()
            for chosen in torch.split(torch.randperm(len(train), generator=generator), self.batch):
                numbers, codes, *about = (part[chosen] for part in told)
                codes = codes * (torch.rand(codes.shape, generator=generator) >= self.unknown)
                loss = self._loss(place, numbers, codes, *about)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
            self.model.eval()
            with torch.inference_mode():
                found = float(self._loss(place, *held))
            if found < best:
                best, stale = found, 0
                kept = {name: value.clone() for name, value in self.model.state_dict().items()}
            elif (stale := stale + 1) >= self.patience:
                break
        if kept:
            self.model.load_state_dict(kept)
        self.model.eval()

    def _loss(
        self, place: "nn.Module", numbers: "Tensor", codes: "Tensor", position: "Tensor", labels: "Tensor"
    ) -> "Tensor":
        """Cross-entropy of each chance over all that was shown, which is a product of the chain so far."""
        from torch.nn import functional

        logits = self.model(numbers, codes)
        looked = functional.logsigmoid(place(position)) * (position > 1)[:, None]
        chance = (looked + functional.logsigmoid(logits).cumsum(1)).exp().clamp(1e-7, 1 - 1e-7)
        return functional.binary_cross_entropy(chance, labels) * 3

    def _tensors(self, examples: Examples) -> "tuple[torch.Tensor, ...]":
        import torch

        position = torch.from_numpy(np.minimum(examples.position, _POSITIONS))
        return (*self._inputs(examples.table), position, torch.from_numpy(examples.labels))

    def _inputs(self, table: Table) -> "tuple[torch.Tensor, torch.Tensor]":
        import torch

        numbers = (table.numbers - self.mean) / np.where(self.spread > 1e-6, self.spread, 1.0)
        return torch.from_numpy(np.clip(numbers, -_LIMIT, _LIMIT).astype(np.float32)), torch.from_numpy(table.codes)

    def logits(self, table: Table) -> NDArray[np.float32]:
        import torch

        with torch.inference_mode():
            return np.asarray(self.model(*self._inputs(table)).numpy(), np.float32)

    def contributions(self, table: Table) -> NDArray[np.float32]:
        """By occlusion: what the logit loses when a number is its training mean, or a code is unknown."""
        whole = self.logits(table)[:, 0]
        found = []
        for column in range(table.numbers.shape[1]):
            numbers = table.numbers.copy()
            numbers[:, column] = self.mean[column]
            found.append(whole - self.logits(Table(numbers, table.codes))[:, 0])
        for column in range(len(CODES)):
            codes = table.codes.copy()
            codes[:, column] = 0
            found.append(whole - self.logits(Table(table.numbers, codes))[:, 0])
        return np.stack(found, 1)

    def write(self, folder: Path) -> None:
        from safetensors.numpy import save_file

        learnt = {f"model.{name}": value.numpy() for name, value in self.model.state_dict().items()}
        about = {"mean": self.mean, "spread": self.spread, "sizes": np.array(self.sizes)}
        with replacing(folder / f"{self.tag}.safetensors") as part:
            save_file({**learnt, **about}, part)

    def read(self, folder: Path) -> None:
        import torch
        from safetensors.numpy import load_file

        arrays = load_file(folder / f"{self.tag}.safetensors")
        self.mean, self.spread = arrays["mean"], arrays["spread"]
        self.sizes = tuple(int(size) for size in arrays["sizes"])
        self.model = self.network(len(self.mean), self.sizes)
        self.model.load_state_dict(
            {name[6:]: torch.from_numpy(value) for name, value in arrays.items() if name.startswith("model.")}
        )
        self.model.eval()


@register("wide-deep.torch")
@dataclass(kw_only=True)
class WideAndDeep(Net):
    """crosses: buckets for pairs of codes."""

    crosses: int = 4096

    def network(self, numbers: int, sizes: tuple[int, ...]) -> "nn.Module":
        from recsys.ranking.networks import WideDeep

        return WideDeep(numbers, sizes, self.size, self.width, self.dropout, self.crosses)


@register("deepfm.torch")
@dataclass(kw_only=True)
class DeepFM(Net):
    def network(self, numbers: int, sizes: tuple[int, ...]) -> "nn.Module":
        from recsys.ranking.networks import FactorisationDeep

        return FactorisationDeep(numbers, sizes, self.size, self.width, self.dropout)
