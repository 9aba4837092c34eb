"""The class-and-colour queries of the search benchmark, in words and templates that no head was trained on."""

import msgspec
import numpy as np

QUERIES = 30
ENOUGH = 10
"""Right answers there must be for a query to be asked."""

CLASSES = {
    "dress": ("gown, sundress", "晚礼服, 吊带连衣裙"),
    "hat": ("cap, beanie", "渔夫帽, 贝雷帽"),
    "longsleeve": ("sweater, long-sleeved top", "套头毛衣, 长袖打底衫"),
    "outwear": ("coat, overcoat", "羽绒服, 皮夹克"),
    "pants": ("trousers, jeans", "打底裤, 运动长裤"),
    "shirt": ("button-up shirt, dress shirt", "格子衬衫, 商务衬衫"),
    "shoes": ("sneakers, boots", "凉鞋, 拖鞋"),
    "shorts": ("short pants, bermuda shorts", "牛仔短裤, 沙滩短裤"),
    "skirt": ("miniskirt, pencil skirt", "百褶裙, 牛仔半身裙"),
    "t-shirt": ("tee shirt, short-sleeved t-shirt", "印花T恤, 圆领T恤"),
}
COLOURS = {
    "black": ("black", "纯黑"),
    "white": ("white", "雪白"),
    "grey": ("grey", "银灰"),
    "red": ("red", "大红"),
    "orange": ("orange", "橘色"),
    "yellow": ("yellow", "柠檬黄"),
    "green": ("green", "翠绿"),
    "blue": ("blue", "湛蓝"),
    "purple": ("purple", "紫罗兰色"),
    "pink": ("pink", "桃红色"),
    "brown": ("brown", "栗色"),
    "beige": ("beige", "驼色"),
}
TEMPLATES = (
    ("looking for a {c} {k}", "do you have this {k} in {c}?", "I want to buy {c} {k}"),
    ("想买{c}的{k}", "有没有{c}{k}", "求一款{c}{k}"),
)
LANGUAGES = ("English", "Chinese")


class TextQuery(msgspec.Struct, frozen=True):
    text: str
    kind: str
    colour: str


def class_and_colour(kinds: np.ndarray, colours: np.ndarray, language: str, seed: int = 7) -> list[TextQuery]:
    """Up to 30 queries of class and colour, drawn by ``seed`` from the pairs that enough photos are of.

    kinds, colours: of each photo (n,), "" for no one colour. Words and templates take turns.
    """
    pairs, counts = np.unique(np.stack([kinds, colours]), axis=1, return_counts=True)
    eligible = [(str(k), str(c)) for (k, c), count in zip(pairs.T, counts, strict=True) if c and count >= ENOUGH]
    at = LANGUAGES.index(language)
    drawn = sorted(np.random.default_rng((seed, at)).permutation(len(eligible))[:QUERIES].tolist())
    queries = []
    for turn, (kind, colour) in enumerate(eligible[place] for place in drawn):
        names = CLASSES[kind][at].split(", ")
        text = TEMPLATES[at][turn % 3].format(c=COLOURS[colour][at], k=names[turn % 2])
        queries.append(TextQuery(text, kind, colour))
    return queries
