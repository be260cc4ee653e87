"""The settings of an installation, each with its default and its meaning.

Settings come from environment variables, read once by ``settings_from_environment``. What a
council may tune about placing children is policy, not a setting, and stands in the policy file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from reference_data.problems import InvalidInput

SHORTEST_SECRET = 32
DEFAULT_DATABASE_URL = "sqlite:///righthome.sqlite3"


def _said(variable: str, meaning: str) -> dict[str, str]:
    return {"variable": variable, "meaning": meaning}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything an installation may set. ``SETTING_VARIABLES`` lists the names for the documentation."""

    database_url: str = field(
        default=DEFAULT_DATABASE_URL,
        metadata=_said(
            "RIGHTHOME_DATABASE_URL",
            "Where the records are kept: sqlite:///FILE or postgresql://USER@HOST/NAME.",
        ),
    )
    host: str = field(
        default="127.0.0.1", metadata=_said("RIGHTHOME_HOST", "The address the web application listens on.")
    )
    port: int = field(
        default=8000, metadata=_said("RIGHTHOME_PORT", "The port the web application listens on.")
    )
    https: bool = field(
        default=False,
        metadata=_said(
            "RIGHTHOME_HTTPS",
            "Set to true when people come in over https: cookies become Secure and HSTS is sent.",
        ),
    )
    idle_minutes: int = field(
        default=60,
        metadata=_said(
            "RIGHTHOME_IDLE_MINUTES", "Minutes without a request after which a person must sign in again."
        ),
    )
    session_hours: int = field(
        default=12,
        metadata=_said(
            "RIGHTHOME_SESSION_HOURS", "Hours after which a person must sign in again in any case."
        ),
    )
    body_limit_bytes: int = field(
        default=10_000_000,
        metadata=_said("RIGHTHOME_BODY_LIMIT_BYTES", "The largest request body accepted, in bytes."),
    )
    secret: str | None = field(
        default=None,
        repr=False,
        metadata=_said(
            "RIGHTHOME_SECRET",
            "What providers' links are signed with and analysts' pseudonyms made with: 32 or more random characters.",
        ),
    )
    provider_link_hours: int = field(
        default=72,
        metadata=_said(
            "RIGHTHOME_PROVIDER_LINK_HOURS", "Hours after which a provider's link ends by itself."
        ),
    )
    glass_minutes: int = field(
        default=60,
        metadata=_said(
            "RIGHTHOME_GLASS_MINUTES", "Minutes that a restricted record stays open after breaking the glass."
        ),
    )
    passwords: bool = field(
        default=True,
        metadata=_said(
            "RIGHTHOME_PASSWORDS", "Whether people may sign in with a password; false leaves single sign-on."
        ),
    )
    oidc_issuer: str | None = field(
        default=None,
        metadata=_said(
            "RIGHTHOME_OIDC_ISSUER",
            "The council's sign-in service (OpenID Connect): https://HOST/PATH, as its tokens name it.",
        ),
    )
    oidc_client_id: str | None = field(
        default=None, metadata=_said("RIGHTHOME_OIDC_CLIENT_ID", "Our name at that service.")
    )
    oidc_client_secret: str | None = field(
        default=None,
        repr=False,
        metadata=_said("RIGHTHOME_OIDC_CLIENT_SECRET", "Our secret at that service, if it gave one."),
    )
    oidc_scopes: str = field(
        default="openid profile email",
        metadata=_said("RIGHTHOME_OIDC_SCOPES", "What is asked of it, with spaces between."),
    )
    oidc_role_claim: str = field(
        default="groups",
        metadata=_said("RIGHTHOME_OIDC_ROLE_CLAIM", "The claim that says what somebody does."),
    )
    oidc_roles: str = field(
        default="",
        metadata=_said(
            "RIGHTHOME_OIDC_ROLES",
            "Its values and our roles: `VALUE=role; VALUE=role`. The first that fits counts; nobody else comes in.",
        ),
    )
    oidc_authority_claim: str = field(
        default="",
        metadata=_said(
            "RIGHTHOME_OIDC_AUTHORITY_CLAIM",
            "The claim that says whose they are; empty for one council alone.",
        ),
    )
    oidc_authorities: str = field(
        default="",
        metadata=_said(
            "RIGHTHOME_OIDC_AUTHORITIES",
            "One DfE code for everybody, or `VALUE=code; VALUE=code` for the claim.",
        ),
    )
    policy_path: str | None = field(
        default=None,
        metadata=_said("RIGHTHOME_POLICY", "The council's policy file; the shipped default when absent."),
    )
    alert_policy_path: str | None = field(
        default=None,
        metadata=_said(
            "RIGHTHOME_ALERT_POLICY",
            "The council's file of who is told of alerts; the shipped default when absent.",
        ),
    )
    placing_policy_path: str | None = field(
        default=None,
        metadata=_said(
            "RIGHTHOME_PLACING_POLICY",
            "The council's file of holds, signatures and what a provider must have; the shipped default when absent.",
        ),
    )
    retention_path: str | None = field(
        default=None,
        metadata=_said(
            "RIGHTHOME_RETENTION", "The council's retention rules; the shipped default when absent."
        ),
    )
    workers: int = field(
        default=1,
        metadata=_said(
            "RIGHTHOME_WORKERS",
            "How many plans, forecasts, reports and analyses this server makes at once, each in a process of its own; 0 "
            "leaves them to other servers.",
        ),
    )
    worker_niceness: int = field(
        default=10,
        metadata=_said(
            "RIGHTHOME_WORKER_NICENESS",
            "How far that work gives way to pages on the same machine: 0 not at all, 19 the most.",
        ),
    )
    watch: bool = field(
        default=True,
        metadata=_said(
            "RIGHTHOME_WATCH",
            "Whether `serve` runs the emergency watch itself: scans, delivers. Else run `righthome alerts` by a timer.",
        ),
    )
    base_url: str = field(
        default="",
        metadata=_said(
            "RIGHTHOME_BASE_URL", "Where people reach the pages, for the links in alerts: https://HOST."
        ),
    )
    smtp_host: str | None = field(
        default=None, metadata=_said("RIGHTHOME_SMTP_HOST", "The mail server that takes alerts.")
    )
    smtp_port: int = field(default=587, metadata=_said("RIGHTHOME_SMTP_PORT", "Its port."))
    smtp_tls: str = field(
        default="starttls",
        metadata=_said(
            "RIGHTHOME_SMTP_TLS",
            "starttls, tls (from the first byte) or none (for a mail server on this machine).",
        ),
    )
    smtp_user: str | None = field(
        default=None, metadata=_said("RIGHTHOME_SMTP_USER", "The name to sign in to it with, if it asks.")
    )
    smtp_password: str | None = field(
        default=None, repr=False, metadata=_said("RIGHTHOME_SMTP_PASSWORD", "The password that goes with it.")
    )
    smtp_from: str = field(
        default="righthome@localhost",
        metadata=_said("RIGHTHOME_SMTP_FROM", "The address that alerts come from."),
    )
    tls_ca_file: str | None = field(
        default=None,
        metadata=_said(
            "RIGHTHOME_TLS_CA_FILE",
            "Certificates to trust for mail and webhooks (PEM); the machine's own when absent.",
        ),
    )
    webhook_secret: str | None = field(
        default=None,
        repr=False,
        metadata=_said(
            "RIGHTHOME_WEBHOOK_SECRET",
            "What webhooks are signed with: whsec_ and at least 24 bytes in base64. Two of them, the new one first "
            "and a space between, while receivers change over.",
        ),
    )
    webhook_private_addresses: bool = field(
        default=False,
        metadata=_said(
            "RIGHTHOME_WEBHOOK_PRIVATE_ADDRESSES",
            "Set to true where webhooks go to machines of the council's own network or to this machine: without it "
            "only public addresses are called.",
        ),
    )
    message_folder: str | None = field(
        default=None,
        metadata=_said(
            "RIGHTHOME_MESSAGE_FOLDER",
            "Where recipients of the channel `file` are told: a folder for email files, for trying out.",
        ),
    )
    notify_url: str = field(
        default="https://api.notifications.service.gov.uk",
        metadata=_said("RIGHTHOME_NOTIFY_URL", "Where GOV.UK Notify is."),
    )
    notify_api_key: str | None = field(
        default=None,
        repr=False,
        metadata=_said("RIGHTHOME_NOTIFY_API_KEY", "The council's key for GOV.UK Notify."),
    )
    notify_template_id: str | None = field(
        default=None,
        metadata=_said(
            "RIGHTHOME_NOTIFY_TEMPLATE_ID", "Its template for alerts, with the fields subject and body."
        ),
    )
    as_of: date | None = field(
        default=None,
        metadata=_said("RIGHTHOME_AS_OF", "The date to answer for, for a demonstration; today when absent."),
    )
    demo: bool = field(
        default=False,
        metadata=_said("RIGHTHOME_DEMO", "Says on every page that the children and homes are invented."),
    )


SETTING_VARIABLES: tuple[tuple[str, str, str], ...] = tuple(
    (item.metadata["variable"], "" if item.default is None else str(item.default), item.metadata["meaning"])
    for item in fields(Settings)
)
"""Each variable with its default and meaning, in order."""


def settings_from_environment(environment: Mapping[str, str]) -> Settings:
    """Return the settings that environment variables ask for.

    Raises
    ------
    InvalidInput
        If a variable cannot be read.
    """
    by_variable = {item.metadata["variable"]: item for item in fields(Settings)}
    chosen: dict[str, object] = {}
    for variable, item in by_variable.items():
        text = environment.get(variable, "").strip()
        if text:
            chosen[item.name] = _read(variable, item.name, text)
    return Settings(**chosen)  # type: ignore[arg-type]


def _read(variable: str, name: str, text: str) -> object:
    reader = _READERS.get(name, str)
    try:
        return reader(text)
    except ValueError:
        raise InvalidInput(
            "unreadable_setting",
            f"{variable} cannot be read. {_EXPECTED.get(name, 'Give a whole number above 0.')}",
        ) from None


def _flag(text: str) -> bool:
    lowered = text.lower()
    if lowered in {"true", "yes", "1", "on"}:
        return True
    if lowered in {"false", "no", "0", "off"}:
        return False
    raise ValueError("not a flag")


def _positive(text: str) -> int:
    number = int(text)
    if number <= 0:
        raise ValueError("not above 0")
    return number


def _count(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 64:
        raise ValueError("not 0 to 64")
    return number


def _niceness(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 19:
        raise ValueError("not 0 to 19")
    return number


def _secret(text: str) -> str:
    if len(text) < SHORTEST_SECRET:
        raise ValueError("too short")
    return text


def _https_address(text: str) -> str:
    # Plain http is for a service on this machine alone: tokens must not cross a network in the clear.
    if not text.startswith(("https://", "http://127.0.0.1", "http://localhost")):
        raise ValueError("not https")
    return text.rstrip("/")


def _tls(text: str) -> str:
    if text not in {"starttls", "tls", "none"}:
        raise ValueError("no such way")
    return text


_READERS: dict[str, Callable[[str], object]] = {
    "port": _positive,
    "smtp_port": _positive,
    "smtp_tls": _tls,
    "https": _flag,
    "secret": _secret,
    "provider_link_hours": _positive,
    "glass_minutes": _positive,
    "passwords": _flag,
    "oidc_issuer": _https_address,
    "workers": _count,
    "worker_niceness": _niceness,
    "watch": _flag,
    "webhook_private_addresses": _flag,
    "idle_minutes": _positive,
    "session_hours": _positive,
    "body_limit_bytes": _positive,
    "as_of": date.fromisoformat,
    "demo": _flag,
}
_EXPECTED = {
    "https": "Give true or false.",
    "workers": "Give a whole number from 0 to 64.",
    "worker_niceness": "Give a whole number from 0 to 19.",
    "watch": "Give true or false.",
    "passwords": "Give true or false.",
    "secret": f"Give {SHORTEST_SECRET} or more random characters.",
    "oidc_issuer": "Give an address that begins with https://.",
    "webhook_private_addresses": "Give true or false.",
    "smtp_tls": "Give starttls, tls or none.",
    "demo": "Give true or false.",
    "as_of": "Give a date as YYYY-MM-DD.",
}
