"""An accessory from a file: glTF, or a picture."""

from pathlib import Path
from typing import TYPE_CHECKING

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Accessory, AccessoryKind
from tryon.accessories.gltf import read_gltf
from tryon.accessories.picture import pictured
from tryon.accessories.sizing import accessory
from vision import decode_cutout

if TYPE_CHECKING:
    from core.settings import Images


def read_accessory(
    data: bytes,
    kind: AccessoryKind,
    *,
    images: "Images | None" = None,
    size: float | None = None,
    folder: Path | None = None,
) -> Accessory:
    """An accessory from the bytes of a glTF 2.0 file, GLB or JSON, or of a picture of its front.

    images: limits for pictures; none are taken if it is None. size: centimetres, as SIZES means them; a usual one by
    default. folder: where files that a JSON one names may lie; none are read if it is None.
    Raises AccessoryUnusable with a reason, BadImage or ImageTooLarge.
    """
    if data[:4] == b"glTF" or data.lstrip()[:1] == b"{":
        return accessory(read_gltf(data, folder), kind, size)
    if images is None:
        raise AccessoryUnusable("The file is no glTF.", reason="damaged", remedy="Give a GLB file.")
    return pictured(decode_cutout(data, images).pixels, kind, size)
