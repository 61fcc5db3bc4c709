//! The directory's rooms: who there is and what they may, changed in a browser.

mod groups;
mod others;
mod people;
mod permission_sets;
mod workspaces;

use super::browser::{Browser, console, field, location};
use crate::house::{House, PASSWORD, Reply};
use axum::Router;
use serde_json::json;

/// A word that breaks out of text and attributes.
pub(super) const HOSTILE: &str = "<script>x()</script>\"'><img src=x>";

/// A house with a console, and somebody of every kind who can sign in there.
pub(super) struct Office {
    pub(super) house: House,
    pub(super) console: Router,
}

impl Office {
    pub(super) async fn new() -> Self {
        let house = House::new().await;
        for (name, roles) in [
            ("Arch", json!([{"role": "architect"}])),
            ("Otto", json!([{"role": "operator"}])),
            ("Vi", json!([{"role": "viewer"}])),
            ("Mia", json!([])),
        ] {
            house.newcomer(name, roles).await;
        }
        let console = console(&house);
        Self { house, console }
    }

    pub(super) async fn browser(&self, name: &str) -> Browser {
        Browser::signed_in(&self.console, name).await
    }

    /// Makes something over the API; its id.
    pub(super) async fn make(&self, path: &str, new: serde_json::Value) -> String {
        let made = self.house.act("POST", path, new).await.must(201);
        made["id"].as_str().unwrap().to_owned()
    }

    /// The id of somebody by name.
    pub(super) async fn id_of(&self, name: &str) -> String {
        let people = self.house.get("/v1/people?limit=100").await.ok();
        let people = people["people"].as_array().unwrap().clone();
        let found = people.iter().find(|person| person["name"] == name);
        found.unwrap()["id"].as_str().unwrap().to_owned()
    }

    /// Somebody of the other tenant who changes everything there.
    pub(super) async fn stranger(&self) -> Browser {
        let token = &self.house.globex.architect;
        let new = json!({"name": "Gil", "roles": [{"role": "architect"}]}).to_string();
        let made = self
            .house
            .call(("POST", "/v1/people"), token, new)
            .await
            .must(201);
        let path = format!("/v1/people/{}/invitation", made["id"].as_str().unwrap());
        let invited = self.house.call(("POST", &path), token, "").await.must(201);
        let taken = json!({"code": invited["code"], "password": PASSWORD});
        self.house
            .knock("/v1/invitations/accept", taken)
            .await
            .must(201);
        let mut browser = Browser::new(&self.console);
        let page = browser.get("/console/sign-in").await;
        let fields = [
            ("tenant", "globex"),
            ("name", "Gil"),
            ("password", PASSWORD),
        ];
        let led = browser.post("/console/sign-in", &page, &fields).await;
        assert_eq!(led.status, 303, "{}", led.text);
        browser
    }
}

/// Where something that was done leads to.
#[track_caller]
pub(super) fn led(reply: &Reply) -> String {
    assert_eq!(reply.status, 303, "{}", reply.text);
    location(reply).to_owned()
}

/// What is between two words of a page.
pub(super) fn between<'t>(text: &'t str, from: &str, to: &str) -> &'t str {
    let (_, rest) = text
        .split_once(from)
        .unwrap_or_else(|| panic!("no `{from}` in {text}"));
    rest.split(to).next().unwrap()
}

/// What a page says was wrong with a field of its form.
pub(super) fn fault<'t>(page: &'t Reply, field: &str) -> &'t str {
    between(
        &page.text,
        &format!("id=\"form-{field}-error\">"),
        "</span>",
    )
}
