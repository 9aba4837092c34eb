"""The words of ``vision.captions``, by language: what shoppers call a class of ``clothing`` and a colour, and what they say.

Ten of the sixteen languages that the text tower reads: what a colour is called in one teaches it a little in all. The
words and sentences of ``bench.queries`` are left out, so that its figures are of words never seen: the basic English
names of colours among them, which the tower knows from other languages and from names of shades.
"""

import msgspec


class Language(msgspec.Struct, frozen=True):
    """classes, colours: name → words, separated by commas. phrases: class, or colour and class; sentences: around one."""

    classes: dict[str, str]
    colours: dict[str, str]
    phrases: tuple[str, ...]
    sentences: tuple[str, ...] = ("{}",)


ENGLISH = Language(
    classes={
        "dress": "dress, maxi dress, evening dress, party dress, summer dress, frock, cocktail dress, shift dress, wrap dress, "
        "slip dress, midi dress, long dress, ball gown, shirt-dress, robe, dresses, gown, sundress, bodycon dress, "
        "tunic dress, maternity dress, short dress, mini dress, day dress, prom gown, pinafore, sweater dress, women's dress",
        "hat": "hat, baseball cap, bonnet, sun hat, headgear, bucket hat, fedora, beret, trucker cap, headwear, straw hat, "
        "knit hat, hats, cap, beanie, bobble hat, panama hat, caps, woolly hat, visor, bowler hat, knitted cap, sports cap, "
        "fisherman hat, cowboy hat, peaked cap, fur hat, wide hat",
        "longsleeve": "long sleeve top, jumper, sweatshirt, long sleeve t-shirt, knitted top, cardigan, pullover, hoodie, "
        "turtleneck, knitwear, jersey top, long sleeve tee, wool jumper, crewneck sweatshirt, longsleeve, sweater, "
        "long-sleeved top, henley, fleece top, sweaters, cashmere sweater, thermal shirt, hooded sweatshirt, base layer top, "
        "cable-knit jumper, roll-neck, top with long sleeves, jersey with long sleeves, raglan top, polo neck",
        "outwear": "jacket, outerwear, parka, anorak, windbreaker, blazer, raincoat, down jacket, bomber jacket, padded vest, "
        "denim jacket, leather jacket, puffer jacket, outwear, coat, overcoat, peacoat, rain jacket, quilted jacket, jackets, "
        "coats, wool coat, fleece jacket, softshell jacket, ski jacket, suit jacket, biker jacket, sports jacket, gilet, "
        "mackintosh, duffle coat, track jacket",
        "pants": "pants, slacks, leggings, chinos, sweatpants, joggers, cargo pants, corduroys, long pants, denims, "
        "tracksuit bottoms, suit pants, trousers, jeans, yoga pants, straight-leg jeans, work pants, wide-leg trousers, "
        "jogging bottoms, denim trousers, khakis, dress pants, linen trousers, boot-cut jeans, slim-fit jeans, cargo trousers, "
        "pyjama bottoms, flared pants, tights",
        "shirt": "shirt, formal shirt, collared shirt, blouse, button-down, oxford shirt, flannel shirt, office shirt, "
        "plaid shirt, button-down shirt, linen shirt, men's shirt, shirts, button-up shirt, dress shirt, work shirt, "
        "denim shirt, striped shirt, tartan shirt, tuxedo shirt, smart shirt, ladies' blouse, slim-fit shirt, silk shirt, "
        "shirt with buttons, shirt with a collar",
        "shoes": "shoes, sandals, trainers, heels, footwear, loafers, flip-flops, pumps, slippers, running shoes, shoe, "
        "ankle boots, leather shoes, sneakers, boots, high heels, athletic shoes, ballet flats, oxfords, winter boots, clogs, "
        "moccasins, plimsolls, canvas shoes, basketball shoes, brogues, high-tops, wellingtons, training shoes",
        "shorts": "shorts, hot pants, board shorts, denim shorts, running shorts, swim shorts, cut-offs, gym shorts, "
        "cargo shorts, knee-length shorts, short pants, bermuda shorts, chino shorts, jean shorts, sweat shorts, swim trunks, "
        "linen shorts, football shorts, cycling shorts, athletic shorts, summer shorts, men's shorts, boxer shorts",
        "skirt": "skirt, pleated skirt, kilt, denim skirt, midi skirt, tutu, a-line skirt, flared skirt, wrap skirt, mini skirt, "
        "skirts, miniskirt, pencil skirt, circle skirt, leather skirt, long skirt, short skirt, tulle skirt, skater skirt, "
        "tube skirt, tennis skirt, ruffled skirt, women's skirt, peasant skirt",
        "t-shirt": "t-shirt, tshirt, short sleeve top, graphic t-shirt, tee, crew neck t-shirt, cotton t-shirt, printed tee, "
        "polo shirt, short sleeve tee, graphic tee, v-neck tee, basic tee, tees, t-shirts, tee shirt, short-sleeved t-shirt, "
        "plain t-shirt, sports t-shirt, men's tee, women's t-shirt, cotton tee, band t-shirt, logo tee, t shirt, "
        "top with short sleeves, football shirt, round neck tee",
    },
    colours={
        "black": "jet, pitch-dark, raven, onyx, ebony, coal, inky, sooty, noir, obsidian",
        "white": "snowy, ivory, chalky, milky, pearl, alabaster, snow, bleached, chalk, porcelain",
        "grey": "silver, slate, charcoal, ash, smoky, steel, silvery, gunmetal, graphite, pewter, cement, concrete, heather, "
        "dove, iron",
        "red": "crimson, scarlet, ruby, cherry, burgundy, maroon, vermilion, wine, brick, blood, garnet, carmine, tomato, rouge",
        "orange": "apricot, amber, tangerine, coral, rust, pumpkin, terracotta, carrot",
        "yellow": "mustard, golden, lemon, canary, gold, sunflower, saffron, buttercup",
        "green": "olive, mint, emerald, jade, lime, sage, moss, forest, fern, pistachio, grass",
        "blue": "navy, azure, cobalt, sapphire, indigo, denim, turquoise, sky, royal, ultramarine, cerulean, teal, aqua, ocean",
        "purple": "lilac, lavender, plum, mauve, violet, aubergine, amethyst, orchid, grape",
        "pink": "fuchsia, magenta, salmon, rose, blush, bubblegum, flamingo, rosy",
        "brown": "coffee, chestnut, tan, mocha, chocolate, caramel, cocoa, walnut, cognac, hazelnut, espresso, toffee",
        "beige": "sand, ecru, oatmeal, nude, cream, camel, khaki, biscuit, stone, fawn, latte, champagne, almond, buff",
    },
    phrases=("{c} {k}", "{k} in {c}", "{c} coloured {k}", "{c}-coloured {k}", "{k} ({c})", "{c} colour {k}"),
    sentences=(
        "{}",
        "{}",
        "{}",
        "a {}",
        "a photo of a {}",
        "buy {}",
        "looking for a {}",
        "I would like a {}",
        "{} for women",
        "{} for her",
        "men's {}",
        "{} on sale",
        "do you have {}?",
        "{} for a party",
        "{} for everyday wear",
        "{} for kids",
        "please find me a {}",
        "{}, large",
        "{} with free delivery",
        "best {} for travelling",
        "{} from a good brand",
        "my wife would love a {}",
        "a new {} for school",
        "soft {} for cold days",
        "light {} for hot weather",
        "how much is this {}",
        "{} like the one in the picture",
    ),
)

CHINESE = Language(
    classes={
        "dress": "连衣裙, 连身裙, 裹身裙, 吊带裙, 礼服, 太阳裙, 雪纺连衣裙, 碎花裙, 背带裙, 公主裙, 旗袍, 连衣长裙, 衬衫裙, "
        "长款连衣裙, 长裙, 裙装, 长袖连衣裙, 无袖连衣裙, 修身连衣裙, 晚礼服, 吊带连衣裙, 沙滩裙, 针织连衣裙, 蛋糕裙, 晚装, 婚纱, "
        "茶歇裙, 女式连衣裙, 大摆连衣裙, 连体长裙, 礼服裙, 度假裙",
        "hat": "帽子, 鸭舌帽, 毛线帽, 棒球帽, 礼帽, 遮阳帽, 太阳帽, 草帽, 针织帽, 帽, 冬帽, 渔夫帽, 贝雷帽, 防晒帽, 绒线帽, 网球帽, "
        "牛仔帽, 毡帽, 雷锋帽, 大檐帽, 运动帽, 嘻哈帽, 盆帽, 皮帽",
        "longsleeve": "长袖上衣, 长袖衫, 长袖T恤, 卫衣, 套头衫, 毛衣, 长袖上装, 针织衫, 羊毛衫, 打底衫, 开衫, 连帽衫, 高领毛衫, 长袖, "
        "毛线衣, 羊绒衫, 线衣, 针织上衣, 长袖体恤, 套头毛衣, 长袖打底衫, 秋衣, 保暖上衣, 长袖圆领衫, 绒衫, 加绒卫衣, 高领毛衣, "
        "连帽卫衣, 保暖内衣上装, 长袖T, 粗线毛衣",
        "outwear": "外套, 夹克, 皮衣, 大衣, 长大衣, 风衣, 冲锋衣, 西装外套, 棉衣, 棒球服, 短外套, 马甲, 外衣, 牛仔外套, 雨衣, 棉服, "
        "皮外套, 羊毛外套, 西服, 羽绒服, 皮夹克, 牛仔夹克, 防风外套, 西装, 飞行员夹克, 毛呢外套, 羊绒大衣, 冬季外套, 机车皮衣, 运动外套, "
        "防晒衣, 棉袄",
        "pants": "裤子, 长裤, 牛仔裤, 西裤, 运动裤, 休闲裤, 工装裤, 阔腿裤, 直筒裤, 西装裤, 紧身裤, 裤, 长款裤子, 棉裤, 卫裤, 九分裤, "
        "打底裤, 运动长裤, 喇叭裤, 哈伦裤, 铅笔裤, 灯芯绒裤, 瑜伽裤, 女裤, 男裤, 皮裤, 微喇裤, 烟管裤, 老爹裤",
        "shirt": "衬衫, 衬衣, 系扣衬衫, 正装衬衫, 女式衬衫, 牛仔衬衫, 条纹衬衫, 白领衬衫, 衬衫上衣, 男衬衫, 棉麻衬衫, 长袖衬衫, 花衬衫, "
        "短袖衬衫, 翻领衬衫, 立领衬衫, 纽扣衬衫, 格子衬衫, 商务衬衫, 亚麻衬衫, 格子衬衣, 牛津衬衫, 工作衬衣, 法兰绒衬衫, 真丝衬衫, "
        "修身衬衣, 工装衬衫",
        "shoes": "鞋子, 鞋, 运动鞋, 靴子, 皮鞋, 鞋履, 高跟鞋, 帆布鞋, 球鞋, 板鞋, 跑鞋, 短靴, 凉鞋, 拖鞋, 篮球鞋, 平底鞋, 乐福鞋, "
        "长靴, 雪地靴, 豆豆鞋, 老爹鞋, 布鞋, 跑步鞋, 登山鞋, 雨靴, 男鞋, 女鞋, 一双鞋",
        "shorts": "短裤, 热裤, 沙滩裤, 短款裤子, 百慕大短裤, 运动短裤, 五分裤, 休闲短裤, 泳裤, 三分裤, 工装短裤, 七分短裤, 居家短裤, "
        "牛仔短裤, 沙滩短裤, 中裤, 棉短裤, 瑜伽短裤, 足球短裤, 西装短裤, 四分裤, 男士短裤, 女士短裤, 大裤衩, 夏天短裤",
        "skirt": "半身裙, 短裙, 牛仔裙, 迷你裙, 铅笔裙, 包臀裙, A字裙, 半裙, 蓬蓬裙, 伞裙, 褶裙, 半身短裙, 半身长裙, 及膝半身裙, 纱裙, "
        "百褶裙, 牛仔半身裙, 包裙, 网纱裙, 一步裙, 皮半身裙, 网球裙, 鱼尾半身裙, 高腰短裙, 直筒半身裙, 女式短裙",
        "t-shirt": "T恤, T恤衫, 短袖, 短袖衫, 短袖上衣, 短袖T恤, 圆领短袖, 体恤, 文化衫, 半袖, 棉T恤, T恤上衣, T恤短袖, 汗衫, 宽松T恤, "
        "短袖体恤, 印花T恤, 圆领T恤, 夏季T恤, 条纹T恤, 半袖衫, 男士T恤, 女士T恤, 运动T恤, polo衫, 纯色T恤, 短袖t, 情侣T恤",
    },
    colours={
        "black": "黑色, 黑, 乌黑, 墨黑, 深黑色, 纯黑, 漆黑, 黑颜色, 哑光黑, 酷黑",
        "white": "白色, 白, 乳白, 纯白, 本白, 雪白, 洁白, 白颜色, 象牙白, 珍珠白, 漂白",
        "grey": "灰色, 灰, 浅灰, 深灰色, 烟灰, 银灰, 中灰, 灰颜色, 石墨灰, 炭灰, 高级灰, 岩石灰, 鼠灰色, 暗灰",
        "red": "红色, 红, 酒红, 鲜红, 绯红色, 深红, 大红, 暗红色, 朱红, 红颜色, 火红, 樱桃红, 玫瑰红色, 石榴红, 番茄红",
        "orange": "橙色, 橙, 橙红, 亮橙色, 橘色, 橘红, 橘黄色",
        "yellow": "黄色, 黄, 金黄, 明黄色, 姜黄, 柠檬黄, 鹅黄, 黄颜色, 浅黄",
        "green": "绿色, 绿, 墨绿, 草绿, 军绿色, 薄荷绿, 翠绿, 浅绿, 绿颜色, 豆绿, 深绿色, 果绿, 苹果绿",
        "blue": "蓝色, 蓝, 深蓝, 天蓝, 藏青, 海军蓝, 牛仔蓝, 宝蓝色, 湛蓝, 蓝颜色, 孔雀蓝, 克莱因蓝, 淡蓝, 水蓝, 藏蓝色, 海蓝",
        "purple": "紫色, 紫, 淡紫, 深紫色, 薰衣草紫, 紫罗兰色, 葡萄紫, 紫颜色, 浅紫, 丁香紫",
        "pink": "粉色, 粉红, 粉红色, 浅粉, 玫瑰粉, 桃红色, 嫩粉, 藕粉, 裸粉, 粉颜色, 桃粉",
        "brown": "棕色, 褐色, 咖啡色, 深棕, 巧克力色, 褐, 栗色, 棕褐色, 深褐, 浅棕色, 红棕, 棕, 茶色",
        "beige": "米色, 卡其色, 奶油色, 米黄, 沙色, 米白色, 驼色, 杏色, 浅卡其, 米杏色, 浅驼, 香槟色",
    },
    phrases=("{c}{k}", "{c}的{k}", "{k} {c}", "{c} {k}", "{c}系{k}"),
    sentences=(
        "{}",
        "{}",
        "{}",
        "一件{}",
        "{}照片",
        "这是{}",
        "想买{}",
        "有没有{}",
        "求一款{}",
        "{}女装",
        "{}男士",
        "{}夏天",
        "{}冬季保暖",
        "我要{}",
        "帮我找{}",
        "{}包邮",
        "{}什么牌子好",
        "{}大码",
        "儿童{}",
        "新款{}",
        "{}显瘦",
        "好看的{}",
        "便宜的{}",
        "约会穿的{}",
        "{}打折吗",
        "搜一下{}",
        "{}韩版",
        "和图上一样的{}",
    ),
)

SPANISH = Language(
    classes={
        "dress": "vestido, vestido de fiesta, vestido largo",
        "hat": "sombrero, gorra, gorro",
        "longsleeve": "jersey, suéter, sudadera, camiseta de manga larga",
        "outwear": "chaqueta, abrigo, cazadora, americana",
        "pants": "pantalón, pantalones, vaqueros, mallas",
        "shirt": "camisa, blusa, camisa de vestir",
        "shoes": "zapatos, zapatillas, botas, sandalias",
        "shorts": "pantalones cortos, bermudas, short",
        "skirt": "falda, minifalda, falda larga",
        "t-shirt": "camiseta, camiseta de manga corta, polo",
    },
    colours={
        "black": "negro, negra, azabache",
        "white": "blanco, blanca, nieve",
        "grey": "gris, gris oscuro, gris claro",
        "red": "rojo, roja, granate, carmesí",
        "orange": "naranja, anaranjado",
        "yellow": "amarillo, amarilla, mostaza",
        "green": "verde, verde oliva, verde oscuro",
        "blue": "azul, azul marino, celeste, azul oscuro",
        "purple": "morado, morada, violeta, lila",
        "pink": "rosa, rosado, fucsia",
        "brown": "marrón, café, castaño",
        "beige": "crema, arena, color arena",
    },
    phrases=("{k} {c}", "{k} de color {c}"),
    sentences=("{}", "busco {}", "{} para mujer", "{} de hombre", "quiero comprar {}"),
)

FRENCH = Language(
    classes={
        "dress": "robe, robe de soirée, robe longue",
        "hat": "chapeau, casquette, bonnet",
        "longsleeve": "pull, chandail, sweat, haut à manches longues",
        "outwear": "veste, manteau, blouson, doudoune",
        "pants": "pantalon, jean, jogging",
        "shirt": "chemise, chemisier, chemise habillée",
        "shoes": "chaussures, baskets, bottes, sandales",
        "shorts": "bermuda, short en jean, pantalon court",
        "skirt": "jupe, jupe plissée, jupe longue",
        "t-shirt": "tee-shirt, t-shirt à manches courtes, maillot",
    },
    colours={
        "black": "noir, noire",
        "white": "blanc, blanche",
        "grey": "gris, grise, gris foncé, gris clair",
        "red": "rouge, rouge vif, bordeaux",
        "orange": "orangé, abricot",
        "yellow": "jaune, jaune moutarde",
        "green": "vert, verte, vert foncé, kaki",
        "blue": "bleu, bleue, bleu marine, bleu ciel",
        "purple": "violet, violette, mauve",
        "pink": "rose, rose pâle",
        "brown": "marron, brun, brune",
        "beige": "crème, sable, écru",
    },
    phrases=("{k} {c}", "{k} de couleur {c}"),
    sentences=("{}", "je cherche {}", "{} pour femme", "{} homme", "acheter {}"),
)

GERMAN = Language(
    classes={
        "dress": "Kleid, Abendkleid, Sommerkleid",
        "hat": "Hut, Mütze, Kappe",
        "longsleeve": "Pullover, Pulli, Langarmshirt, Strickpullover",
        "outwear": "Jacke, Mantel, Winterjacke, Sakko",
        "pants": "Hose, lange Hose, Jeanshose, Leggings",
        "shirt": "Hemd, Bluse, Oberhemd",
        "shoes": "Schuhe, Turnschuhe, Stiefel, Sandalen",
        "shorts": "kurze Hose, Badehose, kurze Sporthose",
        "skirt": "Rock, Faltenrock, Minirock",
        "t-shirt": "Kurzarmshirt, T-Shirt mit kurzen Ärmeln, Shirt",
    },
    colours={
        "black": "schwarz, schwarze, tiefschwarz",
        "white": "weiß, weiße, schneeweiß",
        "grey": "grau, graue, dunkelgrau, hellgrau",
        "red": "rot, rote, dunkelrot, knallrot",
        "orange": "orangefarben, apricotfarben",
        "yellow": "gelb, gelbe, senfgelb",
        "green": "grün, grüne, dunkelgrün, olivgrün",
        "blue": "blau, blaue, dunkelblau, hellblau",
        "purple": "lila, violett, violette",
        "pink": "rosa, rosafarben, rosafarbene",
        "brown": "braun, braune, dunkelbraun",
        "beige": "sandfarben, cremefarben, hellbeige",
    },
    phrases=("{c} {k}", "{k} in {c}", "{k} {c}"),
    sentences=("{}", "ich suche {}", "{} Damen", "{} für Herren", "{} kaufen"),
)

ITALIAN = Language(
    classes={
        "dress": "vestito, abito da sera, vestito lungo",
        "hat": "cappello, berretto, cappellino",
        "longsleeve": "maglione, felpa, maglia a maniche lunghe",
        "outwear": "giacca, cappotto, giubbotto",
        "pants": "pantaloni, jeans da donna, pantaloni lunghi",
        "shirt": "camicia, camicetta",
        "shoes": "scarpe, scarpe da ginnastica, stivali",
        "shorts": "pantaloncini, pantaloni corti",
        "skirt": "gonna, minigonna",
        "t-shirt": "maglietta, maglietta a maniche corte",
    },
    colours={
        "black": "nero, nera",
        "white": "bianco, bianca",
        "grey": "grigio, grigia, grigio scuro",
        "red": "rosso, rossa, rosso scuro",
        "orange": "arancione",
        "yellow": "giallo, gialla",
        "green": "verde, verde scuro",
        "blue": "blu, azzurro, azzurra",
        "purple": "viola",
        "pink": "rosa",
        "brown": "marrone",
        "beige": "crema, sabbia",
    },
    phrases=("{k} {c}", "{k} color {c}"),
    sentences=("{}", "cerco {}", "{} da uomo"),
)

PORTUGUESE = Language(
    classes={
        "dress": "vestido, vestido de festa",
        "hat": "chapéu, boné, gorro",
        "longsleeve": "suéter, moletom, camiseta de manga comprida",
        "outwear": "jaqueta, casaco, sobretudo",
        "pants": "calça, calças, calça jeans",
        "shirt": "camisa, camisa social, blusa",
        "shoes": "sapatos, tênis, botas",
        "shorts": "bermuda, calção",
        "skirt": "saia, saia longa",
        "t-shirt": "camiseta, camiseta de manga curta",
    },
    colours={
        "black": "preto, preta",
        "white": "branco, branca",
        "grey": "cinza, cinzento",
        "red": "vermelho, vermelha, vinho",
        "orange": "laranja",
        "yellow": "amarelo, amarela",
        "green": "verde, verde escuro",
        "blue": "azul, azul marinho",
        "purple": "roxo, roxa",
        "pink": "rosa, cor de rosa",
        "brown": "marrom, castanho",
        "beige": "bege, creme",
    },
    phrases=("{k} {c}",),
    sentences=("{}", "procuro {}", "{} feminina"),
)

RUSSIAN = Language(
    classes={
        "dress": "платье, вечернее платье, сарафан",
        "hat": "шапка, шляпа, кепка",
        "longsleeve": "свитер, джемпер, кофта, лонгслив",
        "outwear": "куртка, пальто, пиджак",
        "pants": "брюки, штаны, джинсы",
        "shirt": "рубашка, блузка",
        "shoes": "обувь, туфли, кроссовки, ботинки",
        "shorts": "шорты",
        "skirt": "юбка, длинная юбка",
        "t-shirt": "футболка, майка",
    },
    colours={
        "black": "черный, черная, черные, чёрного цвета",
        "white": "белый, белая, белые, белого цвета",
        "grey": "серый, серая, серые, темно-серый",
        "red": "красный, красная, красные, бордовый",
        "orange": "оранжевый, оранжевая",
        "yellow": "желтый, желтая",
        "green": "зеленый, зеленая, темно-зеленый",
        "blue": "синий, синяя, голубой, темно-синий",
        "purple": "фиолетовый, фиолетовая, сиреневый",
        "pink": "розовый, розовая",
        "brown": "коричневый, коричневая",
        "beige": "бежевый, бежевая, песочный",
    },
    phrases=("{c} {k}", "{k} {c}"),
    sentences=("{}", "ищу {}", "купить {}"),
)

JAPANESE = Language(
    classes={
        "dress": "ワンピース, ドレス",
        "hat": "帽子, キャップ, ニット帽",
        "longsleeve": "セーター, 長袖シャツ, トレーナー, 長袖Tシャツ",
        "outwear": "ジャケット, コート, アウター",
        "pants": "ズボン, パンツ, ジーンズ",
        "shirt": "シャツ, ワイシャツ, ブラウス",
        "shoes": "靴, スニーカー, ブーツ",
        "shorts": "ショートパンツ, 短パン, ハーフパンツ",
        "skirt": "スカート, ミニスカート",
        "t-shirt": "Tシャツ, 半袖Tシャツ",
    },
    colours={
        "black": "黒い, ブラックの",
        "white": "白い, ホワイトの",
        "grey": "灰色の, グレーの",
        "red": "赤い, レッドの, 赤色の",
        "orange": "オレンジの",
        "yellow": "黄色い, イエローの",
        "green": "緑の, グリーンの, 緑色の",
        "blue": "青い, ブルーの, 紺色の",
        "purple": "紫の, パープルの",
        "pink": "ピンクの, 桃色の",
        "brown": "茶色の, ブラウンの",
        "beige": "ベージュの, クリーム色の",
    },
    phrases=("{c}{k}",),
    sentences=("{}", "{}が欲しい", "レディース {}"),
)

KOREAN = Language(
    classes={
        "dress": "원피스, 드레스",
        "hat": "모자, 야구 모자, 비니",
        "longsleeve": "스웨터, 긴팔 티셔츠, 맨투맨, 니트",
        "outwear": "재킷, 코트, 점퍼",
        "pants": "바지, 청바지, 긴바지",
        "shirt": "셔츠, 와이셔츠, 블라우스",
        "shoes": "신발, 운동화, 부츠",
        "shorts": "반바지",
        "skirt": "치마, 스커트",
        "t-shirt": "티셔츠, 반팔 티셔츠",
    },
    colours={
        "black": "검은색, 검정, 블랙",
        "white": "흰색, 하얀, 화이트",
        "grey": "회색, 그레이",
        "red": "빨간색, 빨간, 레드",
        "orange": "주황색, 오렌지색",
        "yellow": "노란색, 노란",
        "green": "초록색, 녹색, 카키색",
        "blue": "파란색, 파란, 남색",
        "purple": "보라색",
        "pink": "분홍색, 핑크",
        "brown": "갈색, 브라운",
        "beige": "베이지색, 크림색",
    },
    phrases=("{c} {k}",),
    sentences=("{}", "{} 추천", "여성 {}"),
)

LANGUAGES = (
    ENGLISH,
    CHINESE,
    SPANISH,
    FRENCH,
    GERMAN,
    ITALIAN,
    PORTUGUESE,
    RUSSIAN,
    JAPANESE,
    KOREAN,
)
