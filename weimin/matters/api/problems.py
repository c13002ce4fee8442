"""How the API says no: application/problem+json (RFC 9457), in the reader's language, with a word to branch on."""

import logging
from collections.abc import Callable
from typing import Any

import orjson
from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from ninja.errors import HttpError, ValidationError

from weimin.catalogue.queries import MissingRule
from weimin.county.trouble import NO_ROOM, RETRY_AFTER, no_room
from weimin.kernel.refusal import Refused
from weimin.kernel.words import Mistake

log = logging.getLogger(__name__)

TITLES: dict[int, str | Promise] = {
    400: gettext_lazy("请求不完整"),
    401: gettext_lazy("需要有效的密钥"),
    403: gettext_lazy("密钥没有这项职责"),
    404: gettext_lazy("没有找到"),
    405: gettext_lazy("这个地址不接受这种方法"),
    409: gettext_lazy("现在不能这样做"),
    412: gettext_lazy("这件事已有变动"),
    413: gettext_lazy("内容太大"),
    422: gettext_lazy("有内容要改"),
    429: gettext_lazy("请求太多"),
    500: gettext_lazy("我们这边出了错"),
    503: gettext_lazy("暂时忙不过来"),
    507: gettext_lazy("存储空间满了"),
}

# What a refusal means to a program. Others are 422 where they name a field, else 409.
STATUS = {
    "KEY_MISSING": 400, "BAD_CURSOR": 400, "UNKNOWN_KEY": 401, "NOT_YOUR_DUTY": 403, "RESIDENT_ONLY": 403,
    "OWN_OFFICE": 403, "NOT_ABOVE": 403, "HIDDEN": 403, "CHANGED": 412, "KEY_REUSED": 422, "TOO_MANY": 429,
    "UNCERTAIN": 503, "NO_ROOM": NO_ROOM,
}  # fmt: skip
EXTRA = {401: {"WWW-Authenticate": "Bearer"}, 429: {"Retry-After": "60"},
         **{status: {"Retry-After": seconds} for status, seconds in RETRY_AFTER.items()}}  # fmt: skip

# What pydantic found, in words for whoever wrote the program.
_WRONG: dict[str, str | Promise] = {
    "missing": gettext_lazy("缺少这一项。"),
    "extra_forbidden": gettext_lazy("没有这一项，请核对拼写。"),
    "string_too_long": gettext_lazy("太长了，最多 {max_length} 个字。"),
    "string_too_short": gettext_lazy("这里还没有写内容。"),
    "string_type": gettext_lazy("要是文字。"),
    "string_unicode": gettext_lazy("文字的编码不完整，请重新输入。"),
    "enum": gettext_lazy("只能是：{expected}。"),
    "literal_error": gettext_lazy("只能是：{expected}。"),
    "half_a_position": gettext_lazy("lat 和 long 要一起给。"),
    "timezone_aware": gettext_lazy("时间要带时区，例如 2026-09-29T16:20:00+08:00。"),
    **dict.fromkeys(
        ("datetime_parsing", "datetime_from_date_parsing", "date_parsing", "date_from_datetime_parsing"),
        gettext_lazy("没有这个日期或时间，请核对；写法如 2026-09-29T16:20:00+08:00。"),
    ),
    "greater_than_equal": gettext_lazy("不能小于 {ge}。"),
    "less_than_equal": gettext_lazy("不能大于 {le}。"),
}


def problem(
    request: HttpRequest, status: int, code: str, detail: str, *, errors: list[dict[str, str]] | None = None
) -> HttpResponse:
    """One answer that says no."""
    body: dict[str, Any] = {
        "type": f"urn:weimin:problem:{code}",
        "title": str(TITLES.get(status, TITLES[400])),
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.path,
    }
    if errors:
        body["errors"] = errors
    answer = HttpResponse(orjson.dumps(body), content_type="application/problem+json", status=status)
    for name, value in {"Cache-Control": "no-store", **EXTRA.get(status, {})}.items():
        answer[name] = value
    return answer


def problem_of(request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
    """The answer to whatever an endpoint raised; what we did not foresee is logged and told as ours."""
    # a refusal says itself what was kept
    if isinstance(error, Exception) and not isinstance(error, Refused) and no_room(error):
        return _full(request, error)
    for kind, answer in _ANSWERS:
        if isinstance(error, kind):
            return answer(request, error)
    log.exception("the API failed")
    return problem(request, 500, "OUR_FAULT", _("没有保存任何内容。请稍后再试；一再出现时请告诉我们时间和地址。"))


def _refused(request: HttpRequest, error: Refused) -> HttpResponse:
    status = STATUS.get(error.code, 422 if error.field else 409)
    errors = [{"field": error.field, "code": error.code, "detail": str(error)}] if error.field else None
    return problem(request, status, error.code, str(error), errors=errors)


def _invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
    errors = [
        {
            "field": _field(found["loc"]),
            "code": str(found["type"]).upper(),
            "detail": _sentence(found),
        }
        for found in error.errors
    ]
    return problem(request, 422, "INVALID", _("有 %(n)d 处要改，见 errors。") % {"n": len(errors)}, errors=errors)


def _field(where: tuple[Any, ...]) -> str:
    """`("body", "body", "lat")` names the place, then the argument of our function: a client knows only `lat`."""
    return ".".join(str(part) for part in where[2:]) or str(where[-1])


def _sentence(found: dict[str, Any]) -> str:
    words = str(_WRONG.get(found["type"], _("这一项的格式不对，请对照接口说明。")))
    try:
        return words.format(**found.get("ctx", {}))
    except KeyError:
        return _("这一项的格式不对，请对照接口说明。")


def _mistake(request: HttpRequest, error: Mistake) -> HttpResponse:
    return problem(request, 422, error.code, error.words(get_language() or "zh-hans"))


def _http(request: HttpRequest, error: HttpError) -> HttpResponse:
    if error.status_code == 401:
        return problem(request, 401, "KEY_NEEDED", _("请在 Authorization 里带上密钥：Bearer 加空格加密钥。"))
    return problem(request, error.status_code, "BAD_REQUEST", _("请求的内容读不出来，要是 UTF-8 的 JSON。"))


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    return problem(request, 405, "METHOD_NOT_ALLOWED", _("请对照接口说明，换用这个地址接受的方法。"))


def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 404, "NOT_FOUND", _("没有这个地址或这个编号，或者您的岗位看不到它。"))


def _rule(request: HttpRequest, error: MissingRule) -> HttpResponse:
    log.error("a rule is missing: %s", error)
    return problem(request, 409, "MISSING_RULE", _("县里还没有录入这一步要用的期限，请联系规则维护岗位。"))


def _busy(request: HttpRequest, error: Exception) -> HttpResponse:
    log.warning("the database was busy: %s", error)
    return problem(request, 503, "BUSY", _("没有保存任何内容，请过几秒用同一个 Idempotency-Key 再试。"))


def _full(request: HttpRequest, error: Exception) -> HttpResponse:
    log.error("no room is left on the disk: %s", error)
    words = _("服务器的存储空间满了，没有保存任何内容。请过一会儿用同一个 Idempotency-Key 再试。")
    return problem(request, NO_ROOM, "NO_ROOM", words)


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 413, "TOO_LARGE", _("内容超过 2 MB，没有保存。"))


def _torn_form(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 400, "BAD_REQUEST", _("表单读不出来，请检查 boundary，再发一次。"))


def _bad(request: HttpRequest, error: Exception) -> HttpResponse:
    return problem(request, 400, "BAD_REQUEST", _("请求的内容读不出来，要是 UTF-8 的 JSON。"))


# The first that fits answers, so a finer kind stands before the kind it belongs to.
_ANSWERS: list[tuple[type[Exception] | tuple[type[Exception], ...], Callable[[HttpRequest, Any], HttpResponse]]] = [
    (Refused, _refused),
    (ValidationError, _invalid),
    (HttpError, _http),
    (Http404, _missing),
    (MissingRule, _rule),
    (Mistake, _mistake),
    ((OperationalError, InterfaceError), _busy),
    (RequestDataTooBig, _too_big),
    (MultiPartParserError, _torn_form),
    ((BadRequest, SuspiciousOperation, UnicodeError), _bad),
]
