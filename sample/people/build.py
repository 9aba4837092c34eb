"""How a person is built: measures, colours, and the joints of the body at rest.

The body stands facing +z, y up, feet on y = 0, the wearer's left at +x; arms 45° down, legs a little apart. Metres.
"""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]

BONES = (
    "pelvis", "spine", "chest", "neck", "head",
    "collar_left", "arm_left", "forearm_left", "hand_left", "thigh_left", "shin_left", "foot_left",
    "collar_right", "arm_right", "forearm_right", "hand_right", "thigh_right", "shin_right", "foot_right",
)  # fmt: skip
PARENT = (-1, 0, 1, 2, 3, 2, 5, 6, 7, 0, 9, 10, 2, 12, 13, 14, 0, 16, 17)
HAIR_STYLES = ("cropped", "short", "parted", "bob", "long", "bun", "curly", "bald")
SKINS: tuple[RGB, ...] = (
    (243, 214, 196), (232, 194, 170), (222, 178, 148), (206, 156, 124), (182, 130, 98), (150, 102, 74), (118, 78, 56),
    (88, 58, 44), (66, 44, 36),
)  # fmt: skip
HAIR_COLOURS: tuple[RGB, ...] = (
    (22, 19, 18), (34, 27, 24), (52, 38, 30), (78, 54, 38), (104, 72, 46), (140, 102, 62), (184, 148, 96), (122, 58, 36),
    (128, 124, 120), (206, 202, 196),
)  # fmt: skip
EYES: tuple[RGB, ...] = ((58, 38, 26), (84, 58, 34), (96, 96, 62), (70, 98, 122), (94, 112, 108))


@dataclass(frozen=True)
class Build:
    """stature: metres. girth: thickness of limbs and trunk, 1 is average. hourglass: 0 broad shoulders and narrow hips,
    1 the reverse. bust: depth in metres. hair: one of HAIR_STYLES. face: offsets of the features, in [-1, 1]."""

    stature: float
    girth: float
    hourglass: float
    bust: float
    legs: float
    skin: RGB
    hair: str
    hair_colour: RGB
    eyes: RGB
    face: tuple[float, ...]

    @property
    def shape(self) -> "Build":
        """The same without its colours."""
        return replace(self, skin=(0, 0, 0), hair_colour=(0, 0, 0), eyes=(0, 0, 0))

    @property
    def shoulder(self) -> float:
        """Half the distance between the shoulder joints, of a body 1.72 m tall."""
        return 0.182 - 0.022 * self.hourglass


PEOPLE = 48  # shapes; polygonising one takes longer than a photo of it


def random_build(rng: np.random.Generator) -> Build:
    """One of the people there are: one of PEOPLE shapes, in colours of its own."""
    shape = np.random.default_rng([int(rng.integers(PEOPLE)), 8])
    hourglass = float(shape.random())
    skin = SKINS[int(rng.integers(len(SKINS)))]
    dark = sum(skin) < 330
    styles = ("cropped", "short", "parted", "curly", "bald") if hourglass < 0.35 else HAIR_STYLES[:-1]
    return Build(
        stature=float(shape.normal(1.79 - 0.14 * hourglass, 0.045)),
        girth=float(shape.uniform(0.92, 1.13)),
        hourglass=hourglass,
        bust=float(max(0.0, hourglass - 0.4) * shape.uniform(0.03, 0.06)),
        legs=float(shape.uniform(0.985, 1.015)),
        skin=skin,
        hair=str(shape.choice(styles)),
        hair_colour=HAIR_COLOURS[int(rng.integers(4 if dark else len(HAIR_COLOURS)))],
        eyes=EYES[0 if dark else int(rng.integers(len(EYES)))],
        face=tuple(float(v) for v in shape.uniform(-1, 1, 6)),
    )


def rest_joints(build: Build) -> dict[str, NDArray[np.float64]]:
    """The joints by the bone that starts there, and the ends of those that nothing follows, at 1.72 m."""
    hip = 0.091 + 0.004 * build.hourglass
    leg = build.legs
    joints: dict[str, tuple[float, float, float]] = {
        "pelvis": (0, 0.93, 0), "spine": (0, 1.06, -0.01), "chest": (0, 1.20, -0.015), "neck": (0, 1.435, -0.022),
        "head": (0, 1.535, -0.005), "head_end": (0, 1.72, 0),
    }  # fmt: skip
    down = np.sqrt(0.5)
    shoulder = np.array([build.shoulder, 1.395, -0.018])
    along = np.array([down, -down, 0])
    for side, sign in (("left", 1.0), ("right", -1.0)):
        flip = np.array([sign, 1, 1])
        chain = {
            "collar": np.array([0.03, 1.40, -0.01]), "arm": shoulder, "forearm": shoulder + along * 0.285,
            "hand": shoulder + along * 0.53, "hand_end": shoulder + along * 0.70,
            "thigh": np.array([hip, 0.905, -0.004]), "shin": np.array([0.108, 0.49 * leg, 0.004]),
            "foot": np.array([0.116, 0.085, -0.022]), "foot_end": np.array([0.132, 0.03, 0.14]),
        }  # fmt: skip
        joints |= {f"{name}_{side}": tuple(at * flip) for name, at in chain.items()}
    return {name: np.array(at, float) for name, at in joints.items()}
