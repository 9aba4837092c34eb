"""The garment detector's network: an ultralytics model with EfficientNet-Lite0 as its backbone.

Only two strides, 16 and 32: a garment worth searching by is large in its picture, and stride 8 would take most of the
time of training.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from core.errors import ModelMissing

if TYPE_CHECKING:
    import torch
    from ultralytics.nn.tasks import DetectionModel

CLASSES = ("dress", "hat", "longsleeve", "outwear", "pants", "shirt", "shoes", "shorts", "skirt", "t-shirt")

SIDE = 320
"""Side of the square the network is trained and served at, in pixels."""

TAPS = (6, 8, 10)
"""What the neck reads of the backbone's list: 40, 112 and 320 channels at strides 8, 16 and 32."""


def architecture(classes: int) -> dict[str, Any]:
    """The model as an ultralytics model YAML."""
    return {
        "nc": classes,
        "scale": "n",
        "scales": {"n": [0.5, 0.25, 1024]},
        "backbone": [
            [-1, 1, "TorchVision", [320, "shopglass_efficientnet_lite0", None, True, 0, True]],
            [0, 1, "Index", [40, TAPS[0]]],
            [0, 1, "Index", [112, TAPS[1]]],
            [0, 1, "Index", [320, TAPS[2]]],
        ],
        "head": [
            [1, 1, "Conv", [256, 3, 2]],  # 4
            [3, 1, "Conv", [1024, 1, 1]],
            [-1, 1, "SPPF", [1024, 5]],  # 6
            [-1, 1, "nn.Upsample", [None, 2, "nearest"]],
            [[-1, 2, 4], 1, "Concat", [1]],
            [-1, 2, "C3k2", [512, False]],  # 9, stride 16
            [-1, 1, "Conv", [512, 3, 2]],
            [[-1, 6], 1, "Concat", [1]],
            [-1, 2, "C3k2", [1024, True]],  # 12, stride 32
            [[9, 12], 1, "Detect", [classes]],
        ],
    }


def build(classes: tuple[str, ...]) -> "DetectionModel":
    """The untrained model, in evaluation mode."""
    from ultralytics.cfg import get_cfg
    from ultralytics.nn.tasks import DetectionModel

    _register_backbone()
    model = DetectionModel(architecture(len(classes)), verbose=False)
    model.names = dict(enumerate(classes))
    model.args = get_cfg()
    return model.eval()


def load_imagenet(model: "DetectionModel", file: Path) -> None:
    """Fill the backbone from the ``efficientnet_lite0`` weights. Raises ValueError when they are others."""
    from vision.efficientnet import load_backbone

    given: Any = load_backbone("lite0", file)
    for layer, trained in zip(model.model[0].m[1:], (given.conv_stem, given.bn1, *given.blocks), strict=True):
        layer.load_state_dict(trained.state_dict())


class About(msgspec.Struct, frozen=True):
    """What a file of weights says of itself: its classes in order, and the side in pixels it was trained at."""

    classes: tuple[str, ...]
    side: int


def save(model: "DetectionModel", file: Path) -> None:
    """Write weights as safetensors, float16 but for vectors (normalisation needs its range), with what they are."""
    from safetensors.torch import save_file

    state = {
        name: (tensor.half() if tensor.is_floating_point() and tensor.ndim > 1 else tensor).contiguous()
        for name, tensor in model.state_dict().items()
    }
    about = About(tuple(model.names.values()), SIDE)
    save_file(state, file, metadata={"about": msgspec.json.encode(about).decode()})


def read_about(file: Path) -> About:
    """Raises ModelMissing when the file is none that :func:`save` wrote."""
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(file, framework="numpy") as content:
            return msgspec.json.decode(content.metadata()["about"], type=About)
    except (SafetensorError, TypeError, KeyError, msgspec.DecodeError) as error:
        raise ModelMissing(f"{file.name} holds no detector that Shopglass trained.") from error


def load(file: Path) -> "DetectionModel":
    """The model that :func:`save` wrote, float32, in evaluation mode; no pickle is read. Raises as read_about does."""
    from safetensors.torch import load_file

    model = build(read_about(file).classes)
    model.load_state_dict(load_file(file))
    return model.eval()


def _register_backbone() -> None:
    """Make the backbone known to torchvision's registry, where ultralytics' ``TorchVision`` layer looks it up."""
    from torchvision.models._api import BUILTIN_MODELS

    BUILTIN_MODELS.setdefault("shopglass_efficientnet_lite0", _efficientnet_lite0)


def _efficientnet_lite0(weights: None = None) -> "torch.nn.Module":
    import timm
    from torch import nn

    network = timm.create_model("tf_efficientnet_lite0", pretrained=False)
    scale = nn.BatchNorm2d(3, affine=False)  # [0, 1] to [-1, 1], where the ImageNet weights were trained
    assert scale.running_mean is not None
    assert scale.running_var is not None
    scale.running_mean.fill_(0.5)
    scale.running_var.fill_(0.25)
    return nn.Sequential(nn.Sequential(scale, network.conv_stem, network.bn1), *network.blocks)
