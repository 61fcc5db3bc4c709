//! Passkeys at the console: registering, signing in, and approving what destroys.

use super::{
    authenticator::Authenticator,
    browser::{Browser, console, field, location},
};
use crate::house::{House, PASSWORD, Reply};
use axum::Router;
use portcullis_firewall::hold::HoldStatus;
use serde_json::json;

/// Acme with Nina, who has a passkey, and Otto, who has none.
struct Room {
    house: House,
    console: Router,
    nina: Browser,
    passkey: Authenticator,
}

impl Room {
    async fn new() -> Self {
        let house = House::new().await;
        for name in ["Nina", "Otto"] {
            house.newcomer(name, json!([{"role": "OPERATOR"}])).await;
        }
        let console = console(&house);
        let mut nina = Browser::signed_in(&console, "Nina").await;
        let passkey = Authenticator::new("nina's passkey");
        let page = nina.get("/console/account").await;
        let shown = passkey.register(&page.text);
        let fields = [("name", "laptop"), ("credential", shown.as_str())];
        let path = "/console/account/passkeys";
        let led = nina.post(path, &page, &fields).await;
        assert_eq!(location(&led), "/console/account");
        let again = nina.post(path, &page, &fields).await;
        assert_eq!(again.status, 409, "one ceremony is good once");
        Self {
            house,
            console,
            nina,
            passkey,
        }
    }

    /// Another browser of Nina's, in which she signs in with her passkey.
    async fn by_passkey(&mut self) -> Browser {
        let mut browser = Browser::new(&self.console);
        let page = browser.get("/console/sign-in").await;
        let shown = self.passkey.sign(&page.text);
        let fields = [("credential", shown.as_str())];
        let led = browser
            .post("/console/sign-in/passkey", &page, &fields)
            .await;
        assert_eq!(led.status, 303, "{}", led.text);
        browser
    }

    /// A hold of risk tier 4; each call makes another.
    async fn destructive(&self, cost: u32) -> String {
        let action = json!({
            "action_type": "workloads.cancel",
            "parameters": {"status": "running", "cost_usd": cost},
        });
        self.house.govern(action).await.hold.unwrap().id
    }

    async fn status(&self, hold: &str) -> (HoldStatus, usize) {
        let architect = &self.house.acme.architect;
        let architect = self.house.firewall.authenticate(architect).unwrap();
        let hold = self.house.firewall.hold(&architect, hold).await.unwrap();
        (hold.status, hold.approvals.len())
    }
}

async fn approve(browser: &mut Browser, page: &Reply, hold: &str, credential: &str) -> Reply {
    let form = &page.text[page.text.find("/approve\"").unwrap()..];
    let [csrf, digest, request] = ["csrf", "digest", "request"].map(|name| field(form, name));
    let fields = [
        ("csrf", csrf.as_str()),
        ("digest", &digest),
        ("request", &request),
        ("credential", credential),
    ];
    let path = format!("/console/approvals/{hold}/approve");
    browser.post_plain(&path, &fields).await
}

#[tokio::test]
async fn a_passkey_signs_in_once_for_each_page() {
    let mut room = Room::new().await;
    let mut browser = Browser::new(&room.console);
    let page = browser.get("/console/sign-in").await;
    let shown = room.passkey.sign(&page.text);
    let path = "/console/sign-in/passkey";
    let fields = [
        ("next", "/console/approvals"),
        ("credential", shown.as_str()),
    ];
    let led = browser.post(path, &page, &fields).await;
    assert_eq!(location(&led), "/console/approvals", "{}", led.text);
    assert_eq!(browser.get("/console/approvals").await.status, 200);
    // The same answer again, in this browser and in another.
    assert_eq!(browser.post(path, &page, &fields).await.status, 409);
    let mut thief = Browser::new(&room.console);
    let fresh = thief.get("/console/sign-in").await;
    let replayed = thief.post(path, &fresh, &fields).await;
    assert_eq!(replayed.status, 401);
    assert!(replayed.text.contains("not known here"));
}

#[tokio::test]
async fn what_destroys_takes_the_passkey_over_that_very_request() {
    let mut room = Room::new().await;
    let (hold, other) = (room.destructive(0).await, room.destructive(1).await);
    let path = |hold: &str| format!("/console/approvals/{hold}");
    let page = room.nina.get(&path(&hold)).await;
    let bare = approve(&mut room.nina, &page, &hold, "").await;
    assert_eq!(bare.status, 409);
    assert!(bare.text.contains("confirm this with your passkey"));
    let others = room.nina.get(&path(&other)).await;
    let for_other = room.passkey.sign(&others.text);
    let refused = approve(&mut room.nina, &page, &hold, &for_other).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("another challenge"));
    assert_eq!(room.status(&hold).await, (HoldStatus::Held, 0));
    let shown = room.passkey.sign(&page.text);
    let led = approve(&mut room.nina, &page, &hold, &shown).await;
    assert!(location(&led).ends_with("?said=noted"));
    assert_eq!(room.status(&hold).await, (HoldStatus::Held, 1));
    // A replay counts for nobody: not for who signed, nor for somebody else.
    let again = approve(&mut room.nina, &page, &hold, &shown).await;
    assert_eq!(again.status, 409);
    let mut otto = Browser::signed_in(&room.console, "Otto").await;
    let seen = otto.get(&path(&hold)).await;
    let borrowed = approve(&mut otto, &seen, &hold, &shown).await;
    assert!(borrowed.text.contains("not yours"), "{}", borrowed.text);
    assert_eq!(room.status(&hold).await, (HoldStatus::Held, 1));
    let led = approve(&mut otto, &seen, &hold, "").await;
    assert!(location(&led).ends_with("?said=approved"), "Otto has none");
    assert_eq!(room.status(&hold).await, (HoldStatus::Released, 2));
}

#[tokio::test]
async fn a_removed_passkey_ends_what_was_got_by_it() {
    let mut room = Room::new().await;
    let mut by_passkey = room.by_passkey().await;
    let mut at_another = room.by_passkey().await;
    let mut by_password = Browser::signed_in(&room.console, "Nina").await;
    let account = by_passkey.get("/console/account").await;
    let removed = by_passkey.post(&removal(&account), &account, &[]).await;
    assert_eq!(removed.status, 303, "{}", removed.text);
    assert_eq!(at_another.get("/console/account").await.status, 303);
    for going_on in [&mut by_passkey, &mut by_password] {
        assert_eq!(going_on.get("/console/account").await.status, 200);
    }
}

#[tokio::test]
async fn a_password_alone_changes_no_passkeys() {
    let mut room = Room::new().await;
    let hold = room.destructive(0).await;
    // Whoever knows the password alone neither takes the passkey away nor brings one of theirs.
    let mut thief = Browser::signed_in(&room.console, "Nina").await;
    let account = thief.get("/console/account").await;
    let removed = thief.post(&removal(&account), &account, &[]).await;
    assert_eq!(removed.status, 409);
    assert!(removed.text.contains("sign in with one of your passkeys"));
    let account = thief.get("/console/account").await;
    let theirs = Authenticator::new("a thief's passkey");
    let shown = theirs.register(&account.text);
    let fields = [("name", "new laptop"), ("credential", shown.as_str())];
    let path = "/console/account/passkeys";
    assert_eq!(thief.post(path, &account, &fields).await.status, 409);
    let page = thief.get(&format!("/console/approvals/{hold}")).await;
    let bare = approve(&mut thief, &page, &hold, "").await;
    assert!(bare.text.contains("confirm this with your passkey"));
    assert_eq!(room.status(&hold).await, (HoldStatus::Held, 0));
    // Who has shown one adds another.
    let mut nina = room.by_passkey().await;
    let account = nina.get("/console/account").await;
    let second = Authenticator::new("nina's second").register(&account.text);
    let fields = [("name", "phone"), ("credential", second.as_str())];
    let led = nina.post(path, &account, &fields).await;
    assert_eq!(led.status, 303, "{}", led.text);
}

#[tokio::test]
async fn who_has_lost_every_passkey_is_invited_and_registers_another() {
    let room = Room::new().await;
    let firewall = &room.house.firewall;
    let architect = firewall.authenticate(&room.house.acme.architect).unwrap();
    let nina = firewall.signed_in(room.nina.secret()).unwrap();
    let nina = nina.person.unwrap().id.to_string();
    let (_, code) = firewall.invite(&architect, &nina).await.unwrap();
    let mut browser = Browser::new(&room.console);
    let path = format!("/console/invitation?code={}", code.reveal());
    browser.get(&path).await;
    let page = browser.get("/console/invitation").await;
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    let led = browser.post("/console/invitation", &page, &fields).await;
    assert_eq!(led.status, 303, "{}", led.text);
    let account = browser.get("/console/account").await;
    let removed = browser.post(&removal(&account), &account, &[]).await;
    assert_eq!(removed.status, 303, "{}", removed.text);
}

/// Where the first passkey of an account page is removed.
fn removal(account: &Reply) -> String {
    let at = account.text.find("/console/account/passkeys/").unwrap();
    account.text[at..].split('"').next().unwrap().to_owned()
}
