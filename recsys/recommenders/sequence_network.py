"""The network of the sequence recommender: item input fused from id and content, and causal attention over a history."""

import torch
from torch import Tensor, nn
from torch.nn import functional


class Items(nn.Module):
    """Item representations: the id's embedding asks, content answers by cross-attention.

    An id may be dropped, and is for items that were never trained on: then a learnt stand-in asks, and what comes out
    is content alone. content: (items, sum of widths) float32; widths: of its parts; category: (items,) int64.
    """

    def __init__(self, content: Tensor, widths: tuple[int, ...], category: Tensor, categories: int, size: int) -> None:
        super().__init__()
        self.register_buffer("content", content)
        self.register_buffer("category", category)
        self.widths = widths
        self.ids = nn.Embedding(len(content), size)
        self.stand_in = nn.Parameter(torch.zeros(size))
        self.parts = nn.ModuleList(nn.Linear(width, size) for width in widths)
        self.kinds = nn.Embedding(categories, size)
        self.fuse = nn.MultiheadAttention(size, 2, batch_first=True)
        self.norm = nn.LayerNorm(size)
        nn.init.normal_(self.ids.weight, std=0.02)
        nn.init.normal_(self.kinds.weight, std=0.02)

    def told(self) -> Tensor:
        """(items, parts + 1, size): each part of the content, and the category, as tokens."""
        content = torch.split(self.get_buffer("content"), list(self.widths), dim=1)
        tokens = [project(part) for project, part in zip(self.parts, content, strict=True)]
        return torch.stack([*tokens, self.kinds(self.get_buffer("category"))], 1)

    def forward(self, known: Tensor) -> Tensor:
        """(items, size). known: (items,) bool, whose id may be used."""
        ids = torch.where(known[:, None], self.ids.weight, self.stand_in)
        told = self.told()
        answered, _ = self.fuse(ids[:, None], told, told, need_weights=False)
        return self.norm(ids + answered[:, 0])  # type: ignore[no-any-return]

    def apart(self, chosen: Tensor) -> tuple[Tensor, Tensor]:
        """Id and content of the chosen items, (n, size) each of unit length, for the contrastive term."""
        content = self.told()[chosen].mean(1)
        return functional.normalize(self.ids(chosen), dim=-1), functional.normalize(content, dim=-1)


class Sequence(nn.Module):
    """Causal self-attention over the last ``length`` items: Kang & McAuley, "Self-Attentive Sequential
    Recommendation", ICDM 2018."""

    def __init__(self, items: Items, size: int, length: int, layers: int, heads: int, dropout: float) -> None:
        super().__init__()
        self.items = items
        self.places = nn.Parameter(torch.randn(length, size) * 0.02)
        self.layers = nn.ModuleList(
            nn.TransformerEncoderLayer(size, heads, 2 * size, dropout, "gelu", batch_first=True, norm_first=True)
            for _ in range(layers)
        )
        self.norm = nn.LayerNorm(size)
        self.drop = nn.Dropout(dropout)

    def forward(self, table: Tensor, sequences: Tensor) -> Tensor:
        """(batch, length, size): what is expected next at every place. sequences: (batch, length) int64, -1 before the
        first; table: (items, size)."""
        length = sequences.shape[1]
        empty = sequences < 0
        hidden = self.drop(table[sequences.clamp(min=0)] + self.places[-length:])
        later = torch.triu(torch.ones(length, length, dtype=torch.bool), 1)
        # A place before the first sees itself, so that no row of the softmax is empty.
        blocked = later | empty[:, None, :]
        blocked = blocked & ~torch.eye(length, dtype=torch.bool)
        mask = torch.zeros(blocked.shape).masked_fill(blocked, float("-inf"))
        heads = self.layers[0].self_attn.num_heads  # type: ignore[union-attr]
        mask = mask.repeat_interleave(int(heads), 0)  # type: ignore[arg-type]
        for layer in self.layers:
            hidden = layer(hidden, src_mask=mask)
        return self.norm(hidden)  # type: ignore[no-any-return]
