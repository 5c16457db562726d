"""The hub's settings: one typed object read from ``CONVENER_*`` environment variables.

Every variable is described here, and ``docs/operate/settings.md`` repeats them for operators. Nothing else in the code
reads the environment. :func:`reasons_against` lists why a configuration must not face the internet.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

_CONTACT = re.compile(r"[^@\s:/?&<>\"]+@[^@\s:/?&<>\"]+|https://[^\s<>\"]+")
MIN_SECRET_CHARACTERS = 50
KEY_BYTES = 32
THIS_MACHINE = frozenset({"127.0.0.1", "localhost", "[::1]"})


class Config(BaseSettings):
    """What an operator can set. Defaults run a local hub on this machine and nothing else."""

    model_config = SettingsConfigDict(env_prefix="CONVENER_", extra="ignore")

    mode: Literal["local", "production"] = Field(
        "local", description="'local' listens to this machine only; 'production' insists on safe settings."
    )
    data_dir: Path = Field(Path("convener-data"), description="Folder of the database, files and secrets.")
    database_url: SecretStr = Field(
        SecretStr(""), description="postgres://user:password@host/name; empty means SQLite in the data folder."
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Signs sessions and links; empty means the one kept in the data folder."
    )
    field_key: SecretStr = Field(
        SecretStr(""), description="Base64 of 32 bytes: encrypts second-factor secrets; empty means the kept one."
    )
    allowed_hosts: list[str] = Field(
        default=["127.0.0.1", "localhost", "[::1]"], description="JSON list of the host names this hub answers to."
    )
    base_url: str = Field("http://127.0.0.1:8000", description="Address people use, without a slash at the end.")
    hub_name: str = Field("Convener", description="Name shown at the top of every page.")
    contact: str = Field(
        "", description="E-mail address or https:// page for questions about this hub; empty shows none."
    )
    language: Literal["en", "fr", "es", "ar"] = Field(
        "en", description="Language when a visitor asks for none of ours."
    )
    time_zone: str = Field("UTC", description="IANA time zone in which deadlines are meant.")
    email_url: SecretStr = Field(
        SecretStr(""),
        description="smtp://user:password@host:port (smtps:// for TLS); empty writes mails to the log folder.",
    )
    email_from: str = Field("convener@localhost", description="Sender address of the hub's mails.")
    behind_proxy: bool = Field(
        False, description="True where a proxy sets X-Forwarded-Proto after removing the visitor's."
    )
    log_format: Literal["text", "json"] = Field("text", description="'json' writes one JSON object a line.")
    max_upload_mb: int = Field(100, ge=1, le=1024, description="Largest file that may be imported, in MiB.")
    api_rate: int = Field(120, ge=1, description="API requests a minute for one token, or one address without a token.")

    @field_validator("contact")
    @classmethod
    def _is_contact(cls, text: str) -> str:
        if text and not _CONTACT.fullmatch(text):
            raise ValueError("it is neither an e-mail address nor an address that begins with https://")
        return text

    @property
    def sqlite_path(self) -> Path:
        """Where the embedded database is, whether or not it is used."""
        return self.data_dir / "convener.sqlite3"


def reasons_against(config: Config) -> list[str]:
    """Why ``config`` must not serve the internet: one sentence each, empty when it may.

    Source of the list: Django's deployment checklist and OWASP ASVS 4.0 sections 9 and 14, as far as they are settings.
    """
    reasons = []
    if config.mode != "production":
        reasons.append("CONVENER_MODE is 'local': set it to 'production'.")
    if not config.base_url.startswith("https://"):
        reasons.append("CONVENER_BASE_URL does not begin with https://: passwords would cross the network readable.")
    if not set(config.allowed_hosts) - THIS_MACHINE:
        reasons.append("CONVENER_ALLOWED_HOSTS names this machine only: list the hub's host name.")
    if any(host in ("*", "") or host.startswith(".") for host in config.allowed_hosts):
        reasons.append("CONVENER_ALLOWED_HOSTS has a wildcard: list the exact host names.")
    if _host_of(config.base_url) not in config.allowed_hosts:
        reasons.append("CONVENER_ALLOWED_HOSTS lacks the host of CONVENER_BASE_URL: links in mails would be refused.")
    reasons += _weak_secrets(config)
    if not config.database_url.get_secret_value().startswith(("postgres://", "postgresql://")):
        reasons.append("CONVENER_DATABASE_URL is not PostgreSQL: SQLite is for one machine and a few writers.")
    reasons += _weak_mail(config.email_url.get_secret_value())
    if not config.behind_proxy:
        reasons.append("CONVENER_BEHIND_PROXY is false: without a proxy that ends TLS, https:// cannot work.")
    return reasons


def _host_of(url: str) -> str:
    """The host of an address as CONVENER_ALLOWED_HOSTS writes it; "" for an address without one."""
    host = urlsplit(url).hostname or ""
    return f"[{host}]" if ":" in host else host


def _weak_mail(url: str) -> list[str]:
    if not url:
        return ["CONVENER_EMAIL_URL is empty: invitations and password resets would reach nobody."]
    if urlsplit(url).scheme not in ("smtp", "smtps") or not _host_of(url):
        return ["CONVENER_EMAIL_URL cannot be read: write it like smtps://user:password@host:465."]
    if not url.startswith("smtps://") and _host_of(url) not in THIS_MACHINE:
        return ["CONVENER_EMAIL_URL is smtp:// to another machine: use smtps://."]
    return []


def _weak_secrets(config: Config) -> list[str]:
    """Secrets that were given; those that the hub keeps for itself are random and long."""
    reasons = []
    secret, field_key = config.secret_key.get_secret_value(), config.field_key.get_secret_value()
    if secret and (len(secret) < MIN_SECRET_CHARACTERS or len(set(secret)) < 10):
        reasons.append(f"CONVENER_SECRET_KEY is weak: use at least {MIN_SECRET_CHARACTERS} random characters.")
    if field_key and not _is_key(field_key):
        reasons.append(f"CONVENER_FIELD_KEY is not {KEY_BYTES} random bytes in Base64.")
    return reasons


def _is_key(text: str) -> bool:
    try:
        key = base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return len(key) == KEY_BYTES and len(set(key)) > KEY_BYTES // 3
