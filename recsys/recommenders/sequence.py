"""The sequence transformer: what comes next, by what came before and what the things are."""

from collections.abc import Sequence as Several
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recsys.contract import Arrays, Recommender, register
from recsys.interactions import History, Interactions

if TYPE_CHECKING:
    import torch

    from recsys.recommenders.sequence_network import Sequence

_TEMPERATURE = 0.1


@register("transformer.content")
class Transformer(Recommender):
    """Trained to tell the next item at every place of a history, by a softmax over the items or a sample of them.

    unknown: how often an item's id is dropped, which is how new items are learnt to be ranked by content; contrast:
    weight of the term that brings an item's id and content together (InfoNCE: van den Oord et al., 2018); negatives:
    how many items the softmax is over at most; patience: epochs without a better last item before it stops.
    """

    size: int = 48
    length: int = 30
    layers: int = 2
    heads: int = 2
    dropout: float = 0.3
    unknown: float = 0.2
    contrast: float = 0.05
    negatives: int = 4000
    rate: float = 2e-3
    batch: int = 64
    epochs: int = 15
    patience: int = 3
    least: int = 3
    seed: int = 7

    def fit(self, seen: Interactions) -> "Transformer":
        import torch

        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        try:
            torch.manual_seed(self.seed)
            self._describe(seen)
            self.model = self._network()
            self._train(seen)
        finally:
            torch.set_num_threads(threads)
        return self

    def score(self, histories: Several[History]) -> NDArray[np.float32]:
        import torch

        sequences = np.full((len(histories), self.length), -1, np.int64)
        for row, history in enumerate(histories):
            last = history.items[-self.length :]
            sequences[row, self.length - len(last) :] = last
        longest = max(1, max((min(len(history.items), self.length) for history in histories), default=1))
        parts = []
        with torch.inference_mode():
            for start in range(0, len(histories), 256):
                part = torch.from_numpy(sequences[start : start + 256, self.length - longest :])
                parts.append(self.model(self.table, part)[:, -1] @ self.table.T)
        scores = torch.cat(parts).numpy() if parts else np.zeros((0, len(self.known)), np.float32)
        scores[[not len(history.items) for history in histories]] = 0.0
        return np.asarray(scores, np.float32)

    def _describe(self, seen: Interactions) -> None:
        count = len(seen.items)
        self.content = seen.vectors if seen.vectors is not None else np.zeros((count, 1), np.float32)
        self.widths = seen.parts or (self.content.shape[1],)
        names = {name: place for place, name in enumerate(sorted(set(seen.categories)))}
        self.category = np.array([names[name] for name in seen.categories] or [0] * count, np.int64)
        self.known = np.bincount(seen.item, minlength=count) >= self.least

    def _network(self) -> "Sequence":
        import torch

        from recsys.recommenders.sequence_network import Items, Sequence

        content, category = torch.from_numpy(self.content.astype(np.float32)), torch.from_numpy(self.category)
        items = Items(content, tuple(self.widths), category, int(self.category.max(initial=0)) + 1, self.size)
        return Sequence(items, self.size, self.length, self.layers, self.heads, self.dropout)

    def _train(self, seen: Interactions) -> None:
        import torch

        windows, held = self._windows(seen)
        optimizer = torch.optim.AdamW(self.model.parameters(), self.rate, weight_decay=1e-3)
        generator = torch.Generator().manual_seed(self.seed)
        known = torch.from_numpy(self.known)
        best, kept, stale = -np.inf, {}, 0
        for _ in range(self.epochs):
            self.model.train()
            for chosen in torch.split(torch.randperm(len(windows), generator=generator), self.batch):
                loss = self._loss(windows[chosen], known, generator)
                optimizer.zero_grad()
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
                optimizer.step()
            self._settle()
            found = self._reciprocal_rank(held)
            if found > best:
                best, stale = found, 0
                kept = {name: value.clone() for name, value in self.model.state_dict().items()}
            elif (stale := stale + 1) >= self.patience:
                break
        if kept:
            self.model.load_state_dict(kept)
        self._settle()

    def _loss(self, sequences: "torch.Tensor", known: "torch.Tensor", generator: "torch.Generator") -> "torch.Tensor":
        import torch
        from torch.nn import functional

        dropped = torch.rand(len(known), generator=generator) < self.unknown
        table = self.model.items(known & ~dropped)
        hidden = self.model(table, sequences[:, :-1])
        wanted = sequences[:, 1:]
        told = (wanted >= 0) & (sequences[:, :-1] >= 0)
        hidden, wanted = hidden[told], wanted[told]
        if len(known) > self.negatives:
            sample = torch.randint(len(known), (self.negatives,), generator=generator)
            compared, wanted = torch.unique(torch.cat([wanted, sample]), return_inverse=True)
            wanted = wanted[: len(hidden)]
        else:
            compared = torch.arange(len(known))
        loss = functional.cross_entropy(hidden @ table[compared].T, wanted)
        if self.contrast and len(self.widths) and self.content.any():
            some = compared[torch.randperm(len(compared), generator=generator)[:256]]
            ids, content = self.model.items.apart(some)
            loss = loss + self.contrast * functional.cross_entropy(
                ids @ content.T / _TEMPERATURE, torch.arange(len(some))
            )
        return loss

    def _windows(self, seen: Interactions) -> tuple["torch.Tensor", list[tuple[History, int]]]:
        """(n, length + 1) int64 windows that overlap by half, -1 before the first; and, of every user, the last item
        with what came before it: what is stopped by."""
        import torch

        windows, held = [], []
        for history in seen.histories():
            items = history.items
            if len(items) >= 4:
                held.append((History.of(items[-self.length - 1 : -1].tolist()), int(items[-1])))
                items = items[:-1]
            for end in range(len(items), 1, -max(1, self.length // 2)):
                window = items[max(0, end - self.length - 1) : end]
                windows.append(np.pad(window, (self.length + 1 - len(window), 0), constant_values=-1))
        empty = np.zeros((0, self.length + 1), np.int64)
        return torch.from_numpy(np.stack(windows) if windows else empty), held[:2000]

    def _settle(self) -> None:
        import torch

        self.model.eval()
        with torch.inference_mode():
            self.table = self.model.items(torch.from_numpy(self.known))

    def _reciprocal_rank(self, held: list[tuple[History, int]]) -> float:
        if not held:
            return 0.0
        scores = self.score([history for history, _ in held])
        for row, (history, _) in zip(scores, held, strict=True):
            row[history.items] = -np.inf
        wanted = np.array([item for _, item in held])
        own = scores[np.arange(len(held)), wanted][:, None]
        return float(np.mean(1.0 / (1 + (scores > own).sum(1))))

    def arrays(self) -> Arrays:
        learnt = {f"model.{name}": value.numpy() for name, value in self.model.state_dict().items()}
        about = {"content": self.content, "widths": np.array(self.widths), "category": self.category}
        return {**learnt, **about, "known": self.known}

    def restore(self, arrays: Arrays) -> None:
        import torch

        self.content, self.category = np.asarray(arrays["content"], np.float32), np.asarray(arrays["category"])
        self.widths = tuple(int(width) for width in arrays["widths"])
        self.known = np.asarray(arrays["known"], bool)
        self.model = self._network()
        learnt = {name[6:]: torch.from_numpy(value) for name, value in arrays.items() if name.startswith("model.")}
        self.model.load_state_dict(learnt)
        self._settle()
