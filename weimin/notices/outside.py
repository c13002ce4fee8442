"""What the operator tells of the world outside: mail servers, text message gateways, mailboxes. Typed; no Django."""

from ipaddress import ip_address
from typing import Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator

from weimin.kernel.signatures import key_of

Security = Literal["starttls", "tls", "none"]


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class MailServer(_Told):
    """Takes our e-mail (SMTP submission)."""

    host: str = Field(min_length=1)
    port: int = Field(default=587, ge=1, le=65535)
    user: str = ""
    password: SecretStr = SecretStr("")
    security: Security = "starttls"

    @model_validator(mode="after")
    def _sealed(self) -> "MailServer":
        if self.security == "none" and not is_this_machine(self.host):
            raise ValueError("security may be none only on this machine: give starttls or tls")
        return self


class SmsGateway(_Told):
    """Takes our text messages by HTTP, and tells us what became of them."""

    name: str = Field(pattern=r"^[a-z0-9-]{1,20}$")
    url: str
    key: SecretStr = Field(description="sent as Authorization: Bearer")
    secret: SecretStr = Field(description="signs what the gateway tells us")
    signature: str = Field(default="", max_length=20, description="put before the text as 【signature】")
    kind: str = Field(default="", description="code of the kind of what residents write first; empty: replies only")

    @field_validator("url")
    @classmethod
    def _address(cls, value: str) -> str:
        url = urlsplit(value)
        if not url.hostname or (url.scheme != "https" and not (url.scheme == "http" and is_this_machine(url.hostname))):
            raise ValueError("give an https address: numbers and words of residents travel there")
        return value

    @field_validator("secret")
    @classmethod
    def _long(cls, value: SecretStr) -> SecretStr:
        if len(key_of(value.get_secret_value())) < 24:
            raise ValueError("give a secret of at least 24 bytes, for example whsec_ and base64")
        return value


class Mailbox(_Told):
    """A mailbox whose letters become matters (IMAP)."""

    county: str = Field(pattern=r"^[0-9]{6}$")
    address: str = Field(pattern=r"^[^@\s]+@[^@\s]+$", description="the address residents write to")
    host: str = Field(min_length=1)
    port: int = Field(default=993, ge=1, le=65535)
    user: str = Field(min_length=1)
    password: SecretStr
    security: Security = "tls"
    folder: str = "INBOX"
    kind: str = Field(min_length=1, description="code of the kind of what nobody has sorted yet")

    @model_validator(mode="after")
    def _sealed(self) -> "Mailbox":
        if self.security == "none" and not is_this_machine(self.host):
            raise ValueError("security may be none only on this machine: give tls or starttls")
        return self


def is_this_machine(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
