"""A county's single sign-on, small but whole: discovery, authorisation with PKCE, token, user info, keys.

Written from OpenID Connect Core 1.0 and RFC 7636 with the standard library and PyJWT; nothing of ours.
"""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "weimin", "agreed between the two"


class Provider:
    """Runs on loopback. `person` is who sits before the sign-in page of the single sign-on."""

    def __init__(self):
        self.person = {}
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.codes, self.tokens, self.asked = {}, {}, []
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"provider": self}))
        self.issuer = f"http://127.0.0.1:{self.server.server_port}/county"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_error):
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()

    # --- what it answers ---

    def configuration(self, **_asked):
        at = self.issuer
        return {
            "issuer": at, "authorization_endpoint": f"{at}/authorise", "token_endpoint": f"{at}/token",
            "userinfo_endpoint": f"{at}/userinfo", "jwks_uri": f"{at}/keys", "response_types_supported": ["code"],
            "subject_types_supported": ["public"], "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        }  # fmt: skip

    def keys(self, **_asked):
        return {"keys": [json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key())) | {"kid": "1"}]}

    def authorise(self, *, client_id, redirect_uri, state, scope, response_type, code_challenge, **_more):
        """Signs the person in without asking, and sends them back with a code that is good once."""
        assert (client_id, response_type) == (CLIENT, "code") and "openid" in scope.split()
        self.asked.append(redirect_uri)
        if not self.person:
            return f"{redirect_uri}?{urlencode({'error': 'access_denied', 'state': state})}"
        code = f"code-{len(self.codes) + 1}"
        self.codes[code] = (redirect_uri, code_challenge, self.person)
        return f"{redirect_uri}?{urlencode({'code': code, 'state': state})}"

    def token(self, *, code, redirect_uri, code_verifier, client_id, client_secret, grant_type):
        given, challenge, person = self.codes.pop(code)
        digest = base64.urlsafe_b64encode(hashlib.sha256(code_verifier.encode()).digest()).rstrip(b"=").decode()
        assert (given, challenge) == (redirect_uri, digest), "PKCE"
        assert (client_id, client_secret, grant_type) == (CLIENT, SECRET, "authorization_code")
        claims = {**person, "iss": self.issuer, "aud": CLIENT, "iat": int(time.time()), "exp": int(time.time()) + 60}
        access = f"access-{code}"
        self.tokens[access] = person
        signed = jwt.encode(claims, self.key, algorithm="RS256", headers={"kid": "1"})
        return {"access_token": access, "token_type": "Bearer", "expires_in": 60, "id_token": signed}


class _Handler(BaseHTTPRequestHandler):
    provider: Provider

    def do_GET(self):
        url = urlsplit(self.path)
        asked = {name: values[0] for name, values in parse_qs(url.query).items()}
        name = url.path.removeprefix("/county/")
        if name == "authorise":
            self._send(302, location=self.provider.authorise(**asked))
        elif name == "userinfo":
            self._send(200, self.provider.tokens[self.headers["Authorization"].removeprefix("Bearer ")])
        else:
            answers = {".well-known/openid-configuration": self.provider.configuration, "keys": self.provider.keys}
            self._send(200, answers[name](**asked))

    def do_POST(self):
        words = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self._send(200, self.provider.token(**{name: values[0] for name, values in parse_qs(words).items()}))

    def _send(self, status, body=None, *, location=""):
        sent = json.dumps(body).encode() if body is not None else b""
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(sent)))
        self.end_headers()
        self.wfile.write(sent)

    def log_message(self, *_words):
        """Silent: what goes wrong is seen in the test."""
