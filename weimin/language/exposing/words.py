"""Words that lead to one person, in folded text: a name where one is told, a door, an illness of somebody near."""

import re

from .numbers import Span, before

# The surnames of 19 in 20 who live in China, by the police's yearly lists, and the double ones still met.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林罗高郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金"
    "韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文聂瞿殷詹申欧耿关焦左柳甘祝包宁符"
    "阮阎柯欧梅盛霍翁隋温庄辛管颜蒲卞骆庞樊岳纪舒屈项凌季裴单鲁倪游尤葛章童辜鄢涂伍蓝谷芦甄苗习晏车俞喻牟敖冉费解连班仇宫古房沙"
)
_DOUBLE = "欧阳|司马|上官|诸葛|皇甫|东方|尉迟|公孙|慕容|令狐|司徒|夏侯|端木"
_TITLE = "先生|女士|小姐|师傅|同志|阿姨|大爷|大妈|老师|医生|同学"
_SURNAME = f"(?:{_DOUBLE}|[{_SURNAMES}])"
# What follows a name; and what begins there, so that 张三家住 is not read 张三家.
_AFTER = "家是在住今现年的向于与和有男女系为因电手身联以对被要想也,。;:、,.!?()（）“”\"' \t\n0-9a-z"
_NOT = "家[住在里]|现[年在住]|今年|住[在址]|身份|电话|手机|联系"
_GIVEN = f"[\u4e00-\u9fff](?:(?!{_NOT})[\u4e00-\u9fff](?=[{_AFTER}]|$))?"
_TOLD = re.compile(
    r"(?:我(?:的名字)?叫|本人(?:叫|姓名)|名叫|名字(?:叫|是)?|姓名|(?:联系|举报|投诉|反映|申请|当事|负责|经办)人(?:姓名)?|"
    r"本人(?=[^\n]{2,3}[,。、,(（])|(?:电话|手机)(?:号码?)?)(?:[是为:]|\s){0,3}"
    rf"(?!关机|停机|电话|号码|应该|和平|方便)({_SURNAME}(?:某+|{_TITLE}|(?![{_AFTER}]){_GIVEN}))"
)
_CALLED = re.compile(rf"(?:我姓|本人姓|免贵姓)({_SURNAME})(?=[{_AFTER}]|$)")
_DOOR = re.compile(
    r"(?:[\da-z一二三四五六七八九十]{1,4}(?:栋|幢|座|号楼|号栋|#)\s?)(?:[\da-z一二三四五六七八九十]{1,3}(?:单元|门)\s?)?"
    r"(?:[\da-z一二三四五六七八九十]{1,3}[楼层]\s?)?(?:\d{3,4}(?:室|号|房|户)?(?![\d年元万平米多])|\d{1,3}(?:室|号房|户))"
    r"|\d{1,3}单元\s?\d{1,4}(?:室|号|房|户)?(?!\d)"
    r"|(?:村|屯|社|组)[^\n,。]{0,6}?\d{1,4}号(?![楼栋线院路])"
)
_NEAR = re.compile(
    r"(?:我(?!们?[县市区国省镇村])|本人|自己|[父母]亲|[爸妈]妈?|[儿女](?:子|儿)|小孩|孩子|丈夫|妻子|老公|老婆|爱人|爷爷|奶奶|[外公婆]{2}|"
    r"老人|哥哥|姐姐|弟弟|妹妹)[^。!?\n]{0,14}$"
)
_ILLNESS = re.compile(
    r"(?:肺|肝|胃|食[道管]|[直结大]?肠|乳腺|宫颈|子宫|卵巢|鼻咽|喉|甲状腺|前列腺|胰腺?|膀胱|胆[囊管]|皮肤|骨|脑|血)癌|癌症|恶性肿瘤|白血病|淋巴瘤|尿毒症|肾衰竭|透析|艾滋病?|梅毒|性病|乙肝|丙肝|肺结核|尘肺|矽肺|"
    r"抑郁症?|躁郁症?|精神(?:病|分裂|障碍)|癫痫|智力障碍|自闭症|帕金森|老年痴呆|中风|偏瘫|瘫痪|心脏病|糖尿病|高血压|怀孕|流产|堕胎|"
    r"[一二三四1-4]级(?:肢体|视力|听力|智力|精神)?残疾?"
)


def names(text: str) -> list[Span]:
    """A surname and what goes with it, after 我叫, 姓名, 联系人, 电话 and the like; also 王某 and 王女士."""
    return [found.span(1) for pattern in (_TOLD, _CALLED) for found in pattern.finditer(text)]


def doors(text: str) -> list[Span]:
    """Finer than a village or a housing estate: building with door, unit with door, a numbered house of a village."""
    return [found.span() for found in _DOOR.finditer(text)]


def illnesses(text: str) -> list[Span]:
    """Where shortly before, in the same sentence, stands somebody: an illness as such is no secret."""
    return [found.span() for found in _ILLNESS.finditer(text) if _NEAR.search(before(text, found.start()))]
