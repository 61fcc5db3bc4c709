"""An authorization server with token exchange (RFC 8693) and revocation (RFC 7009), and what it guards."""

import secrets
import time

import requests

from standin import Refused, StandIn, serve

GRANT = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"


class Authorization(StandIn):
    def __init__(self, address):
        super().__init__(address)
        self.client_secret, self.subject = secrets.token_urlsafe(24), secrets.token_urlsafe(40)
        self.secrets = {"client_secret": self.client_secret, "subject_token": self.subject}
        self.tokens, self.renewals = {}, set()

    def answer(self, request):
        if request.path == "/token":
            return self.exchange(request.form())
        if request.path == "/revoke":
            form = request.form()
            self.client(form)
            if form["token_type_hint"] == "refresh_token":
                if self.exceeds == "renewal for good":
                    raise Refused(503)
                self.renewals.discard(form["token"])
            else:
                self.tokens.pop(form["token"], None)
            return 200, {}
        about = self.tokens.get(request.bearer())
        if about is None or about["until"] < time.time():
            raise Refused(401)
        name = request.path.removeprefix("/")
        verb = "read" if request.method == "GET" else "write"
        if f"{name}:{verb}" not in about["scopes"]:
            raise Refused(403)
        return 200, {}

    def client(self, form):
        if (form.get("client_id"), form.get("client_secret")) != ("gate", self.client_secret):
            raise Refused(401, {"error": "invalid_client"})

    def exchange(self, form):
        self.client(form)
        if form["grant_type"] != GRANT or form["requested_token_type"] != ACCESS_TOKEN:
            raise Refused(400, {"error": "unsupported_grant_type"})
        if form["subject_token_type"] != ACCESS_TOKEN or form["subject_token"] != self.subject:
            raise Refused(400, {"error": "invalid_request"})
        if form["audience"] != "orders" or set(form) - {"scope", "audience", "client_id", "client_secret"} != {
            "grant_type", "requested_token_type", "subject_token", "subject_token_type",
        }:
            raise Refused(400, {"error": "invalid_target"})
        scopes = form["scope"].split(" ")
        if not set(scopes) <= {"orders:read", "orders:write"}:
            raise Refused(400, {"error": "invalid_scope"})
        self.minted += 1
        if self.exceeds == "rights":
            scopes = [*scopes, "payroll:read"]
        token = secrets.token_urlsafe(40)
        self.tokens[token] = {"scopes": scopes, "until": time.time() + 1800}
        more = {}
        if self.exceeds in ("renewal", "renewal for good"):
            more["refresh_token"] = secrets.token_urlsafe(40)
            self.renewals.add(more["refresh_token"])
        return 200, more | {
            "access_token": token, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 1800,
            "scope": " ".join(scopes),
        }

    def attempt(self, stolen, deed):
        name = "payroll" if deed == "neighbour" else "orders"
        method = "POST" if deed == "write" else "GET"
        headers = {"authorization": f"Bearer {stolen['token']}"}
        return requests.request(method, f"{self.address}/{name}", headers=headers, timeout=10).ok

    def alive(self):
        return len(self.tokens) + len(self.renewals)


serve(Authorization)
