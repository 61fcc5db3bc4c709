"""GitHub's App API and a few repositories. PyJWT says whether the App's own token is one."""

import base64
import datetime
import json
import secrets
import time
import urllib.error
import urllib.request

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from standin import Refused, StandIn, serve

APP, INSTALLATION = "Iv23liGate", 42
LEVELS = {"read": 1, "write": 2}


class GitHub(StandIn):
    def __init__(self, address):
        super().__init__(address)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        # As GitHub gives it: PKCS #1.
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
        )
        self.public = key.public_key()
        self.secrets = {"private_key": pem.decode()}
        self.tokens = {}

    def answer(self, request):
        if request.headers.get("x-github-api-version") and request.headers["accept"] != "application/vnd.github+json":
            raise Refused(400)
        if not request.headers.get("user-agent"):
            raise Refused(403)
        if request.path == f"/app/installations/{INSTALLATION}/access_tokens" and request.method == "POST":
            return self.mint(request)
        if (request.method, request.path) == ("GET", "/app"):
            self.introduced(request)
            return 200, {"id": 1}
        token = request.bearer()
        granted = self.tokens.get(token)
        if granted is None:
            raise Refused(401)
        if (request.method, request.path) == ("DELETE", "/installation/token"):
            del self.tokens[token]
            return 204, None
        _, _, owner, name, kind, *_ = request.path.split("/")
        need = "read" if request.method == "GET" else "write"
        if owner != "acme" or name not in granted["repositories"]:
            raise Refused(404)
        if LEVELS.get(granted["permissions"].get(kind), 0) < LEVELS[need]:
            raise Refused(403)
        return 200, []

    def introduced(self, request):
        try:
            claims = jwt.decode(
                request.bearer(), self.public, algorithms=["RS256"], issuer=APP, options={"require": ["exp", "iat", "iss"]}
            )
        except jwt.PyJWTError as error:
            raise Refused(401) from error
        if claims["exp"] - claims["iat"] > 600 or claims["iat"] > time.time():
            raise Refused(401)

    def mint(self, request):
        self.introduced(request)
        asked = request.json()
        if set(asked) != {"repositories", "permissions"} or not asked["repositories"]:
            raise Refused(422)
        known = {"api", "payroll"}
        if not set(asked["repositories"]) <= known or not set(asked["permissions"]) <= {"contents", "issues"}:
            raise Refused(422)
        self.minted += 1
        repositories = sorted(known) if self.exceeds else asked["repositories"]
        token = "ghs_" + secrets.token_urlsafe(60)
        permissions = {**asked["permissions"], "metadata": "read"}
        self.tokens[token] = {"repositories": repositories, "permissions": permissions}
        hour = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(hours=1)
        return 201, {
            "token": token,
            "expires_at": hour.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "permissions": permissions,
            "repository_selection": "selected",
            "repositories": [{"id": 1, "name": name, "full_name": f"acme/{name}"} for name in repositories],
        }

    def attempt(self, stolen, deed):
        repository = "payroll" if deed == "neighbour" else "api"
        body = json.dumps({"content": base64.b64encode(b"x").decode()}).encode() if deed == "write" else None
        asked = urllib.request.Request(
            f"{self.address}/repos/acme/{repository}/contents/README.md",
            data=body,
            method="PUT" if deed == "write" else "GET",
            headers={"authorization": f"Bearer {stolen['token']}", "user-agent": "stolen"},
        )
        try:
            with urllib.request.urlopen(asked):
                return True
        except urllib.error.HTTPError:
            return False

    def alive(self):
        return len(self.tokens)


serve(GitHub)
