"""Makes `webauthn.json`: what authenticators and browsers answer, right and altered.

An authenticator of its own over `cryptography` and `cbor2` makes every answer; `webauthn` (py_webauthn), which shares no
code with Portcullis, must accept what is right; where it accepts what is altered too, the case says that the check is
ours alone. All keys and challenges are derived, so that running it again writes the same file:

    pip install webauthn==3.0.1
    python record.py >webauthn.json
"""

import base64
import hashlib
import json
import struct
import sys

import cbor2
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from webauthn import verify_authentication_response, verify_registration_response

RP_ID = "gate.example.com"
ORIGIN = "https://gate.example.com"
UP, UV, BE, BS, AT, ED = 1, 4, 8, 16, 64, 128
ES256, EDDSA, RS256 = -7, -8, -257


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def derived(*names):
    return hashlib.sha256("/".join(names).encode()).digest()


def number(data):
    return data.to_bytes((data.bit_length() + 7) // 8, "big")


class Key:
    """A key pair of one algorithm."""

    def __init__(self, name, algorithm):
        self.name, self.algorithm = name, algorithm
        self.id = derived("credential", name)
        if algorithm == ES256:
            self.private = ec.derive_private_key(int.from_bytes(derived("key", name)), ec.SECP256R1())
            point = self.private.public_key().public_numbers()
            self.cose = {1: 2, 3: ES256, -1: 1, -2: point.x.to_bytes(32, "big"), -3: point.y.to_bytes(32, "big")}
        elif algorithm == EDDSA:
            self.private = ed25519.Ed25519PrivateKey.from_private_bytes(derived("key", name))
            self.cose = {1: 1, 3: EDDSA, -1: 6, -2: self.private.public_key().public_bytes_raw()}
        else:
            # Two Mersenne primes: nobody's secret, and the same at every run.
            p, q, e = 2**1279 - 1, 2**2203 - 1, 65537
            d = pow(e, -1, (p - 1) * (q - 1))
            parts = (p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p))
            numbers = rsa.RSAPrivateNumbers(*parts, rsa.RSAPublicNumbers(e, p * q))
            self.private = numbers.private_key(unsafe_skip_rsa_key_validation=True)
            self.cose = {1: 3, 3: RS256, -1: number(p * q), -2: number(e)}

    def sign(self, message):
        if self.algorithm == ES256:
            return self.private.sign(message, ec.ECDSA(hashes.SHA256(), deterministic_signing=True))
        if self.algorithm == EDDSA:
            return self.private.sign(message)
        return self.private.sign(message, padding.PKCS1v15(), hashes.SHA256())


def client_data(kind, challenge, alter):
    data = {
        "type": "webauthn." + ("create" if kind == "registration" else "get"),
        "challenge": b64(challenge),
        "origin": ORIGIN,
        "crossOrigin": False,
        **alter,
    }
    data = {key: value for key, value in data.items() if value is not None}
    return json.dumps(data, separators=(",", ":")).encode()


def authenticator_data(flags, count, rp_id=RP_ID, attested=b"", extensions=b"", tail=b""):
    head = hashlib.sha256(rp_id.encode()).digest() + struct.pack(">BI", flags, count)
    return head + attested + extensions + tail


def attested(key, cose=None):
    cose = cbor2.dumps(key.cose, canonical=True) if cose is None else cose
    return bytes(16) + struct.pack(">H", len(key.id)) + key.id + cose


def wrapped(key, response):
    return {
        "id": b64(key.id),
        "rawId": b64(key.id),
        "type": "public-key",
        "response": {name: b64(data) for name, data in response.items()},
        "clientExtensionResults": {},
        "authenticatorAttachment": "platform",
    }


def flipped(data, place):
    data = bytearray(data)
    data[place] ^= 1
    return bytes(data)


class Script:
    """Collects cases, and holds each of them against py_webauthn."""

    def __init__(self):
        self.cases = []

    def registration(self, note, key, code=None, *, flags=UP | UV | AT, count=0, client=None, verify=True, fmt="none",
                     statement=None, cose=None, attestation=None, change=None, **data):
        challenge = derived("challenge", note)
        if "attested" not in data:
            data["attested"] = attested(key, cose)
        body = authenticator_data(flags, count, **data)
        made = cbor2.dumps({"fmt": fmt, "attStmt": statement or {}, "authData": body})
        response = wrapped(key, {
            "clientDataJSON": client_data("registration", challenge, client or {}),
            "attestationObject": made if attestation is None else attestation(made),
        })
        if change:
            change(response)
        case = {"note": note, "kind": "registration", "passkey": key.name, "challenge": challenge.hex(),
                "user_verification_required": verify, "response": response}
        if code is None:
            case["want"] = {"algorithm": key.algorithm, "sign_count": count, "user_verified": bool(flags & UV),
                            "backup_eligible": bool(flags & BE)}
        self.add(case, code, lambda: verify_registration_response(
            credential=response, expected_challenge=challenge, expected_rp_id=RP_ID, expected_origin=ORIGIN,
            require_user_verification=verify))

    def assertion(self, note, key, code=None, *, flags=UP | UV, count=1, kept=0, client=None, verify=True, signer=None,
                  signature=None, swap=None, change=None, eligible=False, **data):
        challenge = derived("challenge", note)
        body = authenticator_data(flags, count, **data)
        seen = client_data("assertion", challenge, client or {})
        signed = (signer or key).sign(body + hashlib.sha256(seen).digest())
        parts = {"clientDataJSON": seen, "authenticatorData": body,
                 "signature": signature(signed) if signature else signed}
        if swap:
            parts.update(swap(parts))
        response = wrapped(key, parts)
        response["response"]["userHandle"] = b64(b"person-1")
        if change:
            change(response)
        public_key = cbor2.dumps(key.cose, canonical=True)
        case = {"note": note, "kind": "assertion", "passkey": key.name, "challenge": challenge.hex(),
                "user_verification_required": verify, "kept": kept, "backup_eligible": eligible, "response": response}
        if code is None:
            case["want"] = {"sign_count": count}
        self.add(case, code, lambda: verify_authentication_response(
            credential=response, expected_challenge=challenge, expected_rp_id=RP_ID, expected_origin=ORIGIN,
            credential_public_key=public_key, credential_current_sign_count=kept, require_user_verification=verify))

    def add(self, case, code, check):
        try:
            check()
            refused = None
        except Exception as error:  # Whatever it is, it is a refusal.
            refused = error
        if code is not None:
            case["code"] = code
        if code is None and refused is not None:
            sys.exit(f"{case['note']}: py_webauthn says {refused!r}")
        if code is not None and refused is None:
            case["ours"] = True
        self.cases.append(case)


def set_id(response):
    response["id"] = response["rawId"] = b64(b"another")


def padded(response):
    response["response"]["clientDataJSON"] += "="


def alike(response):
    response["rawId"] = b64(b"another")


def no_signature(response):
    del response["response"]["signature"]


def kind(response):
    response["type"] = "password"


def registrations(script, es, ed, rs):
    for key in (es, ed, rs):
        script.registration(f"{key.name}, as it should be", key)
    script.registration("a synced passkey that counts", es, flags=UP | UV | BE | BS | AT, count=7)
    script.registration("user verification is not asked for, nor made", es, flags=UP | AT, verify=False)
    script.registration("a browser that does not say crossOrigin, and says more", es,
                        client={"crossOrigin": None, "other_keys_can_be_added_here": "do not compare"})
    script.registration("extensions of the authenticator", es, flags=UP | UV | AT | ED,
                        extensions=cbor2.dumps({"credProtect": 2}))
    refused = [
        ("an assertion's type", "wrong_type", {"client": {"type": "webauthn.get"}}),
        ("another challenge", "wrong_challenge", {"client": {"challenge": b64(derived("other"))}}),
        ("no challenge", "wrong_challenge", {"client": {"challenge": ""}}),
        ("another origin", "wrong_origin", {"client": {"origin": "https://gate.example.com.evil.test"}}),
        ("the origin without TLS", "wrong_origin", {"client": {"origin": "http://gate.example.com"}}),
        ("a frame of another site", "cross_origin", {"client": {"crossOrigin": True}}),
        ("a frame in another site's page", "cross_origin", {"client": {"topOrigin": "https://evil.test"}}),
        ("another relying party", "wrong_relying_party", {"rp_id": "example.com"}),
        ("nobody there", "user_absent", {"flags": UV | AT}),
        ("nobody verified", "user_unverified", {"flags": UP | AT}),
        ("copied, and not to be copied", "wrong_backup", {"flags": UP | UV | BS | AT}),
        ("no key", "malformed", {"flags": UP | UV, "attested": b""}),
        ("a key that no flag announces", "malformed", {"flags": UP | UV}),
        ("bytes behind the key", "malformed", {"tail": b"\0"}),
        ("the name of another key", "other_passkey", {"change": set_id}),
        ("two names", "malformed", {"change": alike}),
        ("not a public key", "malformed", {"change": kind}),
        ("padded base64", "malformed", {"change": padded}),
        ("attestation none, with a statement", "malformed", {"statement": {"x": 1}}),
        ("an attestation object cut short", "cbor", {"attestation": lambda made: made[:-1]}),
        ("bytes behind the attestation object", "cbor", {"attestation": lambda made: made + b"\0"}),
        ("an algorithm that is not offered", "wrong_algorithm",
         {"cose": cbor2.dumps({**es.cose, 3: -47, -1: 8}, canonical=True)}),
        ("ES256 on a curve that is not its own", "malformed",
         {"cose": cbor2.dumps({**es.cose, -1: 2}, canonical=True)}),
        ("a key of another kind than its algorithm", "malformed",
         {"cose": cbor2.dumps({**es.cose, 3: EDDSA}, canonical=True)}),
        ("a coordinate too short", "malformed",
         {"cose": cbor2.dumps({**es.cose, -2: es.cose[-2][1:]}, canonical=True)}),
        ("a key with one label twice", "cbor", {"cose": b"\xa2\x01\x02\x01\x02"}),
    ]
    for note, code, how in refused:
        script.registration(f"registration: {note}", es, f"passkey.{code}", **how)


def assertions(script, es, ed, rs):
    for key in (es, ed, rs):
        script.assertion(f"{key.name} signs", key)
        script.assertion(f"{key.name}: a signature with one bit changed", key, "passkey.wrong_signature",
                         signature=lambda signed: flipped(signed, -1))
        script.assertion(f"{key.name}: a signature of nothing", key, "passkey.wrong_signature",
                         signature=lambda signed: b"")
    other = Key("other", ES256)
    script.assertion("a device that does not count", es, count=0)
    script.assertion("a synced passkey", es, flags=UP | UV | BE | BS, eligible=True)
    script.assertion("a synced passkey that is copied no more", es, flags=UP | UV | BE, eligible=True)
    script.assertion("user verification is not asked for here, nor made", es, flags=UP, verify=False)
    refused = [
        ("a registration's type", "wrong_type", {"client": {"type": "webauthn.create"}}),
        ("another challenge", "wrong_challenge", {"client": {"challenge": b64(derived("other"))}}),
        ("a challenge with one letter more", "wrong_challenge", {"client": {}}),
        ("another origin", "wrong_origin", {"client": {"origin": "https://evil.test"}}),
        ("another port", "wrong_origin", {"client": {"origin": ORIGIN + ":8443"}}),
        ("a frame of another site", "cross_origin", {"client": {"crossOrigin": True}}),
        ("a frame in another site's page", "cross_origin", {"client": {"topOrigin": "https://evil.test"}}),
        ("another relying party", "wrong_relying_party", {"rp_id": "evil.test"}),
        ("nobody there", "user_absent", {"flags": UV}),
        ("nobody verified", "user_unverified", {"flags": UP}),
        ("copied, and not to be copied", "wrong_backup", {"flags": UP | UV | BS}),
        ("can be copied, and could not before", "wrong_backup", {"flags": UP | UV | BE}),
        ("cannot be copied, and could before", "wrong_backup", {"eligible": True}),
        ("another key's signature", "wrong_signature", {"signer": other}),
        ("the count stands still", "cloned", {"kept": 5, "count": 5}),
        ("the count went back", "cloned", {"kept": 5, "count": 4}),
        ("the count is gone", "cloned", {"kept": 5, "count": 0}),
        ("a count raised after signing", "wrong_signature",
         {"swap": lambda parts: {"authenticatorData": authenticator_data(UP | UV, 99)}}),
        ("verified after signing", "wrong_signature",
         {"flags": UP, "swap": lambda parts: {"authenticatorData": authenticator_data(UP | UV, 1)}}),
        ("client data respelled after signing", "wrong_signature",
         {"swap": lambda parts: {"clientDataJSON": parts["clientDataJSON"] + b" "}}),
        ("client data with a key twice", "malformed",
         {"swap": lambda parts: {"clientDataJSON": parts["clientDataJSON"].replace(b"{", b'{"type":"x",', 1)}}),
        ("client data that is no JSON", "malformed", {"swap": lambda parts: {"clientDataJSON": b"type"}}),
        ("authenticator data cut short", "malformed",
         {"swap": lambda parts: {"authenticatorData": parts["authenticatorData"][:36]}}),
        ("bytes behind the authenticator data", "malformed", {"tail": b"\0"}),
        ("extensions that are no map", "malformed", {"flags": UP | UV | ED, "extensions": b"\x00"}),
        ("another passkey", "other_passkey", {"change": set_id}),
        ("no signature", "malformed", {"change": no_signature}),
    ]
    for note, code, how in refused:
        if "one letter more" in note:
            how["client"]["challenge"] = b64(derived("challenge", f"assertion: {note}")) + "A"
        script.assertion(f"assertion: {note}", es, f"passkey.{code}", **how)


def main():
    script = Script()
    keys = Key("es256", ES256), Key("eddsa", EDDSA), Key("rs256", RS256)
    registrations(script, *keys)
    assertions(script, *keys)
    about = "What authenticators and browsers answer, right and altered; made by record.py. `ours`: py_webauthn 3.0.1 " \
            "accepts it all the same."
    passkeys = {key.name: {"credential_id": b64(key.id), "algorithm": key.algorithm,
                           "public_key": b64(cbor2.dumps(key.cose, canonical=True))} for key in keys}
    page = {"about": about, "rp_id": RP_ID, "origin": ORIGIN, "passkeys": passkeys, "cases": script.cases}
    json.dump(page, sys.stdout, indent=1)
    print()


main()
