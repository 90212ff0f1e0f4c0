"""A small OpenID Connect server that really signs: discovery, keys, codes with PKCE, ID tokens and userinfo.

It is strict where servers are strict, and lies on demand, so that a client that believes too much is caught. Signed by
joserfc; the product verifies with another library.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.support.answering import Question, answering

CLIENT, SECRET = "pacemark", "a secret of the client"
FIVE_MINUTES = 300


@dataclass
class OidcServer:
    """What it knows: who is signed in there, the codes it gave, and in which way it lies."""

    url: str = ""
    person: dict[str, str] = field(default_factory=dict)
    claims: dict[str, Any] = field(default_factory=dict)  # put over the ID token's own
    signs_with: str = "its own key"
    codes: dict[str, dict[str, str]] = field(default_factory=dict)
    tokens: dict[str, dict[str, str]] = field(default_factory=dict)
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"}))
    other_key: RSAKey = field(
        default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one", "use": "sig", "alg": "RS256"})
    )

    def discovery(self) -> dict[str, Any]:
        """Describe itself."""
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_post"],
            "code_challenge_methods_supported": ["S256"],
        }

    def authorize(self, asked: dict[str, str]) -> str:
        """Give the person who is signed in there a code, and send them back."""
        assert asked["client_id"] == CLIENT and asked["response_type"] == "code"
        assert "openid" in asked["scope"].split() and asked["code_challenge_method"] == "S256"
        code = secrets.token_urlsafe(16)
        self.codes[code] = {"redirect_uri": asked["redirect_uri"], "challenge": asked["code_challenge"]}
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def token(self, asked: dict[str, str]) -> tuple[int, dict[str, Any]]:
        """Change a code for tokens, once."""
        given = self.codes.pop(asked.get("code", ""), None)
        digest = hashlib.sha256(asked.get("code_verifier", "").encode()).digest()
        proven = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        known = asked.get("client_id") == CLIENT and asked.get("client_secret") == SECRET
        if not known or given is None or given != {"redirect_uri": asked.get("redirect_uri"), "challenge": proven}:
            return 400, {"error": "invalid_grant"}
        access = secrets.token_urlsafe(16)
        self.tokens[access] = dict(self.person)
        return 200, {"access_token": access, "token_type": "Bearer", "expires_in": 300, "id_token": self._id_token()}

    def _id_token(self) -> str:
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + FIVE_MINUTES, "jti": secrets.token_hex(8)}
        claims |= {"sub": self.person["sub"]} | self.claims
        if self.signs_with == "nothing":
            head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"one"}').rstrip(b"=").decode()
            return f"{head}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b'=').decode()}."
        key = self.other_key if self.signs_with == "another key" else self.key
        return str(jwt.encode({"alg": "RS256", "kid": "one"}, claims, key))

    def answer(self, asked: Question) -> tuple[int, Any]:
        """Answer whatever is asked."""
        if asked.path == "/.well-known/openid-configuration":
            return 200, self.discovery()
        if asked.path == "/keys":
            return 200, {"keys": [self.key.as_dict(private=False)]}
        if asked.path == "/authorize":
            return 302, self.authorize(asked.query)
        if asked.path == "/userinfo":
            found = self.tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
            return (200, found) if found else (401, {"error": "invalid_token"})
        return self.token(asked.body) if (asked.method, asked.path) == ("POST", "/token") else (404, {})


@contextmanager
def oidc_server() -> Iterator[OidcServer]:
    """Run one on a free port of this machine."""
    server = OidcServer()
    with answering(server.answer) as url:
        server.url = url
        yield server
