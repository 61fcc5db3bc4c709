"""STS, IAM and S3, as strict as they are documented to be, made of botocore's own signers and models.

It holds what a signature says against one that botocore computes, validates what is sent against botocore's model of
STS, and lets a session do what its role and its own policy allow together. boto3 uses what is stolen.
"""

import datetime
import fnmatch
import hashlib
import hmac
import json
import re
import secrets

import boto3
import botocore.session
from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import BotoCoreError, ClientError
from botocore.validate import ParamValidator

from standin import Refused, StandIn, serve

REGION = "eu-central-1"
ROLE = "arn:aws:iam::123456789012:role/teams/gate"
MODEL = botocore.session.get_session().get_service_model("sts")
NAMESPACE = 'xmlns="https://sts.amazonaws.com/doc/2011-06-15/"'


def now():
    return datetime.datetime.now(datetime.timezone.utc)


class Aws(StandIn):
    def __init__(self, address):
        super().__init__(address)
        self.key_id, self.key = "AKIAGATEGATEGATEGATE", secrets.token_urlsafe(30)
        self.secrets = {"access_key_id": self.key_id, "secret_access_key": self.key}
        self.sessions = {}
        self.denials = {"portcullis-1-lse_old": "{}", "other": "{}"}
        self.objects = {("reports", "may"): b"numbers", ("payroll", "may"): b"salaries"}

    def answer(self, request):
        session, service = self.verified(request)
        if service == "s3":
            return self.s3(request, session)
        if session is not None:
            raise Refused(403, "<Error><Code>AccessDenied</Code></Error>")
        form = request.form()
        return self.sts(form) if service == "sts" else self.iam(form)

    def verified(self, request):
        """Whose request it is."""
        denied = Refused(403, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
        shown = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/]+)/(\d{8})/([^/]+)/([^/]+)/aws4_request, ?"
            r"SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})",
            request.headers.get("authorization", ""),
        )
        if shown is None:
            raise denied
        key_id, day, region, service, signed, signature = shown.groups()
        session = self.sessions.get(key_id)
        if session is None and key_id != self.key_id:
            raise Refused(403, "<Error><Code>InvalidClientTokenId</Code></Error>")
        token = request.headers.get("x-amz-security-token")
        if session is not None and not hmac.compare_digest(session["token"], token or ""):
            raise Refused(403, "<Error><Code>InvalidClientTokenId</Code></Error>")
        if not {"host", "x-amz-date"} <= set(signed.split(";")) or (token and "x-amz-security-token" not in signed):
            raise denied
        if region != {"iam": "us-east-1"}.get(service, REGION):
            raise denied
        moment = request.headers["x-amz-date"]
        at = datetime.datetime.strptime(moment, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        if abs((now() - at).total_seconds()) > 900 or not moment.startswith(day):
            raise denied
        content = request.headers.get("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
        if content != "UNSIGNED-PAYLOAD" and content != hashlib.sha256(request.body).hexdigest():
            raise denied
        headers = {name: request.headers[name] for name in signed.split(";")}
        again = AWSRequest(
            method=request.method,
            url=f"http://{request.headers['host']}{request.target}",
            data=request.body,
            headers=headers,
        )
        again.context["timestamp"] = moment
        key = session["key"] if session else self.key
        signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(Credentials(key_id, key), service, region)
        canonical = signer.canonical_request(again)
        due = signer.signature(signer.string_to_sign(again, canonical), again)
        if not hmac.compare_digest(due, signature):
            raise denied
        return session, service

    def sts(self, form):
        action = form.pop("Action")
        if form.pop("Version") != "2011-06-15":
            raise Refused(400)
        if action == "GetCallerIdentity":
            return 200, "<R><Arn>arn:aws:iam::123456789012:user/gate</Arn></R>"
        if action != "AssumeRole":
            raise Refused(400)
        if form.get("RoleArn") != ROLE:
            raise Refused(403, "<ErrorResponse><Error><Code>AccessDenied</Code></Error></ErrorResponse>")
        tags = {}
        for name in [name for name in form if name.startswith("Tags.member.")]:
            number, part = name.removeprefix("Tags.member.").split(".")
            tags.setdefault(int(number), {})[part] = form.pop(name)
        asked = {**form, "DurationSeconds": int(form["DurationSeconds"])}
        asked["Tags"] = [tags[number] for number in sorted(tags)]
        shape = MODEL.operation_model("AssumeRole").input_shape
        faults = ParamValidator().validate(asked, shape).generate_report()
        patterns = {name: member.metadata.get("pattern") for name, member in shape.members.items()}
        # The model's patterns are for Java, whose `\\p` Python does not know; the words below are what they let through.
        plain = {"RoleSessionName", "SourceIdentity"} & set(asked)
        if faults or any(not re.fullmatch(r"[\w+=,.@-]*", asked[name]) for name in plain) or not patterns:
            raise Refused(400, f"<ErrorResponse>{faults}</ErrorResponse>")
        if len(asked["Policy"]) > 2048 or not 900 <= asked["DurationSeconds"] <= 43200:
            raise Refused(400)
        policy = json.loads(asked["Policy"])
        assert set(policy) == {"Version", "Statement"}
        self.minted += 1
        life = 43200 if self.exceeds else asked["DurationSeconds"]
        until = (now() + datetime.timedelta(seconds=life)).strftime("%Y-%m-%dT%H:%M:%SZ")
        key_id, key = "ASIA" + secrets.token_hex(8).upper(), secrets.token_urlsafe(30)
        token = "IQoJ+marker/" + secrets.token_urlsafe(300) + "=="
        self.sessions[key_id] = {
            "key": key, "token": token, "policy": policy, "until": until, "source": asked["SourceIdentity"],
        }
        name = asked["RoleSessionName"]
        return 200, (
            f"<AssumeRoleResponse {NAMESPACE}><AssumeRoleResult>"
            f"<AssumedRoleUser><AssumedRoleId>AROA:{name}</AssumedRoleId>"
            f"<Arn>arn:aws:sts::123456789012:assumed-role/gate/{name}</Arn></AssumedRoleUser>"
            f"<Credentials><AccessKeyId>{key_id}</AccessKeyId><SecretAccessKey>{key}</SecretAccessKey>"
            f"<SessionToken>{token}</SessionToken><Expiration>{until}</Expiration></Credentials>"
            f"<PackedPolicySize>6</PackedPolicySize><SourceIdentity>{asked['SourceIdentity']}</SourceIdentity>"
            "</AssumeRoleResult></AssumeRoleResponse>"
        )

    def iam(self, form):
        if form.pop("Version") != "2010-05-08" or form.pop("RoleName") != "gate":
            raise Refused(404)
        operation = form.pop("Action")
        if operation == "PutRolePolicy":
            self.denials[form["PolicyName"]] = form["PolicyDocument"]
        elif operation == "ListRolePolicies":
            members = "".join(f"<member>{name}</member>" for name in self.denials)
            return 200, f"<R><ListRolePoliciesResult><PolicyNames>{members}</PolicyNames></ListRolePoliciesResult></R>"
        elif operation == "DeleteRolePolicy" and form["PolicyName"].startswith("portcullis-"):
            del self.denials[form["PolicyName"]]
        else:
            raise Refused(403)
        return 200, "<R/>"

    def denied(self, session):
        for document in self.denials.values():
            for statement in json.loads(document).get("Statement", []):
                if statement["Condition"] == {"StringEquals": {"aws:SourceIdentity": session["source"]}}:
                    return statement["Effect"] == "Deny" and statement["Action"] == statement["Resource"] == "*"
        return False

    def allows(self, session, operation, resource):
        def some(patterns, text):
            return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)

        facts = {"aws:RequestedRegion": REGION}
        for statement in session["policy"]["Statement"]:
            conditions = statement.get("Condition", {"StringEquals": {}})
            assert set(conditions) == {"StringEquals"}
            holds = all(facts.get(name) in values for name, values in conditions["StringEquals"].items())
            if statement["Effect"] == "Allow" and holds:
                if some(statement["Action"], operation) and some(statement["Resource"], resource):
                    return True
        return False

    def s3(self, request, session):
        _, bucket, key = request.path.split("/", 2)
        operation = {"GET": "s3:GetObject", "PUT": "s3:PutObject"}[request.method]
        denied = Refused(403, "<Error><Code>AccessDenied</Code></Error>")
        # The key of the gate itself may assume the role, and nothing else.
        if session is None or self.denied(session) or session["until"] < now().strftime("%Y-%m-%dT%H:%M:%SZ"):
            raise denied
        if not self.allows(session, operation, f"arn:aws:s3:::{bucket}/{key}"):
            raise denied
        if request.method == "PUT":
            self.objects[bucket, key] = request.body
            return 200, b""
        return 200, self.objects[bucket, key]

    def attempt(self, stolen, deed):
        s3 = boto3.client(
            "s3",
            endpoint_url=self.address,
            region_name=stolen["region"],
            aws_access_key_id=stolen["access_key_id"],
            aws_secret_access_key=stolen["secret_access_key"],
            aws_session_token=stolen["session_token"],
            config=Config(
                s3={"addressing_style": "path"},
                retries={"total_max_attempts": 1},
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
        )
        try:
            if deed == "write":
                s3.put_object(Bucket="reports", Key="june", Body=b"more")
            else:
                s3.get_object(Bucket="reports" if deed == "read" else "payroll", Key="may")
        except (BotoCoreError, ClientError):
            return False
        return True

    def alive(self):
        return sum(1 for session in self.sessions.values() if not self.denied(session))

    def control(self, what, told):
        if what == "denials":
            return sorted(self.denials)
        return super().control(what, told)


serve(Aws)
