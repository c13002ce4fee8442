"""Forms of posts: what a post is, who holds it from which day to which."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ..duties import Duty
from ..models import Post
from ..services import PostPlan
from ._fields import OfficeChoice, OfficialChoice, OrderForm, PlaceChoice, PostChoice, code_field, day_field


class PostsFilter(OrderForm):
    """Filters of the table of posts, all optional."""

    q = forms.CharField(label=_("查找"), required=False, max_length=60)
    office = OfficeChoice(label=_("单位"), required=False, empty_label=_("所有单位"))
    duty = forms.ChoiceField(label=_("职责"), required=False, choices=[("", _("所有职责")), *Duty.choices])
    only = forms.ChoiceField(
        label=_("提醒"),
        required=False,
        choices=[
            ("", _("在用的岗位")), ("EMPTY", _("空岗")), ("NO_STAND_IN", _("无 AB 岗")), ("AWAY", _("请假中")),
            ("RETIRED", _("已撤销的")),
        ],
    )  # fmt: skip
    sort = forms.ChoiceField(
        label=_("排序"),
        required=False,
        choices=[("", _("按代码")), ("open", _("在办多的在前")), ("office", _("按单位")), ("holder", _("按任职人"))],
    )


class PostForm(OrderForm):
    """What a post is."""

    office = OfficeChoice(label=_("单位"))
    name_zh = forms.CharField(label=_("岗位名称"), max_length=60)
    name_en = forms.CharField(label=_("英文名称"), max_length=100)
    duties = forms.MultipleChoiceField(
        label=_("职责"), choices=Duty.choices, widget=forms.CheckboxSelectMultiple, help_text=_("改了马上生效。")
    )
    covers = PlaceChoice(label=_("管到哪里"))
    superior = PostChoice(
        label=_("上级岗位"), required=False, empty_label=_("没有"), help_text=_("超期的事项一级一级报到这里。")
    )
    stand_in = PostChoice(
        label=_("AB 岗"), required=False, empty_label=_("没有"), help_text=_("任职人请假或空缺时，由这个岗位的人代办。")
    )

    def plan(self) -> PostPlan:
        data = self.cleaned_data
        return PostPlan(**{name: data[name] for name in PostPlan.__dataclass_fields__})


class NewPostForm(PostForm):
    code = code_field(24, _("字母、数字和短横，例如 SLJ-3。定了不能再改。"))
    field_order = ("office", "code")


def as_it_stands(post: Post) -> dict[str, Any]:
    """What the form for changing a post begins with."""
    return {
        "office": post.office.code, "name_zh": post.name_zh, "name_en": post.name_en, "duties": post.duties,
        "covers": post.covers.code, "superior": post.superior and post.superior.code,
        "stand_in": post.stand_in and post.stand_in.code,
    }  # fmt: skip


class AppointForm(OrderForm):
    official = OfficialChoice(label=_("任命谁"))
    from_on = day_field(_("任职起"))


class EndForm(forms.Form):
    to_on = day_field(_("最后一天"), help_text=_("过了这一天，岗位的职责就不再归这位同志。"))
