"""The matter itself: one row with its owner and its one running clock, so that intake and lists stay cheap."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from weimin.catalogue.models import Kind, Urgency
from weimin.county.models import Office, Place, Post
from weimin.county.sealed import SealedField
from weimin.county.sealed.ring import CIPHER
from weimin.households.models import Resident

from ..states import CLOSED_STATES, Channel, Clock, Identity, Request, State

_CLOSED = sorted(CLOSED_STATES)  # in one order, so that every county's constraint reads alike


class GuardedQuerySet(models.QuerySet["Matter"]):
    """Matters are written by verbs only: the plain ways raise."""

    def update(self, **values: Any) -> int:
        raise TypeError("Matter: call the verb in matters/journey, not update().")

    def delete(self) -> tuple[int, dict[str, int]]:
        raise TypeError("Matter: a matter is never deleted.")

    def update_by_verb(self, **values: Any) -> int:
        """Compare-and-set for verbs: the caller's filter says what must still be true; 0 means someone was first."""
        return super().update(**values)


class Matter(models.Model):
    """A resident's matter from received to published."""

    number = models.CharField(_("编号"), max_length=20, unique=True)
    state = models.CharField(_("状态"), max_length=10, choices=State.choices, default=State.RECEIVED)
    version = models.PositiveIntegerField(_("版本"), default=1)  # grows with every act; ETag and compare-and-set
    request = models.CharField(_("诉求类型"), max_length=10, choices=Request.choices)
    channel = models.CharField(_("渠道"), max_length=8, choices=Channel.choices)
    identity = models.CharField(_("姓名公开范围"), max_length=9, choices=Identity.choices)
    kind = models.ForeignKey(Kind, models.PROTECT, related_name="matters")
    urgency = models.ForeignKey(Urgency, models.PROTECT, related_name="matters", db_index=False)
    title = models.CharField(_("标题"), max_length=80)
    text = models.TextField(_("内容"), max_length=4000)
    details = models.JSONField(_("附加问题的回答"), default=dict, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="matters", db_index=False)
    place_code = models.CharField(_("地点代码"), max_length=14)  # copy of place.code: scopes are prefixes of it
    address = models.CharField(_("具体位置"), max_length=200, blank=True, default="")
    lat = models.DecimalField(_("纬度"), max_digits=9, decimal_places=6, null=True, blank=True)
    long = models.DecimalField(_("经度"), max_digits=9, decimal_places=6, null=True, blank=True)
    resident = models.ForeignKey(Resident, models.PROTECT, null=True, blank=True, related_name="matters")
    pin_digest = SealedField(_("查询码摘要"), row="number")
    # Wrong PINs from anywhere, counted over the quarter of an hour that ends then: matters/access.py
    pin_tries = models.PositiveSmallIntegerField(_("查询码连错次数"), default=0)
    pin_locked_until = models.DateTimeField(_("查询码锁定至"), null=True, blank=True)
    language = models.CharField(_("语言"), max_length=10, default="zh-hans")
    outside_id = models.CharField(_("外部编号"), max_length=80, null=True, blank=True, unique=True)

    received_at = models.DateTimeField(_("收到时间"))
    dispatched_at = models.DateTimeField(_("派办时间"), null=True, blank=True)
    accepted_at = models.DateTimeField(_("受理时间"), null=True, blank=True)
    contacted_at = models.DateTimeField(_("首次联系上的时间"), null=True, blank=True)
    answered_at = models.DateTimeField(_("答复时间"), null=True, blank=True)
    closed_at = models.DateTimeField(_("办结时间"), null=True, blank=True)
    changed_at = models.DateTimeField(_("最后变动时间"))

    taken_by = models.ForeignKey(Post, models.PROTECT, related_name="matters_taken", db_index=False)  # first asked
    # Asked by through the indexes below, which begin with them.
    owner = models.ForeignKey(Post, models.PROTECT, null=True, blank=True, related_name="matters_owned", db_index=False)
    lead = models.ForeignKey(Office, models.PROTECT, null=True, blank=True, related_name="matters_led", db_index=False)
    returns = models.PositiveSmallIntegerField(_("退回次数"), default=0)
    escalated = models.PositiveSmallIntegerField(_("已上报几级"), default=0)
    reopened = models.PositiveSmallIntegerField(_("重办次数"), default=0)
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="merged", db_index=False
    )
    appeal_round = models.PositiveSmallIntegerField(_("复查轮次"), default=0)

    # The one running clock.
    clock = models.CharField(_("时钟"), max_length=8, choices=Clock.choices, blank=True, default="")
    clock_started_at = models.DateTimeField(_("起算时间"), null=True, blank=True)
    clock_limit = models.CharField(_("时限"), max_length=8, blank=True, default="")  # "5W"
    clock_extension = models.CharField(_("延长"), max_length=8, blank=True, default="")
    clock_pauses = models.JSONField(_("扣除的时间"), default=list, blank=True)  # [[from, to, reason]]
    clock_due_at = models.DateTimeField(_("到期时间"), null=True, blank=True)
    clock_provisional = models.BooleanField(_("到期日暂定"), default=False)
    clock_waiting = models.JSONField(_("暂停中的时钟"), null=True, blank=True)  # the answer clock while PAUSE runs
    legal_due_at = models.DateTimeField(_("法定到期时间"), null=True, blank=True)
    contact_due_at = models.DateTimeField(_("应联系时间"), null=True, blank=True)

    objects = GuardedQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["-received_at", "-id"], name="matter_newest"),
            models.Index(fields=["clock_due_at", "id"], name="matter_due", condition=Q(clock_due_at__isnull=False)),
            # since when the clock runs that has run longest at each step: the leader's minute
            models.Index(
                fields=["state", "clock_started_at"], name="matter_waiting", condition=Q(clock_due_at__isnull=False)
            ),
            models.Index(fields=["owner", "clock_due_at", "id"], name="matter_owner_due"),
            models.Index(fields=["lead", "state", "-received_at", "-id"], name="matter_lead_state"),
            models.Index(fields=["state", "-received_at", "-id"], name="matter_state_newest"),
            models.Index(fields=["place_code", "-received_at", "-id"], name="matter_place_newest"),
        ]
        constraints = [
            models.CheckConstraint(name="matter_state_is_known", condition=Q(state__in=State.values)),
            models.CheckConstraint(name="matter_pin_is_sealed", condition=Q(pin_digest__is_sealed=CIPHER)),
            models.CheckConstraint(
                name="matter_open_has_one_owner_and_one_clock",
                condition=(
                    Q(state__in=_CLOSED, owner__isnull=True, clock="", clock_due_at__isnull=True)
                    | (
                        ~Q(state__in=_CLOSED)
                        & Q(owner__isnull=False, clock_due_at__isnull=False, clock_started_at__isnull=False)
                        & ~Q(clock="")
                    )
                ),
            ),
            models.CheckConstraint(
                name="matter_merged_names_its_main", condition=~Q(state=State.MERGED) | Q(merged_into__isnull=False)
            ),
            models.CheckConstraint(
                name="matter_anonymous_has_no_resident",
                condition=~Q(identity=Identity.ANONYMOUS) | Q(resident__isnull=True),
            ),
            models.CheckConstraint(
                name="matter_handled_knows_its_office",
                condition=~Q(state__in=[State.DISPATCHED, State.HANDLED, State.PAUSED]) | Q(lead__isnull=False),
            ),
            models.CheckConstraint(
                name="matter_lat_and_long_together",
                condition=Q(lat__isnull=True, long__isnull=True) | Q(lat__isnull=False, long__isnull=False),
            ),
            models.CheckConstraint(name="matter_returned_at_most_twice", condition=Q(returns__lte=2)),
            models.CheckConstraint(name="matter_appealed_at_most_twice", condition=Q(appeal_round__lte=2)),
        ]

    class Privacy:
        open = {
            "id", "number", "state", "version", "request", "channel", "identity", "kind", "urgency", "place",
            "place_code",
            "language", "received_at", "dispatched_at", "accepted_at", "contacted_at", "answered_at", "closed_at",
            "changed_at", "taken_by", "owner", "lead", "returns", "escalated", "reopened", "merged_into",
            "appeal_round", "clock", "clock_started_at", "clock_limit", "clock_extension", "clock_pauses",
            "clock_due_at", "clock_provisional", "clock_waiting", "legal_due_at", "contact_due_at",
        }  # fmt: skip
        personal = {"title", "text", "details", "address", "lat", "long", "resident", "outside_id"}
        secret = {"pin_digest", "pin_tries", "pin_locked_until"}

    def __str__(self) -> str:
        return self.number

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Refused: verbs call `create_by_verb` once and compare-and-set ever after."""
        raise TypeError("Matter: call the verb in matters/journey, not save().")

    def create_by_verb(self) -> None:
        """The one INSERT, called by `receive_matter` and the import."""
        super().save(force_insert=True)

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED_STATES

    # Django's own look through all the choices and translate each; lists ask for these of every row.
    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return str(State(self.state).label)

    def get_request_display(self) -> str:  # type: ignore[no-redef]
        return str(Request(self.request).label)

    def get_channel_display(self) -> str:  # type: ignore[no-redef]
        return str(Channel(self.channel).label)


class Serial(models.Model):
    """The next serial of matter numbers where the database has no sequences (SQLite: one writer at a time)."""

    name = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveBigIntegerField(default=0)

    class Privacy:
        open = {"name", "last"}
        personal: set[str] = set()
        secret: set[str] = set()


class Tally(models.Model):
    """Running counts, changed in the transaction of the act that changes them; read as the sum over slots.

    `key` is for example "state:RECEIVED" or "office:12:HANDLED". `slot` spreads writers so that they do not wait.
    """

    key = models.CharField(max_length=60)
    slot = models.PositiveSmallIntegerField()
    n = models.BigIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(name="tally_key_slot", fields=["key", "slot"])]

    class Privacy:
        open = {"id", "key", "slot", "n"}
        personal: set[str] = set()
        secret: set[str] = set()
