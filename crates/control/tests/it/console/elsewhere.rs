//! Who comes from another site: by a link, from an identity provider, or with a forged answer.

use super::browser::{Browser, console, console_with, location};
use crate::{
    house::{House, PASSWORD, Reply},
    oidc::issuer::{CLIENT, ISSUER, Signer, StandIn},
};
use axum::Router;
use portcullis_control::{
    console::desk::Entrance,
    oidc::{Provider, RelyingParty},
};
use portcullis_firewall::{
    access::{PersonRole, RoleGrant},
    firewall::Firewall,
};
use portcullis_policy::id::TenantId;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

/// Acme with an identity provider that says who Ida is.
struct World {
    house: House,
    console: Router,
    issuer: Arc<StandIn>,
    signer: Signer,
}

impl World {
    async fn new() -> Self {
        let house = House::new().await;
        let signer = Signer::new("first", 1);
        let issuer = Arc::new(StandIn::with_keys(&signer.jwks()));
        let provider = Provider {
            groups_claim: Some("groups".to_owned()),
            ..Provider::new(ISSUER, CLIENT)
        };
        let entrance = Entrance {
            name: "Acme".to_owned(),
            party: RelyingParty::new(provider, issuer.clone()),
            groups: [("ops", "On call"), ("leads", "Leads")]
                .map(|(theirs, ours)| (theirs.to_owned(), ours.to_owned()))
                .into(),
            newcomers: Some(vec![RoleGrant {
                role: PersonRole::Viewer,
                workspace: None,
            }]),
        };
        let acme = TenantId::new("acme").unwrap();
        let console = console_with(&house, HashMap::from([(acme, entrance)]));
        for group in ["On call", "Leads"] {
            let new = json!({"name": group});
            house.act("POST", "/v1/groups", new).await.must(201);
        }
        Self {
            house,
            console,
            issuer,
            signer,
        }
    }

    /// Sends a browser to the provider; the state and the nonce it was sent with.
    async fn begin(&self, browser: &mut Browser) -> (String, String) {
        let path = "/console/sign-in/provider?tenant=acme&next=%2Fconsole%2Fapprovals";
        let sent = browser.get(path).await;
        assert!(location(&sent).starts_with(ISSUER), "{}", location(&sent));
        let word = |name: &str| {
            let (_, rest) = location(&sent).split_once(name).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        (word("&state="), word("&nonce="))
    }

    /// Has the provider vouch for somebody.
    fn vouches(&self, name: &str, nonce: &str) {
        self.vouches_for("ida", nonce, &json!({"name": name, "groups": ["ops"]}));
    }

    /// The same with more that it says of somebody.
    fn vouches_for(&self, subject: &str, nonce: &str, more: &Value) {
        let now = self.house.firewall.now().as_second();
        let mut claims = json!({"iss": ISSUER, "sub": subject, "aud": CLIENT, "exp": now + 300,
            "iat": now, "nonce": nonce});
        for (name, claim) in more.as_object().unwrap() {
            claims[name] = claim.clone();
        }
        let answer = json!({"access_token": "at", "token_type": "Bearer",
            "id_token": self.signer.token(&claims)});
        self.issuer.put("/token", 200, &answer);
    }
}

fn back(state: &str, issuer: &str) -> String {
    let issuer = issuer.replace(':', "%3A").replace('/', "%2F");
    format!("/console/sign-in/provider/callback?code=c&state={state}&iss={issuer}")
}

fn whoever(firewall: &Firewall, secret: &str) -> Option<String> {
    let principal = firewall.signed_in(secret)?;
    principal.person.map(|badge| badge.name.to_string())
}

fn asks_again(reply: &Reply) -> bool {
    reply.status == 200
        && reply
            .headers
            .get("refresh")
            .is_some_and(|refresh| refresh == "0")
}

#[tokio::test]
async fn a_link_of_another_site_finds_who_is_signed_in() {
    let house = House::new().await;
    house.newcomer("Nina", json!([{"role": "OPERATOR"}])).await;
    let console = console(&house);
    let mut nina = Browser::signed_in(&console, "Nina").await;
    let path = "/console/approvals?show=waiting";
    assert!(asks_again(&nina.come_from_elsewhere(path).await));
    assert_eq!(nina.get(path).await.status, 200);
    // Who is not signed in is led to where people sign in: nobody goes round in circles.
    let mut stranger = Browser::new(&console);
    assert!(asks_again(&stranger.come_from_elsewhere(path).await));
    assert_eq!(stranger.get(path).await.status, 303);
    let slack = "/console/account/slack/callback?code=c&state=s";
    assert!(asks_again(&stranger.come_from_elsewhere(slack).await));
    assert_eq!(stranger.get(slack).await.status, 303);
}

#[tokio::test]
async fn an_identity_provider_leads_in_and_the_sign_in_before_ends() {
    let world = World::new().await;
    world
        .house
        .newcomer("Nina", json!([{"role": "VIEWER"}]))
        .await;
    let mut browser = Browser::new(&world.console);
    browser.sign_in("Nina", PASSWORD, "").await;
    let before = browser.secret().to_owned();
    let (state, nonce) = world.begin(&mut browser).await;
    let unseen = format!(" Ida \u{202E}{} ", "x".repeat(200));
    world.vouches(&unseen, &nonce);
    let path = back(&state, ISSUER);
    assert!(asks_again(&browser.come_from_elsewhere(&path).await));
    let arrived = browser.get(&path).await;
    assert_eq!(arrived.status, 200, "{}", arrived.text);
    assert_eq!(arrived.headers["refresh"], "0; url=/console/approvals");
    let firewall = &world.house.firewall;
    let name = whoever(firewall, browser.secret()).unwrap();
    assert!(name.starts_with("Ida \\u{202E}xxx"), "{name}");
    assert!(firewall.signed_in(&before).is_none());
    let ida = firewall.signed_in(browser.secret()).unwrap();
    let id = ida.person.as_ref().unwrap().id.to_string();
    let groups = firewall.groups_of(&ida, &id).await.unwrap();
    let groups: Vec<&str> = groups.iter().map(|group| group.name.as_str()).collect();
    assert_eq!(groups, ["On call"]);
    // The way back is gone once.
    assert_eq!(browser.get(&path).await.status, 409);
}

#[tokio::test]
async fn an_answer_for_another_browser_or_of_another_issuer_leads_nobody_in() {
    let world = World::new().await;
    let mut attacker = Browser::new(&world.console);
    let mut victim = Browser::new(&world.console);
    let (state, nonce) = world.begin(&mut attacker).await;
    world.vouches("Ida", &nonce);
    // Without a sign-in of their own, and in the middle of one.
    assert_eq!(victim.get(&back(&state, ISSUER)).await.status, 409);
    let (own, _) = world.begin(&mut victim).await;
    assert_eq!(victim.get(&back(&state, ISSUER)).await.status, 403);
    assert_eq!(victim.get(&back(&own, ISSUER)).await.status, 409, "once");
    let (own, own_nonce) = world.begin(&mut victim).await;
    assert_eq!(
        victim.get(&back(&own, ISSUER)).await.status,
        403,
        "the nonce"
    );
    world.vouches("Ida", &own_nonce);
    let (own, _) = world.begin(&mut victim).await;
    let mixed_up = back(&own, "https://evil.example");
    assert_eq!(victim.get(&mixed_up).await.status, 403);
    assert_eq!(victim.secret(), "");
    let records = world.house.get("/v1/audit?limit=3").await;
    let records: Value = serde_json::from_str(&records.text).unwrap();
    assert!(
        records.to_string().contains("identity_provider"),
        "{records}"
    );
}

#[tokio::test]
async fn somebody_who_is_known_by_their_mail_address_does_not_become_a_second_person() {
    let world = World::new().await;
    let roles = json!([{"role": "OPERATOR"}]);
    let nina = world.house.newcomer("Nina", roles).await;
    let path = format!("/v1/people/{}", nina.id);
    let address = json!({"email": "Nina@acme.example"});
    world.house.act("PATCH", &path, address).await.ok();
    let known = async || world.house.get("/v1/people").await.ok()["total"].clone();
    let before = known().await;
    let claims = json!({"name": "N. Lopez", "email": "nina@acme.example", "email_verified": true});
    let come = async |subject: &str, claims: &Value| {
        let mut browser = Browser::new(&world.console);
        let (state, nonce) = world.begin(&mut browser).await;
        world.vouches_for(subject, &nonce, claims);
        browser.get(&back(&state, ISSUER)).await
    };
    let refused = come("nina", &claims).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("this mail address already"));
    assert_eq!(known().await, before);
    // An address that nobody has checked says nothing of who they are, and is not taken over.
    let unchecked = json!({"name": "Otto", "email": "nina@acme.example"});
    assert_eq!(come("otto", &unchecked).await.status, 200);
    // Whoever is gone stands in nobody's way.
    let gone = json!({"active": false});
    world.house.act("PATCH", &path, gone).await.ok();
    assert_eq!(come("nina", &claims).await.status, 200);
}
