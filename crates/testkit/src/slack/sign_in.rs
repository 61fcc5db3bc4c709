//! Sign in with Slack (OpenID Connect): a page that sends browsers back, codes and signed tokens.
//!
//! Source: <https://docs.slack.dev/authentication/sign-in-with-slack>. Slack signs by RSA; the
//! stand-in signs by Ed25519, which tests can do.

use super::{Person, StandInSlack};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use portcullis_firewall::sign::SigningKey;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::collections::HashMap;

/// What Slack knows the app by when people sign in.
pub const CLIENT_ID: &str = "1775831521.42";
/// The app's secret then.
pub const CLIENT_SECRET: &str = "stand-in-client-secret";
/// How long a token is good, in seconds.
const TOKEN_S: u64 = 300;
/// Names the key in tokens.
const KEY_ID: &str = "stand-in";

/// What a code stands for.
#[derive(Clone, Debug)]
pub(super) struct Granted {
    who: Person,
    nonce: String,
    challenge: String,
    redirect_uri: String,
}

/// What is asked with: the members of a query or a form.
pub(super) type Fields = HashMap<String, String>;

impl StandInSlack {
    /// Whose browser comes to sign in from now on.
    pub fn signed_in(&self, who: Person) {
        self.state().at_the_browser = Some(who);
    }

    /// A page for browsers and for who checks tokens; `at` is where the stand-in is. The status,
    /// where it leads, and what it says.
    pub(super) fn page(&self, at: &str, path: &str) -> (u16, Option<String>, Value) {
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path {
            "/.well-known/openid-configuration" => (200, None, description(at)),
            "/openid/connect/keys" => (200, None, json!({"keys": [public_key()]})),
            "/openid/connect/authorize" => match self.authorize(&fields(query.as_bytes())) {
                Some(back) => (302, Some(back), Value::Null),
                None => (400, None, Value::Null),
            },
            _ => (404, None, Value::Null),
        }
    }

    /// Lets the browser's person in, and sends them back with a code that is good once.
    fn authorize(&self, asked: &Fields) -> Option<String> {
        let of = |name: &str| asked.get(name).cloned();
        let right = of("response_type")? == "code"
            && of("client_id")? == CLIENT_ID
            && of("code_challenge_method")? == "S256"
            && of("scope")?.split(' ').any(|scope| scope == "openid");
        if !right {
            return None;
        }
        let (back, returned) = (of("redirect_uri")?, of("state")?);
        let mut state = self.state();
        let granted = Granted {
            who: state.at_the_browser?,
            nonce: of("nonce")?,
            challenge: of("code_challenge")?,
            redirect_uri: back.clone(),
        };
        let code = state.next_id();
        state.codes.insert(code.clone(), granted);
        Some(format!("{back}?code={code}&state={returned}"))
    }

    /// `openid.connect.token`: a code for a token, once.
    pub(super) fn exchange(&self, at: &str, bearer: &str, form: &Fields, now_s: u64) -> Value {
        let of = |name: &str| form.get(name).map_or("", String::as_str);
        let refused = |error: &str| json!({"ok": false, "error": error});
        let basic = base64::engine::general_purpose::STANDARD
            .encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"));
        let posted = of("client_id") == CLIENT_ID && of("client_secret") == CLIENT_SECRET;
        if !posted && bearer != format!("Basic {basic}") {
            return refused("bad_client_secret");
        }
        let Some(granted) = self.state().codes.remove(of("code")) else {
            return refused("invalid_code");
        };
        let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(of("code_verifier")));
        if challenge != granted.challenge || of("redirect_uri") != granted.redirect_uri {
            return refused("invalid_grant");
        }
        let claims = json!({
            "iss": at, "aud": CLIENT_ID, "sub": granted.who.user, "nonce": granted.nonce,
            "iat": now_s, "exp": now_s.saturating_add(TOKEN_S),
            "https://slack.com/team_id": granted.who.team,
            "https://slack.com/user_id": granted.who.user,
        });
        json!({"ok": true, "access_token": "xoxp-stand-in", "token_type": "Bearer",
            "id_token": token(&claims)})
    }
}

fn description(at: &str) -> Value {
    json!({
        "issuer": at,
        "authorization_endpoint": format!("{at}/openid/connect/authorize"),
        "token_endpoint": format!("{at}/api/openid.connect.token"),
        "jwks_uri": format!("{at}/openid/connect/keys"),
        "response_types_supported": ["code"],
        "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
    })
}

fn key() -> SigningKey {
    SigningKey::from_seed(&[41; 32])
}

fn public_key() -> Value {
    let x = URL_SAFE_NO_PAD.encode(key().public_key().as_bytes());
    json!({"kty": "OKP", "crv": "Ed25519", "use": "sig", "kid": KEY_ID, "x": x})
}

fn token(claims: &Value) -> String {
    let header = json!({"alg": "EdDSA", "kid": KEY_ID});
    let [header, claims] = [&header, claims].map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    let signed = format!("{header}.{claims}");
    let signature = URL_SAFE_NO_PAD.encode(key().sign(signed.as_bytes()).as_bytes());
    format!("{signed}.{signature}")
}

/// The members of a query or a form.
pub(super) fn fields(bytes: &[u8]) -> Fields {
    form_urlencoded::parse(bytes).into_owned().collect()
}
