"""As much of a Kubernetes API server as leases need: service accounts, bound tokens, and RBAC.

What is made is read as the published client's own models read it, and that client uses what is stolen.
"""

import datetime
import json
import re
import secrets
import time
from types import SimpleNamespace

from kubernetes import client
from kubernetes.client.rest import ApiException

from standin import Refused, StandIn, serve

READER = client.ApiClient(client.Configuration())
MODELS = {
    "serviceaccounts": client.V1ServiceAccount, "secrets": client.V1Secret, "roles": client.V1Role,
    "rolebindings": client.V1RoleBinding,
}


def read(body, model):
    """The object as the client's model knows it; what that does not know would be lost."""
    read = READER.deserialize(SimpleNamespace(data=json.dumps(body)), model)
    again = READER.sanitize_for_serialization(read)
    if again != body:
        raise Refused(422, {"kind": "Status", "message": f"{again} is not {body}"})
    return read


class Cluster(StandIn):
    def __init__(self, address):
        super().__init__(address)
        self.admin = secrets.token_urlsafe(40)
        self.secrets = {"token": self.admin}
        self.objects = {}
        self.tokens = {}
        self.pods = {("shop", "web"), ("payroll", "web")}

    def answer(self, request):
        if request.headers.get("accept", "").split(",")[0].split(";")[0] not in ("application/json", "*/*"):
            raise Refused(406)
        token = request.bearer()
        account = None if token == self.admin else self.account(token)
        if request.path == "/apis/authorization.k8s.io/v1/selfsubjectrulesreviews":
            return self.review(account, request.json())
        found = re.fullmatch(r"/(?:api|apis/([^/]+))/v1/namespaces/([^/]+)/([^/]+)(?:/([^/]+))?(/token)?", request.path)
        group, namespace, kind, name, token_of = found.groups()
        if kind == "pods":
            return self.pod(request, account, (namespace, name))
        if account is not None:
            raise Refused(403)
        if token_of:
            return self.issue(request, namespace, name)
        return self.admin_asks(request, (group, namespace, kind, name))

    def account(self, token):
        about = self.tokens.get(token)
        if about is None or about["until"] < time.time():
            raise Refused(401)
        home, name, uid = about["home"], about["name"], about["uid"]
        bound = self.objects.get((home, "secrets", name))
        if bound is None or bound["metadata"]["uid"] != uid or (home, "serviceaccounts", name) not in self.objects:
            raise Refused(401)
        return home, name

    def admin_asks(self, request, at):
        group, namespace, kind, name = at
        if group != {"roles": "rbac.authorization.k8s.io", "rolebindings": "rbac.authorization.k8s.io"}.get(kind):
            raise Refused(404)
        if request.method == "POST" and name is None:
            body = request.json()
            made = read(body, MODELS[kind])
            key = (namespace, kind, made.metadata.name)
            if made.metadata.namespace != namespace or key in self.objects:
                raise Refused(409)
            if any(len(value) > 63 for value in made.metadata.labels.values()):
                raise Refused(422)
            body["metadata"]["uid"] = secrets.token_hex(16)
            self.objects[key] = body
            return 201, body
        key = (namespace, kind, name)
        if request.method != "DELETE" or key not in self.objects:
            raise Refused(404)
        del self.objects[key]
        return 200, {"kind": "Status", "status": "Success"}

    def issue(self, request, home, name):
        body = request.json()
        read(body, client.AuthenticationV1TokenRequest)
        spec = body["spec"]
        if not set(spec) <= {"audiences", "expirationSeconds", "boundObjectRef"} or spec["expirationSeconds"] < 600:
            raise Refused(422)
        bound = spec["boundObjectRef"]
        held = self.objects.get((home, "secrets", bound["name"]))
        if (home, "serviceaccounts", name) not in self.objects or held is None:
            raise Refused(404)
        if bound["kind"] != "Secret" or bound["uid"] != held["metadata"]["uid"]:
            raise Refused(409)
        self.minted += 1
        until = time.time() + spec["expirationSeconds"]
        token = "eyJhbGciOiJSUzI1NiJ9." + secrets.token_urlsafe(400)
        self.tokens[token] = {"home": home, "name": name, "uid": bound["uid"], "until": until}
        moment = datetime.datetime.fromtimestamp(until, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        return 201, {**body, "status": {"token": token, "expirationTimestamp": moment}}

    def rules(self, account, namespace):
        for (at, kind, _), binding in self.objects.items():
            subject = {"kind": "ServiceAccount", "namespace": account[0], "name": account[1]}
            if (at, kind) == (namespace, "rolebindings") and subject in binding["subjects"]:
                yield from self.objects[namespace, "roles", binding["roleRef"]["name"]]["rules"]
        if self.exceeds:
            yield {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}

    def review(self, account, body):
        everybody = [
            {"verbs": ["create"], "apiGroups": ["authorization.k8s.io"],
             "resources": ["selfsubjectaccessreviews", "selfsubjectrulesreviews"]},
        ]
        rules = [*everybody, *self.rules(account, body["spec"]["namespace"])]
        return 201, {**body, "status": {"resourceRules": rules, "nonResourceRules": [], "incomplete": False}}

    def pod(self, request, account, at):
        namespace, name = at
        verb = {"GET": "get" if name else "list", "DELETE": "delete"}[request.method]
        may = any(
            verb in rule["verbs"] and "pods" in rule["resources"] and "" in rule["apiGroups"]
            for rule in self.rules(account, namespace)
        )
        if not may:
            raise Refused(403)
        return 200, {"kind": "PodList", "apiVersion": "v1", "items": []} if verb == "list" else {"kind": "Status"}

    def attempt(self, stolen, deed):
        settings = client.Configuration(host=self.address)
        settings.api_key = {"authorization": f"Bearer {stolen['token']}"}
        api = client.CoreV1Api(client.ApiClient(settings, "authorization", f"Bearer {stolen['token']}"))
        try:
            if deed == "write":
                api.delete_namespaced_pod("web", "shop")
            else:
                api.list_namespaced_pod("payroll" if deed == "neighbour" else "shop")
        except ApiException:
            return False
        return True

    def alive(self):
        return len(self.objects)


serve(Cluster)
