"""A laid garment let out over what of the worn clothes and of skin shows beside it, up to where it ends."""

from collections.abc import Sequence
from typing import Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.anchors import find_anchors
from tryon.bodies import Body
from tryon.layers import Layer
from tryon.mirror import mirrored, nearest
from tryon.outfit import Outfit
from tryon.parse import Parsed
from tryon.reach import SIDES, along_arm, along_leg
from tryon.stack import Frame, cover_of, part_of, trimmed
from tryon.zones import Figure

Plane = NDArray[np.float32]
Mask = NDArray[np.bool_]

OVER_CLOTH: Final = 0.24
"""How far cloth is carried on over worn clothes, in units of the figure. Wider gaps are no fault of the fit."""
OVER_SKIN: Final = 0.08
"""Likewise over skin, beside sleeves and above shoulder seams."""
_ABOVE: Final = 0.1  # of the unit: above a waistband
_BELOW: Final = 0.1  # of the unit: below a hem, where what was worn ends just below
_NECK: Final = 0.5  # of the shoulders' distance from the spine: within it lies the neckline, which stays
_SHOULDER: Final = 0.1  # of the unit: above a shoulder seam
_MIRROR: Final = 0.012  # of the unit
_EDGE: Final = 0.012
_CLOSE: Final = (
    0.12  # of the unit: gaps between parts that are narrower than twice this are closed whatever shows there
)
_SMOOTH: Final = 0.05  # of the unit: what is let out has no tongues thinner than twice this
_STEEP: Final = 0.6  # of a gap's way: more along the spine than that leads past a hem or a neckline
_ENDS: Final = 97  # percentile of the way along a limb that counts as a sleeve's end: cuffs are slanted


def extended(layers: Sequence[Layer], body: Body, parsed: Parsed, old: frozenset[str]) -> list[Layer]:
    """One garment's layers, let out.

    old: what it replaces, of "upper", "lower". Cloth goes on over that, and a little way over skin, sideways and above
    shoulder seams and waistbands, as its own mirror image. It does not go on beyond cuffs and hems or into a neckline.
    """
    found = list(layers)
    indices = [i for i, layer in enumerate(layers) if part_of(layer) != "inside"]
    outer = [layers[i] for i in indices]
    if not outer:
        return found
    figure, shape = Figure.of(body), body.person.shape
    reach = round(OVER_CLOTH * figure.unit) + 2
    cover = cover_of(outer, shape)
    x, y, w, h = cv2.boundingRect((cover > 0.5).view(np.uint8))
    if not w:
        return found
    x0, y0, x1, y1 = max(x - reach, 0), max(y - reach, 0), min(x + w + reach, shape[1]), min(y + h + reach, shape[0])
    here = np.s_[y0:y1, x0:x1]
    solid = cover[here] > 0.5
    away, place = nearest(solid)
    named = {name: parsed.of(name)[here] for name in ("arm", "torso", "neck", "leg")}
    skin = named["arm"] | named["torso"] | (named["leg"] if "lower" in old else named["neck"])
    worn = parsed.of(*old)[here]
    closed = cv2.morphologyEx(solid.view(np.uint8), cv2.MORPH_CLOSE, _disc(_CLOSE * figure.unit)) > 0
    legged = any(part_of(layer).startswith("leg") for layer in outer)
    over = 0.02 if legged and Outfit.of(parsed, old).skirted(find_anchors(body)) else OVER_CLOTH
    beside, around = _may(outer, body, figure, place, (x0, y0))
    near_skin = skin & ((away < OVER_SKIN * figure.unit) | closed)
    wanted = (worn & (away < over * figure.unit) | near_skin) & (beside | around)
    wanted |= parsed.of("lower")[here] & (away < over * figure.unit) & beside  # a top hangs over the hips
    wanted &= cover[here] < 0.98
    whole = (solid | wanted).view(np.uint8)
    whole = (cv2.morphologyEx(whole, cv2.MORPH_OPEN, _disc(_SMOOTH * figure.unit)) > 0) | solid | (wanted & closed)
    if not (whole > solid).any():
        return found
    # Labels end in steps: the edge of what is let out is drawn smooth.
    soft = max(_EDGE * figure.unit, 1.0)
    edge = np.clip((cv2.GaussianBlur(whole.astype(np.float32), (0, 0), soft) - 0.5) * soft * 2 + 0.5, 0, 1)
    near = cv2.dilate((whole > solid).view(np.uint8), _disc(3 * soft)) > 0
    wanted = near & (edge > 0) & (cover[here] < 0.98) & (body.person[here] > 0.02)
    canvas, owner = _laid(outer, solid.shape, (x0, y0))
    # A ragged edge would be mirrored in every rag: the mirror stands a little inside, and is smooth.
    sigma = max(_MIRROR * figure.unit, 1.0)
    inner = cv2.GaussianBlur(solid.astype(np.float32), (0, 0), sigma) > 0.8
    more = np.zeros_like(canvas)
    more[wanted] = mirrored(canvas, inner if inner.any() else solid, wanted)
    owner = owner[place[..., 1], place[..., 0]]
    for own, index in enumerate(indices):
        mine = wanted & (owner == own)
        if mine.any():
            found[index] = _with(layers[index], more, mine, edge, (x0, y0))
    return found


def _laid(
    layers: Sequence[Layer], shape: tuple[int, int], corner: tuple[int, int]
) -> tuple[NDArray[np.uint8], NDArray[np.int8]]:
    """The layers over one another, (h, w, 4), and whose each pixel is."""
    canvas, owner = np.zeros((*shape, 4), np.uint8), np.zeros(shape, np.int8)
    for index, layer in enumerate(layers):
        frame = Frame.of(layer, shape, corner)
        shown = layer.pixels[frame.own][..., 3] > 127
        canvas[frame.place][shown] = layer.pixels[frame.own][shown]
        owner[frame.place][shown] = index
    return canvas, owner


def _may(
    outer: Sequence[Layer], body: Body, figure: Figure, place: NDArray[np.int32], corner: tuple[int, int]
) -> tuple[Mask, Mask]:
    """(h, w) each: where cloth may go on beside the trunk, by the way from the nearest cloth; and around sleeves and
    legs, as far as they go."""
    h, w = place.shape[:2]
    ys, xs = np.mgrid[:h, :w].astype(np.float32)
    away = np.stack([xs - place[..., 0], ys - place[..., 1]], -1)
    long = np.maximum(np.linalg.norm(away, axis=-1), 1e-3)
    top, bottom = figure.points[[11, 12]].mean(0), figure.points[[23, 24]].mean(0)
    down = (bottom - top) / max(float(np.linalg.norm(bottom - top)), 1.0)
    steep = away @ down.astype(np.float32) / long
    from_depth, from_across = figure.trunk(place[..., 0] + np.float32(corner[0]), place[..., 1] + np.float32(corner[1]))
    shoulder = (from_depth < 0.12) & (steep < 0) & (long < _SHOULDER * figure.unit)
    waist = (from_depth > 0.5) & (steep < 0) & (long < _ABOVE * figure.unit)
    hem = (from_depth > 0.5) & (steep > 0) & (long < _BELOW * figure.unit)
    may: Mask = (np.abs(steep) < _STEEP) | shoulder | waist
    # The opening of a neckline lies between its sides.
    may &= ~((from_depth < 0.35) & (np.abs(from_across) < _NECK))
    trunk = [layer for layer in outer if part_of(layer) == "body"]
    if trunk and len(trunk) == len([layer for layer in outer if not part_of(layer).startswith("sleeve")]):
        depth = figure.trunk(xs + np.float32(corner[0]), ys + np.float32(corner[1]))[0]
        solid = cover_of(trunk, body.person.shape)[corner[1] : corner[1] + h, corner[0] : corner[0] + w] > 0.5
        may &= depth <= (np.percentile(depth[solid], 99) if solid.any() else 0)
    around = hem
    top = from_depth.min() < 0.4
    for name, along_limb in (("sleeve", along_arm), ("leg", along_leg)):
        for side in SIDES:
            parts = [layer for layer in outer if part_of(layer) == f"{name}_{side}"]
            if not parts and not (name == "sleeve" and top):
                continue
            along, beside = (
                plane[corner[1] : corner[1] + h, corner[0] : corner[0] + w] for plane in along_limb(body, side)
            )
            own = cover_of(parts, body.person.shape)[corner[1] : corner[1] + h, corner[0] : corner[0] + w] > 0.5
            end = float(np.percentile(along[own], _ENDS)) - 0.02 if own.any() else 0.15
            of_limb = own[place[..., 1], place[..., 0]]
            past = ((beside < 0.24) & (along > max(end, 0.15))) | (of_limb & (along >= end))
            may, around = may & ~past, around & ~past
            on = (of_limb & (beside < 0.6)) | (beside < 0.45)
            around = around | (on & (along > 0.05) & (along < end))
    return may, around


def _disc(radius: float) -> NDArray[np.uint8]:
    size = 2 * max(round(radius), 1) + 1
    return np.asarray(cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size)), np.uint8)


def _with(layer: Layer, cloth: NDArray[np.uint8], wanted: Mask, edge: Plane, corner: tuple[int, int]) -> Layer:
    """The layer with the wanted pixels of the cloth (h, w, 4) behind its edge. edge: (h, w), their alpha in [0, 1]."""
    own = np.zeros((*wanted.shape, 4), np.uint8)
    frame = Frame.of(layer, own.shape, corner)
    own[frame.place] = layer.pixels[frame.own]
    alpha = own[wanted][:, 3:].astype(np.float32) / 255
    added = edge[wanted][:, None] * (1 - alpha)
    both = np.maximum(alpha + added, 1e-3)
    colours = (own[wanted][:, :3] * alpha + cloth[wanted][:, :3] * added) / both
    own[wanted] = np.concatenate([colours, both * 255], 1).round().astype(np.uint8)
    return trimmed(msgspec.structs.replace(layer, pixels=own, x=corner[0], y=corner[1]))
