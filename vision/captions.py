"""Captions of clothing photos, in English and Chinese, from a class and a measured colour: what the shipped heads learn.

The words and templates of ``bench.search`` are kept out of these lists, so that its figures are of words never seen.
"""

CLASSES = {
    "dress": ("dress gown maxi-dress evening-dress party-dress", "连衣裙 长裙 礼服 吊带裙"),
    "hat": ("hat cap beanie baseball-cap bonnet sun-hat", "帽子 鸭舌帽 礼帽 毛线帽 遮阳帽"),
    "longsleeve": (
        "long-sleeve-top long-sleeved-top sweater jumper sweatshirt long-sleeve-t-shirt knitted-top cardigan",
        "长袖上衣 长袖衫 毛衣 针织衫 长袖T恤 卫衣",
    ),
    "outwear": (
        "jacket coat outerwear parka anorak windbreaker blazer raincoat",
        "外套 夹克 大衣 冲锋衣 羽绒服 西装外套",
    ),
    "pants": ("pants jeans slacks leggings chinos sweatpants", "裤子 长裤 牛仔裤 休闲裤 运动裤"),
    "shirt": (
        "shirt button-up-shirt dress-shirt formal-shirt collared-shirt",
        "衬衫 正装衬衫 长袖衬衫 商务衬衫 女式衬衫",
    ),
    "shoes": ("shoes sneakers boots sandals trainers heels", "鞋子 鞋 运动鞋 靴子 凉鞋 皮鞋"),
    "shorts": ("shorts short-pants hot-pants board-shorts denim-shorts", "短裤 热裤 沙滩裤 牛仔短裤 运动短裤"),
    "skirt": ("skirt pencil-skirt pleated-skirt kilt denim-skirt", "半身裙 百褶裙 迷你裙 铅笔裙 牛仔裙"),
    "t-shirt": (
        "t-shirt tshirt T-shirt short-sleeve-top short-sleeved-t-shirt graphic-t-shirt",
        "T恤 T恤衫 短袖 短袖上衣 圆领短袖 体恤",
    ),
}
"""Class of ``clothing`` → English words (a hyphen between words stands for a space too) and Chinese words."""

COLOURS = {
    "black": ("black jet-black pitch-black raven onyx coal-black", "黑色 黑 乌黑 墨黑 深黑色"),
    "white": ("white off-white chalk-white pearl-white bright-white milky", "白色 白 乳白 纯白 本白"),
    "grey": ("grey gray silver slate-grey dark-grey light-gray charcoal-grey", "灰色 灰 浅灰 深灰色 烟灰"),
    "red": ("red crimson ruby cherry-red burgundy maroon dark-red", "红色 红 酒红 鲜红 绯红色 深红"),
    "orange": ("orange apricot amber bright-orange coral", "橙色 橙 橙红 亮橙色"),
    "yellow": ("yellow mustard golden canary-yellow bright-yellow", "黄色 黄 金黄 明黄色 姜黄"),
    "green": ("green olive mint forest-green lime-green jade", "绿色 绿 墨绿 草绿 军绿色 薄荷绿"),
    "blue": (
        "blue navy navy-blue sky-blue cobalt sapphire indigo denim-blue light-blue",
        "蓝色 蓝 深蓝 天蓝 藏青 海军蓝 牛仔蓝 宝蓝色",
    ),
    "purple": ("purple lilac lavender plum mauve dark-purple", "紫色 紫 淡紫 深紫色 薰衣草紫"),
    "pink": ("pink fuchsia magenta salmon-pink light-pink hot-pink", "粉色 粉红 粉红色 浅粉 玫瑰粉"),
    "brown": ("brown coffee chestnut tan mocha dark-brown", "棕色 褐色 咖啡色 深棕 巧克力色"),
    "beige": ("beige sand ecru oatmeal nude light-beige", "米色 卡其色 奶油色 米黄 沙色"),
}
"""Name of a colour as ``vision.colour`` gives it → English and Chinese words."""

TEMPLATES = (
    ("{c} {k}", "a {c} {k}", "{k} in {c}", "{c} coloured {k}", "a photo of a {c} {k}", "the {k} is {c}"),
    ("{c}{k}", "{c}的{k}", "一件{c}{k}", "{k} {c}", "{c}的{k}照片", "这是{c}的{k}"),
)
PLAIN = (("{k}", "a {k}", "a photo of a {k}"), ("{k}", "一件{k}", "{k}照片"))


def words(table: dict[str, tuple[str, str]], name: str, language: int) -> tuple[str, ...]:
    """The words of a class or colour. language: 0 English, 1 Chinese. Classes that are not listed name themselves."""
    listed = table.get(name, (name.replace(" ", "-"), name))[language].split()
    return tuple(dict.fromkeys(variant for word in listed for variant in (word, word.replace("-", " "))))


def captions(kind: str, colour: str | None = None) -> tuple[str, ...]:
    """Every caption of a class, with its colour if there is one, in both languages."""
    if colour is None:
        return tuple(t.format(k=k) for n in (0, 1) for t in PLAIN[n] for k in words(CLASSES, kind, n))
    return tuple(
        t.format(c=c, k=k)
        for n in (0, 1)
        for t in TEMPLATES[n]
        for c in words(COLOURS, colour, n)
        for k in words(CLASSES, kind, n)
    )
