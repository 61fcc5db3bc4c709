"""Verifies a bundle of evidence with code that is not the gate's: DSSE by securesystemslib, the
canonical spelling by rfc8785, the tree by RFC 9162's rules."""

import base64
import hashlib
import json
import sys

import rfc8785
from securesystemslib.dsse import Envelope
from securesystemslib.signer import SSlibKey

bundle = json.load(sys.stdin)
key_id, public = bundle["key"]
key = SSlibKey(key_id, "ed25519", "ed25519", {"public": base64.b64decode(public).hex()})

action = bundle["action"]
canonical = action["canonical"].encode()
assert rfc8785.dumps(json.loads(canonical)) == canonical, "the action is not canonical"
digest = hashlib.sha256(action["domain"].encode() + canonical).hexdigest()
assert digest == action["sha256"], "the action has another digest"

names = set()
for raw in bundle["approvals"]:
    envelope = Envelope.from_dict(raw)
    envelope.verify([key], 1)
    assert rfc8785.dumps(json.loads(envelope.payload)) == envelope.payload
    statement = json.loads(envelope.payload)
    assert statement["_type"] == "https://in-toto.io/Statement/v1"
    assert [s["digest"]["sha256"] for s in statement["subject"]] == [digest]
    assert statement["predicate"]["choice"] == "approve"
    names.add(statement["predicate"]["person"])
    forged = dict(raw, payload=base64.b64encode(envelope.payload.replace(b"approve", b"reject ")).decode())
    try:
        Envelope.from_dict(forged).verify([key], 1)
    except Exception:
        pass
    else:
        raise SystemExit("a changed statement verifies")
assert len(names) == len(bundle["approvals"]), "one person counts once"


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(proof, leaf):
    """RFC 9162, 2.1.3.2."""
    place, last, found = proof["leaf_index"], proof["tree_size"] - 1, leaf
    for sibling in map(bytes.fromhex, proof["hashes"]):
        if place & 1 or place == last:
            found = node(sibling, found)
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = node(found, sibling)
        place, last = place >> 1, last >> 1
    assert last == 0
    return found


note = bundle["checkpoint"].split("\n")
for part in ("decision", "outcome"):
    told = bundle[part]
    proof = told["inclusion"]
    assert rfc8785.dumps(told["record"]) == json.dumps(
        told["record"], separators=(",", ":"), sort_keys=True, ensure_ascii=False
    ).encode()
    leaf = hashlib.sha256(b"\x00" + bytes.fromhex(told["hash"])).digest()
    assert root(proof, leaf).hex() == proof["root_hash"], f"{part} is not in the tree"
    assert base64.b64decode(note[2]).hex() == proof["root_hash"], "another tree is signed"
    assert told["record"]["action_digest"] == digest
print(f"verified {len(names)}")
