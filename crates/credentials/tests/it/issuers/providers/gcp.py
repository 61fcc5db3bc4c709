"""Google's token endpoints and Cloud Storage, as strict as they are documented to be.

google-auth is asked to do the same steps at the start: what it sends must be taken, or the stand-in is wrong.
"""

import datetime
import json
import re
import secrets
import time
from urllib.parse import unquote

import google.auth.transport.requests
import jwt
import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from google.auth import downscoped, impersonated_credentials
from google.oauth2 import service_account

from standin import Refused, StandIn, serve

GATE, READER = "gate@acme.iam.gserviceaccount.com", "reports@acme.iam.gserviceaccount.com"
CLOUD = "https://www.googleapis.com/auth/cloud-platform"
IAM = "https://www.googleapis.com/auth/iam"
BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"
EXCHANGE = "urn:ietf:params:oauth:grant-type:token-exchange"
ACCESS_TOKEN = "urn:ietf:params:oauth:token-type:access_token"
STORAGE = "https://www.googleapis.com/auth/devstorage"
# What the OAuth scopes let through, and what the roles of a boundary do.
SCOPES = {CLOUD: {"get", "write"}, f"{STORAGE}.read_only": {"get"}, f"{STORAGE}.read_write": {"get", "write"}}
ROLES = {
    "inRole:roles/storage.objectViewer": {"get"},
    "inRole:roles/storage.objectUser": {"get", "write"},
    "inRole:roles/storage.objectAdmin": {"get", "write"},
}


class Google(StandIn):
    def __init__(self, address):
        super().__init__(address)
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        pem = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        self.public = key.public_key()
        self.pem = pem.decode()
        self.secrets = {"private_key": self.pem}
        self.tokens = {}

    def answer(self, request):
        if request.path == "/token":
            return self.introduce(request.form())
        if request.path == f"/v1/projects/-/serviceAccounts/{READER}:generateAccessToken":
            return self.generate(request)
        if request.path == "/v1/token":
            return self.cut_down(request.form())
        return self.storage(request)

    def issue(self, **about):
        token = "ya29." + secrets.token_urlsafe(120)
        self.tokens[token] = about
        return token

    def held(self, token):
        about = self.tokens.get(token)
        if about is None or about["until"] < time.time():
            raise Refused(401)
        return about

    def introduce(self, form):
        if form["grant_type"] != BEARER or set(form) != {"grant_type", "assertion"}:
            raise Refused(400)
        try:
            claims = jwt.decode(
                form["assertion"], self.public, algorithms=["RS256"], issuer=GATE,
                # Its own library names the endpoint that everybody uses, whichever it calls.
                audience=[f"{self.address}/token", "https://oauth2.googleapis.com/token"],
            )
        except jwt.PyJWTError as error:
            raise Refused(400, {"error": "invalid_grant"}) from error
        if claims["exp"] - claims["iat"] > 3600:
            raise Refused(400, {"error": "invalid_grant"})
        token = self.issue(who=GATE, scopes=claims["scope"].split(), until=time.time() + 3600, rules=None)
        return 200, {"access_token": token, "expires_in": 3599, "token_type": "Bearer"}

    def generate(self, request):
        about = self.held(request.bearer())
        if about["who"] != GATE or not {CLOUD, IAM} & set(about["scopes"]):
            raise Refused(403)
        asked = request.json()
        if not set(asked) <= {"scope", "lifetime", "delegates"} or not asked["scope"]:
            raise Refused(400)
        seconds = int(re.fullmatch(r"(\d+)s", asked.get("lifetime", "3600s")).group(1))
        if not 0 < seconds <= 3600 or any(scope not in SCOPES for scope in asked["scope"]):
            raise Refused(400)
        self.minted += 1
        seconds = 43200 if self.exceeds else seconds
        until = time.time() + seconds
        token = self.issue(who=READER, scopes=asked["scope"], until=until, rules=None)
        moment = datetime.datetime.fromtimestamp(until, datetime.timezone.utc)
        return 200, {"accessToken": token, "expireTime": moment.strftime("%Y-%m-%dT%H:%M:%SZ")}

    def cut_down(self, form):
        due = {"grant_type", "subject_token", "subject_token_type", "requested_token_type", "options"}
        if set(form) != due or form["grant_type"] != EXCHANGE:
            raise Refused(400)
        if form["subject_token_type"] != ACCESS_TOKEN or form["requested_token_type"] != ACCESS_TOKEN:
            raise Refused(400)
        about = self.held(form["subject_token"])
        # Its own library encodes them once more than the reference says; both are taken.
        options = form["options"]
        options = unquote(options) if options.startswith("%") else options
        rules = json.loads(options)["accessBoundary"]["accessBoundaryRules"]
        if not 0 < len(rules) <= 10 or any(not set(rule["availablePermissions"]) <= set(ROLES) for rule in rules):
            raise Refused(400)
        token = self.issue(**{**about, "rules": rules})
        left = int(about["until"] - time.time())
        answer = {"access_token": token, "issued_token_type": ACCESS_TOKEN, "token_type": "Bearer"}
        return 200, {**answer, "expires_in": left}

    def storage(self, request):
        about = self.held(request.bearer())
        found = re.fullmatch(r"(/upload)?/storage/v1/b/([^/]+)/o(?:/([^/]+))?", request.path)
        verb = "write" if request.method == "POST" else "get"
        may = set().union(*(SCOPES[scope] for scope in about["scopes"]))
        if about["who"] != READER or found is None or verb not in may:
            raise Refused(403)
        if about["rules"] is not None:
            resource = f"//storage.googleapis.com/projects/_/buckets/{found.group(2)}"
            of = [rule for rule in about["rules"] if rule["availableResource"] == resource]
            if not any(verb in ROLES[role] for rule in of for role in rule["availablePermissions"]):
                raise Refused(403)
        return 200, {}

    def attempt(self, stolen, deed):
        bucket = "payroll" if deed == "neighbour" else "reports"
        headers = {"authorization": f"Bearer {stolen['token']}"}
        if deed == "write":
            url = f"{self.address}/upload/storage/v1/b/{bucket}/o?uploadType=media&name=june"
            return requests.post(url, data=b"more", headers=headers, timeout=10).ok
        return requests.get(f"{self.address}/storage/v1/b/{bucket}/o/may", headers=headers, timeout=10).ok

    def alive(self):
        return sum(1 for about in self.tokens.values() if about["who"] == READER and about["until"] > time.time())

    def control(self, what, told):
        if what == "checked":
            return self.checked()
        return super().control(what, told)

    def checked(self):
        """Google's own library, through the same three steps."""
        over = google.auth.transport.requests.Request()
        own = service_account.Credentials.from_service_account_info(
            {"client_email": GATE, "private_key": self.pem, "token_uri": f"{self.address}/token"}, scopes=[CLOUD]
        )
        own.refresh(over)
        whole = impersonated_credentials.Credentials(
            source_credentials=own,
            target_principal=READER,
            target_scopes=[f"{STORAGE}.read_only"],
            lifetime=900,
            iam_endpoint_override=(
                f"{self.address}/v1/projects/-/serviceAccounts/{READER}:generateAccessToken"
            ),
        )
        whole.refresh(over)
        boundary = downscoped.CredentialAccessBoundary(
            rules=[
                downscoped.AccessBoundaryRule(
                    available_resource="//storage.googleapis.com/projects/_/buckets/reports",
                    available_permissions=["inRole:roles/storage.objectViewer"],
                )
            ]
        )
        cut = downscoped.Credentials(source_credentials=whole, credential_access_boundary=boundary)
        cut._sts_client._token_exchange_endpoint = f"{self.address}/v1/token"
        cut.refresh(over)
        stolen = {"token": cut.token}
        return [self.attempt(stolen, deed) for deed in ("read", "write", "neighbour")] == [True, False, False]


serve(Google)
