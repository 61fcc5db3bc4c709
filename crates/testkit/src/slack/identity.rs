//! Sign in with Slack: an OpenID provider for one app (OpenID Connect Core 1.0, section 3.1).

use super::{Person, StandInSlack};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portcullis_firewall::sign::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// The app's id for signing in.
pub const CLIENT_ID: &str = "1111111111.2222222222";
/// The app's secret for signing in.
pub const CLIENT_SECRET: &str = "stand-in-client-secret";

/// The name of the one key.
const KEY: &str = "stand-in-1";
/// How long an id token is good, in seconds.
const TOKEN_SECONDS: i64 = 300;

/// What somebody agreed to, until the app asks for it.
#[derive(Clone, Debug)]
pub(super) struct Consent {
    who: Person,
    at: i64,
    asked: HashMap<String, String>,
}

impl StandInSlack {
    /// Somebody who was led to `url` signs in and agrees at a moment, in seconds: the path and query
    /// of the address they are led back to.
    ///
    /// # Panics
    /// When the address asks for something else than who they are.
    #[must_use]
    pub fn consent(&self, url: &str, who: Person, at: i64) -> String {
        let (_, query) = url.split_once('?').expect("a query");
        let asked: HashMap<String, String> = form_urlencoded::parse(query.as_bytes())
            .into_owned()
            .collect();
        assert_eq!(asked["client_id"], CLIENT_ID);
        assert_eq!(asked["response_type"], "code");
        assert_eq!(asked["code_challenge_method"], "S256");
        let back = asked["redirect_uri"].clone();
        let state = asked["state"].clone();
        let mut kept = self.state();
        let code = kept.next_id();
        kept.consents
            .insert(code.clone(), Consent { who, at, asked });
        let path = back.splitn(4, '/').nth(3).expect("a path");
        let query = form_urlencoded::Serializer::new(String::new())
            .append_pair("code", &code)
            .append_pair("state", &state)
            .finish();
        format!("/{path}?{query}")
    }

    /// What stands at an address of the provider; `None` at any other.
    pub(super) fn introduce(
        &self,
        (origin, path): (&str, &str),
        shown: &str,
        body: &Value,
    ) -> Option<Value> {
        match path {
            "/.well-known/openid-configuration" => Some(json!({
                "issuer": origin,
                "authorization_endpoint": format!("{origin}/openid/connect/authorize"),
                "token_endpoint": format!("{origin}/api/openid.connect.token"),
                "jwks_uri": format!("{origin}/openid/connect/keys"),
                "response_types_supported": ["code"],
            })),
            "/openid/connect/keys" => {
                let x = URL_SAFE_NO_PAD.encode(key().public_key().as_bytes());
                let key = json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": KEY, "x": x});
                Some(json!({ "keys": [key] }))
            }
            "/api/openid.connect.token" => Some(
                self.redeem(origin, shown, body)
                    .unwrap_or_else(|| json!({"ok": false, "error": "invalid_code"})),
            ),
            _ => None,
        }
    }

    /// Gives the id token for a code, once, to the app that shows its secret and the verifier.
    fn redeem(&self, origin: &str, shown: &str, body: &Value) -> Option<Value> {
        let field = |name: &str| body.get(name).and_then(Value::as_str);
        let pair = base64::engine::general_purpose::STANDARD
            .encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
        if shown != format!("Basic {pair}") {
            return None;
        }
        let consent = self.state().consents.remove(field("code")?)?;
        let asked = |name: &str| consent.asked.get(name).map(String::as_str);
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(field("code_verifier")?));
        if asked("code_challenge") != Some(&challenge)
            || asked("redirect_uri") != field("redirect_uri")
        {
            return None;
        }
        let claims = json!({
            "iss": origin, "aud": CLIENT_ID, "sub": consent.who.user, "nonce": asked("nonce"),
            "iat": consent.at, "exp": consent.at.saturating_add(TOKEN_SECONDS),
            "https://slack.com/team_id": consent.who.team,
            "https://slack.com/user_id": consent.who.user,
        });
        Some(json!({"ok": true, "token_type": "Bearer", "id_token": token(&claims)}))
    }
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[41; 32])
}

/// The claims as a signed JSON Web Token.
fn token(claims: &Value) -> String {
    let header = json!({"alg": "EdDSA", "kid": KEY, "typ": "JWT"});
    let parts = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signed = parts.join(".");
    let signature = key().sign(signed.as_bytes());
    format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature.as_bytes()))
}
