"""moto's AWS, with a gate's user and role in it and two buckets, which looks at every signature from then on.

moto holds what a session does against the policies of its role alone. Here it is held against the policy of the session
as well, and against the conditions of both, as IAM evaluates them: a denial anywhere, else both have to allow it.

Every line that it hears is a question, which it answers with a line of JSON: `object` for what stands there, or `deeds`
for what the holder of each session can do now, tried out with boto3 and the session's own key.
"""

import fnmatch
import json
import logging
import os
import sys
import urllib.request

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.iam.access_control import AssumedRoleAccessKey, IAMPolicy, IAMRequestBase
from moto.server import ThreadedMotoServer
from moto.sts.models import sts_backends
from moto.sts.responses import TokenResponse

ACCOUNT, REGION = "123456789012", "eu-central-1"
CONFIG = Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1})


def sessions():
    return sts_backends[ACCOUNT]["aws"].assumed_roles


def matches(patterns, text):
    patterns = [patterns] if isinstance(patterns, str) else patterns
    return any(fnmatch.fnmatchcase(text, pattern) for pattern in patterns)


def says(policy, action, resource, facts):
    """Every effect of a policy's statements on an action."""
    for statement in policy["Statement"]:
        conditions = statement.get("Condition", {"StringEquals": {}})
        assert set(conditions) == {"StringEquals"}, "no other condition is known here"
        wanted = conditions["StringEquals"].items()
        holds = all(facts.get(key) in ([due] if isinstance(due, str) else due) for key, due in wanted)
        if holds and matches(statement["Action"], action) and matches(statement["Resource"], resource):
            yield statement["Effect"]


moto_assumes, moto_judges = TokenResponse.assume_role, IAMRequestBase.check_action_permitted


def assume_role(response):
    granted = moto_assumes(response)
    sessions()[-1].source_identity = response._get_param("SourceIdentity")
    return granted


def check_action_permitted(request, resource):
    key = request._access_key
    if not isinstance(key, AssumedRoleAccessKey):
        return moto_judges(request, resource)
    session = next(one for one in sessions() if one.access_key_id == key._access_key_id)
    facts = {"aws:RequestedRegion": request._region, "aws:SourceIdentity": session.source_identity}
    asked = (request._action, resource, facts)
    role = [effect for policy in key.collect_policies() for effect in says(IAMPolicy(policy)._policy_json, *asked)]
    own = list(says(json.loads(session.policy), *asked))
    if "Deny" in role + own or "Allow" not in role or "Allow" not in own:
        request._raise_access_denied()


TokenResponse.assume_role, IAMRequestBase.check_action_permitted = assume_role, check_action_permitted


def client(service, key, token=None):
    return boto3.client(
        service, endpoint_url=address, region_name=REGION, aws_access_key_id=key[0], aws_secret_access_key=key[1],
        aws_session_token=token, config=CONFIG,
    )


def policy(**statement):
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]})


def set_up():
    iam, s3 = client("iam", ("setup", "setup")), client("s3", ("setup", "setup"))
    iam.create_user(UserName="gate")
    may = policy(Action=["sts:*", "iam:*"], Resource="*")
    iam.put_user_policy(UserName="gate", PolicyName="gate", PolicyDocument=may)
    key = iam.create_access_key(UserName="gate")["AccessKey"]
    trust = policy(Principal={"AWS": "*"}, Action="sts:AssumeRole")
    role = iam.create_role(RoleName="reports", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    iam.put_role_policy(RoleName="reports", PolicyName="own", PolicyDocument=policy(Action="s3:*", Resource="*"))
    for bucket in ("reports", "payroll"):
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_object(Bucket=bucket, Key="may", Body=json.dumps({"of": bucket}))
    strict = urllib.request.Request(
        f"{address}/moto-api/reset-auth", data=b"0", headers={"content-type": "text/plain"}, method="POST"
    )
    urllib.request.urlopen(strict).read()
    return {"address": address, "role": role, "key_id": key["AccessKeyId"], "key": key["SecretAccessKey"]}


def can(s3, deed):
    try:
        s3.get_object(Bucket="reports", Key="may") if deed == "read" else s3.put_object(Bucket="reports", Key="tried")
    except ClientError as error:
        assert error.response["Error"]["Code"] == "AccessDenied", error
        return False
    return True


def deeds():
    found = {}
    for session in sessions():
        s3 = client("s3", (session.access_key_id, session.secret_access_key), session.session_token)
        found[session.session_name] = [deed for deed in ("read", "write") if can(s3, deed)]
    return found


def stands(bucket, name):
    from moto.s3.models import s3_backends

    found = s3_backends[ACCOUNT]["aws"].buckets[bucket].keys.get(name)
    return found and found.value.decode()


logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
address = "http://127.0.0.1:%d" % server.get_host_and_port()[1]
print(json.dumps(set_up()), flush=True)
for line in sys.stdin:
    asked = json.loads(line)
    answer = deeds() if asked == "deeds" else stands(*asked["object"])
    print(json.dumps(answer), flush=True)
os._exit(0)
