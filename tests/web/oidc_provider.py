"""A small OpenID Connect provider over real HTTP for the tests: discovery, code flow with PKCE, keys, user info.

It signs in whoever ``person`` says without asking, and can be told to misbehave in one way at a time.
"""

from __future__ import annotations

import json
import secrets
import threading
import time
from base64 import b64decode, urlsafe_b64encode
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

CLIENT, CLIENT_SECRET = "righthome", "the secret we share with the service"


class OidcProvider:
    """The provider, while it runs, and what it does wrong."""

    def __init__(self) -> None:
        self.key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.other_key = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
        self.person: dict[str, Any] = {}
        self.fault = ""
        self.codes: dict[str, dict[str, str]] = {}
        self.seen: list[str] = []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/tenant"
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def authorize(self, asked: dict[str, str]) -> str:
        code = secrets.token_urlsafe(16)
        self.codes[code] = asked
        answer = {"code": code, "state": asked["state"], "iss": self.issuer}
        if self.fault == "denied":
            answer = {"error": "access_denied", "state": asked["state"]}
        if self.fault == "mixed up":
            answer["iss"] = "https://another.example"
        return f"{asked['redirect_uri']}?{urlencode(answer)}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        asked = self.codes.pop(form.get("code", ""), None)
        expected = f"{CLIENT}:{CLIENT_SECRET}"
        given = b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        verifier = form.get("code_verifier", "")
        challenge = urlsafe_b64encode(sha256(verifier.encode()).digest()).decode().rstrip("=")
        if (
            asked is None
            or given.replace("+", " ").replace("%20", " ") != expected
            or asked["code_challenge_method"] != "S256"
            or asked["code_challenge"] != challenge
            or asked["redirect_uri"] != form.get("redirect_uri")
            or self.fault == "token refused"
        ):
            return 400, {"error": "invalid_grant"}
        answer = {"access_token": "an access token", "token_type": "Bearer", "expires_in": 60}
        if self.fault != "no id token":
            answer["id_token"] = self.id_token(asked["nonce"])
        return 200, answer

    def id_token(self, nonce: str) -> str:
        now = int(time.time())
        claims: dict[str, Any] = {
            "iss": self.issuer,
            "aud": CLIENT,
            "iat": now,
            "exp": now + 300,
            "nonce": nonce,
            **self.person,
        }
        claims |= {
            "another issuer": {"iss": "https://another.example"},
            "another audience": {"aud": "somebody else"},
            "two audiences": {"aud": [CLIENT, "somebody else"]},
            "run out": {"iat": now - 900, "exp": now - 600},
            "from the future": {"iat": now + 900, "exp": now + 1200},
            "another nonce": {"nonce": "of an earlier sign-in"},
        }.get(self.fault, {})
        for absent in {"no nonce": ["nonce"], "no subject": ["sub"], "no end": ["exp"]}.get(self.fault, []):
            claims.pop(absent, None)
        if self.fault == "no signature":
            parts = [{"alg": "none"}, claims]
            return (
                ".".join(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts)
                + "."
            )
        if self.fault == "signed with our secret":
            key = OctKey.import_key(CLIENT_SECRET)
            return str(jwt.encode({"alg": "HS256", "kid": "one"}, claims, key, algorithms=["HS256"]))
        if self.fault == "signed with the public key":
            key = OctKey.import_key(self.key.as_pem(private=False))
            return str(jwt.encode({"alg": "HS256", "kid": "one"}, claims, key, algorithms=["HS256"]))
        if self.fault == "an unknown key":
            return str(jwt.encode({"alg": "RS256", "kid": "two"}, claims, self.other_key))
        key = self.other_key if self.fault == "another key" else self.key
        token = str(jwt.encode({"alg": "RS256", "kid": "one"}, claims, key))
        if self.fault == "changed":
            head, _, tail = token.split(".")
            body = (
                urlsafe_b64encode(json.dumps(claims | {"groups": ["Directors"]}).encode())
                .decode()
                .rstrip("=")
            )
            return f"{head}.{body}.{tail}"
        return token

    def description(self) -> dict[str, Any]:
        at = "http://elsewhere.example" if self.fault == "keys in the clear" else self.issuer
        return {
            "issuer": "https://another.example" if self.fault == "describes another" else self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{at}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
        }


def _handler(provider: OidcProvider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            path = parts.path.removeprefix("/tenant")
            provider.seen.append(path)
            if path == "/authorize":
                asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
                self.send_response(302)
                self.send_header("Location", provider.authorize(asked))
                self.send_header("Content-Length", "0")
                self.end_headers()
            elif path == "/.well-known/openid-configuration":
                self.answer(200, provider.description())
            elif path == "/keys":
                self.answer(200, KeySet([provider.key]).as_dict(private=False))
            elif path == "/userinfo":
                sub = "somebody else" if provider.fault == "userinfo of another" else provider.person["sub"]
                self.answer(200, {"sub": sub, "groups": ["Brokerage"]})
            else:
                self.answer(404, {})

        def do_POST(self) -> None:
            provider.seen.append(self.path)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            form = {name: values[0] for name, values in parse_qs(body).items()}
            self.answer(*provider.token(form, self.headers.get("Authorization", "")))

        def answer(self, status: int, content: dict[str, Any]) -> None:
            body = json.dumps(content).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing on the terminal."""

    return Handler
