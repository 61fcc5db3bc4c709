//! ID tokens that PyJWT signed, from `conformance/oidc/tokens.json`.

use super::issuer::{CLIENT, ISSUER, StandIn};
use jiff::Timestamp;
use portcullis_control::oidc::{Begun, Callback, Identity, OidcError, Provider, RelyingParty};
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{collections::BTreeSet, fs, path::Path, sync::Arc};

fn page() -> Value {
    let path = "../../conformance/oidc/tokens.json";
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

fn word<'a>(value: &'a Value, key: &str) -> &'a str {
    value[key].as_str().unwrap_or_else(|| panic!("no `{key}`"))
}

/// Finishes a sign-in at an issuer that answers with the token of a case.
async fn outcome(page: &Value, token: &str) -> Result<Identity, OidcError> {
    let issuer = StandIn::with_keys(&page["jwks"]);
    let answer = json!({"access_token": page["access_token"], "id_token": token});
    issuer.put("/token", 200, &answer);
    let mut provider = Provider::new(ISSUER, CLIENT);
    provider.groups_claim = Some("groups".to_owned());
    let now = Timestamp::from_second(page["now"].as_i64().unwrap()).unwrap();
    let begun = Begun {
        issuer: ISSUER.to_owned(),
        url: String::new(),
        redirect_uri: "https://gate.example.com/back".to_owned(),
        state: "state".to_owned(),
        nonce: word(page, "nonce").to_owned(),
        verifier: "verifier".to_owned(),
        at: now,
    };
    let callback = Callback {
        code: Some("code".to_owned()),
        state: Some("state".to_owned()),
        iss: Some(ISSUER.to_owned()),
        error: None,
    };
    let party = RelyingParty::new(provider, Arc::new(issuer));
    party.finish(now, &callback, &begun).await
}

#[tokio::test]
async fn every_recorded_token_is_judged_as_it_should_be() {
    let page = page();
    assert_eq!(word(&page, "issuer"), ISSUER);
    assert_eq!(word(&page, "client_id"), CLIENT);
    let mut codes = BTreeSet::new();
    for case in page["cases"].as_array().unwrap() {
        let note = word(case, "note");
        match outcome(&page, word(case, "token")).await {
            Ok(identity) => check(note, &identity, &case["want"]),
            Err(error) => {
                assert_eq!(Some(error.code()), case["code"].as_str(), "{note}: {error}");
                codes.insert(error.code());
            }
        }
    }
    insta::assert_json_snapshot!("oidc token codes", codes);
}

fn check(note: &str, identity: &Identity, want: &Value) {
    assert!(want.is_object(), "{note}: accepted");
    assert_eq!(identity.issuer, ISSUER);
    assert_eq!(identity.subject, "248289761001", "{note}");
    assert_eq!(identity.email.as_deref(), want["email"].as_str(), "{note}");
    assert_eq!(
        identity.email_verified,
        want["email_verified"] == true,
        "{note}"
    );
    assert_eq!(identity.name.as_deref(), want["name"].as_str(), "{note}");
    let groups = want["groups"].as_array().cloned().unwrap_or_default();
    assert_eq!(json!(identity.groups), json!(groups), "{note}");
    for (name, claim) in want["claims"].as_object().into_iter().flatten() {
        assert_eq!(identity.claim(name), claim.as_str(), "{note}");
    }
}

#[tokio::test]
async fn an_algorithm_that_the_operator_does_not_list_is_refused() {
    let page = page();
    let issuer = Arc::new(StandIn::with_keys(&page["jwks"]));
    let now = Timestamp::from_second(page["now"].as_i64().unwrap()).unwrap();
    let mut provider = Provider::new(ISSUER, CLIENT);
    provider.algorithms = vec![portcullis_control::oidc::Algorithm::EdDsa];
    let party = RelyingParty::new(provider, issuer);
    for case in page["cases"].as_array().unwrap().iter().take(4) {
        let read = party.verify_id_token(now, word(case, "token"), None).await;
        let fits = word(case, "note") == "EdDSA";
        assert_eq!(read.is_ok(), fits, "{}: {read:?}", word(case, "note"));
    }
}

fn waited<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.unwrap().block_on(future)
}

proptest! {
    #[test]
    fn any_text_is_refused(text in "[A-Za-z0-9_.-]{0,200}|.{0,100}") {
        prop_assert!(waited(outcome(&page(), &text)).is_err());
    }

    #[test]
    fn one_changed_letter_is_refused(case in 0_usize..4, place in any::<usize>(), letter in "[A-Za-z0-9_.=-]") {
        let page = page();
        let token = word(&page["cases"][case], "token");
        let at = place % token.len();
        let changed = format!("{}{letter}{}", &token[..at], &token[at + 1..]);
        prop_assume!(changed != token);
        prop_assert!(waited(outcome(&page, &changed)).is_err());
    }
}
