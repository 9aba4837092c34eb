"""What heads are trained on: pictures as the towers see them, and captions in groups that mean the same."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np

from vision.align import Group, Pictures
from vision.captions import captions
from vision.colour import COLOUR, foreground, main_colour, to_lab
from vision.encoders import Encoder, Pixels


def crops(pixels: Pixels, count: int, rng: np.random.Generator) -> list[Pixels]:
    """A picture and ``count`` random parts of it: .45 to 1 of its area, turned about at random, in other light."""
    h, w = pixels.shape[:2]
    views = [pixels]
    for _ in range(count):
        area = h * w * rng.uniform(0.45, 1.0)
        aspect = np.exp(rng.uniform(np.log(0.7), np.log(1.4)))
        width = min(w, max(1, round((area * aspect) ** 0.5)))
        height = min(h, max(1, round((area / aspect) ** 0.5)))
        y, x = rng.integers(h - height + 1), rng.integers(w - width + 1)
        part = pixels[y : y + height, x : x + width]
        if rng.random() < 0.5:
            part = part[:, ::-1]
        light = rng.uniform(0.75, 1.25) * rng.uniform(0.93, 1.07, 3)
        views.append(np.clip(part * light.astype(np.float32), 0, 255).astype(np.uint8))
    return views


def look_at(
    pictures: Iterable[Pixels],
    towers: Sequence[Encoder],
    *,
    views: int = 5,
    seed: int = 7,
    seen: Callable[[int], None] = lambda done: None,
) -> tuple[Pictures, tuple[str | None, ...]]:
    """What image towers say of pictures and of random parts of them, and the name of each one's main colour.

    towers: the colour encoder last; colours are those of the whole picture. seen: told how many are done.
    """
    *others, colour = towers
    if colour.tag != COLOUR:
        raise ValueError(f"the last image tower is {colour.tag}, not {COLOUR}")
    rows, colours, names = [], [], []
    for done, pixels in enumerate(pictures, start=1):
        parts = crops(pixels, views, np.random.default_rng((seed, done)))
        rows.append(np.concatenate([tower.encode_images(parts) for tower in others], axis=1).astype(np.float16))
        colours.append(colour.encode_images([pixels])[0])
        lab = to_lab(pixels)
        names.append(main_colour(lab, foreground(lab)))
        seen(done)
    if not rows:
        return Pictures(
            np.zeros((0, views + 1, sum(t.dim for t in others)), np.float16), np.zeros((0, colour.dim), np.float32)
        ), ()
    return Pictures(np.stack(rows), np.stack(colours)), tuple(names)


def captions_by_kind(
    kinds: Sequence[str], colours: Sequence[str | None], texts: Encoder, most: int | None = None
) -> list[list[Group]]:
    """Groups of pictures with captions made for them: those of one kind and colour, then those of one kind.

    most: about how many captions of a group are taken, evenly from all of them; None takes every one.
    """

    def some(*names: str) -> tuple[str, ...]:
        all_of_them = captions(*names)
        return all_of_them[:: -(-len(all_of_them) // most)] if most else all_of_them

    both: dict[tuple[str, str], list[int]] = {}
    alone: dict[str, list[int]] = {}
    for row, (kind, colour) in enumerate(zip(kinds, colours, strict=True)):
        alone.setdefault(kind, []).append(row)
        if colour is not None:
            both.setdefault((kind, colour), []).append(row)
    return [
        [_group(rows, some(*names), texts) for names, rows in sorted(both.items())],
        [_group(rows, some(kind), texts) for kind, rows in sorted(alone.items())],
    ]


def captions_by_title(titles: Sequence[Sequence[str]], texts: Encoder) -> list[Group]:
    """Groups of the pictures that share all their texts, which are mostly one product each."""
    alike: dict[tuple[str, ...], list[int]] = {}
    for row, own in enumerate(titles):
        own = tuple(dict.fromkeys(filter(None, (text.strip() for text in own))))
        if own:
            alike.setdefault(own, []).append(row)
    return [_group(rows, own, texts) for own, rows in sorted(alike.items())]


def _group(rows: Sequence[int], own: Sequence[str], texts: Encoder) -> Group:
    return Group(np.array(rows), texts.encode_texts(own))
