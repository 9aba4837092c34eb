"""Captions of clothing photos, in English and Chinese, from a class and a measured colour: what the shipped heads learn.

The words and templates of ``bench.search`` are kept out of these lists, so that its figures are of words never seen:
the basic English names of colours among them, which the text tower knows from Chinese and from names of shades.
"""

CLASSES = {
    "dress": (
        "dress, maxi dress, evening dress, party dress, summer dress, frock, cocktail dress, shift dress, wrap dress, "
        "slip dress, midi dress, long dress, ball gown, shirt-dress, robe, dresses",
        "连衣裙 连身裙 裹身裙 吊带裙 礼服 太阳裙 雪纺连衣裙 碎花裙 背带裙 公主裙 旗袍 连衣长裙 衬衫裙 长款连衣裙 长裙 裙装 "
        "长袖连衣裙 无袖连衣裙 修身连衣裙",
    ),
    "hat": (
        "hat, baseball cap, bonnet, sun hat, headgear, bucket hat, fedora, beret, trucker cap, headwear, straw hat, "
        "knit hat, hats",
        "帽子 鸭舌帽 毛线帽 棒球帽 礼帽 遮阳帽 太阳帽 草帽 针织帽 帽 冬帽",
    ),
    "longsleeve": (
        "long sleeve top, jumper, sweatshirt, long sleeve t-shirt, knitted top, cardigan, pullover, hoodie, "
        "turtleneck, knitwear, jersey top, long sleeve tee, wool jumper, crewneck sweatshirt, longsleeve",
        "长袖上衣 长袖衫 长袖T恤 卫衣 套头衫 毛衣 长袖上装 针织衫 羊毛衫 打底衫 开衫 连帽衫 高领毛衫 长袖 毛线衣 羊绒衫 线衣 "
        "针织上衣 长袖体恤",
    ),
    "outwear": (
        "jacket, outerwear, parka, anorak, windbreaker, blazer, raincoat, down jacket, bomber jacket, padded vest, "
        "denim jacket, leather jacket, puffer jacket, outwear",
        "外套 夹克 皮衣 大衣 长大衣 风衣 冲锋衣 西装外套 棉衣 棒球服 短外套 马甲 外衣 牛仔外套 雨衣 棉服 皮外套 "
        "羊毛外套 西服",
    ),
    "pants": (
        "pants, slacks, leggings, chinos, sweatpants, joggers, cargo pants, corduroys, long pants, denims, "
        "tracksuit bottoms, suit pants",
        "裤子 长裤 牛仔裤 西裤 运动裤 休闲裤 工装裤 阔腿裤 直筒裤 西装裤 紧身裤 裤 长款裤子 棉裤 卫裤 九分裤",
    ),
    "shirt": (
        "shirt, formal shirt, collared shirt, blouse, button-down, oxford shirt, flannel shirt, office shirt, "
        "plaid shirt, button-down shirt, linen shirt, men's shirt, shirts",
        "衬衫 衬衣 系扣衬衫 正装衬衫 女式衬衫 牛仔衬衫 条纹衬衫 白领衬衫 衬衫上衣 男衬衫 棉麻衬衫 长袖衬衫 花衬衫 "
        "短袖衬衫 翻领衬衫 立领衬衫 纽扣衬衫",
    ),
    "shoes": (
        "shoes, sandals, trainers, heels, footwear, loafers, flip-flops, pumps, slippers, running shoes, shoe, "
        "ankle boots, leather shoes",
        "鞋子 鞋 运动鞋 靴子 皮鞋 鞋履 高跟鞋 帆布鞋 球鞋 板鞋 跑鞋 短靴",
    ),
    "shorts": (
        "shorts, hot pants, board shorts, denim shorts, running shorts, swim shorts, cut-offs, gym shorts, "
        "cargo shorts, knee-length shorts",
        "短裤 热裤 沙滩裤 短款裤子 百慕大短裤 运动短裤 五分裤 休闲短裤 泳裤 三分裤 工装短裤 七分短裤 居家短裤",
    ),
    "skirt": (
        "skirt, pleated skirt, kilt, denim skirt, midi skirt, tutu, a-line skirt, flared skirt, wrap skirt, mini skirt, "
        "skirts",
        "半身裙 短裙 牛仔裙 迷你裙 铅笔裙 包臀裙 A字裙 半裙 蓬蓬裙 伞裙 褶裙 半身短裙 半身长裙 及膝半身裙 纱裙",
    ),
    "t-shirt": (
        "t-shirt, tshirt, short sleeve top, graphic t-shirt, tee, crew neck t-shirt, cotton t-shirt, printed tee, "
        "polo shirt, short sleeve tee, graphic tee, v-neck tee, basic tee, tees, t-shirts",
        "T恤 T恤衫 短袖 短袖衫 短袖上衣 短袖T恤 圆领短袖 体恤 文化衫 半袖 棉T恤 T恤上衣 T恤短袖 汗衫 宽松T恤 短袖体恤",
    ),
}
"""Class of ``clothing`` → English words and Chinese words."""

COLOURS = {
    "black": ("jet, pitch-dark, raven, onyx, ebony, coal, inky", "黑色 黑 乌黑 墨黑 深黑色"),
    "white": ("snowy, ivory, chalky, milky, pearl, alabaster", "白色 白 乳白 纯白 本白"),
    "grey": (
        "silver, slate, charcoal, ash, smoky, steel, silvery, gunmetal, graphite, pewter",
        "灰色 灰 浅灰 深灰色 烟灰",
    ),
    "red": ("crimson, scarlet, ruby, cherry, burgundy, maroon, vermilion", "红色 红 酒红 鲜红 绯红色 深红"),
    "orange": ("apricot, amber, tangerine, coral, rust", "橙色 橙 橙红 亮橙色"),
    "yellow": ("mustard, golden, lemon, canary, gold", "黄色 黄 金黄 明黄色 姜黄"),
    "green": ("olive, mint, emerald, jade, lime", "绿色 绿 墨绿 草绿 军绿色 薄荷绿"),
    "blue": ("navy, azure, cobalt, sapphire, indigo, denim, turquoise", "蓝色 蓝 深蓝 天蓝 藏青 海军蓝 牛仔蓝 宝蓝色"),
    "purple": ("lilac, lavender, plum, mauve, violet", "紫色 紫 淡紫 深紫色 薰衣草紫"),
    "pink": ("fuchsia, magenta, salmon, rose, blush", "粉色 粉红 粉红色 浅粉 玫瑰粉"),
    "brown": ("coffee, chestnut, tan, mocha, chocolate, caramel", "棕色 褐色 咖啡色 深棕 巧克力色 褐"),
    "beige": ("sand, ecru, oatmeal, nude, cream, camel, khaki, biscuit, stone", "米色 卡其色 奶油色 米黄 沙色 米白色"),
}
"""Name of a colour as ``vision.colour`` gives it → English and Chinese words."""

TEMPLATES = (
    ("{c} {k}", "a {c} {k}", "{k} in {c}", "{c} coloured {k}", "a photo of a {c} {k}", "the {k} is {c}"),
    ("{c}{k}", "{c}的{k}", "一件{c}{k}", "{k} {c}", "{c}的{k}照片", "这是{c}的{k}"),
)
PLAIN = (("{k}", "a {k}", "a photo of a {k}"), ("{k}", "一件{k}", "{k}照片"))


def words(table: dict[str, tuple[str, str]], name: str, language: int) -> tuple[str, ...]:
    """The words of a class or colour. language: 0 English, 1 Chinese. One that is not listed names itself."""
    if name not in table:
        return (name,)
    listed = table[name][language]
    return tuple(listed.split() if language else listed.split(", "))


def captions(kind: str, colour: str | None = None) -> tuple[str, ...]:
    """Every caption of a class, with its colour if there is one, in both languages."""
    if colour is None:
        every = (t.format(k=k) for n in (0, 1) for t in PLAIN[n] for k in words(CLASSES, kind, n))
    else:
        every = (
            t.format(c=c, k=k)
            for n in (0, 1)
            for t in TEMPLATES[n]
            for c in words(COLOURS, colour, n)
            for k in words(CLASSES, kind, n)
        )
    return tuple(dict.fromkeys(every))
