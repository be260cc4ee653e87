"""Signing in with the council's own service: OpenID Connect, the code flow with PKCE, and nothing kept meanwhile.

One random secret in a cookie of the browser is all that ties the way out to the way back: state, nonce and the
PKCE verifier are computed from it. Who somebody is, what role they have and whose they are comes from signed
claims, mapped by the settings; a person whose claims map to no role is let in no longer.
"""

from __future__ import annotations

import hmac
import json
import logging
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, insert, select, update

from api import audit
from api.auth.passwords import LONGEST_USERNAME, NO_PASSWORD, SignedIn, know_authority, username_key
from api.auth.roles import Role
from api.auth.sessions import end_all_sessions, open_session
from api.clock import now as present
from api.database.engine import Database
from api.database.tables import users
from api.settings import Settings
from reference_data.authorities import authority as authority_of
from reference_data.problems import InvalidInput, NotFound, NotPermitted

log = logging.getLogger("righthome.sign_in")

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures that only the service can make. None is symmetric: our own secret must not be able to sign."""
TIMEOUT_SECONDS = 10
CLOCK_LEEWAY_SECONDS = 60


class SingleSignOnRefused(NotPermitted):
    """The answer of the sign-in service lets nobody in. Why is in the log, as a code and without claims."""

    def __init__(self, reason: str, message: str | None = None) -> None:
        super().__init__(
            "single_sign_on_refused",
            message or "The sign-in service's answer cannot be used. Try again, or ask your administrator.",
        )
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class WayOut:
    """Where the browser is sent to sign in."""

    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """Whom the signed claims name, in our words."""

    issuer: str
    subject: str
    username: str
    name: str
    role: Role
    authority: str


def is_offered(settings: Settings) -> bool:
    """Return whether the installation has single sign-on."""
    return settings.oidc_issuer is not None and settings.oidc_client_id is not None


def check_settings(settings: Settings) -> None:
    """Refuse an installation whose mapping of roles or authorities cannot be read.

    Raises
    ------
    InvalidInput
        Naming the setting.
    """
    if settings.oidc_issuer is None:
        return
    if settings.oidc_client_id is None:
        raise _unreadable("RIGHTHOME_OIDC_CLIENT_ID")
    roles = _mapping(settings.oidc_roles)
    if not roles or not {*roles.values()} <= {*Role}:
        raise _unreadable("RIGHTHOME_OIDC_ROLES")
    fixed = settings.oidc_authorities.strip()
    codes = _mapping(fixed).values() if settings.oidc_authority_claim else [fixed]
    try:
        for code in codes:
            authority_of(code)
    except NotFound:
        raise _unreadable("RIGHTHOME_OIDC_AUTHORITIES") from None
    if not codes:
        raise _unreadable("RIGHTHOME_OIDC_AUTHORITIES")


def way_out(settings: Settings, secret: str, back: str) -> WayOut:
    """Return where to send the browser; ``secret`` is that of its cookie and ``back`` our address.

    Raises
    ------
    SingleSignOnRefused
        If the service cannot be reached or does not describe itself as it must.
    """
    with _client(settings, back) as client:
        found = _discovered(client, settings)
        address, _ = client.create_authorization_url(
            found["authorization_endpoint"],
            state=_derived(secret, "state"),
            nonce=_derived(secret, "nonce"),
            code_verifier=_derived(secret, "verifier"),
        )
    return WayOut(address=address)


def way_back(settings: Settings, secret: str, back: str, answer: Mapping[str, str]) -> Arrived:
    """Return whom the service names, once everything it said has been checked.

    Raises
    ------
    SingleSignOnRefused
        If anything is missing, forged, late, meant for somebody else, or maps to no role or authority.
    """
    if not secret or not hmac.compare_digest(answer.get("state", ""), _derived(secret, "state")):
        raise SingleSignOnRefused("state")
    if answer.get("error"):
        raise SingleSignOnRefused("refused_there", "You were not signed in by the council's service.")
    if answer.get("iss", settings.oidc_issuer) != settings.oidc_issuer:
        raise SingleSignOnRefused("issuer_of_answer")
    with _client(settings, back) as client:
        found = _discovered(client, settings)
        try:
            tokens = client.fetch_token(
                found["token_endpoint"],
                code=answer.get("code", ""),
                code_verifier=_derived(secret, "verifier"),
                grant_type="authorization_code",
            )
        except Exception as error:
            raise SingleSignOnRefused(f"token {type(error).__name__}") from None
        claims = _checked_claims(client, settings, found, tokens, nonce=_derived(secret, "nonce"))
        if settings.oidc_role_claim not in claims and found.get("userinfo_endpoint"):
            claims = _with_userinfo(client, found, tokens, claims)
    return _arrived(settings, claims)


def enter(
    database: Database, arrived: Arrived, *, session_hours: int, replacing: str | None = None
) -> SignedIn:
    """Return a new session for somebody the service named; they are added or brought up to date.

    Raises
    ------
    SingleSignOnRefused
        If they are disabled here, or their name is that of somebody with a password.
    """
    with database.writing() as connection:
        row = connection.execute(
            select(users).where(
                and_(users.c.sso_issuer == arrived.issuer, users.c.sso_subject == arrived.subject)
            )
        ).first()
        if row is not None and not row.active:
            raise SingleSignOnRefused("disabled", "You may no longer sign in. Ask your administrator.")
        know_authority(connection, arrived.authority)
        told = {"name": arrived.name, "role": str(arrived.role), "authority": arrived.authority}
        if row is None:
            taken = select(users.c.user_id).where(users.c.username == arrived.username)
            if connection.execute(taken).first() is not None:
                # Whoever controls a name at the service must not become the person who has it here.
                raise SingleSignOnRefused(
                    "username_taken",
                    "Your username belongs to somebody who signs in with a password. Ask your administrator.",
                )
            user_id = uuid4().hex
            connection.execute(
                insert(users).values(
                    user_id=user_id,
                    username=arrived.username,
                    password_hash=NO_PASSWORD,
                    active=True,
                    created_at=present(),
                    sso_issuer=arrived.issuer,
                    sso_subject=arrived.subject,
                    **told,
                )
            )
            username, action = arrived.username, "user_added"
        else:
            user_id, username, action = row.user_id, row.username, "user_changed"
            if (row.role, row.authority) != (told["role"], told["authority"]):
                # Sessions that were begun with other rights end.
                end_all_sessions(connection, user_id)
            if told != {name: row._mapping[name] for name in told}:
                connection.execute(update(users).where(users.c.user_id == user_id).values(**told))
            else:
                action = ""
        if action:
            audit.append(
                connection,
                actor="single sign-on",
                action=action,
                authority=arrived.authority,
                subject_kind="user",
                subject_id=user_id,
                detail={"role": str(arrived.role)},
            )
        audit.append(
            connection,
            actor=username,
            action="signed_in",
            authority=arrived.authority,
            detail={"by": "single sign-on"},
        )
        return SignedIn(
            token=open_session(connection, user_id, session_hours=session_hours, replacing=replacing)
        )


def _client(settings: Settings, back: str) -> Any:
    # Imported here: only installations with single sign-on need it.
    from authlib.integrations.httpx_client import OAuth2Client

    return OAuth2Client(
        settings.oidc_client_id,
        settings.oidc_client_secret,
        token_endpoint_auth_method="client_secret_basic" if settings.oidc_client_secret else "none",
        scope=settings.oidc_scopes,
        redirect_uri=back,
        code_challenge_method="S256",
        timeout=TIMEOUT_SECONDS,
        verify=_trusted(settings),
        follow_redirects=False,
    )


def _trusted(settings: Settings) -> Any:
    import ssl

    return ssl.create_default_context(cafile=settings.tls_ca_file)


def _discovered(client: Any, settings: Settings) -> dict[str, Any]:
    """Return how the service describes itself, if that is the service we mean."""
    found = _fetched(client, f"{settings.oidc_issuer}/.well-known/openid-configuration")
    if found.get("issuer") not in {settings.oidc_issuer, f"{settings.oidc_issuer}/"}:
        raise SingleSignOnRefused("issuer_of_description")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"):
        address = found.get(name)
        if address is None and name == "userinfo_endpoint":
            continue
        secure = isinstance(address, str) and address.startswith(
            ("https://", "http://127.0.0.1", "http://localhost")
        )
        if not secure:
            raise SingleSignOnRefused(f"description {name}")
    return found


def _fetched(client: Any, address: str) -> dict[str, Any]:
    try:
        response = client.request("GET", address, withhold_token=True)
        found = response.json() if response.status_code == 200 else None
    except Exception as error:
        raise SingleSignOnRefused(
            f"unreachable {type(error).__name__}",
            "The council's sign-in service does not answer. Try again in a few minutes.",
        ) from None
    if not isinstance(found, dict):
        raise SingleSignOnRefused("unusable description")
    return found


def _checked_claims(
    client: Any, settings: Settings, found: Mapping[str, Any], tokens: Mapping[str, Any], *, nonce: str
) -> dict[str, Any]:
    """Return the claims of the id token once its signature and everything it must say have been checked."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    keys = _fetched(client, found["jwks_uri"])
    try:
        token = jwt.decode(
            str(tokens.get("id_token", "")),
            KeySet.import_key_set(keys),  # type: ignore[arg-type]
            algorithms=list(ALGORITHMS),
        )
        jwt.JWTClaimsRegistry(
            leeway=CLOCK_LEEWAY_SECONDS,
            iss={"essential": True, "value": found["issuer"]},
            sub={"essential": True},
            aud={"essential": True, "value": settings.oidc_client_id or ""},
            exp={"essential": True},
            iat={"essential": True},
            nonce={"essential": True, "value": nonce},
        ).validate(token.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise SingleSignOnRefused(f"id token {type(error).__name__}") from None
    claims = dict(token.claims)
    audiences = claims["aud"] if isinstance(claims["aud"], list) else [claims["aud"]]
    if len(audiences) > 1 and claims.get("azp") != settings.oidc_client_id:
        raise SingleSignOnRefused("id token audience")
    return claims


def _with_userinfo(
    client: Any, found: Mapping[str, Any], tokens: Mapping[str, Any], claims: dict[str, Any]
) -> dict[str, Any]:
    bearer = {"Authorization": f"Bearer {tokens.get('access_token', '')}"}
    try:
        told = client.request("GET", found["userinfo_endpoint"], headers=bearer, withhold_token=True).json()
    except Exception as error:
        raise SingleSignOnRefused(f"userinfo {type(error).__name__}") from None
    if not isinstance(told, dict) or told.get("sub") != claims["sub"]:
        raise SingleSignOnRefused("userinfo of somebody else")
    return {**told, **claims}


def _arrived(settings: Settings, claims: Mapping[str, Any]) -> Arrived:
    given = _values(claims.get(settings.oidc_role_claim))
    role = next((role for value, role in _mapping(settings.oidc_roles).items() if value in given), None)
    if role is None:
        raise SingleSignOnRefused("no role", "You have no role in Righthome. Ask your administrator.")
    code: str | None = settings.oidc_authorities.strip()
    if settings.oidc_authority_claim:
        of_claim = _values(claims.get(settings.oidc_authority_claim))
        codes = {code for value, code in _mapping(settings.oidc_authorities).items() if value in of_claim}
        # Somebody who would be of two councils is of none: nobody sees the children of both.
        code = codes.pop() if len(codes) == 1 else None
    if not code:
        raise SingleSignOnRefused(
            "no authority", "You belong to no council in Righthome. Ask your administrator."
        )
    username = username_key(str(claims.get("preferred_username") or claims.get("email") or claims["sub"]))
    if not username or len(username) > LONGEST_USERNAME or any(ord(letter) < 32 for letter in username):
        raise SingleSignOnRefused("username")
    return Arrived(
        issuer=str(claims["iss"]),
        subject=str(claims["sub"])[:255],
        username=username,
        name=str(claims.get("name") or username)[:200],
        role=Role(role),
        authority=code,
    )


def _values(claim: object) -> frozenset[str]:
    if isinstance(claim, list):
        return frozenset(str(value) for value in claim)
    return frozenset() if claim is None else frozenset({str(claim)})


def _mapping(text: str) -> dict[str, str]:
    """Return ``VALUE=ours; VALUE=ours`` as a mapping, in order. A value may hold ``=`` itself."""
    pairs = (part.rpartition("=") for part in text.split(";") if part.strip())
    return {value.strip(): ours.strip() for value, _, ours in pairs}


def _derived(secret: str, purpose: str) -> str:
    digest = hmac.digest(secret.encode(), f"righthome sign-in {purpose}".encode(), sha256)
    return urlsafe_b64encode(digest).decode().rstrip("=")


def write_down(reference: str, refused: SingleSignOnRefused) -> None:
    """Write into the log why nobody was let in: a code, never a claim."""
    log.warning(json.dumps({"request": reference, "single_sign_on_refused": refused.reason}))


def _unreadable(variable: str) -> InvalidInput:
    return InvalidInput("unreadable_setting", f"{variable} cannot be read. See the page of settings.")
