"""What stops a training or a guess, in a sentence for whoever asked."""

from weimin.kernel.words import Mistake


class TriageTrouble(Mistake):
    """Of a training TOO_FEW, ONE_CLASS, UNEQUAL, NO_WORDS; of a model ABSENT, FOREIGN, NEWER, DAMAGED;

    of a table NO_FILE, NOT_TEXT, BAD_TABLE, NO_COLUMN, NO_TEXT, EMPTY_TABLE; of a board SAME_ID, NO_TIME, UNTIMED,
    NO_NUMBER, NO_TOP.
    """

    sentences = {
        "TOO_FEW": {
            "zh": "只有 {count} 条已分类的留言，至少要 {least} 条才能训练。",
            "en": "There are only {count} labelled messages; training needs at least {least}.",
        },
        "ONE_CLASS": {
            "zh": "所有留言都属于“{label}”这一类，没有可以区分的类别，未生成模型。",
            "en": "Every message has the one label “{label}”, so there is nothing to tell apart. No model was made.",
        },
        "UNEQUAL": {
            "zh": "留言、类别和分组的条数不一致（{counts}）。",
            "en": "Messages, labels and groups are not equally many ({counts}).",
        },
        "NO_WORDS": {
            "zh": "这些留言里没有重复出现的字词，无从学习。",
            "en": "No word appears twice in these messages, so there is nothing to learn from.",
        },
        "NO_FILE": {
            "zh": "读不到数据文件 {path}：{why}。",
            "en": "The data file {path} cannot be read: {why}.",
        },
        "NOT_TEXT": {
            "zh": "{path} 不是 UTF-8 编码的表格，请另存为 UTF-8 的 CSV。",
            "en": "{path} is not a table in UTF-8. Save it as CSV in UTF-8.",
        },
        "BAD_TABLE": {
            "zh": "{path} 不是完整的 CSV 表格（{why}）。",
            "en": "{path} is no whole CSV table ({why}).",
        },
        "NO_COLUMN": {
            "zh": "{path} 里没有这些列：{absent}。现有的列：{there}。",
            "en": "{path} lacks these columns: {absent}. It has: {there}.",
        },
        "NO_TEXT": {
            "zh": "没有写明哪一列是正文，请用 --text 标题列,正文列。",
            "en": "No column of the text is named. Use --text TITLE,BODY.",
        },
        "EMPTY_TABLE": {
            "zh": "{path} 里一条留言也没有。",
            "en": "There is not one message in {path}.",
        },
        "SAME_ID": {
            "zh": "{path} 里有两条留言的编号都是 {id}，请先去掉重复的行。",
            "en": "Two messages of {path} have the id {id}. Take the repeated row out first.",
        },
        "NO_TIME": {
            "zh": "{path} 的“{column}”列里没有一个能认出的时间，请写成 2026-01-31 09:30。",
            "en": "No time can be read in column {column} of {path}. Write it as 2026-01-31 09:30.",
        },
        "UNTIMED": {
            "zh": "有 {count} 条留言的时间认不出，没有计入；第一条的编号是 {first}。",
            "en": "{count} messages have no time that can be read and were left out; the first has the id {first}.",
        },
        "NO_NUMBER": {
            "zh": "编号 {id} 的留言，“{key}”列里的“{text}”不是数字。",
            "en": "Message {id}: “{text}” in column {key} is no number.",
        },
        "NO_TOP": {
            "zh": "--top 要写 1 以上的数，现在是 {top}。",
            "en": "--top must be 1 or more; it is {top}.",
        },
        "ABSENT": {
            "zh": "读不到模型文件 {path}：{why}。",
            "en": "The model file {path} cannot be read: {why}.",
        },
        "FOREIGN": {
            "zh": "{path} 不是分类模型文件，请用 triage_train 生成。",
            "en": "{path} is no triage model. Make one with triage_train.",
        },
        "NEWER": {
            "zh": "{path} 的格式版本是 {version}，这里只认 {ours}，请用本版本重新训练。",
            "en": "{path} has format version {version}, and we read {ours}. Train it anew with this version.",
        },
        "DAMAGED": {
            "zh": "模型文件 {path} 已损坏（{what}），请换回备份或重新训练。",
            "en": "The model file {path} is damaged ({what}). Restore it from a backup or train it anew.",
        },
    }
