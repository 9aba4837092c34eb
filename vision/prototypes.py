"""What pictures of each named class and colour have in common, for texts in which ``vision.lexicon`` finds the names."""

from collections.abc import Sequence

import msgspec
import numpy as np

from vision.align import Pictures
from vision.colour import NAMES
from vision.encoders import unit
from vision.heads import Heads
from vision.lexicon import KINDS, SORTS

FEWEST, MOST = 3, 20
"""Pictures of a class and colour: with fewer they are passed over; more do not make them count more."""
SHARE = 0.5
"""Length of a name beside what the reader says of a caption. With the half that ``Heads.read`` lets give way, chosen on
words held out of captions and lexicon: ``vision/weights/fused.json``."""


def name_prototypes(
    heads: Heads, pictures: Pictures, kinds: Sequence[str], colours: Sequence[str | None], captions: np.ndarray
) -> Heads:
    """Heads that know names: (joint + colour, classes + colours), such that the two of a picture add up to where it is.

    By least squares over the mean picture of every class and colour, with a ridge of one. captions: features of texts
    (n, text dim), for how long what the reader says of them is. Classes beside KINDS are passed over.
    """
    seen = np.concatenate([pictures.views[:, 0].astype(np.float32), pictures.colours], axis=1)
    space = np.concatenate([unit(heads.apply("image", seen)), pictures.colours - pictures.colours.mean(axis=0)], axis=1)
    count = SORTS[-1].stop
    rows, means = [], []
    for k, kind in enumerate(KINDS):
        for c, colour in enumerate(NAMES):
            own = np.flatnonzero(np.equal(kinds, kind) & np.equal(np.array(colours, object), colour))
            if len(own) >= FEWEST:
                row = np.zeros(count + 1)
                row[[k, SORTS[1].start + c, count]] = 1
                weight = min(len(own), MOST) ** 0.5
                rows.append(row * weight)
                means.append(space[own].mean(axis=0) * weight)
    asked, there = np.array(rows).reshape(-1, count + 1), np.array(means).reshape(-1, space.shape[1])
    ridge = np.diag([1.0] * count + [1e-3])
    names = np.linalg.solve(asked.T @ asked + ridge, asked.T @ there)[:count]
    for sort in SORTS:
        names[sort] -= names[sort].mean(axis=0)
    said = np.linalg.norm(heads.apply("text", captions), axis=1).mean()
    length = np.linalg.norm(names, axis=1).mean()
    weight = (names.T * (SHARE * said / max(length, 1e-9))).astype(np.float32)
    record = msgspec.structs.replace(heads.record, settings=heads.record.settings | {"names": SHARE})
    return Heads(record, heads.parts | {"names": ((weight, np.zeros(len(weight), np.float32)),)}, "")
