"""An LSTM over the history; each period to come then looks back at all of it, by attention or in a transformer.

Hochreiter and Schmidhuber, "Long Short-Term Memory", 1997; Bahdanau, Cho and Bengio, "Neural Machine Translation by Jointly
Learning to Align and Translate", ICLR 2015; Vaswani et al., "Attention Is All You Need", NeurIPS 2017.
"""

from typing import Literal

import msgspec
import torch
from torch import Tensor, nn

Encoder = Literal["attention", "transformer"]


class Sizes(msgspec.Struct, frozen=True, kw_only=True):
    """All that a network's form follows from. codes: series, and members of each group, that have an embedding; index 0 of
    each is for those unknown."""

    encoder: Encoder
    past: int
    future: int
    fixed: int
    codes: tuple[int, ...]
    outputs: int
    hidden: int
    embedding: int
    heads: int
    dropout: float
    forget: float


class Network(nn.Module):
    """forget: share of the codes of a batch that are told as unknown in training, so that a new series finds one learnt."""

    def __init__(self, sizes: Sizes) -> None:
        super().__init__()
        self.sizes = sizes
        hidden = sizes.hidden
        self.embeddings = nn.ModuleList(nn.Embedding(count + 1, sizes.embedding) for count in sizes.codes)
        for one in self.embeddings:
            nn.init.normal_(one.weight, std=0.05)  # type: ignore[arg-type]
        fixed = sizes.fixed + sizes.embedding * len(sizes.codes)
        self.begin = nn.Linear(fixed, 2 * hidden)
        self.lstm = nn.LSTM(sizes.past, hidden, batch_first=True)
        self.query = nn.Sequential(nn.Linear(sizes.future + fixed, hidden), nn.GELU(), nn.Linear(hidden, hidden))
        self.look: nn.Module
        if sizes.encoder == "attention":
            self.look = nn.MultiheadAttention(hidden, sizes.heads, dropout=sizes.dropout, batch_first=True)
        else:
            layer = nn.TransformerEncoderLayer(
                hidden, sizes.heads, 2 * hidden, sizes.dropout, "gelu", batch_first=True, norm_first=True
            )
            self.look = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)
        self.read = nn.Sequential(
            nn.Linear(3 * hidden + sizes.future + fixed, 2 * hidden),
            nn.GELU(),
            nn.Dropout(sizes.dropout),
            nn.Linear(2 * hidden, sizes.outputs),
        )
        last = self.read[-1]
        nn.init.zeros_(last.weight)  # type: ignore[arg-type]  # training begins at the level of each window
        nn.init.zeros_(last.bias)  # type: ignore[arg-type]

    def forward(self, past: Tensor, absent: Tensor, future: Tensor, fixed: Tensor, codes: Tensor) -> Tensor:
        """(b, horizon, outputs), of tensors as in a ``Batch``."""
        if self.training and self.sizes.forget:
            codes = codes.masked_fill(torch.rand(codes.shape) < self.sizes.forget, 0)
        told = [one(codes[:, at]) for at, one in enumerate(self.embeddings)]
        fixed = torch.cat([fixed, *told], dim=1)
        first = torch.tanh(self.begin(fixed)).unsqueeze(0)
        hidden, cell = first.chunk(2, dim=-1)
        memory, (last, _) = self.lstm(past, (hidden.contiguous(), cell.contiguous()))
        steps = future.shape[1]
        known = torch.cat([future, fixed.unsqueeze(1).expand(-1, steps, -1)], dim=-1)
        query = self.query(known)
        if self.sizes.encoder == "attention":
            seen = self.look(query, memory, memory, key_padding_mask=absent, need_weights=False)[0]
        else:
            never = torch.zeros(query.shape[:2], dtype=torch.bool)
            whole = self.look(torch.cat([memory, query], dim=1), src_key_padding_mask=torch.cat([absent, never], dim=1))
            seen = whole[:, -steps:]
        found: Tensor = self.read(torch.cat([seen, query, last[-1].unsqueeze(1).expand(-1, steps, -1), known], dim=-1))
        return found
