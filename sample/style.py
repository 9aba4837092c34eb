"""What a shop may stock: a style is a cut with the materials, patterns and colours it comes in."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from sample.cloth import Cloth
from sample.pieces import RGB, Sketch


@dataclass(frozen=True)
class Look:
    """How one product of a style looks. cloth: the main material; trim: a plain companion; accent: thread, metal or
    sole colour, light enough to be seen on the cloth."""

    cloth: Cloth
    trim: Cloth
    accent: RGB


@dataclass(frozen=True)
class Style:
    """name, zh: what it is called; materials: names in MATERIALS; season: -1 winter … 1 summer; price: euros, low and
    high; formality in [0, 1]; colours: names, empty for any."""

    name: str
    zh: str
    draw: Callable[[Look, np.random.Generator], Sketch]
    materials: tuple[str, ...]
    patterns: tuple[str, ...] = ("plain",)
    price: tuple[float, float] = (15.0, 60.0)
    season: float = 0.0
    formality: float = 0.3
    colours: tuple[str, ...] = ()


@dataclass(frozen=True)
class Material:
    """zh: its name in Chinese; weave: how it looks; cost: times a style's price."""

    zh: str
    weave: str
    cost: float = 1.0


MATERIALS: dict[str, Material] = {
    "cotton": Material("纯棉", "jersey"),
    "organic cotton": Material("有机棉", "jersey", 1.15),
    "poplin": Material("府绸", "poplin"),
    "brushed cotton": Material("磨毛棉", "wool", 1.1),
    "linen": Material("亚麻", "linen", 1.2),
    "denim": Material("牛仔布", "denim", 1.1),
    "twill": Material("斜纹布", "drill"),
    "corduroy": Material("灯芯绒", "corduroy", 1.1),
    "wool": Material("羊毛", "wool", 1.5),
    "merino": Material("美利奴羊毛", "knit", 1.4),
    "chunky knit": Material("粗针织", "knit", 1.2),
    "ribbed knit": Material("罗纹针织", "rib", 1.1),
    "fleece": Material("抓绒", "fleece"),
    "satin": Material("缎面", "satin", 1.2),
    "chiffon": Material("雪纺", "chiffon", 1.1),
    "viscose": Material("粘胶", "poplin"),
    "leather": Material("皮革", "leather", 1.8),
    "suede": Material("绒面革", "wool", 1.6),
    "nylon": Material("尼龙", "nylon"),
    "canvas": Material("帆布", "canvas"),
    "mesh": Material("网面", "mesh"),
    "straw": Material("草编", "straw"),
    "felt": Material("毛毡", "wool", 1.2),
    "acetate": Material("板材", "smooth", 1.2),
    "metal": Material("金属", "smooth", 1.3),
    "silicone": Material("硅胶", "smooth"),
    "steel": Material("不锈钢", "smooth", 1.5),
    "silk": Material("真丝", "satin", 1.8),
    "cashmere": Material("羊绒", "wool", 2.0),
}

PATTERN_WORDS: dict[str, tuple[str, str]] = {
    "plain": ("", ""),
    "striped": ("striped", "条纹"),
    "breton": ("Breton-striped", "海魂条纹"),
    "retro": ("retro-striped", "复古条纹"),
    "pinstriped": ("pinstriped", "细条纹"),
    "gingham": ("gingham", "方格"),
    "plaid": ("plaid", "格纹"),
    "windowpane": ("windowpane-check", "窗格纹"),
    "dotted": ("polka-dot", "波点"),
    "floral": ("floral", "碎花"),
    "leafy": ("leaf-print", "叶纹"),
    "diamond": ("diamond-print", "菱形印花"),
    "argyle": ("argyle", "菱格"),
    "zigzag": ("zigzag", "锯齿纹"),
    "camouflage": ("camouflage", "迷彩"),
}
