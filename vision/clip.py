"""Any model of open_clip, pictures and texts, by its public tag: ``open_clip.ViT-B-32.laion2b_s34b_b79k``.

What follows the architecture is a pretrained tag of open_clip, fetched from its hub once, or the path of a checkpoint.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import NotFound
from vision.encoders import Encoder, Pixels, check_images, register, unit
from vision.inference import Network, export, load_network

if TYPE_CHECKING:
    import torch

    from core import Weights
    from core.settings import Models

BATCH = 32


class ClipEncoder(Encoder):
    """network: (n, 3, s, s) float32 → (n, dim); model: the open_clip model, whose text tower runs in torch."""

    reads = frozenset({"images", "texts"})

    def __init__(self, tag: str, model: "torch.nn.Module", prepare: Any, tokenize: Any, network: Network) -> None:
        self.tag = tag
        self._prepare = prepare
        self._tokenize = tokenize
        self._model = model
        self._network = network
        self.dim = int(self.encode_texts([""]).shape[1])

    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        from PIL import Image

        check_images(images)
        vectors = [np.zeros((0, self.dim), np.float32)]
        for start in range(0, len(images), BATCH):
            pictures = [Image.fromarray(np.ascontiguousarray(image)) for image in images[start : start + BATCH]]
            vectors.extend(self._network(np.stack([self._prepare(picture).numpy() for picture in pictures])))
        return unit(np.concatenate(vectors))

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        import torch

        if not texts:
            return np.zeros((0, self.dim), np.float32)
        with torch.inference_mode():
            vectors: torch.Tensor = self._model.encode_text(self._tokenize(list(texts)))  # type: ignore[operator]
        return unit(vectors.float().numpy())


@register("open_clip.*")
def make(tag: str, weights: "Weights", models: "Models") -> ClipEncoder:
    import open_clip

    _, _, name = tag.partition(".")
    arch, _, pretrained = name.partition(".")
    if arch not in open_clip.list_models():
        raise NotFound(f"open_clip has no architecture {arch}.", remedy="Write open_clip.<architecture>.<pretrained>.")
    if pretrained not in open_clip.list_pretrained_tags_by_model(arch) and not Path(pretrained).is_file():
        raise NotFound(f"open_clip has no weights {pretrained or '(none)'} for {arch}, and that is no file either.")
    model, _, prepare = open_clip.create_model_and_transforms(arch, pretrained=pretrained, weights_only=True)
    model.eval()
    checksum = hashlib.sha256(b"".join(t.numpy().tobytes() for t in model.state_dict().values())).hexdigest()[:8]

    def write(path: Path) -> None:
        from PIL import Image

        export(model.visual, prepare(Image.new("RGB", (8, 8), (200, 90, 30)))[None], path)

    onnx = weights.derive(f"open_clip-{arch}", [], write, recipe=checksum)
    network = load_network(onnx, backend=models.backend, threads=models.threads, module=lambda: model.visual)
    return ClipEncoder(
        f"open_clip.{arch}.{Path(pretrained).stem}@{checksum}", model, prepare, open_clip.get_tokenizer(arch), network
    )
