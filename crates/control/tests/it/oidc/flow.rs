//! Signing in, from the first redirect to the person's name.

use super::issuer::{CLIENT, ISSUER, Signer, StandIn, description, encode};
use jiff::{SignedDuration, Timestamp};
use portcullis_control::oidc::{Begun, Callback, Identity, OidcError, Provider, RelyingParty};
use portcullis_firewall::outside::{Credential, Method, SecretName};
use portcullis_testkit::entropy::SeededEntropy;
use serde_json::{Value, json};
use std::sync::Arc;

const BACK: &str = "https://gate.example.com/v1/sign-in/back";
const DISCOVERY: &str = "/.well-known/openid-configuration";

/// An issuer, the gate, and a moment.
struct World {
    signer: Signer,
    issuer: Arc<StandIn>,
    party: RelyingParty,
    now: Timestamp,
}

impl World {
    fn new() -> Self {
        let mut provider = Provider::new(ISSUER, CLIENT);
        provider.client_secret = Some(SecretName::new("env:OIDC_SECRET"));
        provider.groups_claim = Some("groups".to_owned());
        let signer = Signer::new("first", 1);
        let issuer = Arc::new(StandIn::with_keys(&signer.jwks()));
        Self {
            party: RelyingParty::new(provider, issuer.clone()),
            signer,
            issuer,
            now: Timestamp::from_second(1_775_831_522).unwrap(),
        }
    }

    fn later(&mut self, seconds: i64) {
        self.now += SignedDuration::from_secs(seconds);
    }

    async fn begin(&self) -> Result<Begun, OidcError> {
        let entropy = SeededEntropy::new(7);
        self.party.begin(self.now, BACK, &entropy).await
    }

    fn claims(&self, begun: &Begun) -> Value {
        let now = self.now.as_second();
        json!({"iss": ISSUER, "sub": "ann", "aud": CLIENT, "exp": now + 300, "iat": now,
            "nonce": begun.nonce, "groups": ["ops"]})
    }

    /// The issuer will give this token for the code.
    fn grants(&self, signer: &Signer, claims: &Value) {
        let answer = json!({"access_token": "at", "token_type": "Bearer",
            "id_token": signer.token(claims)});
        self.issuer.put("/token", 200, &answer);
    }

    async fn finish(&self, callback: &Callback, begun: &Begun) -> Result<Identity, OidcError> {
        self.party.finish(self.now, callback, begun).await
    }

    async fn refusal(&self, callback: &Callback, begun: &Begun) -> String {
        let error = self.finish(callback, begun).await.unwrap_err();
        format!("{}: {error}", error.code())
    }
}

fn answer(begun: &Begun) -> Callback {
    Callback {
        code: Some("code+1&".to_owned()),
        state: Some(begun.state.clone()),
        iss: Some(ISSUER.to_owned()),
        error: None,
    }
}

#[tokio::test]
async fn a_person_signs_in() {
    let world = World::new();
    let begun = world.begin().await.unwrap();
    insta::assert_snapshot!("oidc where the browser is sent", begun.url);
    world.grants(&world.signer, &world.claims(&begun));
    let identity = world.finish(&answer(&begun), &begun).await.unwrap();
    assert_eq!(
        (identity.issuer.as_str(), identity.subject.as_str()),
        (ISSUER, "ann")
    );
    assert_eq!(identity.groups, ["ops"]);

    let exchange = world.issuer.asked("/token").pop().unwrap();
    assert_eq!(exchange.method, Method::Post);
    let secret = SecretName::new("env:OIDC_SECRET");
    let user = CLIENT.to_owned();
    assert_eq!(
        exchange.credential,
        Some(Credential::Basic { user, secret })
    );
    let back = "https%3A%2F%2Fgate.example.com%2Fv1%2Fsign-in%2Fback";
    let verifier = &begun.verifier;
    let form = format!(
        "grant_type=authorization_code&code=code%2B1%26&redirect_uri={back}\
         &code_verifier={verifier}"
    );
    assert_eq!(String::from_utf8(exchange.body).unwrap(), form);
    let challenge = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
    let challenge = encode(challenge.as_ref());
    assert!(begun.url.contains(&format!("code_challenge={challenge}&")));
    assert_eq!(
        world.issuer.asked(DISCOVERY).len(),
        1,
        "what is known is not asked again"
    );
}

#[tokio::test]
async fn the_secret_goes_in_the_form_where_the_issuer_wants_it() {
    let world = World::new();
    let mut page = description();
    page["token_endpoint_auth_methods_supported"] = json!(["client_secret_post"]);
    world.issuer.put(DISCOVERY, 200, &page);
    let begun = world.begin().await.unwrap();
    world.grants(&world.signer, &world.claims(&begun));
    world.finish(&answer(&begun), &begun).await.unwrap();
    let exchange = world.issuer.asked("/token").pop().unwrap();
    let field = exchange.credential.unwrap();
    assert!(matches!(field, Credential::FormField { name, .. } if name == "client_secret"));
    let form = String::from_utf8(exchange.body).unwrap();
    assert!(form.ends_with(&format!("&client_id={CLIENT}")), "{form}");
}

#[tokio::test]
async fn what_does_not_come_from_this_sign_in_is_refused() {
    let mut world = World::new();
    let begun = world.begin().await.unwrap();
    world.grants(&world.signer, &world.claims(&begun));
    let right = answer(&begun);
    let with = |change: &dyn Fn(&mut Callback)| {
        let mut callback = right.clone();
        change(&mut callback);
        callback
    };
    let mut seen = Vec::new();
    for callback in [
        with(&|callback| callback.state = Some("other".to_owned())),
        with(&|callback| callback.state = None),
        with(&|callback| callback.iss = Some("https://evil.example.com".to_owned())),
        with(&|callback| callback.iss = None),
        with(&|callback| callback.error = Some("access_denied".to_owned())),
        with(&|callback| callback.error = Some("<script>".to_owned())),
        with(&|callback| callback.code = None),
    ] {
        seen.push(world.refusal(&callback, &begun).await);
    }
    let mut elsewhere = begun.clone();
    elsewhere.issuer = "https://other.example.com".to_owned();
    seen.push(world.refusal(&right, &elsewhere).await);
    assert!(
        world.issuer.asked("/token").is_empty(),
        "no code went anywhere"
    );

    let mut others = world.claims(&begun);
    others["nonce"] = json!("other");
    world.grants(&world.signer, &others);
    seen.push(world.refusal(&right, &begun).await);
    world.later(600);
    seen.push(world.refusal(&right, &begun).await);
    insta::assert_snapshot!("oidc refused callbacks", seen.join("\n"));
}

#[tokio::test]
async fn an_issuer_that_does_not_say_who_answers_need_not() {
    let world = World::new();
    let mut page = description();
    page["authorization_response_iss_parameter_supported"] = json!(false);
    world.issuer.put(DISCOVERY, 200, &page);
    let begun = world.begin().await.unwrap();
    world.grants(&world.signer, &world.claims(&begun));
    let mut callback = answer(&begun);
    callback.iss = None;
    world.finish(&callback, &begun).await.unwrap();
    callback.iss = Some("https://evil.example.com".to_owned());
    let refusal = world.finish(&callback, &begun).await.unwrap_err();
    assert_eq!(refusal, OidcError::WrongIssuer("callback"));
}

#[tokio::test]
async fn a_description_that_is_not_the_issuers_is_refused() {
    let change = |key: &str, value: Value| {
        let mut page = description();
        page[key] = value;
        page.to_string().into_bytes()
    };
    let twice = description()
        .to_string()
        .replacen('{', r#"{"issuer":"x","#, 1);
    let mut seen = Vec::new();
    for (status, body) in [
        (200, change("issuer", json!("https://evil.example.com"))),
        (200, change("issuer", json!(format!("{ISSUER}/")))),
        (
            200,
            change(
                "authorization_endpoint",
                json!("http://issuer.example.com/"),
            ),
        ),
        (
            200,
            change("authorization_endpoint", json!("javascript:alert(1)")),
        ),
        (
            200,
            change("token_endpoint", json!("http://169.254.169.254/")),
        ),
        (200, change("jwks_uri", Value::Null)),
        (200, change("filler", json!("x".repeat(64 << 10)))),
        (200, twice.into_bytes()),
        (200, b"<html>".to_vec()),
        (503, b"{}".to_vec()),
        (302, Vec::new()),
    ] {
        let world = World::new();
        world.issuer.put_bytes(DISCOVERY, status, body);
        let error = world.begin().await.unwrap_err();
        seen.push(format!("{}: {error}", error.code()));
    }
    insta::assert_snapshot!("oidc refused descriptions", seen.join("\n"));
}

#[tokio::test]
async fn an_answer_without_a_token_is_refused() {
    let world = World::new();
    let begun = world.begin().await.unwrap();
    let mut seen = Vec::new();
    for (status, body) in [
        (400, json!({"error": "invalid_grant"})),
        (401, json!({"error": "bad\nword"})),
        (200, json!({"ok": false, "error": "invalid_code"})),
        (200, json!({"access_token": "at"})),
        (200, json!({"id_token": "x".repeat(70_000)})),
        (200, json!({"id_token": "x".repeat(140_000)})),
        (200, json!([])),
    ] {
        world.issuer.put("/token", status, &body);
        seen.push(world.refusal(&answer(&begun), &begun).await);
    }
    insta::assert_snapshot!("oidc refused answers", seen.join("\n"));
}

#[tokio::test]
async fn keys_are_asked_for_again_once_a_minute_at_most() {
    let mut world = World::new();
    let asked = |world: &World| world.issuer.asked("/keys").len();
    let begun = world.begin().await.unwrap();
    world.grants(&world.signer, &world.claims(&begun));
    world.finish(&answer(&begun), &begun).await.unwrap();
    assert_eq!(asked(&world), 1);

    // The issuer has a new key: seen when the old set is a minute old.
    let second = Signer::new("second", 2);
    world.issuer.put("/keys", 200, &second.jwks());
    world.grants(&second, &world.claims(&begun));
    let early = world.finish(&answer(&begun), &begun).await;
    assert_eq!(early, Err(OidcError::UnknownKey));
    assert_eq!(asked(&world), 1);
    world.later(60);
    world.finish(&answer(&begun), &begun).await.unwrap();
    assert_eq!(asked(&world), 2);

    // A stranger's key is not found however often it is shown, and asked for once.
    world.later(60);
    world.grants(&Signer::new("stranger", 3), &world.claims(&begun));
    for _ in 0..5 {
        let stranger = world.finish(&answer(&begun), &begun).await;
        assert_eq!(stranger, Err(OidcError::UnknownKey));
    }
    assert_eq!(asked(&world), 3);

    // The first key is gone, and so is what it signed.
    world.grants(&world.signer, &world.claims(&begun));
    let old = world.finish(&answer(&begun), &begun).await;
    assert_eq!(old, Err(OidcError::UnknownKey));
}

#[tokio::test]
async fn keys_that_are_none_and_an_issuer_that_is_away_refuse() {
    let world = World::new();
    let begun = world.begin().await.unwrap();
    world.grants(&world.signer, &world.claims(&begun));
    let key = world.signer.jwks()["keys"][0].clone();
    for keys in [
        json!({}),
        json!({"keys": vec![key; 65]}),
        json!({"keys": [], "filler": "x".repeat(256 << 10)}),
    ] {
        world.issuer.put("/keys", 200, &keys);
        let refused = world.finish(&answer(&begun), &begun).await;
        assert_eq!(refused, Err(OidcError::Malformed("key set")));
    }
    let away = World {
        party: RelyingParty::new(
            Provider::new("https://away.example.com", CLIENT),
            world.issuer,
        ),
        issuer: Arc::default(),
        signer: world.signer,
        now: world.now,
    };
    assert_eq!(
        away.begin().await.unwrap_err().code(),
        "outside.unreachable"
    );
}

#[tokio::test]
async fn without_randomness_nothing_begins() {
    let world = World::new();
    let entropy = SeededEntropy::new(7);
    entropy.run_dry(true);
    let refused = world.party.begin(world.now, BACK, &entropy).await;
    assert_eq!(refused.unwrap_err().code(), "oidc.no_entropy");
}

#[tokio::test]
async fn a_sign_in_does_not_print_its_secrets() {
    let world = World::new();
    let begun = world.begin().await.unwrap();
    let printed = format!("{begun:?} {:?}", answer(&begun));
    for secret in [&begun.state, &begun.nonce, &begun.verifier, "code+1&"] {
        assert!(!printed.contains(secret));
    }
    let text = serde_json::to_string(&begun).unwrap();
    assert_eq!(serde_json::from_str::<Begun>(&text).unwrap(), begun);
}
