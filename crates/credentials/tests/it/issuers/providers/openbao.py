"""An OpenBao with secrets for a database, and a token for the gate that may do what the documentation says it must."""

import json
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

os.environ["NO_PROXY"] = os.environ["no_proxy"] = "*"
PORT, DATABASE, USER, PASSWORD = sys.argv[1:5]
LEASE = 'path "database/creds/*" { capabilities = ["read"] }'
GATE = """
path "auth/token/create" { capabilities = ["create", "update"] }
path "auth/token/accessors/" { capabilities = ["list", "sudo"] }
path "auth/token/lookup-accessor" { capabilities = ["update"] }
path "auth/token/revoke-accessor" { capabilities = ["update"] }
path "sys/leases/revoke" { capabilities = ["update"] }
"""


def call(path, body=None, token="root"):
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/v1/{path}", data=data, headers={"x-vault-token": token})
    with urllib.request.urlopen(request) as answer:
        return json.loads(answer.read() or "null")


with socket.socket() as free:
    free.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{free.getsockname()[1]}"
home = tempfile.TemporaryDirectory()
server = subprocess.Popen(
    [
        pathlib.Path(sys.executable).with_name("bao"), "server", "-dev", "-dev-no-store-token", "-dev-root-token-id=root",
        f"-dev-listen-address={address.removeprefix('http://')}",
    ],
    stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": home.name},
)
try:
    for _ in range(300):
        try:
            call("sys/health")
            break
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    call("sys/mounts/database", {"type": "database"})
    call("database/config/shop", {
        "plugin_name": "postgresql-database-plugin", "allowed_roles": ["*"], "username": USER, "password": PASSWORD,
        "connection_url": f"postgresql://{{{{username}}}}:{{{{password}}}}@127.0.0.1:{PORT}/{DATABASE}?sslmode=disable",
    })
    for role, verbs in {"reader": "SELECT", "writer": "SELECT, INSERT"}.items():
        make = [
            "CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'",
            f'GRANT {verbs} ON orders TO "{{{{name}}}}"', 'GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO "{{name}}"',
        ]
        call(f"database/roles/{role}", {
            "db_name": "shop", "creation_statements": make, "default_ttl": "1h", "max_ttl": "2h",
        })
    for name, policy in {"lease": LEASE, "gate": GATE}.items():
        call(f"sys/policies/acl/{name}", {"policy": policy})
    token = call("auth/token/create", {"policies": ["gate", "lease"], "ttl": "1h", "no_parent": True})
    secrets = {"token": token["auth"]["client_token"]}
    print(json.dumps({"address": address, "secrets": secrets}), flush=True)
    sys.stdin.read()
finally:
    server.kill()
    server.wait()
    home.cleanup()
