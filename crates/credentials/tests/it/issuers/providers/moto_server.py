"""moto's AWS, with a gate's user and role in it, which looks at every signature from then on."""

import json
import logging
import os
import sys
import urllib.request

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"

import boto3
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

REGION = "eu-central-1"


def client(address, service, key, token=None):
    return boto3.client(
        service, endpoint_url=address, region_name=REGION, aws_access_key_id=key[0], aws_secret_access_key=key[1],
        aws_session_token=token,
    )


logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
address = f"http://127.0.0.1:{port}"
iam = client(address, "iam", ("setup", "setup"))
iam.create_user(UserName="gate")
may = {"Effect": "Allow", "Action": ["sts:*", "iam:*"], "Resource": "*"}
policy = json.dumps({"Version": "2012-10-17", "Statement": [may]})
iam.put_user_policy(UserName="gate", PolicyName="gate", PolicyDocument=policy)
key = iam.create_access_key(UserName="gate")["AccessKey"]
trust = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
trust = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
role = iam.create_role(RoleName="reader", AssumeRolePolicyDocument=trust)["Role"]["Arn"]
iam.put_role_policy(RoleName="reader", PolicyName="reader", PolicyDocument=policy)
strict = urllib.request.Request(
    f"{address}/moto-api/reset-auth", data=b"0", headers={"content-type": "text/plain"}, method="POST"
)
urllib.request.urlopen(strict).read()
secrets = {"access_key_id": key["AccessKeyId"], "secret_access_key": key["SecretAccessKey"]}
print(json.dumps({"address": address, "role": role, "secrets": secrets}), flush=True)
for line in sys.stdin:
    stolen = json.loads(line)
    pair = (stolen["access_key_id"], stolen["secret_access_key"])
    try:
        answer = client(address, "sts", pair, stolen["session_token"]).get_caller_identity()["Arn"]
    except ClientError as error:
        answer = error.response["Error"]["Code"]
    print(json.dumps(answer), flush=True)
os._exit(0)
