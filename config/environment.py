"""What the operator sets, typed, in one place. A wrong or missing setting stops the start with one list to mend."""

import re
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

from pydantic import Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict, SettingsError

from weimin.county import secret_file
from weimin.county.callers import networks
from weimin.kernel import failpoint
from weimin.notices.outside import Mailbox, MailServer, SmsGateway

ROOT = Path(__file__).resolve().parent.parent


class Environment(BaseSettings):
    """Read from the process environment: WEIMIN_<NAME>, but DATABASE_URL and PORT by their usual names."""

    model_config = SettingsConfigDict(env_prefix="WEIMIN_", extra="ignore")

    home: Path = Field(default=ROOT / "var", description="where state lives: database file, secret, uploads, outbox")
    county: str = Field(default="990101", description="six-digit code of the county served when the host names none")
    base_url: str = Field(default="", description="address residents type; receipts and QR codes carry it")
    allowed_hosts: str = Field(default="127.0.0.1,localhost,[::1]", description="host names, separated by commas")
    database_url: str = Field(
        default="", validation_alias="DATABASE_URL", description="postgresql://... or empty for SQLite"
    )
    prepared_statements: bool = Field(
        default=True, description="no behind a PgBouncer in transaction mode that keeps none (max_prepared_statements)"
    )
    port: int = Field(default=8000, validation_alias="PORT", ge=0, le=65535, description="port bin/run serves on")
    secret_key: str = Field(
        default="", description="at least 40 characters; made and kept in WEIMIN_HOME/secret when empty"
    )
    old_secret_keys: list[str] = Field(
        default=[], description="JSON list: secrets before WEIMIN_SECRET_KEY, whose signatures are still known"
    )
    keys: Path | None = Field(
        default=None, description="folder of the keys that open residents' data; WEIMIN_HOME/keys when empty"
    )
    debug: bool = Field(default=False, description="for developers only")
    https: bool = Field(default=False, description="served behind TLS: secure cookies and HSTS")
    trusted_proxies: str = Field(
        default="", description="addresses or networks of our own web servers, whose X-Forwarded-For is believed"
    )
    oidc_url: str = Field(default="", description="the county's single sign-on (OpenID Connect): address of the issuer")
    oidc_client: str = Field(default="", description="name under which the single sign-on knows Weimin")
    oidc_secret: str = Field(default="", description="secret agreed with the single sign-on")
    oidc_name: str = Field(default="统一身份认证", description="what the button on the sign-in page says")
    oidc_claim: str = Field(default="preferred_username", description="claim that carries the username in Weimin")
    log: Literal["auto", "json", "text"] = Field(
        default="auto", description="JSON lines, or words; auto: words on a terminal, JSON everywhere else"
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(default="INFO", description="how much is told")
    metrics_key: str = Field(
        default="", description="key with which Prometheus may read /metrics from elsewhere; at least 20 characters"
    )
    mail_servers: list[MailServer] = Field(default=[], description="JSON list: who takes our e-mail, first to last")
    mail_from: str = Field(default="", description="our own e-mail address; replies come to its mailbox")
    sms_gateways: list[SmsGateway] = Field(
        default=[], description="JSON list: who takes our text messages, first to last"
    )
    mailboxes: list[Mailbox] = Field(default=[], description="JSON list: mailboxes whose letters become matters")
    carrier_seconds: float = Field(default=10, gt=0, le=60, description="how long a mail server or gateway may take")
    inside_networks: str = Field(
        default="",
        description="networks of our own that webhooks and partners may reach, as 10.20.0.0/16; none if empty",
    )
    backup_key: str = Field(
        default="", description="public key backups are sealed to, made by bin/weimin backup_key; unsealed when empty"
    )
    broker_url: str = Field(
        default="", description="amqp://... or redis://...: Celery carries the jobs; the database does when empty"
    )
    sample: bool = Field(default=True, description="load the sample county into a new installation")
    drills: bool = Field(default=False, description="a house for drills, never one with residents: failpoints work")
    failpoint: str = Field(default="", description="where the process ends itself in a drill: kernel/failpoint.py")
    rate_limits: bool = Field(default=True, description="switch limits off only for load measurements on loopback")

    @field_validator("county")
    @classmethod
    def _county_code(cls, value: str) -> str:
        if not re.fullmatch(r"[0-9]{6}", value):
            raise ValueError("give the six digits of the county, for example 990101")
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"postgresql", "postgres"}:
            raise ValueError("give postgresql://user:password@host:port/name, or leave it empty for SQLite")
        return value

    @field_validator("trusted_proxies", "inside_networks")
    @classmethod
    def _addresses(cls, value: str) -> str:
        try:
            networks(value)
        except ValueError as wrong:
            raise ValueError(
                f"give addresses or networks, separated by commas, as 127.0.0.1,10.0.0.0/8; {wrong}"
            ) from None
        return value

    @field_validator("backup_key")
    @classmethod
    def _public_key(cls, value: str) -> str:
        if value and not re.fullmatch(r"age1[02-9ac-hj-np-z]{58}", value):
            raise ValueError("give the public key that bin/weimin backup_key printed; it begins with age1")
        return value

    @field_validator("broker_url")
    @classmethod
    def _known_broker(cls, value: str) -> str:
        if value and urlsplit(value).scheme not in {"amqp", "amqps", "redis", "rediss"}:
            raise ValueError("give amqp://... (RabbitMQ) or redis://..., or leave it empty: then the database carries")
        if value and find_spec("celery") is None:
            raise ValueError("a broker needs Celery, which is not installed: docs/operate/broker.md says how")
        return value

    @field_validator("oidc_url")
    @classmethod
    def _sealed(cls, value: str) -> str:
        url = urlsplit(value)
        if value and url.scheme != "https" and url.hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise ValueError("give an https address: passwords and identities travel there")
        return value.rstrip("/")

    @model_validator(mode="after")
    def _sign_on_whole(self) -> "Environment":
        given = {"WEIMIN_OIDC_URL": self.oidc_url, "WEIMIN_OIDC_CLIENT": self.oidc_client,
                 "WEIMIN_OIDC_SECRET": self.oidc_secret}  # fmt: skip
        if any(given.values()) and not all(given.values()):
            missing = ", ".join(name for name, value in given.items() if not value)
            raise ValueError(f"single sign-on needs {missing} too, or none of the three")
        return self

    @field_validator("metrics_key")
    @classmethod
    def _long_key(cls, value: str) -> str:
        if value and len(value) < 20:
            raise ValueError("give at least 20 characters, or leave it empty: then only this machine reads /metrics")
        return value

    @model_validator(mode="after")
    def _mail_whole(self) -> "Environment":
        if self.mail_servers and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+", self.mail_from):
            raise ValueError("e-mail needs WEIMIN_MAIL_FROM: the address it comes from, as office@county.example")
        names = [gateway.name for gateway in self.sms_gateways]
        if len(set(names)) != len(names):
            raise ValueError("two gateways of WEIMIN_SMS_GATEWAYS have the same name")
        return self

    @field_validator("failpoint")
    @classmethod
    def _fails_in_drills_only(cls, value: str, info: ValidationInfo) -> str:
        if value and (not info.data.get("drills") or info.data.get("https")):
            raise ValueError("this is for drills: it needs WEIMIN_DRILLS=true and no WEIMIN_HTTPS")
        if value:
            failpoint.parse(value)
        return value

    @model_validator(mode="after")
    def _old_secrets_have_a_new_one(self) -> "Environment":
        if self.old_secret_keys and not self.secret_key:
            raise ValueError("WEIMIN_OLD_SECRET_KEYS stands beside WEIMIN_SECRET_KEY, which is not set")
        return self

    @field_validator("secret_key")
    @classmethod
    def _long_secret(cls, value: str) -> str:
        if value and len(value) < 40:
            raise ValueError("give at least 40 characters, or leave it empty and one is made in WEIMIN_HOME/secret")
        return value


def read_environment() -> Environment:
    """The settings, or SystemExit with every wrong one listed."""
    try:
        environment = Environment()
    except ValidationError as wrong:
        lines = [f"- {_name(error['loc'])}: {error['msg']}" for error in wrong.errors()]
        raise SystemExit("Weimin cannot start. Please mend these settings:\n" + "\n".join(lines)) from None
    except SettingsError:
        lists = "WEIMIN_MAIL_SERVERS, WEIMIN_SMS_GATEWAYS, WEIMIN_MAILBOXES and WEIMIN_OLD_SECRET_KEYS"
        shown = "docs/operate/messages.md and secrets.md show"
        raise SystemExit(f"Weimin cannot start: {lists} are JSON lists, as {shown}.") from None
    environment.home = environment.home.resolve()
    environment.home.mkdir(parents=True, exist_ok=True)
    if not environment.secret_key:
        environment.secret_key, *environment.old_secret_keys = _kept_secrets(environment.home / secret_file.NAME)
    return environment


def _name(loc: tuple[int | str, ...]) -> str:
    if not loc:
        return "together"
    word, *inner = map(str, loc)
    return " ".join([word if word.isupper() else f"WEIMIN_{word.upper()}", *inner])


def _kept_secrets(path: Path) -> list[str]:
    """The secrets of this installation, the newest first. Only their owner may read them."""
    try:
        return [one.word for one in secret_file.kept_or_made(path)]
    except ValueError as wrong:
        raise SystemExit(f"Weimin cannot start: {wrong}") from None


def single_sign_on(environment: Environment) -> dict[str, object]:
    """allauth's SOCIALACCOUNT_PROVIDERS: the county's OpenID Connect where one is set up, and nothing else."""
    if not environment.oidc_url:
        return {}
    app = {
        "provider_id": "county",
        "name": environment.oidc_name,
        "client_id": environment.oidc_client,
        "secret": environment.oidc_secret,
        "settings": {
            "server_url": environment.oidc_url,
            "oauth_pkce_enabled": True,
            "username_claim": environment.oidc_claim,
        },
    }
    return {"openid_connect": {"APPS": [app]}}


def task_backends(environment: Environment) -> dict[str, dict[str, str]]:
    """TASKS of django-tasks: what an act enqueues is a row that commits with it; the broker serves `work` alone."""
    backends = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    if environment.broker_url:
        backends["broker"] = {"BACKEND": "weimin.web.tasks.broker.CeleryBackend"}
    return backends


def log_as_json(environment: Environment) -> bool:
    """Whether lines are for a program: where nobody sits at a terminal, one collects them."""
    return environment.log == "json" or (environment.log == "auto" and not sys.stderr.isatty())


def form_targets(environment: Environment) -> list[str]:
    """Where else a form may lead: browsers hold the redirect from our sign-in form to the single sign-on to it."""
    url = urlsplit(environment.oidc_url)
    return [f"{url.scheme}://{url.netloc}"] if url.netloc else []


def database(environment: Environment) -> dict[str, object]:
    """The Django DATABASES entry: PostgreSQL where a URL is given, one SQLite file otherwise."""
    if not environment.database_url:
        return {
            "ENGINE": "weimin.county.sqlite",
            "NAME": environment.home / "weimin.sqlite3",
            "CONN_MAX_AGE": 300,  # each thread keeps its connection and the pages it has read
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-65536;",
            },
        }
    url = urlsplit(environment.database_url)
    return {
        "ENGINE": "weimin.county.postgresql",
        "NAME": url.path.lstrip("/"),
        "USER": unquote(url.username or ""),
        "PASSWORD": unquote(url.password or ""),
        "HOST": url.hostname or "",
        "PORT": url.port or "",
        "CONN_MAX_AGE": 300,  # a connection remembers every county it has served: recycle it
        "CONN_HEALTH_CHECKS": True,  # after a restart of the server nobody meets a dead connection
        "PREPARED_STATEMENTS": environment.prepared_statements,
        "OPTIONS": dict(parse_qsl(url.query)),
    }
