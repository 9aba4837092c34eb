"""Titles and descriptions in English and Chinese."""

from collections.abc import Sequence

import numpy as np

from sample.colours import COLOURS
from sample.style import MATERIALS, PATTERN_WORDS, Style


def title(colours: Sequence[str], pattern: str, material: str, style: Style) -> str:
    """Such as "Navy and white striped cotton crew-neck T-shirt"."""
    words = [" and ".join(colours), PATTERN_WORDS[pattern][0], "" if material in style.name else material, style.name]
    text = " ".join(word for word in words if word)
    return text[0].upper() + text[1:]


def title_zh(colours: Sequence[str], pattern: str, material: str, style: Style) -> str:
    """Such as 藏青色白色条纹纯棉圆领T恤."""
    cloth = "" if MATERIALS[material].zh.removesuffix("布") in style.zh else MATERIALS[material].zh
    return "".join(COLOURS[c].zh for c in colours) + PATTERN_WORDS[pattern][1] + cloth + style.zh


_USES = {
    -1: ("for cold days", "to layer in winter", "with warmth where it counts"),
    0: ("for every day", "from desk to weekend", "all year round"),
    1: ("for warm days", "made for summer", "light enough for the heat"),
}


def description(brand: str, colours: Sequence[str], material: str, style: Style, rng: np.random.Generator) -> str:
    """One or two plain sentences."""
    use = rng.choice(_USES[round(style.season)])
    stuff = f"in {material}" if material not in style.name else "cut clean"
    fit = rng.choice(["Regular fit.", "Relaxed fit.", "True to size.", "Easy to care for.", "A wardrobe staple."])
    return f"{style.name[0].upper()}{style.name[1:]} by {brand} {stuff}, {use}. {fit}"
