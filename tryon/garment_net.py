"""The garment network: parts, key points and kind of the garment in a photo, at most two million parameters.

EfficientNet-Lite0 down to stride 16, a wide context at stride 32, and a light decoder back to stride 4.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, get_args

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import ModelMissing
from tryon.garments import PARTS, POINTS, Category

if TYPE_CHECKING:
    import torch

    from core import Weights
    from core.settings import Models
    from vision import Network

SIDE: Final = 192
"""Side in pixels of the square that the network is shown."""

STRIDE: Final = 4
"""Pixels of the square to a cell of the heat maps; the part masks have half of it."""

CATEGORIES: Final[tuple[Category, ...]] = get_args(Category)

COUNTS: Final = ("none", "one", "several")
"""How many garments the photo shows."""

WINDOW: Final = 3
"""Cells on each side of a heat map's peak that its position and confidence are read from."""

TAPS: Final = (3, 4, 6)
"""What is read of the input, the stem and the blocks: 24, 40 and 112 channels at strides 4, 8 and 16."""


def mirrored(names: Sequence[str]) -> list[int]:
    """Where each name's counterpart stands when left and right change places."""
    swap = {"left": "right", "right": "left"}
    return [names.index(next((name.replace(a, b) for a, b in swap.items() if a in name), name)) for name in names]


MIRRORED_PARTS: Final = mirrored(PARTS)
MIRRORED_POINTS: Final = mirrored(POINTS)

GRAPH: Final = "uint8 to parts, heat, facts"  # changes when what is exported changes


class About(msgspec.Struct, frozen=True):
    """What a file of weights says of itself: the names of its outputs, in order, and its tag."""

    tag: str
    parts: tuple[str, ...]
    points: tuple[str, ...]
    categories: tuple[str, ...]


class Seen(msgspec.Struct, frozen=True):
    """What the network says of one square of SIDE pixels.

    parts: (SIDE / 2, SIDE / 2, len(PARTS)) float32, probabilities. points: (len(POINTS), 2) float32, x, y in pixels of
    the square; confidence: (len(POINTS),) float32 in [0, 1]: that the point is there, times the share of its heat
    around the peak. categories: (len(CATEGORIES),), counts: (len(COUNTS),) probabilities; worn: that somebody wears it.
    """

    parts: NDArray[np.float32]
    points: NDArray[np.float32]
    confidence: NDArray[np.float32]
    categories: NDArray[np.float32]
    counts: NDArray[np.float32]
    worn: float


class Reader:
    """The network behind the inference seam. Safe to share between threads.

    network: (n, SIDE, SIDE, 3) uint8 RGB → parts, heat and facts as :func:`exportable` gives them.
    """

    def __init__(self, tag: str, network: "Network") -> None:
        self.tag = tag
        self._network = network

    @classmethod
    def open(cls, weights: "Weights", models: "Models", file: Path | None = None) -> "Reader":
        """The shipped network, or the one in ``file``. Raises ModelMissing when it is not there or is none."""
        from vision import export, load_network

        file = file or weights.path("garment_net")
        about = read_about(file)

        def write(path: Path) -> None:
            export(exportable(load(file)), np.zeros((1, SIDE, SIDE, 3), np.uint8), path)

        onnx = weights.derive("garment_net", [file], write, recipe=f"{GRAPH}, {SIDE}")
        network = load_network(
            onnx, backend=models.backend, threads=models.threads, module=lambda: exportable(load(file))
        )
        return cls(about.tag, network)

    def read(self, squares: NDArray[np.uint8]) -> list[Seen]:
        """What is seen in each of the squares (n, SIDE, SIDE, 3) uint8 RGB.

        Each is read as it is and mirrored: key points are nearer by a tenth for it.
        """
        found = []
        n = len(squares)
        both = self._network(np.concatenate([squares, squares[:, :, ::-1]]))
        order = (MIRRORED_PARTS, MIRRORED_POINTS)
        maps = [(one[:n] + one[n:, k, :, ::-1]) / 2 for one, k in zip(both[:2], order, strict=True)]
        turned = both[2][n:, [*MIRRORED_POINTS, *range(len(POINTS), both[2].shape[1])]]
        for parts, heat, facts in zip(*maps, (both[2][:n] + turned) / 2, strict=True):
            points, mass = peaks(heat)
            present, categories, counts, worn = np.split(facts, np.cumsum([len(POINTS), len(CATEGORIES), len(COUNTS)]))
            found.append(
                Seen(parts.transpose(1, 2, 0), points * STRIDE, mass * present, categories, counts, float(worn[0]))
            )
        return found


def peaks(heat: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Where each heat map (k, h, w), of sum 1, is highest: (k, 2) float32 x, y in cells, and the share of its heat
    there, (k,). The position is the mean of the heat in the window around the peak."""
    k, h, w = heat.shape
    row, column = np.divmod(heat.reshape(k, -1).argmax(axis=1), w)
    reach = np.arange(-WINDOW, WINDOW + 1)
    rows, columns = row[:, None] + reach, column[:, None] + reach
    window = heat[np.arange(k)[:, None, None], rows.clip(0, h - 1)[:, :, None], columns.clip(0, w - 1)[:, None]]
    window = window * ((rows >= 0) & (rows < h))[:, :, None] * ((columns >= 0) & (columns < w))[:, None]
    mass = window.sum(axis=(1, 2))
    x = (window.sum(axis=1) * (columns + 0.5)).sum(axis=1) / mass
    y = (window.sum(axis=2) * (rows + 0.5)).sum(axis=1) / mass
    return np.stack([x, y], axis=1).astype(np.float32), mass.astype(np.float32)


def build() -> "torch.nn.Module":
    """The untrained network: (n, 3, SIDE, SIDE) in [-1, 1] → logits of parts (n, PARTS, SIDE / 2, SIDE / 2), of heat
    (n, POINTS, SIDE / 4, SIDE / 4) and of facts (n, POINTS + CATEGORIES + COUNTS + 1): which points are there, what it
    is, how many, and whether it is worn."""
    import timm
    import torch
    from torch import nn

    def conv(inward: int, outward: int, stride: int = 1) -> nn.Module:
        # Dense, not depthwise: training through depthwise convolutions takes five times as long on processors.
        return nn.Sequential(
            nn.Conv2d(inward, outward, 3, stride, padding=1, bias=False),
            nn.BatchNorm2d(outward),
            nn.ReLU(inplace=True),
        )

    class Merge(nn.Module):
        """The coarser level enlarged, and the backbone's own level, through convolutions."""

        def __init__(self, coarse: int, lateral: int, outward: int, depth: int) -> None:
            super().__init__()
            self.lateral = nn.Conv2d(lateral, outward, 1)
            self.coarse = nn.Conv2d(coarse, outward, 1)
            self.mix = nn.Sequential(*(conv(outward, outward) for _ in range(depth)))

        def forward(self, coarse: torch.Tensor, lateral: torch.Tensor) -> torch.Tensor:
            enlarged = nn.functional.interpolate(self.coarse(coarse), scale_factor=2.0, mode="nearest")
            mixed: torch.Tensor = self.mix(enlarged + self.lateral(lateral))
            return mixed

    class GarmentNet(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            whole: Any = timm.create_model("tf_efficientnet_lite0", pretrained=False)
            self.backbone = nn.ModuleList([nn.Sequential(whole.conv_stem, whole.bn1), *whole.blocks[:5]])
            self.context = nn.Sequential(conv(112, 160, stride=2), conv(160, 160), conv(160, 160))
            self.merge16, self.merge8 = Merge(160, 112, 128, 1), Merge(128, 40, 96, 1)
            self.merge4 = Merge(96, 24, 64, 2)
            self.heat = nn.Conv2d(64, len(POINTS), 1)
            self.parts = nn.Sequential(nn.Conv2d(64, 4 * len(PARTS), 1), nn.PixelShuffle(2))
            self.facts = nn.Sequential(
                nn.Linear(160 + 112, 128), nn.ReLU(inplace=True),
                nn.Linear(128, len(POINTS) + len(CATEGORIES) + len(COUNTS) + 1),
            )  # fmt: skip

        def levels(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
            """The backbone's features at strides 4, 8 and 16."""
            outputs = [x]
            for block in self.backbone:
                outputs.append(block(outputs[-1]))
            return tuple(outputs[tap] for tap in TAPS)

        def decode(self, levels: tuple[torch.Tensor, ...]) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            at4, at8, at16 = levels
            context = self.context(at16)
            facts = self.facts(torch.cat([context.mean((2, 3)), at16.mean((2, 3))], dim=1))
            at4 = self.merge4(self.merge8(self.merge16(context, at16), at8), at4)
            return self.parts(at4), self.heat(at4), facts

        def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
            return self.decode(self.levels(x))

    return GarmentNet()


def load_imagenet(network: "torch.nn.Module", file: Path) -> None:
    """Fill the backbone from the ``efficientnet_lite0`` weights. Raises ValueError when they are others."""
    from vision import load_backbone

    given: Any = load_backbone("lite0", file)
    taken: Any = network
    layers = zip(taken.backbone[0], (given.conv_stem, given.bn1), strict=True)
    for layer, trained in (*layers, *zip(taken.backbone[1:], given.blocks[:5], strict=True)):
        layer.load_state_dict(trained.state_dict())


def exportable(network: "torch.nn.Module") -> "torch.nn.Module":
    """The network that is exported: (n, SIDE, SIDE, 3) uint8 → parts, each pixel's sum 1; heat, each map's sum 1, and
    facts, as probabilities."""
    import torch

    class Exported(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
            parts, heat, facts = self.network(pixels.permute(0, 3, 1, 2).float() / 127.5 - 1.0)
            flat = heat.flatten(2).softmax(dim=2).reshape(heat.shape)
            present, categories, counts, worn = facts.split([len(POINTS), len(CATEGORIES), len(COUNTS), 1], dim=1)
            known = [present.sigmoid(), categories.softmax(dim=1), counts.softmax(dim=1), worn.sigmoid()]
            return parts.softmax(dim=1), flat, torch.cat(known, dim=1)

    return Exported().eval()


def save(network: "torch.nn.Module", file: Path, tag: str) -> None:
    """Write weights as safetensors, float16 but for vectors (normalisation needs its range), with what they are."""
    from safetensors.torch import save_file

    state = {
        name: (tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor).contiguous()
        for name, tensor in network.state_dict().items()
    }
    about = About(tag, PARTS, POINTS, CATEGORIES)
    save_file(state, file, metadata={"about": msgspec.json.encode(about).decode()})


def read_about(file: Path) -> About:
    """Raises ModelMissing when the file is none that :func:`save` wrote, or one of other parts or points."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as content:
            about = msgspec.json.decode(content.metadata()["about"], type=About)
    except (SafetensorError, TypeError, KeyError, msgspec.DecodeError) as error:
        raise ModelMissing(f"{file.name} holds no garment network that Shopglass trained.") from error
    if (about.parts, about.points, about.categories) != (PARTS, POINTS, CATEGORIES):
        raise ModelMissing(f"{file.name} was trained for other parts, points or categories.")
    return about


def load(file: Path) -> "torch.nn.Module":
    """The network that :func:`save` wrote, float32, in evaluation mode; no pickle is read. Raises as read_about does."""
    from safetensors.torch import load_file

    read_about(file)
    network = build()
    network.load_state_dict(load_file(file))
    return network.eval()
