"""An accessory on a person in a photo, as layers."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon import grain
from tryon.accessories.accessory import Accessory
from tryon.accessories.camera import Camera
from tryon.accessories.draw import Region, draw, region_of, shadow
from tryon.accessories.head import Head
from tryon.accessories.surround import Surround, surround
from tryon.accessories.wear import wear
from tryon.bodies import Body
from tryon.layers import Layer

Plane = NDArray[np.float32]

_SHADOW_AROUND: Final = 3.0  # centimetres around an accessory within which its shadow is looked for
_DEEPEST: Final = 0.75  # of the light, that a shadow may take


def place(body: Body, accessory: Accessory, *, light: bool = True) -> tuple[Layer, ...]:
    """An accessory on a person: its shadow, black with the alpha that darkens, then itself, both within the photo.

    light: False leaves out the shadow and the photo's own light. No layer where it lies outside the photo.
    Raises AccessoryUnusable where nothing shows that it is worn on.
    """
    camera = Camera(*body.pixels.shape[:2])
    worn = wear(accessory, body, camera)
    head = Head.of(body.face, camera) if body.face is not None and light else None
    around = surround(body.pixels, body.face, head)
    region, wide = region_of(worn, camera), region_of(worn, camera, _SHADOW_AROUND)
    if region is None or wide is None:
        return ()
    layers = [_layer(accessory.kind, draw(worn, region, camera, around), region, around)]
    if light:
        dark = np.clip(1 - shadow(worn, wide, camera, around), 0, _DEEPEST)
        rows, columns = slice(wide.y, wide.y + wide.height), slice(wide.x, wide.x + wide.width)
        alpha = (1 - (1 - dark) ** (1 / 2.2)) * (body.person[rows, columns] > 0.5) * _faded(wide)
        black = np.zeros((*alpha.shape, 4), np.uint8)
        black[..., 3] = np.clip(255 * alpha + 0.5, 0, 255)
        layers.insert(0, Layer(name=f"{accessory.kind}/shadow", pixels=black, x=wide.x, y=wide.y))
    return tuple(layers)


def lay(pixels: NDArray[np.uint8], layers: tuple[Layer, ...]) -> NDArray[np.uint8]:
    """A picture (H, W, 3) uint8 with layers over it; where they are empty it stays as it is."""
    picture = pixels.copy()
    for layer in layers:
        h, w = layer.pixels.shape[:2]
        here = picture[layer.y : layer.y + h, layer.x : layer.x + w]
        alpha = layer.pixels[..., 3:].astype(np.float32) / 255
        mixed = here + (layer.pixels[..., :3] - here.astype(np.float32)) * alpha
        here[:] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)
    return picture


def _faded(region: Region) -> Plane:
    """1, falling to 0 at the region's edges: a shadow that reaches farther ends softly."""
    rim = max(2.0, 0.12 * min(region.width, region.height))
    x, y = np.arange(region.width) + 0.5, np.arange(region.height) + 0.5
    across, down = (np.clip(np.minimum(at, end - at) / rim, 0, 1) for at, end in ((x, x[-1] + 0.5), (y, y[-1] + 0.5)))
    return np.asarray(down[:, None] * across, np.float32)


def _layer(name: str, drawn: Plane, region: Region, around: Surround) -> Layer:
    """Colour times alpha as a layer as sharp and grainy as the photo."""
    if around.blur > 0.6:
        drawn = cv2.GaussianBlur(drawn, (0, 0), (around.blur**2 - 0.3) ** 0.5)
    alpha = drawn[..., 3]
    colour = np.asarray(drawn[..., :3] / np.maximum(alpha, 1e-4)[..., None], np.float32)
    colour = grain.match(colour, alpha, 0, around.noise)
    pixels = np.dstack([np.clip(colour + 0.5, 0, 255), np.clip(255 * alpha + 0.5, 0, 255)]).astype(np.uint8)
    return Layer(name=f"{name}/itself", pixels=pixels, x=region.x, y=region.y)
