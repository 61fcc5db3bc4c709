//! People are made known, invited, changed and stopped.

use super::{Office, between, fault, field, led};
use crate::{
    console::browser::{Browser, URL},
    house::PASSWORD,
};
use serde_json::json;

/// What stands before the link of an invitation.
const INVITED: &str = "<code id=\"invitation\">";

#[tokio::test]
async fn somebody_is_made_known_invited_and_comes_in() {
    let office = Office::new().await;
    office
        .make("/v1/workspaces", json!({"id": "training"}))
        .await;
    let mut arch = office.browser("Arch").await;
    let form = arch.get("/console/new/person").await;
    let fields = [
        ("name", "Ida Novak"),
        ("email", "ida@example.com"),
        ("role", "operator"),
        ("role-in-training", "architect"),
    ];
    let path = led(&arch.post("/console/new/person", &form, &fields).await);
    let page = arch.get(&path).await;
    for word in [
        "Ida Novak",
        "ida@example.com",
        "operator, architect in training",
        "In the workspace training: read, decide holds",
    ] {
        assert!(page.text.contains(word), "{word}: {}", page.text);
    }
    let list = arch.get("/console/people?q=IDA").await.text;
    assert!(
        list.contains("Ida Novak") && !list.contains(">Otto<"),
        "{list}"
    );

    let invited = arch.post(&format!("{path}/invite"), &page, &[]).await;
    assert_eq!(led(&invited), path, "no address holds the link");
    let mut other = office.browser("Arch").await;
    assert!(!other.get(&path).await.text.contains(INVITED), "elsewhere");
    let list = arch.get("/console/people").await.text;
    assert!(!list.contains(INVITED), "{list}");
    let invited = arch.get(&path).await;
    let link = between(&invited.text, INVITED, "<").to_owned();
    let code = link
        .strip_prefix(&format!("{URL}/console/invitation?code="))
        .unwrap_or_else(|| panic!("{link}"));
    assert!(!arch.get(&path).await.text.contains(code), "shown once");
    let mut ida = Browser::new(&office.console);
    led(&ida.get(&link[URL.len()..]).await);
    let welcome = ida.get("/console/invitation").await;
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    led(&ida.post("/console/invitation", &welcome, &fields).await);
    assert_eq!(ida.get("/console/people").await.status, 200);
    let page = arch.get(&path).await.text;
    assert!(page.contains("password") && page.contains("Invite again"));
}

#[tokio::test]
async fn a_new_invitation_ends_the_one_before() {
    let office = Office::new().await;
    let path = format!("/console/people/{}", office.id_of("Vi").await);
    let mut arch = office.browser("Arch").await;
    let page = arch.get(&path).await;
    let mut links = Vec::new();
    for _ in 0..2 {
        led(&arch.post(&format!("{path}/invite"), &page, &[]).await);
        let invited = arch.get(&path).await;
        links.push(between(&invited.text, INVITED, "<").to_owned());
    }
    let mut late = Browser::new(&office.console);
    assert_eq!(late.get(&links[0][URL.len()..]).await.status, 409);
    led(&late.get(&links[1][URL.len()..]).await);
}

#[tokio::test]
async fn what_is_wrong_with_a_person_is_said_at_its_field_and_the_rest_stays() {
    let office = Office::new().await;
    let mut arch = office.browser("Arch").await;
    let form = arch.get("/console/new/person").await;
    let mut send = async |fields: &[(&str, &str)]| {
        let reply = arch.post("/console/new/person", &form, fields).await;
        (reply.status.as_u16(), reply)
    };
    let (status, taken) = send(&[("name", "vi"), ("email", "v@x.org"), ("role", "viewer")]).await;
    assert_eq!(status, 409);
    assert_eq!(
        fault(&taken, "name"),
        "there is somebody called `Vi` already"
    );
    assert!(taken.text.contains("value=\"v@x.org\""));
    assert!(taken.text.contains("<option value=\"viewer\" selected>"));
    let (status, wrong) = send(&[("name", "Ida"), ("email", "nowhere")]).await;
    assert_eq!(status, 422);
    assert!(fault(&wrong, "email").contains("expected a mail address"));
    let (status, wrong) = send(&[("name", " ")]).await;
    assert_eq!((status, fault(&wrong, "name")), (422, "must not be empty"));
    let (status, wrong) = send(&[("name", "Ida"), ("role", "KING")]).await;
    assert_eq!(status, 422);
    assert!(fault(&wrong, "role").contains("expected `viewer`, `operator` or `architect`"));
    let made = send(&[("name", "Ida"), ("role", "")]).await;
    assert_eq!(made.0, 303);
    let twice = send(&[("name", "Ida"), ("role", "")]).await;
    assert_eq!(twice.0, 409, "sent twice, done once");
}

#[tokio::test]
async fn a_change_keeps_what_was_not_asked_for_and_ends_no_sign_in_without_need() {
    let office = Office::new().await;
    office.make("/v1/workspaces", json!({"id": "lab"})).await;
    let roles = json!([{"role": "viewer"}, {"role": "operator", "workspace": "lab"}]);
    let dora = office.house.newcomer("Dora", roles.clone()).await;
    let path = format!("/console/people/{}", dora.id);
    let mut dora = office.browser("Dora").await;
    let mut arch = office.browser("Arch").await;
    let form = arch.get(&format!("{path}/edit")).await;
    assert!(form.text.contains("value=\"Dora\""));
    let save = format!("{path}/edit");
    let fields = [("name", "Dora Bauer"), ("email", ""), ("role", "viewer")];
    assert_eq!(led(&arch.post(&save, &form, &fields).await), path);
    assert_eq!(dora.get("/console/people").await.status, 200, "signed in");
    let known = office
        .house
        .get(&path.replace("/console", "/v1"))
        .await
        .ok();
    assert_eq!(known["name"], "Dora Bauer");
    assert_eq!(known["roles"].as_array().unwrap().len(), 2, "{known}");

    let fields = [("name", "Dora"), ("role", "operator"), ("role-in-lab", "")];
    led(&arch.post(&save, &form, &fields).await);
    assert_eq!(dora.get("/console/people").await.status, 303, "signed out");
    let known = office
        .house
        .get(&path.replace("/console", "/v1"))
        .await
        .ok();
    assert_eq!(
        known["roles"],
        json!([{"role": "operator", "workspace": null}])
    );
}

#[tokio::test]
async fn who_is_deactivated_is_out_and_may_come_back() {
    let office = Office::new().await;
    let path = format!("/console/people/{}", office.id_of("Otto").await);
    let mut otto = office.browser("Otto").await;
    let mut arch = office.browser("Arch").await;
    let page = arch.get(&path).await;
    for _ in 0..2 {
        let done = arch.post(&format!("{path}/deactivate"), &page, &[]).await;
        assert_eq!(led(&done), path, "sent twice is done once");
    }
    assert_eq!(otto.get("/console/people").await.status, 303);
    let stopped = arch.get(&path).await;
    assert!(stopped.text.contains("Not active"), "{}", stopped.text);
    assert!(!stopped.text.contains("/invite\""));
    let invited = arch.post(&format!("{path}/invite"), &page, &[]).await;
    assert_eq!(invited.status, 409);
    assert!(invited.text.contains("they are not active"));
    led(&arch.post(&format!("{path}/activate"), &page, &[]).await);
    office.browser("Otto").await;
}

#[tokio::test]
async fn the_last_architect_stays_one() {
    let office = Office::new().await;
    let own = office.house.me(&office.house.acme.architect).await;
    let first = format!("/console/people/{}", own["person"]["id"].as_str().unwrap());
    let path = format!("/console/people/{}", office.id_of("Arch").await);
    let mut arch = office.browser("Arch").await;
    let page = arch.get(&path).await;
    led(&arch.post(&format!("{first}/deactivate"), &page, &[]).await);
    let refused = arch.post(&format!("{path}/deactivate"), &page, &[]).await;
    assert_eq!(refused.status, 409);
    let words = "nobody else could configure; make another architect first";
    assert!(refused.text.contains(words), "{}", refused.text);
    let fields = [
        ("name", "Arch"),
        ("email", "kept@x.org"),
        ("role", "viewer"),
    ];
    let refused = arch.post(&format!("{path}/edit"), &page, &fields).await;
    assert_eq!(refused.status, 409);
    assert!(refused.text.contains(words) && refused.text.contains("kept@x.org"));
    assert_eq!(arch.get("/console/people").await.status, 200);
}

#[tokio::test]
async fn a_link_to_slack_is_ended_by_its_owner_or_an_architect() {
    let office = Office::new().await;
    let firewall = &office.house.firewall;
    let otto = office.browser("Otto").await;
    let caller = firewall.signed_in(otto.secret()).unwrap();
    let user = portcullis_firewall::person::SlackUser {
        team: "T1".to_owned(),
        user: "U0OTTO".to_owned(),
    };
    firewall.link_slack(&caller, user.clone()).await.unwrap();
    let path = format!("/console/people/{}", office.id_of("Otto").await);
    let unlink = format!("{path}/unlink-slack");
    let mut vi = office.browser("Vi").await;
    let page = vi.get(&path).await;
    assert!(page.text.contains("U0OTTO") && !page.text.contains("/unlink-slack"));
    assert_eq!(vi.post(&unlink, &page, &[]).await.status, 403);
    let mut arch = office.browser("Arch").await;
    let page = arch.get(&path).await;
    assert_eq!(led(&arch.post(&unlink, &page, &[]).await), path);
    assert!(arch.get(&path).await.text.contains("not linked"));
    firewall.link_slack(&caller, user).await.unwrap();
    let mut otto = otto;
    let page = otto.get(&path).await;
    led(&otto.post(&unlink, &page, &[]).await);
    assert!(!otto.get(&path).await.text.contains("U0OTTO"));
}

#[tokio::test]
async fn everybody_sees_themselves() {
    let office = Office::new().await;
    let mut mia = office.browser("Mia").await;
    let own = mia
        .get(&format!("/console/people/{}", office.id_of("Mia").await))
        .await;
    assert_eq!(own.status, 200, "{}", own.text);
    assert!(own.text.contains("Nothing: they have no role."));
    assert!(!own.text.contains("/deactivate") && !own.text.contains("/invite"));
    let other = mia
        .get(&format!("/console/people/{}", office.id_of("Vi").await))
        .await;
    assert_eq!(other.status, 403);
    assert_eq!(field(&own.text, "csrf").len(), 64);
}
