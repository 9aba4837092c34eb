"""The two networks. Input: numbers (n, f), brought to mean 0 and deviation 1, and codes (n, g); output: (n, 3) logits."""

import torch
from torch import Tensor, nn


class Codes(nn.Module):
    """An embedding for every code, side by side: (n, g, size)."""

    def __init__(self, sizes: tuple[int, ...], size: int) -> None:
        super().__init__()
        self.table = nn.Embedding(sum(sizes), size)
        starts = torch.tensor([0, *sizes[:-1]]).cumsum(0)
        self.register_buffer("starts", starts)
        nn.init.normal_(self.table.weight, std=0.05)

    def forward(self, codes: Tensor) -> Tensor:
        return self.table(codes + self.get_buffer("starts"))  # type: ignore[no-any-return]


class Deep(nn.Module):
    """A shared body and a head for every task."""

    def __init__(self, inputs: int, width: int, dropout: float) -> None:
        super().__init__()
        self.body = nn.Sequential(
            nn.Linear(inputs, width), nn.ReLU(), nn.Dropout(dropout),
            nn.Linear(width, width // 2), nn.ReLU(), nn.Dropout(dropout),
        )  # fmt: skip
        self.heads = nn.Linear(width // 2, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.heads(self.body(inputs))  # type: ignore[no-any-return]


class WideDeep(nn.Module):
    """A linear part over numbers, codes and pairs of codes, and a deep part: Cheng et al., "Wide & Deep Learning for
    Recommender Systems", DLRS 2016. crosses: buckets that pairs of codes are hashed into."""

    def __init__(
        self, numbers: int, sizes: tuple[int, ...], size: int, width: int, dropout: float, crosses: int
    ) -> None:
        super().__init__()
        self.sizes, self.crosses = sizes, crosses
        self.codes = Codes(sizes, size)
        self.deep = Deep(numbers + size * len(sizes), width, dropout)
        self.linear = nn.Linear(numbers, 3)
        self.wide = Codes(sizes, 3)
        self.pairs = nn.Embedding(crosses, 3)
        nn.init.zeros_(self.pairs.weight)
        one, other = torch.triu_indices(len(sizes), len(sizes), 1)
        self.register_buffer("one", one)
        self.register_buffer("other", other)

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        deep = self.deep(torch.cat([numbers, self.codes(codes).flatten(1)], 1))
        one, other = self.get_buffer("one"), self.get_buffer("other")
        pair = torch.arange(len(one), device=codes.device) * 7919
        crossed = (codes[:, one] * 1_000_003 + codes[:, other] * 10_007 + pair) % self.crosses
        return deep + self.linear(numbers) + self.wide(codes).sum(1) + self.pairs(crossed).sum(1)  # type: ignore[no-any-return]


class FactorisationDeep(nn.Module):
    """A factorisation machine and a deep part over the same embeddings: Guo et al., "DeepFM", IJCAI 2017."""

    def __init__(self, numbers: int, sizes: tuple[int, ...], size: int, width: int, dropout: float) -> None:
        super().__init__()
        self.codes = Codes(sizes, size)
        self.numbers = nn.Parameter(torch.randn(numbers, size) * 0.05)
        self.linear = nn.Linear(numbers, 3)
        self.wide = Codes(sizes, 3)
        self.tasks = nn.Linear(size, 3, bias=False)
        self.deep = Deep(size * (numbers + len(sizes)), width, dropout)

    def forward(self, numbers: Tensor, codes: Tensor) -> Tensor:
        fields = torch.cat([numbers[..., None] * self.numbers, self.codes(codes)], 1)
        pairs = (fields.sum(1) ** 2 - (fields**2).sum(1)) / 2  # sums of products of all pairs
        return self.linear(numbers) + self.wide(codes).sum(1) + self.tasks(pairs) + self.deep(fields.flatten(1))  # type: ignore[no-any-return]
