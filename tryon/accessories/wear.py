"""Where each kind of accessory is worn."""

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Accessory
from tryon.accessories.camera import Camera
from tryon.accessories.head import Head
from tryon.accessories.on_hand import on_finger, on_wrist
from tryon.accessories.on_head import around_neck, at_ears, on_head
from tryon.accessories.on_nose import on_nose
from tryon.accessories.worn import Worn
from tryon.bodies import Body


def wear(accessory: Accessory, body: Body, camera: Camera) -> Worn:
    """Put an accessory on. Raises AccessoryUnusable, "no-face" or "no-hand", where nothing shows to wear it on."""
    if accessory.kind in ("watch", "bracelet"):
        return on_wrist(accessory, body, camera)
    if accessory.kind == "ring":
        return on_finger(accessory, body, camera)
    if body.face is None:
        raise AccessoryUnusable(
            "The face is not seen.", reason="no-face", remedy="Take a photo that shows the face from the front."
        )
    head = Head.of(body.face, camera)
    if accessory.kind == "glasses":
        return on_nose(accessory, head, body, camera)
    if accessory.kind == "hat":
        return on_head(accessory, head, body, camera)
    if accessory.kind == "earrings":
        return at_ears(accessory, head, body, camera)
    return around_neck(accessory, head, body, camera)
