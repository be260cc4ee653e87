"""Settings read from the environment, and what is said when one cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from api.settings import SETTING_VARIABLES, Settings, settings_from_environment
from reference_data.problems import InvalidInput


def test_an_empty_environment_gives_the_defaults() -> None:
    assert settings_from_environment({"RIGHTHOME_PORT": " "}) == Settings()


def test_every_variable_is_read_into_its_setting() -> None:
    given = {
        "RIGHTHOME_DATABASE_URL": "postgresql://council@db/righthome",
        "RIGHTHOME_HOST": "0.0.0.0",
        "RIGHTHOME_PORT": "8080",
        "RIGHTHOME_HTTPS": "Yes",
        "RIGHTHOME_IDLE_MINUTES": "15",
        "RIGHTHOME_SESSION_HOURS": "8",
        "RIGHTHOME_BODY_LIMIT_BYTES": "1000",
        "RIGHTHOME_SECRET": "s" * 32,
        "RIGHTHOME_PROVIDER_LINK_HOURS": "24",
        "RIGHTHOME_GLASS_MINUTES": "30",
        "RIGHTHOME_PASSWORDS": "false",
        "RIGHTHOME_OIDC_ISSUER": "https://sign-in.example/tenant/",
        "RIGHTHOME_OIDC_CLIENT_ID": "righthome",
        "RIGHTHOME_OIDC_CLIENT_SECRET": "a client secret",
        "RIGHTHOME_OIDC_SCOPES": "openid profile",
        "RIGHTHOME_OIDC_ROLE_CLAIM": "roles",
        "RIGHTHOME_OIDC_ROLES": "Brokerage=brokerage_officer",
        "RIGHTHOME_OIDC_AUTHORITY_CLAIM": "council",
        "RIGHTHOME_OIDC_AUTHORITIES": "Plymouth=879",
        "RIGHTHOME_RETENTION": "retention.toml",
        "RIGHTHOME_POLICY": "policy.toml",
        "RIGHTHOME_ALERT_POLICY": "alerts.toml",
        "RIGHTHOME_PLACING_POLICY": "placing.toml",
        "RIGHTHOME_WORKERS": "2",
        "RIGHTHOME_WORKER_NICENESS": "0",
        "RIGHTHOME_WATCH": "no",
        "RIGHTHOME_BASE_URL": "https://righthome.example",
        "RIGHTHOME_SMTP_HOST": "mail.example",
        "RIGHTHOME_SMTP_PORT": "465",
        "RIGHTHOME_SMTP_TLS": "tls",
        "RIGHTHOME_SMTP_USER": "righthome",
        "RIGHTHOME_SMTP_PASSWORD": "a password",
        "RIGHTHOME_SMTP_FROM": "watch@example.org",
        "RIGHTHOME_TLS_CA_FILE": "ca.pem",
        "RIGHTHOME_WEBHOOK_SECRET": "whsec_abc",
        "RIGHTHOME_WEBHOOK_PRIVATE_ADDRESSES": "true",
        "RIGHTHOME_MESSAGE_FOLDER": "messages",
        "RIGHTHOME_NOTIFY_URL": "https://notify.example",
        "RIGHTHOME_NOTIFY_API_KEY": "a key",
        "RIGHTHOME_NOTIFY_TEMPLATE_ID": "a template",
        "RIGHTHOME_AS_OF": "2026-06-15",
        "RIGHTHOME_DEMO": "false",
    }
    assert set(given) == {variable for variable, _, _ in SETTING_VARIABLES}
    assert settings_from_environment(given) == Settings(
        database_url="postgresql://council@db/righthome",
        host="0.0.0.0",
        port=8080,
        https=True,
        idle_minutes=15,
        session_hours=8,
        body_limit_bytes=1000,
        secret="s" * 32,
        provider_link_hours=24,
        glass_minutes=30,
        passwords=False,
        oidc_issuer="https://sign-in.example/tenant",
        oidc_client_id="righthome",
        oidc_client_secret="a client secret",
        oidc_scopes="openid profile",
        oidc_role_claim="roles",
        oidc_roles="Brokerage=brokerage_officer",
        oidc_authority_claim="council",
        oidc_authorities="Plymouth=879",
        retention_path="retention.toml",
        policy_path="policy.toml",
        alert_policy_path="alerts.toml",
        placing_policy_path="placing.toml",
        workers=2,
        worker_niceness=0,
        watch=False,
        base_url="https://righthome.example",
        smtp_host="mail.example",
        smtp_port=465,
        smtp_tls="tls",
        smtp_user="righthome",
        smtp_password="a password",
        smtp_from="watch@example.org",
        tls_ca_file="ca.pem",
        webhook_secret="whsec_abc",
        webhook_private_addresses=True,
        message_folder="messages",
        notify_url="https://notify.example",
        notify_api_key="a key",
        notify_template_id="a template",
        as_of=date(2026, 6, 15),
        demo=False,
    )


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RIGHTHOME_PORT", "eighty"),
        ("RIGHTHOME_PORT", "0"),
        ("RIGHTHOME_WORKER_NICENESS", "20"),
        ("RIGHTHOME_HTTPS", "maybe"),
        ("RIGHTHOME_AS_OF", "15/06/26"),
        ("RIGHTHOME_IDLE_MINUTES", "-5"),
        ("RIGHTHOME_SMTP_TLS", "sometimes"),
        ("RIGHTHOME_SECRET", "too short"),
        ("RIGHTHOME_OIDC_ISSUER", "http://elsewhere.example"),
    ],
)
def test_a_setting_that_cannot_be_read_is_named_and_its_value_is_not_repeated(
    variable: str, value: str
) -> None:
    with pytest.raises(InvalidInput) as raised:
        settings_from_environment({variable: value})
    assert variable in raised.value.message
    assert value not in raised.value.message.replace("above 0", "")


def test_passwords_and_keys_do_not_show_when_settings_are_printed() -> None:
    settings = Settings(
        smtp_password="secret-1",
        webhook_secret="secret-2",
        notify_api_key="secret-3",
        secret="secret-4",
        oidc_client_secret="secret-5",
    )
    assert "secret-" not in repr(settings)
