//! Linking one's user in Slack, in a browser.

use super::browser::{Browser, URL, location};
use crate::{
    house::House,
    oidc::issuer::{Signer, StandIn},
};
use axum::Router;
use portcullis_control::{
    Porter,
    console::{
        desk::{Desk, Parts, SlackEntrance},
        rooms,
    },
    oidc::RelyingParty,
    slack::{linking, settings::SlackSettings},
};
use portcullis_firewall::person::SlackUser;
use portcullis_policy::id::TenantId;
use portcullis_testkit::SeededEntropy;
use serde_json::{Value, json};
use std::{collections::HashMap, sync::Arc};

const SLACK: &str = "https://slack.com";
const CLIENT: &str = "1775831521.42";
const BEGIN: &str = "/console/account/slack";

/// Acme with a Slack that says who somebody is.
struct World {
    house: House,
    console: Router,
    slack: Arc<StandIn>,
    signer: Signer,
}

impl World {
    async fn new() -> Self {
        let house = House::new().await;
        let signer = Signer::new("slack", 3);
        let slack = Arc::new(StandIn::default());
        let settings: SlackSettings = serde_json::from_value(json!({
            "team": "T0ACME0001", "channel": "C0OPS00001", "bot_token": "env:BOT",
            "app_token": "env:APP", "client_id": CLIENT, "client_secret": "env:CLIENT",
        }))
        .unwrap();
        let party = RelyingParty::new(linking::sign_in(&settings).unwrap(), slack.clone());
        let acme = TenantId::new("acme").unwrap();
        let desk = Desk::new(Parts {
            porter: Porter::new(house.firewall.clone()),
            entropy: Arc::new(SeededEntropy::new(5)),
            public_url: URL.to_owned(),
            entrances: HashMap::new(),
            slack: HashMap::from([(acme, SlackEntrance { party, settings })]),
            shutting: tokio::sync::watch::channel(false).1,
        });
        let world = Self {
            house,
            console: rooms::router(desk.unwrap()),
            slack,
            signer,
        };
        world.put(
            "/.well-known/openid-configuration",
            &json!({
                "issuer": SLACK,
                "authorization_endpoint": format!("{SLACK}/openid/connect/authorize"),
                "token_endpoint": format!("{SLACK}/api/openid.connect.token"),
                "jwks_uri": format!("{SLACK}/openid/connect/keys"),
                "response_types_supported": ["code"],
            }),
        );
        world.put("/openid/connect/keys", &world.signer.jwks());
        world
    }

    fn put(&self, path: &str, page: &Value) {
        let page = page.to_string().into_bytes();
        self.slack.put_at(format!("{SLACK}{path}"), 200, page);
    }

    /// Somebody who has signed in goes to Slack, which says that they are this user: the way back.
    async fn go(&self, browser: &mut Browser, team: &str, user: &str) -> String {
        let sent = browser.get(BEGIN).await;
        assert_eq!(sent.status, 303);
        let to = location(&sent).to_owned();
        assert!(
            to.starts_with(&format!("{SLACK}/openid/connect/authorize?")),
            "{to}"
        );
        let word = |name: &str| {
            let (_, rest) = to.split_once(name).unwrap();
            rest.split('&').next().unwrap().to_owned()
        };
        let now = self.house.firewall.now().as_second();
        let claims = json!({"iss": SLACK, "aud": CLIENT, "sub": user, "nonce": word("&nonce="),
            "iat": now, "exp": now + 300, "https://slack.com/team_id": team,
            "https://slack.com/user_id": user});
        let answer = json!({"ok": true, "access_token": "at", "token_type": "Bearer",
            "id_token": self.signer.token(&claims)});
        self.put("/api/openid.connect.token", &answer);
        format!("{BEGIN}/callback?code=c&state={}", word("&state="))
    }

    /// Who somebody is in Slack by now.
    async fn linked(&self, name: &str) -> Value {
        let people = self.house.get("/v1/people").await.must(200);
        let people = people["people"].as_array().unwrap();
        let person = people.iter().find(|one| one["name"] == name);
        person.unwrap()["slack"].clone()
    }
}

#[tokio::test]
async fn who_is_somebody_in_slack_is_linked_once_and_on_record() {
    let world = World::new().await;
    for name in ["Nina", "Otto"] {
        let role = json!([{"role": "OPERATOR"}]);
        world.house.newcomer(name, role).await;
    }
    let mut nina = Browser::signed_in(&world.console, "Nina").await;
    let back = world.go(&mut nina, "T0ACME0001", "U0NINA0001").await;
    let arrived = nina.get(&back).await;
    assert_eq!(
        (arrived.status.as_u16(), location(&arrived)),
        (303, "/console/account")
    );
    let account = nina.get("/console/account").await;
    assert!(account.text.contains("U0NINA0001"), "{}", account.text);
    let user = SlackUser {
        team: "T0ACME0001".to_owned(),
        user: "U0NINA0001".to_owned(),
    };
    assert_eq!(world.linked("Nina").await, json!(user));
    let records = world.house.get("/v1/audit?limit=3").await.text;
    assert!(records.contains("linked to Slack"), "{records}");
    assert_eq!(nina.get(&back).await.status, 409, "the way back is gone");

    // The same user of Slack is nobody else.
    let mut otto = Browser::signed_in(&world.console, "Otto").await;
    let back = world.go(&mut otto, "T0ACME0001", "U0NINA0001").await;
    assert_eq!(otto.get(&back).await.status, 409);
    assert_eq!(world.linked("Otto").await, Value::Null);
}

#[tokio::test]
async fn who_is_of_another_workspace_or_in_another_browser_is_not_linked() {
    let world = World::new().await;
    let role = json!([{"role": "OPERATOR"}]);
    world.house.newcomer("Nina", role).await;
    let mut nina = Browser::signed_in(&world.console, "Nina").await;
    let back = world.go(&mut nina, "T0EVIL0001", "U0NINA0001").await;
    let refused = nina.get(&back).await;
    assert_eq!(refused.status, 403, "{}", refused.text);
    // Somebody else's way back, sent to Nina, links nobody's user to her.
    let mut other = Browser::signed_in(&world.console, "Nina").await;
    let back = world.go(&mut other, "T0ACME0001", "U0EVIL0001").await;
    assert_ne!(nina.get(&back).await.status, 303);
    assert_eq!(world.linked("Nina").await, Value::Null);
}
