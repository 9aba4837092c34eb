"""Drawn accessories as GLB files, in metres as glTF has them: glasses, hats, jewellery and watches of known shape."""

import struct
from collections.abc import Callable
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.solids import Floats, Solid, ball, disc, ellipse, normals_of, sweep, turned


class Stuff(msgspec.Struct, frozen=True):
    """A material. colour: sRGB in [0, 1]; opacity, metallic, roughness in [0, 1]."""

    colour: tuple[float, float, float]
    metallic: float = 0.0
    roughness: float = 0.5
    opacity: float = 1.0


BLACK: Final = Stuff((0.09, 0.09, 0.10), roughness=0.22)
TORTOISE: Final = Stuff((0.42, 0.20, 0.06), roughness=0.20)
GOLD: Final = Stuff((1.0, 0.86, 0.57), metallic=1, roughness=0.22)
SILVER: Final = Stuff((0.93, 0.93, 0.94), metallic=1, roughness=0.25)
CLEAR: Final = Stuff((0.85, 0.90, 0.92), roughness=0.06, opacity=0.06)
DARK: Final = Stuff((0.06, 0.06, 0.07), roughness=0.06, opacity=0.82)
BROWN: Final = Stuff((0.24, 0.12, 0.04), roughness=0.06, opacity=0.78)
FELT: Final = Stuff((0.34, 0.25, 0.19), roughness=0.95)
NAVY: Final = Stuff((0.10, 0.14, 0.27), roughness=0.9)
RIBBON: Final = Stuff((0.10, 0.08, 0.08), roughness=0.6)
LEATHER: Final = Stuff((0.33, 0.17, 0.09), roughness=0.6)
PEARL: Final = Stuff((0.94, 0.91, 0.86), roughness=0.25)
RUBY: Final = Stuff((0.62, 0.03, 0.10), roughness=0.08)
WHITE: Final = Stuff((0.95, 0.94, 0.91), roughness=0.35)

Parts = list[tuple[Solid, Stuff]]


def glasses(frame: Stuff, lens: Stuff, *, round_: float = 2.6, height: float = 4.3, thick: float = 0.24) -> Parts:
    """Two lenses 5.2 cm wide, a bridge of 1.8 cm, 14.2 cm from temple to temple."""
    parts: Parts = []
    wide, gap, curve = 5.2, 1.7, 0.012
    section = ellipse(thick * 0.5, 0.20 if frame.metallic == 0 else thick * 0.5, 12, 3.0)

    def bent(points: Floats) -> Floats:
        return np.column_stack([points[:, 0], points[:, 1], -curve * points[:, 0] ** 2])

    outline = ellipse(wide / 2, height / 2, 72, round_)
    outline[:, 0] += 0.10 * outline[:, 1] / height * wide  # wider above than below
    for side in (1, -1):
        rim = bent(np.column_stack([side * (outline[:, 0] + (gap + wide) / 2), outline[:, 1], 0 * outline[:, 0]]))
        parts += [(sweep(rim, section, closed=True), frame), (disc(rim, 0.12), lens)]
        hinge = np.array([side * 6.75, height * 0.26, -curve * 46])
        turns = [
            (0, 0, 0),
            (0.25, 0.02, -0.25),
            (0.33, 0.02, -1.0),
            (0.34, 0.0, -4),
            (0.30, -0.05, -8.6),
            (0.24, -0.5, -9.9),
            (0.10, -1.6, -11.4),
            (0.0, -2.6, -12.3),
        ]
        knots = hinge + np.array(turns) * (side, 1, 1)
        start = hinge + (-side * 0.9, -0.05, 0.06)
        line = _smooth(np.concatenate([start[None], knots]), 60)
        flat = ellipse(0.10 if frame.metallic else 0.15, 0.10 if frame.metallic else 0.26, 10, 3.0)
        parts.append((sweep(line, flat, up=(0, 1, 0)), frame))
    arch = np.linspace(-1, 1, 20)
    bridge = bent(np.column_stack([arch * (gap / 2 + 0.35), 0.65 + 0.25 * (1 - arch**2), 0 * arch]))
    parts.append((sweep(bridge, ellipse(thick * 0.55, thick * 0.45, 12)), frame))
    return parts


def hat(felt: Stuff, ribbon: Stuff, *, brim: float = 5.0, high: float = 10.5) -> Parts:
    """A crown over an oval head with a brim and a ribbon; the opening lies at y = 0."""
    profile = [
        (8.2 + brim, 0.5),
        (8.2 + brim * 0.95, 0.15),
        (8.2 + brim * 0.5, -0.25),
        (8.6, 0.0),
        (8.25, 0.5),
        (8.15, 2.5),
        (7.8, 6.0),
        (7.2, high - 2),
        (6.2, high - 0.5),
        (4.5, high),
        (2.5, high - 0.7),
        (0.01, high - 1.2),
    ]
    outer = _smooth(np.array(profile), 70)
    inner = outer[::-1].copy() + (-0.2, -0.12)
    inner[:, 0] = np.maximum(inner[:, 0], 0.01)
    inner[-1] = outer[0] + (0.02, -0.1)
    crown = turned(np.concatenate([outer, inner]))
    band = turned([(8.30, 0.45), (8.36, 0.5), (8.26, 2.6), (8.18, 2.65)])
    return [(_oval(crown), felt), (_oval(band), ribbon)]


def cap(cloth: Stuff, visor: Stuff) -> Parts:
    """A close crown with a visor to the front; the opening lies at y = 0."""
    rise = np.linspace(0, np.pi / 2, 30)
    outer = np.column_stack([8.3 * np.cos(rise) ** 0.6, 9.4 * np.sin(rise)])
    outer[-1, 0] = 0.01
    inner = outer[::-1] * (0.97, 0.985)
    dome = _oval(turned(np.concatenate([outer, inner])))
    button = ball((0, 9.4, 0), (0.7, 0.35, 0.7))
    angle = np.linspace(-1.12, 1.12, 41)
    rows = []
    for share in np.linspace(0, 1, 14):
        out = share * 7.2 * np.cos(angle * 1.25).clip(0) ** 0.6
        rows.append(
            np.column_stack(
                [
                    8.25 * np.sin(angle) * (1 - 0.02 * share),
                    0.25 - 0.02 * (8.25 * np.sin(angle)) ** 2 * share - 1.1 * share,
                    9.6 * np.cos(angle) + out,
                ]
            )
        )
    top = np.array(rows)
    sheet = np.concatenate([top.reshape(-1, 3), top.reshape(-1, 3) - (0, 0.25, 0)])
    a = (np.arange(13)[:, None] * 41 + np.arange(40)).ravel()
    net = np.concatenate([np.column_stack([a, a + 41, a + 1]), np.column_stack([a + 1, a + 41, a + 42])])
    edge = 13 * 41 + np.arange(40)
    low = len(sheet) // 2
    hem = np.concatenate(
        [np.column_stack([edge, edge + low, edge + 1]), np.column_stack([edge + 1, edge + low, edge + low + 1])]
    )
    return [(dome, cloth), (button, visor), ((sheet, np.concatenate([net, net[:, ::-1] + low, hem])), visor)]


def hoop(metal: Stuff) -> Parts:
    """An earring: a ring of 3.2 cm that hangs from the lobe."""
    line = ellipse(1.6, 1.6, 80)
    return [
        (
            sweep(
                np.column_stack([0 * line[:, 0], line[:, 1] - 1.6, line[:, 0]]),
                ellipse(0.13, 0.13, 14),
                closed=True,
                up=(1, 0, 0),
            ),
            metal,
        )
    ]


def drop(metal: Stuff, stone: Stuff) -> Parts:
    """An earring: a hook and a drop, 3.4 cm high."""
    hook = np.array([(0, -0.35, 0.35), (0, -0.1, 0.28), (0, 0, 0.1), (0, -0.25, -0.05), (0, -1.0, 0), (0, -1.6, 0)])
    return [
        (sweep(_smooth(hook, 40), ellipse(0.05, 0.05, 10), up=(1, 0, 0)), metal),
        (ball((0, -1.65, 0), (0.22, 0.14, 0.22)), metal),
        (ball((0, -2.5, 0), (0.62, 0.85, 0.62)), stone),
    ]


def necklace(metal: Stuff, stone: Stuff) -> Parts:
    """A chain around a neck of 13 cm that falls to a pendant."""
    angle = np.linspace(-np.pi, np.pi, 241)[:-1]
    front = np.clip(np.cos(angle), 0, 1)
    line = np.column_stack(
        [7.4 * np.sin(angle) * (1 + 0.25 * front * (1 - front)), -6.8 * front**1.35, 6.4 * np.cos(angle) + 1.2 * front]
    )
    tail = line[120] if np.cos(angle[120]) > 0.99 else line[np.argmax(line[:, 2])]
    return [
        (sweep(line, ellipse(0.12, 0.12, 10), closed=True, up=(0, 1, 0)), metal),
        (ball(tail + (0, -0.75, 0.1), (0.6, 0.75, 0.25)), stone),
        (ball(tail + (0, -0.05, 0.05), 0.18), metal),
    ]


def watch(metal: Stuff, strap: Stuff, dial: Stuff) -> Parts:
    """A case of 3.8 cm on a strap around a wrist of 6 by 4.6 cm; the dial looks along z, its hands and marks on it."""
    angle = np.linspace(0, 2 * np.pi, 121)[:-1]
    line = np.column_stack([3.05 * np.sin(angle), 0 * angle, 2.35 * np.cos(angle)])
    parts: Parts = [(sweep(line, ellipse(0.16, 0.95, 12, 5), closed=True, up=(0, 1, 0)), strap)]

    def lying(solid: Solid) -> Solid:
        return np.column_stack([solid[0][:, 0], -solid[0][:, 2], solid[0][:, 1] + 2.3]), solid[1]

    case = [(0.01, 0.0), (1.75, 0.0), (1.9, 0.2), (1.9, 0.62), (1.8, 0.8), (1.62, 0.84), (1.58, 0.70), (1.56, 0.66)]
    parts += [(lying(turned(case)), metal), (lying(turned([(1.58, 0.66), (0.8, 0.66), (0.01, 0.66)])), dial)]
    for hour in range(12):
        turn = hour * np.pi / 6
        mark = np.array([-np.cos(turn), np.sin(turn)])  # twelve across the arm, three towards the hand
        parts.append((_bar(mark * 1.22, mark * 1.45, 0.05 if hour % 3 else 0.09), RIBBON))
    parts += [
        (_bar((0, 0), (-0.40, -0.68), 0.07), RIBBON),
        (_bar((0, 0), (-0.62, 0.98), 0.05), RIBBON),
        (ball((0, 1.98, 2.72), (0.2, 0.22, 0.22)), metal),
    ]
    return parts


def bangle(metal: Stuff) -> Parts:
    """A bracelet: a plain round band."""
    line = ellipse(3.3, 2.7, 120)
    return [
        (
            sweep(
                np.column_stack([line[:, 0], 0 * line[:, 0], line[:, 1]]),
                ellipse(0.16, 0.34, 16, 3),
                closed=True,
                up=(0, 1, 0),
            ),
            metal,
        )
    ]


def ring(metal: Stuff, stone: Stuff) -> Parts:
    """A finger ring with a stone at +z."""
    line = ellipse(0.92, 0.92, 90)
    return [
        (
            sweep(
                np.column_stack([line[:, 0], 0 * line[:, 0], line[:, 1]]),
                ellipse(0.09, 0.16, 14),
                closed=True,
                up=(0, 1, 0),
            ),
            metal,
        ),
        (ball((0, 0, 1.12), (0.34, 0.34, 0.24)), stone),
    ]


ACCESSORIES: Final[dict[str, tuple[str, Callable[[], Parts]]]] = {
    "glasses-acetate": ("glasses", lambda: glasses(BLACK, CLEAR, thick=0.42)),
    "glasses-wire": ("glasses", lambda: glasses(GOLD, CLEAR, round_=2.0, height=4.7, thick=0.14)),
    "sunglasses": ("glasses", lambda: glasses(TORTOISE, BROWN, round_=3.0, height=4.8, thick=0.5)),
    "fedora": ("hat", lambda: hat(FELT, RIBBON)),
    "cap": ("hat", lambda: cap(NAVY, NAVY)),
    "hoops": ("earrings", lambda: hoop(GOLD)),
    "pearl-drops": ("earrings", lambda: drop(GOLD, PEARL)),
    "pendant": ("necklace", lambda: necklace(SILVER, RUBY)),
    "watch": ("watch", lambda: watch(SILVER, LEATHER, WHITE)),
    "bangle": ("bracelet", lambda: bangle(GOLD)),
    "ring": ("ring", lambda: ring(GOLD, RUBY)),
}
"""Names of the drawn accessories: of what kind each is, and how it is made."""


def accessory_file(name: str) -> bytes:
    """One of ACCESSORIES as a GLB file; the same bytes every time."""
    merged: dict[Stuff, list[Solid]] = {}
    for solid, stuff in ACCESSORIES[name][1]():
        merged.setdefault(stuff, []).append(solid)
    return glb([(_joined(solids), stuff) for stuff, solids in merged.items()])


def glb(parts: Parts) -> bytes:
    """A binary glTF 2.0 file of solids in centimetres."""
    chunk = b""
    views: list[dict[str, Any]] = []
    accessors: list[dict[str, Any]] = []
    materials: list[dict[str, Any]] = []
    primitives: list[dict[str, Any]] = []

    def stored(array: NDArray[Any], component: int, kind: str, **more: Any) -> int:
        nonlocal chunk
        views.append({"buffer": 0, "byteOffset": len(chunk), "byteLength": array.nbytes})
        accessors.append(
            {"bufferView": len(views) - 1, "componentType": component, "count": len(array), "type": kind, **more}
        )
        chunk += array.tobytes()
        return len(accessors) - 1

    for (points, triangles), stuff in parts:
        vertices = (points / 100).astype("<f4")
        low, high = vertices.min(axis=0).tolist(), vertices.max(axis=0).tolist()
        attributes = {
            "POSITION": stored(vertices, 5126, "VEC3", min=low, max=high),
            "NORMAL": stored(normals_of(points, triangles).astype("<f4"), 5126, "VEC3"),
        }
        indices = stored(triangles.astype("<u4").reshape(-1, 1), 5125, "SCALAR")
        primitives.append({"attributes": attributes, "indices": indices, "material": len(materials)})
        pbr = {
            "baseColorFactor": [*_linear(stuff.colour), stuff.opacity],
            "metallicFactor": stuff.metallic,
            "roughnessFactor": stuff.roughness,
        }
        mode = "OPAQUE" if stuff.opacity == 1 else "BLEND"
        materials.append({"pbrMetallicRoughness": pbr, "alphaMode": mode, "doubleSided": True})
    document = {
        "asset": {"version": "2.0", "generator": "Shopglass sample"}, "scene": 0, "scenes": [{"nodes": [0]}],
        "nodes": [{"mesh": 0}], "meshes": [{"primitives": primitives}], "materials": materials,
        "accessors": accessors, "bufferViews": views, "buffers": [{"byteLength": len(chunk)}],
    }  # fmt: skip
    text = msgspec.json.encode(document)
    text += b" " * (-len(text) % 4)
    head = struct.pack("<4sII", b"glTF", 2, 28 + len(text) + len(chunk))
    return head + struct.pack("<I4s", len(text), b"JSON") + text + struct.pack("<I4s", len(chunk), b"BIN\0") + chunk


def _joined(solids: list[Solid]) -> Solid:
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in solids])
    triangles = [faces + start for (_, faces), start in zip(solids, starts, strict=False)]
    return np.concatenate([vertices for vertices, _ in solids]), np.concatenate(triangles)


def _linear(colour: tuple[float, float, float]) -> list[float]:
    return [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]


def _smooth(knots: Floats, count: int) -> Floats:
    """A path of ``count`` points near these knots, its corners rounded."""
    lengths = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(knots, axis=0), axis=1))])
    at = np.linspace(0, lengths[-1], count)
    line = np.column_stack([np.interp(at, lengths, knots[:, axis]) for axis in range(knots.shape[1])])
    padded = np.concatenate([np.repeat(line[:1], 4, 0), line, np.repeat(line[-1:], 4, 0)])
    kernel = np.array([1, 4, 9, 12, 14, 12, 9, 4, 1]) / 66
    smooth = np.stack([np.convolve(padded[:, axis], kernel, "valid") for axis in range(knots.shape[1])], axis=1)
    smooth[0], smooth[-1] = line[0], line[-1]
    return smooth


def _oval(solid: Solid) -> Solid:
    """Longer from front to back than wide, as heads are."""
    return solid[0] * (1.0, 1.0, 1.18), solid[1]


def _bar(
    start: tuple[float, float] | NDArray[np.floating], end: tuple[float, float] | NDArray[np.floating], wide: float
) -> Solid:
    """A flat bar on the dial, from x, y to x, y."""
    line = np.array([(*start, 2.99), (*end, 2.99)])
    return sweep(line, ellipse(wide / 2, 0.02, 8, 4))
