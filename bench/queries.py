"""The class-and-colour queries of the search benchmark, in words and templates that no head was trained on.

Fixed before any head was asked one of them; since then neither queries nor captions were changed for what came of it.
"""

import msgspec

ENOUGH = 10
"""Right answers there must be for a query to be asked."""


class TextQuery(msgspec.Struct, frozen=True):
    """What is right (class and measured colour), the words of the query for each, and what stands around them."""

    kind: str
    colour: str
    kind_words: str
    colour_words: str
    template: str

    @property
    def text(self) -> str:
        return self.template.format(k=self.kind_words, c=self.colour_words)


ENGLISH = (
    TextQuery("dress", "red", "sleeveless dress", "red", "a {c} {k} for a wedding"),
    TextQuery("dress", "black", "knee-length dresses", "black", "show me {c} {k}"),
    TextQuery("dress", "white", "casual dress", "white", "{c} {k} for a day at the beach"),
    TextQuery("hat", "blue", "snapback cap", "blue", "does anyone sell a {c} {k}"),
    TextQuery("hat", "black", "winter hat", "black", "{c} {k} that keeps my ears warm"),
    TextQuery("hat", "white", "brimmed hat", "white", "something like a {c} {k}"),
    TextQuery("longsleeve", "purple", "knit sweater", "purple", "{c} {k} for autumn"),
    TextQuery("longsleeve", "beige", "crew neck jumper", "beige", "{c} {k}, size M"),
    TextQuery("longsleeve", "grey", "long sleeved tee", "gray", "a {c} {k} for running"),
    TextQuery("outwear", "black", "winter jacket", "black", "{c} {k} with a hood"),
    TextQuery("outwear", "grey", "trench coat", "grey", "I need a {c} {k} for work"),
    TextQuery("outwear", "red", "zip-up jacket", "red", "where can I find a {c} {k}"),
    TextQuery("pants", "blue", "skinny jeans", "blue", "{c} {k}, stretchy"),
    TextQuery("pants", "beige", "casual trousers", "beige", "{c} {k} for the office"),
    TextQuery("pants", "red", "track pants", "red", "any {c} {k} in stock"),
    TextQuery("shirt", "white", "business shirt", "white", "{c} {k}, slim fit"),
    TextQuery("shirt", "blue", "checked shirt", "light blue", "my husband wants a {c} {k}"),
    TextQuery("shirt", "red", "casual shirt", "red", "{c} {k} for a date"),
    TextQuery("shoes", "black", "walking shoes", "black", "comfortable {c} {k}"),
    TextQuery("shoes", "brown", "hiking boots", "brown", "{c} {k} for men"),
    TextQuery("shoes", "grey", "tennis shoes", "grey", "a pair of {c} {k}"),
    TextQuery("shorts", "grey", "sports shorts", "dark gray", "{c} {k} with pockets"),
    TextQuery("shorts", "red", "beach shorts", "red", "{c} {k} for my son"),
    TextQuery("shorts", "white", "cotton shorts", "white", "women's {c} {k}"),
    TextQuery("skirt", "black", "knee-length skirt", "black", "can you recommend a {c} {k}?"),
    TextQuery("skirt", "red", "maxi skirt", "bright red", "a {c} {k} please"),
    TextQuery("skirt", "blue", "tiered skirt", "blue", "{c} {k} under 30 dollars"),
    TextQuery("t-shirt", "yellow", "v-neck t-shirt", "yellow", "{k}, {c}"),
    TextQuery("t-shirt", "green", "crewneck tee", "green", "nice {c} {k}, not too long"),
    TextQuery("t-shirt", "pink", "summer t-shirt", "pink", "cheap {c} {k} for girls"),
)
CHINESE = (
    TextQuery("dress", "blue", "背心裙", "雾霾蓝", "想找一条{c}的{k}"),
    TextQuery("dress", "grey", "洋装", "铁灰色", "有{c}的{k}卖吗"),
    TextQuery("dress", "black", "小礼裙", "全黑", "参加宴会穿的{c}{k}"),
    TextQuery("hat", "red", "宽檐帽", "正红色", "{c}的{k}有货吗"),
    TextQuery("hat", "grey", "冷帽", "麻灰色", "给我看看{c}{k}"),
    TextQuery("hat", "black", "平檐帽", "炭黑", "{c}{k} 男"),
    TextQuery("longsleeve", "green", "圆领毛衫", "橄榄绿", "{c}的{k},秋天穿"),
    TextQuery("longsleeve", "brown", "针织毛衣", "焦糖色", "{c}{k}推荐"),
    TextQuery("longsleeve", "white", "运动卫衣", "奶白色", "{c}{k}哪里买"),
    TextQuery("outwear", "blue", "呢子大衣", "湖蓝色", "冬天穿的{c}{k}"),
    TextQuery("outwear", "black", "夹克衫", "炭黑色", "{c}{k} 帅气"),
    TextQuery("outwear", "red", "派克大衣", "枣红", "{c}{k}还有吗"),
    TextQuery("pants", "black", "小脚裤", "全黑", "{c}{k}求推荐"),
    TextQuery("pants", "grey", "束脚裤", "花灰色", "{c}{k},健身穿"),
    TextQuery("pants", "blue", "牛仔长裤", "浅蓝", "送男朋友的{c}{k}"),
    TextQuery("shirt", "black", "职业衬衫", "曜石黑", "面试要穿的{c}{k}"),
    TextQuery("shirt", "white", "休闲衬衫", "亮白色", "{c}{k}多少钱"),
    TextQuery("shirt", "grey", "男士衬衣", "水泥灰", "{c}的{k}有哪些"),
    TextQuery("shoes", "black", "单鞋", "曜石黑", "上班穿的{c}{k}"),
    TextQuery("shoes", "brown", "马丁靴", "咖色", "{c}{k} 女"),
    TextQuery("shoes", "grey", "休闲鞋", "雾霾灰", "{c}{k},走路舒服的"),
    TextQuery("shorts", "blue", "健身短裤", "湖蓝", "夏季{c}{k}"),
    TextQuery("shorts", "black", "跑步短裤", "炭黑色", "{c}{k}要速干的"),
    TextQuery("shorts", "red", "篮球短裤", "中国红", "打球用的{c}{k}"),
    TextQuery("skirt", "grey", "半截裙", "铁灰", "{c}{k} 通勤"),
    TextQuery("skirt", "red", "A字半身裙", "砖红色", "{c}{k}怎么搭"),
    TextQuery("skirt", "blue", "百褶半裙", "雾霾蓝", "我想看{c}{k}"),
    TextQuery("t-shirt", "pink", "V领T恤", "樱花粉", "{c}{k} 女款"),
    TextQuery("t-shirt", "purple", "纯棉T恤", "香芋紫", "{c}{k}有没有大码"),
    TextQuery("t-shirt", "beige", "短T", "燕麦色", "{c}宽松{k}"),
)
LANGUAGES = {"English": ENGLISH, "Chinese": CHINESE}
