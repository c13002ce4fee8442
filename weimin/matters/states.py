"""The words for where a matter stands, and the one table of moves. Nothing else decides what may follow what."""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _


class State(models.TextChoices):
    RECEIVED = "RECEIVED", _("已收到")
    CLASSIFIED = "CLASSIFIED", _("已分类")
    DISPATCHED = "DISPATCHED", _("已派办")
    HANDLED = "HANDLED", _("办理中")
    ANSWERED = "ANSWERED", _("已答复")
    RATED = "RATED", _("已评价")
    PUBLISHED = "PUBLISHED", _("已公开")
    RETURNED = "RETURNED", _("已退回")
    PAUSED = "PAUSED", _("已暂停计时")
    MERGED = "MERGED", _("已并案")
    WITHDRAWN = "WITHDRAWN", _("已撤回")
    REFUSED = "REFUSED", _("不予受理")
    APPEALED = "APPEALED", _("复查中")
    CLOSED = "CLOSED", _("已办结")


# In these nobody owes the resident a next step: no owner, no running clock.
CLOSED_STATES = frozenset({State.PUBLISHED, State.MERGED, State.WITHDRAWN, State.REFUSED, State.CLOSED})
OPEN_STATES = frozenset(set(State) - CLOSED_STATES)
# In these the county still owes the first answer.
UNANSWERED_STATES = frozenset(
    {State.RECEIVED, State.CLASSIFIED, State.DISPATCHED, State.RETURNED, State.HANDLED, State.PAUSED}
)


class Clock(models.TextChoices):
    """Which clock runs. An open matter has exactly one."""

    ANSWER = "ANSWER", _("答复时限")
    PAUSE = "PAUSE", _("暂停期限")
    RATE = "RATE", _("评价期限")
    RECTIFY = "RECTIFY", _("整改期限")
    PUBLISH = "PUBLISH", _("公开期限")
    REVIEW = "REVIEW", _("复查期限")


class Act(models.TextChoices):
    """What happened, as the timeline and the ledger name it. Each is one verb in journey/."""

    RECEIVE = "RECEIVE", _("收到反映")
    CLASSIFY = "CLASSIFY", _("分类")
    DISPATCH = "DISPATCH", _("派办")
    ACCEPT = "ACCEPT", _("受理承办")
    RETURN = "RETURN", _("退回")
    CONTACT = "CONTACT", _("联系")
    NOTE = "NOTE", _("补充")
    ASK_HELP = "ASK_HELP", _("请求协办")
    SUPPORT = "SUPPORT", _("协办回复")
    PAUSE = "PAUSE", _("暂停计时")
    RESUME = "RESUME", _("恢复计时")
    EXTEND = "EXTEND", _("延期")
    CHASE = "CHASE", _("催办")
    ESCALATE = "ESCALATE", _("超期上报")
    ANSWER = "ANSWER", _("答复")
    KEEP_PROMISE = "KEEP_PROMISE", _("兑现承诺")
    RATE = "RATE", _("评价")
    CALL_BACK = "CALL_BACK", _("回访")
    REOPEN = "REOPEN", _("重新办理")
    CLOSE = "CLOSE", _("办结")
    PUBLISH = "PUBLISH", _("公开")
    UNPUBLISH = "UNPUBLISH", _("撤下公开")
    MERGE = "MERGE", _("并案")
    SPLIT = "SPLIT", _("分开办理")
    WITHDRAW = "WITHDRAW", _("撤回")
    REFUSE = "REFUSE", _("不予受理")
    APPEAL = "APPEAL", _("申请复查")
    DECIDE = "DECIDE", _("复查决定")
    HAND_OVER = "HAND_OVER", _("移交")
    RECOMPUTE = "RECOMPUTE", _("重新计算期限")
    UNDO = "UNDO", _("撤销")


@dataclass(frozen=True)
class Move:
    """One allowed step. `why` is the human reason the table allows it."""

    act: Act
    start: State
    goal: State
    why: str


def _moves(act: Act, starts: list[State], goal: State, why: str) -> list[Move]:
    return [Move(act, start, goal, why) for start in starts]


_S = State
_UNHEARD = [_S.RECEIVED, _S.CLASSIFIED, _S.DISPATCHED, _S.RETURNED, _S.HANDLED]
_DONE = [_S.ANSWERED, _S.RATED, _S.CLOSED, _S.PUBLISHED]

MOVES: tuple[Move, ...] = tuple(
    # The way of a matter.
    _moves(
        Act.CLASSIFY,
        [_S.RECEIVED, _S.CLASSIFIED, _S.RETURNED],
        _S.CLASSIFIED,
        "It is now known what it is about and how urgent it is.",
    )
    + _moves(
        Act.DISPATCH,
        [_S.CLASSIFIED, _S.RETURNED],
        _S.DISPATCHED,
        "One office is asked to lead; whoever took it in still owns it.",
    )
    + _moves(Act.ACCEPT, [_S.DISPATCHED], _S.HANDLED, "The office takes it: from here on it owns it.")
    + _moves(Act.ANSWER, [_S.HANDLED], _S.ANSWERED, "The office has done what it could and says so to the resident.")
    + _moves(Act.ANSWER, [_S.RATED], _S.ANSWERED, "A dissatisfied resident is answered again after the follow-up.")
    + _moves(
        Act.ANSWER,
        [_S.MERGED],
        _S.ANSWERED,
        "The matter it was merged into is answered: this resident is answered too.",
    )
    + _moves(Act.RATE, [_S.ANSWERED], _S.RATED, "The resident alone says whether it is solved.")
    + _moves(
        Act.PUBLISH, [_S.RATED, _S.CLOSED], _S.PUBLISHED, "A redacted copy lets others see what was asked and done."
    )
    # Side moves.
    + _moves(Act.RETURN, [_S.DISPATCHED], _S.RETURNED, "The office shows that it is not theirs.")
    + _moves(Act.PAUSE, [_S.HANDLED], _S.PAUSED, "The law lets the clock stand for a listed reason.")
    + _moves(Act.RESUME, [_S.PAUSED], _S.HANDLED, "The reason has passed, or its time is over.")
    + _moves(Act.MERGE, _UNHEARD, _S.MERGED, "The same facts are already being handled under another number.")
    + _moves(
        Act.SPLIT,
        [_S.MERGED],
        _S.CLASSIFIED,
        "The other matter ended without an answer, or is not the same after all: this one is handled by itself.",
    )
    + _moves(Act.WITHDRAW, [*_UNHEARD, _S.PAUSED], _S.WITHDRAWN, "The resident takes it back.")
    + _moves(
        Act.REFUSE,
        [_S.RECEIVED, _S.CLASSIFIED, _S.HANDLED],
        _S.REFUSED,
        "The county may not act; the reason and the route of appeal are given.",
    )
    + _moves(
        Act.REFUSE,
        [_S.MERGED],
        _S.REFUSED,
        "The matter it was merged into was refused: the same reasons hold here, and this resident may appeal too.",
    )
    + _moves(
        Act.CLOSE, [_S.ANSWERED], _S.CLOSED, "The window for rating has passed; unrated is never counted as satisfied."
    )
    + _moves(Act.CLOSE, [_S.RATED], _S.CLOSED, "The publisher found, with a reason, that it is not to be published.")
    + _moves(Act.UNPUBLISH, [_S.PUBLISHED], _S.CLOSED, "A publication that should not stand is taken back.")
    + _moves(Act.REOPEN, _DONE, _S.HANDLED, "The resident is not satisfied, or a promise passed unkept.")
    + _moves(Act.APPEAL, [*_DONE, _S.REFUSED], _S.APPEALED, "The resident asks a higher post to look again.")
    + _moves(Act.DECIDE, [_S.APPEALED], _S.CLOSED, "The decision stands.")
    + _moves(Act.DECIDE, [_S.APPEALED], _S.HANDLED, "The decision is set aside: the office does it again.")
    + _moves(Act.DECIDE, [_S.APPEALED], _S.CLASSIFIED, "The refusal is set aside: an office is to be found.")
    # A slip of the hand, taken back within ten seconds by who made it, while nobody has been told: back to before.
    + _moves(Act.UNDO, [_S.CLASSIFIED], _S.RECEIVED, "It was classified by a slip of the hand.")
    + _moves(Act.UNDO, [_S.CLASSIFIED], _S.CLASSIFIED, "It was classified anew by a slip of the hand.")
    + _moves(Act.UNDO, [_S.CLASSIFIED], _S.RETURNED, "A returned matter was classified by a slip of the hand.")
    + _moves(Act.UNDO, [_S.HANDLED], _S.DISPATCHED, "It was accepted by a slip of the hand.")
    + _moves(Act.UNDO, [_S.HANDLED], _S.PAUSED, "The clock was started again by a slip of the hand.")
    + _moves(Act.UNDO, [_S.CLOSED], _S.RATED, "It was closed unpublished by a slip of the hand.")
)

# Acts of one official that tell nobody and change nothing but the matter itself: these may be taken back.
UNDOABLE = frozenset({Act.CLASSIFY, Act.ACCEPT, Act.RESUME, Act.CLOSE})

ALLOWED = frozenset((move.act, move.start, move.goal) for move in MOVES)

# While it stands here, supporting offices help and side dates can be missed.
IN_HAND = frozenset({State.DISPATCHED, State.HANDLED, State.PAUSED})

# Acts that write on a matter without moving it, and where they make sense.
STILL: dict[Act, frozenset[State]] = {
    Act.CONTACT: OPEN_STATES,
    Act.NOTE: frozenset(State) - {State.WITHDRAWN},
    Act.ASK_HELP: IN_HAND,
    Act.SUPPORT: IN_HAND,
    Act.CHASE: IN_HAND | {State.RATED},
    Act.EXTEND: frozenset({State.HANDLED}),
    Act.ESCALATE: OPEN_STATES,
    Act.KEEP_PROMISE: frozenset(_DONE),
    Act.CALL_BACK: frozenset(_DONE),
    Act.HAND_OVER: OPEN_STATES,
    Act.RECOMPUTE: OPEN_STATES,
}


class Request(models.TextChoices):
    """What the resident asks for: the five requests, and praise."""

    ENQUIRY = "ENQUIRY", _("咨询")
    HELP = "HELP", _("求助")
    COMPLAINT = "COMPLAINT", _("投诉")
    REPORT = "REPORT", _("举报")
    SUGGESTION = "SUGGESTION", _("建议")
    PRAISE = "PRAISE", _("表扬")


class Channel(models.TextChoices):
    WEB = "WEB", _("网上")
    PHONE = "PHONE", _("电话")
    COUNTER = "COUNTER", _("窗口")
    VISIT = "VISIT", _("走访")
    MEETING = "MEETING", _("村民会议")
    MESSAGE = "MESSAGE", _("短信留言")
    EMAIL = "EMAIL", _("电子邮件")
    OPEN311 = "OPEN311", _("Open311 接口")
    API = "API", _("数据接口")
    IMPORT = "IMPORT", _("历史导入")


class Identity(models.TextChoices):
    """How far the resident's name goes."""

    HANDLER = "HANDLER", _("姓名只给承办人看")
    HIDDEN = "HIDDEN", _("承办人也看不到姓名")
    ANONYMOUS = "ANONYMOUS", _("匿名")


class PauseReason(models.TextChoices):
    """The listed reasons for which the clock may stand (administrative licensing law 45 and its like)."""

    HEARING = "HEARING", _("听证")
    TESTING = "TESTING", _("检验、检测、鉴定")
    EXPERT_REVIEW = "EXPERT_REVIEW", _("专家评审")
    THIRD_PARTY = "THIRD_PARTY", _("征求第三方意见")
    RESIDENT_MATERIAL = "RESIDENT_MATERIAL", _("等待当事人补充材料")
    FORCE_MAJEURE = "FORCE_MAJEURE", _("不可抗力")


class Missed(models.TextChoices):
    """A side date that passed: the matter's own clock may still have days left."""

    CONTACT = "CONTACT", _("派办后没有按时联系反映人")
    SUPPORT = "SUPPORT", _("协办单位没有按时回复")
    FOLLOW_UP_CONTACT = "FOLLOW_UP_CONTACT", _("居民不满意后没有按时联系")
    FOLLOW_UP_REPLY = "FOLLOW_UP_REPLY", _("居民不满意后没有按时答复")


class Grade(models.IntegerChoices):
    """The five national grades (好差评). The two lowest open a follow-up."""

    VERY_SATISFIED = 5, _("非常满意")
    SATISFIED = 4, _("满意")
    FAIRLY_SATISFIED = 3, _("基本满意")
    DISSATISFIED = 2, _("不满意")
    VERY_DISSATISFIED = 1, _("非常不满意")


class Resolved(models.TextChoices):
    YES = "YES", _("解决了")
    PARTLY = "PARTLY", _("解决了一部分")
    NO = "NO", _("没有解决")


class ContactOutcome(models.TextChoices):
    REACHED = "REACHED", _("联系上了")
    NO_ANSWER = "NO_ANSWER", _("没有接听")
    WRONG_NUMBER = "WRONG_NUMBER", _("号码不对")
    REFUSED_TALK = "REFUSED_TALK", _("对方不愿多谈")
    CALL_LATER = "CALL_LATER", _("约定再联系")


# Media types of recordings, as `uploads` tells them from their content.
SOUNDS = frozenset({"audio/mpeg", "audio/ogg", "audio/x-wav", "audio/m4a", "audio/amr", "audio/webm", "video/mp4"})
