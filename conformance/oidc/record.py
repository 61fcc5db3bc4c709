"""Makes `tokens.json`: ID tokens, right and altered.

PyJWT signs the tokens, and is asked about each of them; it shares no code with Portcullis. What it refuses must be one
that Portcullis refuses; where it accepts what must be refused, the case says that the check is ours alone. The keys are
derived; ECDSA and PSS draw randomness, so that running it again gives other signatures, as right as these:

    pip install "pyjwt[crypto]==2.15.1"
    python record.py >tokens.json
"""

import base64
import hashlib
import hmac
import json
import sys

import jwt
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

ISSUER = "https://issuer.example.com/realm"
CLIENT = "portcullis"
NOW = 1_775_831_522
NONCE = "n-0S6_WzA2Mj"
ACCESS_TOKEN = "SlAV32hkKG"


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(value):
    return b64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def derived(*names):
    return hashlib.sha256("/".join(names).encode()).digest()


def rsa_key(p, q):
    """A key of two Mersenne primes: nobody's secret, and the same at every run."""
    e = 65537
    d = pow(e, -1, (p - 1) * (q - 1))
    parts = (p, q, d, d % (p - 1), d % (q - 1), pow(q, -1, p))
    return rsa.RSAPrivateNumbers(*parts, rsa.RSAPublicNumbers(e, p * q)).private_key(unsafe_skip_rsa_key_validation=True)


RSA = rsa_key(2**1279 - 1, 2**2203 - 1)
PSS = rsa_key(2**2203 - 1, 2**2281 - 1)
EC = ec.derive_private_key(int.from_bytes(derived("es256")), ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.from_private_bytes(derived("eddsa"))
STRANGER = ed25519.Ed25519PrivateKey.from_private_bytes(derived("stranger"))
KEYS = {"RS256": RSA, "PS256": PSS, "ES256": EC, "EdDSA": ED}


def jwk(kid, key, **more):
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        numbers = public.public_numbers()
        return {"kty": "RSA", "kid": kid, "n": number(numbers.n), "e": number(numbers.e), **more}
    if isinstance(public, ec.EllipticCurvePublicKey):
        numbers = public.public_numbers()
        point = {"x": b64(numbers.x.to_bytes(32, "big")), "y": b64(numbers.y.to_bytes(32, "big"))}
        return {"kty": "EC", "crv": "P-256", "kid": kid, **point, **more}
    return {"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": b64(public.public_bytes_raw()), **more}


JWKS = {"keys": [
    jwk("RS256", RSA, use="sig", alg="RS256"),
    jwk("PS256", PSS, use="sig"),
    jwk("ES256", EC, alg="ES256", key_ops=["verify"]),
    jwk("EdDSA", ED, use="sig", alg="EdDSA"),
    jwk("sealing", RSA, use="enc"),
    jwk("signing", EC, key_ops=["sign"]),
    {"kty": "oct", "kid": "shared", "k": b64(b"a shared secret that has no place in a published set")},
    {"kty": "EC", "crv": "P-384", "kid": "P-384", "x": b64(bytes(48)), "y": b64(bytes(48))},
    {"kty": "new", "kid": "new"},
]}

CLAIMS = {"iss": ISSUER, "sub": "248289761001", "aud": CLIENT, "exp": NOW + 300, "iat": NOW - 5, "nonce": NONCE}


def claims(**alter):
    made = {**CLAIMS, **alter}
    return {key: value for key, value in made.items() if value is not None}


def signed(alg="RS256", key=None, kid="", headers=None, **alter):
    headers = {"kid": kid or alg, **(headers or {})}
    headers = {name: value for name, value in headers.items() if value is not None}
    return jwt.encode(claims(**alter), key or KEYS[alg], algorithm=alg, headers=headers)


def by_hand(header, payload, sign):
    head = ".".join(b64(json.dumps(part).encode()) for part in (header, payload))
    return head + "." + b64(sign(head.encode()))


def at_hash(name, token=ACCESS_TOKEN):
    digest = hashlib.new(name, token.encode()).digest()
    return b64(digest[:len(digest) // 2])


def oracle(token):
    """Whether PyJWT accepts the token, with the published key that it names."""
    header = jwt.get_unverified_header(token)
    published = next(one for one in JWKS["keys"] if one["kid"] == header["kid"])
    key = jwt.PyJWK(published, algorithm=header["alg"] if "alg" not in published else None).key
    options = {"require": ["exp", "iat", "sub", "iss", "aud"]}
    # The moment of the file, not today.
    options["verify_exp"] = options["verify_iat"] = options["verify_nbf"] = False
    read = jwt.decode(token, key, algorithms=list(KEYS), audience=CLIENT, issuer=ISSUER, options=options)
    if not (read["exp"] + 60 > NOW and read["iat"] <= NOW + 60 and read.get("nbf", 0) <= NOW + 60):
        raise ValueError("not now")
    if read.get("nonce") != NONCE:
        raise ValueError("another nonce")


def right():
    for alg in KEYS:
        yield f"{alg}", signed(alg), {}
    yield "for two, given to the client", signed(aud=[CLIENT, "other"], azp=CLIENT), {}
    yield "for one, in a list", signed(aud=[CLIENT]), {}
    yield "expired a minute ago, less a second", signed(exp=NOW - 59), {}
    yield "issued a minute from now", signed(iat=NOW + 60), {}
    yield "valid from a minute from now", signed(nbf=NOW + 60), {}
    yield "moments with decimals", signed(exp=NOW + 300.5, iat=NOW - 5.5), {}
    yield "at_hash", signed(at_hash=at_hash("sha256")), {}
    yield "at_hash, with the hash of Ed25519", signed("EdDSA", at_hash=at_hash("sha512")), {}
    yield "a header without typ", signed(headers={"typ": None}), {}
    person = {"email": "ann@example.com", "email_verified": True, "name": "Ann", "groups": ["ops", "sre"]}
    yield "a person with groups", signed(**person), person
    text = {"email": "ann@example.com", "email_verified": "true"}
    yield "email_verified as a text", signed(**text), {"email": "ann@example.com", "email_verified": True}
    yield "an address nobody checked", signed(email="ann@example.com"), {"email": "ann@example.com"}
    yield "one group", signed(groups="ops"), {"groups": ["ops"]}
    slack = {"https://slack.com/user_id": "U0R7JM", "https://slack.com/team_id": "T0R7GR"}
    yield "more claims", signed(**slack), {"claims": slack}


def by_one_key():
    """Without a kid only the key's kind decides; the one of Ed25519 is alone of its kind."""
    yield "no kid, and one key that fits", signed("EdDSA", headers={"kid": None})


def altered():
    yield "no signature", jwt.encode(claims(), None, algorithm="none", headers={"kid": "RS256"}), "wrong_algorithm"
    yield "None, in other letters", by_hand({"alg": "nOnE", "kid": "RS256"}, claims(), lambda _: b""), "wrong_algorithm"
    pem = RSA.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    yield "HS256 with the public key as the secret", by_hand(
        {"alg": "HS256", "kid": "RS256", "typ": "JWT"}, claims(), lambda head: hmac.digest(pem, head, "sha256")), \
        "wrong_algorithm"
    yield "HS256 with a published secret", jwt.encode(
        claims(), b"a shared secret that has no place in a published set", headers={"kid": "shared"}), "wrong_algorithm"
    yield "RS512", jwt.encode(claims(), RSA, algorithm="RS512", headers={"kid": "RS256"}), "wrong_algorithm"
    yield "PS256 with a key for RS256", signed("PS256", RSA, "RS256"), "unknown_key"
    yield "ES256 by the name of an RSA key", signed("ES256", kid="RS256"), "unknown_key"
    yield "a key that nobody knows", signed(kid="unknown"), "unknown_key"
    yield "a key for sealing", signed(kid="sealing"), "unknown_key"
    yield "a key for signing, not for verifying", signed("ES256", kid="signing"), "unknown_key"
    yield "no kid, and two keys that fit", signed("RS256", headers={"kid": None}), "unknown_key"
    yield "a stranger's key", signed("EdDSA", STRANGER), "wrong_signature"
    own = {"jwk": jwk("EdDSA", STRANGER)}
    yield "a stranger's key in the header", signed("EdDSA", STRANGER, headers=own), "wrong_signature"
    head, body, signature = signed().split(".")
    other = b64(json.dumps(claims(sub="admin")).encode())
    yield "claims changed after signing", f"{head}.{other}.{signature}", "wrong_signature"
    yield "signature gone", f"{head}.{body}.", "wrong_signature"
    yield "signature of ASN.1", by_hand({"alg": "ES256", "kid": "ES256"}, claims(), lambda head: EC.sign(
        head, ec.ECDSA(hashes.SHA256()))), "wrong_signature"
    yield "two parts", f"{head}.{signature}", "malformed"
    yield "five parts", f"{head}.{body}.{body}.{body}.{signature}", "wrong_signature"
    yield "padded base64", f"{head}.{body}.{signature}==", "malformed"
    yield "a header to be understood", signed(headers={"crit": ["exp"]}), "malformed"
    yield "an access token", signed(headers={"typ": "at+jwt"}), "malformed"
    yield "no JSON", by_hand({"alg": "EdDSA", "kid": "EdDSA"}, "text", ED.sign), "malformed"
    twice = b64(b'{"sub":"admin",' + json.dumps(claims()).encode()[1:])
    head = b64(b'{"alg":"EdDSA","kid":"EdDSA"}') + "." + twice
    yield "a claim twice", head + "." + b64(ED.sign(head.encode())), "malformed"
    yield "another issuer", signed(iss="https://evil.example.com"), "wrong_issuer"
    yield "the issuer with a slash", signed(iss=ISSUER + "/"), "wrong_issuer"
    yield "no issuer", signed(iss=None), "wrong_issuer"
    yield "another client", signed(aud="other"), "wrong_audience"
    yield "no audience", signed(aud=None), "wrong_audience"
    yield "for two, given to nobody", signed(aud=[CLIENT, "other"]), "wrong_audience"
    yield "given to another", signed(azp="other"), "wrong_audience"
    yield "for nobody", signed(aud=[]), "wrong_audience"
    yield "expired a minute ago", signed(exp=NOW - 60), "expired"
    yield "no end", signed(exp=None), "wrong_claim"
    yield "no beginning", signed(iat=None), "wrong_claim"
    yield "issued a minute and a second from now", signed(iat=NOW + 61), "not_yet"
    yield "valid from a minute and a second from now", signed(nbf=NOW + 61), "not_yet"
    yield "another nonce", signed(nonce="other"), "wrong_nonce"
    yield "no nonce", signed(nonce=None), "wrong_nonce"
    yield "another access token's hash", signed(at_hash=at_hash("sha256", "other")), "wrong_access_token"
    yield "the hash of another algorithm", signed("EdDSA", at_hash=at_hash("sha256")), "wrong_access_token"
    yield "no subject", signed(sub=None), "wrong_claim"
    yield "an empty subject", signed(sub=""), "wrong_claim"
    yield "a very long subject", signed(sub="a" * 256), "wrong_claim"
    yield "groups that are no names", signed(groups=[1, 2]), "wrong_claim"


def asked(token):
    try:
        oracle(token)
    except Exception as error:  # Whatever it is, it is a refusal.
        return error
    return None


def main():
    cases = []
    for note, token, want in right():
        refused = asked(token)
        if refused is not None:
            sys.exit(f"{note}: PyJWT says {refused!r}")
        cases.append({"note": note, "token": token, "want": want})
    for note, token in by_one_key():
        cases.append({"note": note, "token": token, "want": {}})
    for note, token, code in altered():
        case = {"note": note, "token": token, "code": f"oidc.{code}"}
        if asked(token) is None:
            case["ours"] = True
        cases.append(case)
    about = "ID tokens, right and altered; made by record.py. `ours`: PyJWT 2.15.1 accepts it all the same."
    page = {"about": about, "issuer": ISSUER, "client_id": CLIENT, "now": NOW, "nonce": NONCE,
            "access_token": ACCESS_TOKEN, "jwks": JWKS, "cases": cases}
    json.dump(page, sys.stdout, indent=1)
    print()


main()
