"""What a try-on gives back."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.bodies import Body
from tryon.layers import Layer, Mesh, Remark


class Confidence(Struct, frozen=True, kw_only=True):
    """How far a try-on is to be trusted, each in [0, 1].

    pose: the landmarks that the garments hang on are seen; parsing: the person's parts are told apart; points: the
    garments' key points are found; coverage: what was worn is under the new garments or gone; seen: what shows of the
    person was photographed, not invented. total: their geometric mean. With accessories alone there is only a pose; the
    others are 1.
    """

    pose: float
    parsing: float
    points: float
    coverage: float
    seen: float
    total: float


class Report(Struct, frozen=True, kw_only=True):
    """All that is told of a try-on beside pictures; plain values.

    size: width, height at which the person was dressed, to which places here and of layers and meshes refer; photo: of the
    photo as it came, the size of the picture's file if it is not too large. box: x0, y0, x1, y1 of the person and
    landmarks: x, y, z and visibility of MediaPipe's 33, in pixels of ``size``. garments: what each is called, as they were
    given; order: their indices from the first put on to the last. timings: milliseconds by stage, some of which run side by
    side. models: tags of what read the photos.
    """

    size: tuple[int, int]
    photo: tuple[int, int]
    box: tuple[float, float, float, float]
    landmarks: tuple[tuple[float, float, float, float], ...]
    confidence: Confidence
    remarks: tuple[Remark, ...]
    garments: tuple[str, ...]
    order: tuple[int, ...]
    lit: bool
    timings: dict[str, float]
    models: dict[str, str]


class Answer(Struct, frozen=True, kw_only=True):
    """A person in other clothes.

    picture: (H, W, 3) uint8. layers: the garments' own as they lie in it, from the back to the front, each named
    INDEX-CATEGORY/PART by the garment's place among those given. meshes: of each garment, as given. invented: (H, W)
    bool, what shows though no photo showed it. body: what was found of the person; its pixels are the photo at this size.
    """

    picture: NDArray[np.uint8]
    layers: tuple[Layer, ...]
    meshes: tuple[tuple[Mesh, ...], ...]
    invented: NDArray[np.bool_]
    body: Body
    report: Report
