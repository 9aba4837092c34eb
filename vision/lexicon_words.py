"""Names of classes and colours that ``vision.lexicon`` knows beside the words of ``vision.caption_words``.

From general knowledge of English and Chinese; single characters are what Chinese compounds end in. A word under several
names speaks of each of them a part. No caption is made of these words: that only ``vision.caption_words`` are learnt from
keeps the benchmark's words new to the readers.
"""

CLASSES = {
    "dress": "裙, 裙子, 连衣, 连身, 礼裙, 婚裙, 洋装, 小黑裙, 衣裙, 旗袍裙, 泡泡裙, 鱼尾裙, 百褶连衣裙, 睡裙, 伴娘服, 大裙子, "
    "kaftan, caftan, cheongsam, qipao, jumper dress, tea dress, bridesmaid, wedding gown, nightdress, skater dress",
    "hat": "帽, 帽款, 便帽, 圆帽, 瓜皮帽, 空顶帽, 八角帽, 报童帽, 军帽, 厨师帽, 钟形帽, 巴拿马帽, 凉帽, 毛帽, "
    "snapback, boater, trilby, newsboy, flat cap, top hat, boonie, stetson, sombrero, toque, deerstalker, skullcap, balaclava",
    "longsleeve": "毛衫, 线衫, 针织, 套衫, 打底, 绒衣, 毛线, 羊毛衣, 开襟衫, 圆领毛衫, 帽衫, 抓绒衣, 海魂衫, 保暖衣, 长袖衣, "
    "jumpers, cardigans, hoodies, pullovers, sweatshirts, mock neck, aran, guernsey, breton top, rugby shirt, half-zip",
    "outwear": "袄, 褂, 披风, 斗篷, 背心, 坎肩, 羽绒, 皮草, 外搭, 派克, 派克服, 呢子, 呢大衣, 军大衣, 罩衣, 战壕大衣, 牛角扣, "
    "小西装, 短大衣, 滑雪服, 登山服, 雨披, 燕尾服, 西装上衣, 马夹, 飞行服, 机车服, "
    "trench, trench coat, cape, poncho, cagoule, waistcoat, vest, body warmer, shacket, cloak, blouson, tuxedo, puffer, "
    "topcoat, greatcoat, car coat, windcheater, shearling, donkey jacket, barn jacket, blazers, parkas, anoraks",
    "pants": "裤, 西装长裤, 束脚裤, 灯笼裤, 背带裤, 健美裤, 滑雪裤, 裙裤, 紧身长裤, 弹力裤, 家居裤, 睡裤, 训练裤, "
    "drainpipes, jeggings, culottes, dungarees, overalls, bell-bottoms, palazzos, breeches, jodhpurs, capris, chino, flares, "
    "corduroy trousers, pantaloons, skinny jeans, mom jeans, trackpants",
    "shirt": "衬, 罩衫, 雪纺衫, 娃娃衫, 礼服衬衫, 夏威夷衫, 古巴领, 翻领衫, 开领衫, "
    "blouses, chambray, buttondown, guayabera, hawaiian shirt, aloha shirt, overshirt, lumberjack shirt, tunic shirt",
    "shoes": "鞋, 靴, 凉拖, 木屐, 高跟, 皮靴, 马丁靴, 切尔西靴, 短筒靴, 长筒靴, 及踝靴, 单鞋, 玛丽珍鞋, 牛津鞋, 德比鞋, 休闲鞋, "
    "洞洞鞋, 人字拖, 胶鞋, 棉鞋, 足球鞋, 滑板鞋, 芭蕾鞋, 童鞋, 工装靴, "
    "boot, sandal, sneaker, loafer, heel, stilettos, mules, espadrilles, slip-ons, galoshes, derbies, chelsea boots, "
    "cowboy boots, mary janes, wedges, hiking boots, moccasin, cleats, slingbacks, brogue, slipper, slides",
    "shorts": "短裤, 裤衩, 短牛仔裤, 平角短裤, 篮球裤, 超短裤, 骑行短裤, 速干短裤, "
    "bermudas, jorts, trunks, boardshorts, skort, culotte shorts, hotpants, knee shorts",
    "skirt": "裙, 裙子, 半裙, 短裙子, 筒裙, 苏格兰裙, 芭蕾裙, 超短裙, 皮裙, 裹裙, 格子裙, 中裙, 膝上裙, 荷叶边裙, 鱼尾裙, "
    "minis, sarong, tiered skirt, maxi skirt, tutus, kilts, bubble skirt, trumpet skirt, gored skirt",
    "t-shirt": "短袖, T恤, 体恤, 短T, 圆领衫, 老头衫, 球衣, 足球衫, 短袖polo, 广告衫, 恤, 恤衫, 打底T恤, "
    "v-neck, crew tee, ringer tee, polo, polos, tshirts, short-sleeve, muscle tee, raglan tee, undershirt, jersey tee",
}

COLOURS = {
    "black": "黑, 墨色, 皂色, 玄色, 乌色, 煤黑, 炭黑, 墨, 曜石黑, 钢琴黑, 暗黑, "
    "black, licorice, blackish, caviar, carbon",
    "white": "白, 月白, 奶白, 米白, 素白, 银白, 瓷白, 花白, 牙白, 乳色, 乳白色, "
    "white, off-white, eggshell, bone, whitish, marble, frost",
    "grey": "灰, 银色, 铅灰, 麻灰, 水泥灰, 雾灰, 奶奶灰, 花灰, 铁灰, 瓦灰, 青灰, 雾霾灰, 炭色, "
    "grey, gray, anthracite, platinum, greyish, grayish, marl, nickel, titanium, fog, pebble, flint",
    "red": "红, 赤, 朱, 绯, 枣红, 砖红, 铁锈红, 酒红, 中国红, 正红, 血红, 猩红, 嫣红, 殷红, 玫红, 勃艮第, 胭脂, 车厘子, "
    "牛血, 绛, 辣椒红, 西瓜红, 草莓红, 姨妈红, 山楂红, 洋红, 宝石红, "
    "red, claret, oxblood, bordeaux, cranberry, strawberry, poppy, merlot, lipstick, chilli, chili, reddish, cardinal, "
    "rosewood, currant, pomegranate, lava, fire engine, candy apple, raspberry, venetian, beet",
    "orange": "橙, 橘, 桔色, 桔红, 桔黄, 珊瑚, 珊瑚色, 南瓜色, 柿子红, 柿色, 胡萝卜色, 琥珀, 杏橙, 落日橙, 橙黄, 蜜橘, "
    "orange, peach, copper, clementine, mandarin, papaya, mango, persimmon, sunset, burnt sienna, paprika, ginger, orangey, "
    "cantaloupe, melon",
    "yellow": "黄, 金色, 土黄, 杏黄, 嫩黄, 奶黄, 蛋黄, 芥末黄, 芥末, 香蕉黄, 向日葵, 藤黄, 荧光黄, 蜜黄, 鸭黄, 姜色, "
    "yellow, banana, butter, honey, dandelion, daffodil, marigold, primrose, ochre, turmeric, corn, citron, yellowish, "
    "blonde, bumblebee, straw",
    "green": "绿, 翠, 碧绿, 橄榄, 橄榄色, 青绿, 湖绿, 祖母绿, 牛油果, 抹茶, 松绿, 竹绿, 森林绿, 荧光绿, 灰绿, 墨绿, 葱绿, 苔藓, "
    "青草色, 薄荷, 孔雀绿, 粉绿, 豆沙绿, 冷杉, 玉色, 艾绿, 松石绿, 军绿, "
    "green, chartreuse, hunter, seafoam, celadon, viridian, malachite, bottle, shamrock, avocado, matcha, kelly, jungle, "
    "pine, clover, eucalyptus, kiwi, lichen, spruce, greenish, ivy, leaf, basil, cactus, pea, juniper, spearmint",
    "blue": "蓝, 青色, 靛, 靛蓝, 藏青, 藏蓝, 天青, 雾霾蓝, 湖蓝, 宝石蓝, 冰蓝, 墨蓝, 蔚蓝, 碧蓝, 牛仔色, 丹宁, 蒂芙尼蓝, 午夜蓝, "
    "普鲁士蓝, 钴蓝, 浅蓝, 灰蓝, 雾蓝, 婴儿蓝, 粉蓝, 电光蓝, 矢车菊, 绀青, 宝蓝, 石青, 克莱因, 松石, "
    "blue, cyan, prussian, midnight blue, cornflower, periwinkle, petrol, lapis, cadet, marine, arctic, bluish, "
    "hydrangea, lagoon, forget-me-not, glacier, admiral",
    "purple": "紫, 茄紫, 茄色, 香芋, 香芋紫, 丁香, 薰衣草, 紫罗兰, 雪青, 藕荷, 青紫, 李子紫, 葡萄, 绛紫, 紫水晶, 木槿, 罗兰, 黛紫, "
    "芋泥, 梅紫, "
    "purple, eggplant, mulberry, wisteria, byzantium, iris, heliotrope, purplish, blackcurrant, boysenberry, jacaranda, "
    "thistle, fig, pansy, crocus, ube, blackberry, damson, hyacinth",
    "pink": "粉, 桃, 樱花粉, 樱花, 藕, 藕色, 豆沙粉, 胭脂粉, 芭比粉, 荧光粉, 肉粉, 蜜桃, 玫粉, 少女粉, 脏粉, 烟粉, 珊瑚粉, 豆沙色, "
    "粉紫, 樱粉, "
    "pink, cerise, carnation, peony, barbie, candy, watermelon, pinkish, dusty rose, shocking, ballet, cherry blossom, "
    "sakura, petal, taffy, hibiscus, cotton candy",
    "brown": "棕, 褐, 咖, 咖色, 咖啡, 巧克力, 栗, 焦糖, 焦糖色, 可可, 摩卡, 驼棕, 赭, 赭石, 赭色, 深咖, 浅咖, 古铜, 铜色, 红褐, "
    "烟草, 茶褐, 胡桃, 泥土色, 土棕, 黄褐, 木色, 卡其棕, 榛子, 奶咖, "
    "brown, taupe, umber, sienna, russet, mahogany, sepia, auburn, tobacco, saddle, cinnamon, bronze, brunette, brownish, "
    "hickory, tawny, acorn, pecan, bark, sable, mink, bison, rawhide, nutmeg, oak, teak, truffle, coconut",
    "beige": "米, 驼, 杏, 卡其, 裸色, 肤色, 燕麦, 燕麦色, 奶茶, 奶茶色, 奶油, 米黄色, 米驼, 亚麻色, 杏仁, 沙漠色, 浅杏, 香槟, "
    "象牙黄, 麦色, 小麦色, 米咖, 奶杏, 皮肤色, 贝壳色, "
    "beige, vanilla, parchment, oat, wheat, flesh, putty, mushroom, porridge, desert, dune, buttermilk, raffia, hemp, "
    "bisque, chamois, macadamia, cashew, custard, barley, driftwood, greige",
}
