//! Everybody else: who may only look, who may not even that, and who belongs elsewhere.

use super::{HOSTILE, Office, field, led};
use crate::console::browser::Browser;
use serde_json::json;

/// One of each kind, by id.
struct Things {
    person: String,
    group: String,
    set: String,
    workspace: String,
    elevation: String,
}

async fn things(office: &Office) -> Things {
    let group = office.make("/v1/groups", json!({"name": "leads"})).await;
    let own = office.house.me(&office.house.acme.architect).await["person"]["id"].clone();
    let members = format!("/v1/groups/{group}/members");
    let waits = office
        .house
        .act("POST", &members, json!({"person_id": own}))
        .await
        .must(202);
    Things {
        person: office.id_of("Otto").await,
        set: office
            .make("/v1/permission-sets", json!({"name": "s", "entries": []}))
            .await,
        workspace: office.make("/v1/workspaces", json!({"id": "lab"})).await,
        elevation: waits["id"].as_str().unwrap().to_owned(),
        group,
    }
}

impl Things {
    /// Every page of the directory that is for readers.
    fn pages(&self) -> Vec<String> {
        let lists = [
            "people",
            "groups",
            "elevations",
            "permission-sets",
            "workspaces",
            "approver-lists",
        ];
        let mut pages: Vec<String> = lists
            .iter()
            .map(|list| format!("/console/{list}"))
            .collect();
        pages.extend(self.ones());
        pages
    }

    /// Every page of one thing.
    fn ones(&self) -> Vec<String> {
        vec![
            format!("/console/people/{}", self.person),
            format!("/console/groups/{}", self.group),
            format!("/console/permission-sets/{}", self.set),
            format!("/console/workspaces/{}", self.workspace),
        ]
    }

    /// Every page with a form of its own.
    fn forms(&self) -> Vec<String> {
        let mut forms: Vec<String> = ["person", "group", "permission-set", "workspace"]
            .iter()
            .map(|new| format!("/console/new/{new}"))
            .collect();
        forms.extend(self.ones().iter().map(|one| format!("{one}/edit")));
        forms
    }

    /// Every deed, with what it takes.
    fn deeds(&self) -> Vec<(String, Vec<(&str, &str)>)> {
        let name = || {
            vec![
                ("name", "x"),
                ("id", "x"),
                ("active", "true"),
                ("short_name", "X"),
            ]
        };
        let mut deeds: Vec<_> = self
            .forms()
            .into_iter()
            .map(|form| (form, name()))
            .collect();
        let [person, group, set, _] = self.ones().try_into().unwrap();
        for deed in ["invite", "activate", "deactivate", "unlink-slack"] {
            deeds.push((format!("{person}/{deed}"), vec![]));
        }
        for deed in ["add", "remove"] {
            deeds.push((format!("{person}/groups/{deed}"), vec![("id", &self.group)]));
            deeds.push((format!("{group}/people/{deed}"), vec![("id", &self.person)]));
            deeds.push((
                format!("{group}/permission-sets/{deed}"),
                vec![("id", &self.set)],
            ));
        }
        for deed in ["confirm", "refuse"] {
            deeds.push((
                format!("/console/elevations/{}/{deed}", self.elevation),
                vec![],
            ));
        }
        deeds.push((format!("{group}/delete"), vec![]));
        deeds.push((format!("{set}/delete"), vec![]));
        deeds
    }
}

/// What there is, as the API tells it.
async fn everything(office: &Office) -> Vec<String> {
    let mut told = Vec::new();
    for list in [
        "people",
        "groups",
        "elevations",
        "permission-sets",
        "workspaces",
    ] {
        told.push(
            office
                .house
                .get(&format!("/v1/{list}?limit=100"))
                .await
                .ok()
                .to_string(),
        );
    }
    told
}

#[tokio::test]
async fn who_reads_sees_all_and_changes_nothing() {
    let office = Office::new().await;
    let things = things(&office).await;
    let before = everything(&office).await;
    for name in ["Vi", "Otto", "Mia"] {
        let mut browser = office.browser(name).await;
        for page in things.pages() {
            let shown = browser.get(&page).await;
            // Of the workspaces everybody sees those they have to do with, and everybody
            // themselves.
            let expected = match name {
                "Mia" if page == "/console/workspaces" => 200,
                "Mia" if page.starts_with("/console/workspaces/") => 404,
                "Mia" => 403,
                _ => 200,
            };
            assert_eq!(shown.status, expected, "{name} at {page}: {}", shown.text);
            let own = name == "Otto" && page.ends_with(&things.person);
            let main = shown.text.split("<main").nth(1).unwrap_or_default();
            assert!(
                own || !main.contains("method=\"post\""),
                "{name} at {page}: {main}"
            );
            assert!(
                !main.contains("/edit\"") && !main.contains("/console/new/"),
                "{name} at {page}"
            );
        }
        for form in things.forms() {
            assert_eq!(browser.get(&form).await.status, 403, "{name} at {form}");
        }
        let page = browser.get("/console/account").await;
        for (deed, fields) in things.deeds() {
            if name == "Otto" && deed.ends_with("/unlink-slack") {
                continue;
            }
            let refused = browser.post(&deed, &page, &fields).await;
            assert_eq!(refused.status, 403, "{name} at {deed}");
        }
    }
    assert_eq!(everything(&office).await, before);
}

#[tokio::test]
async fn a_deed_that_no_page_of_ours_asked_for_is_not_done() {
    let office = Office::new().await;
    let things = things(&office).await;
    let before = everything(&office).await;
    let mut arch = office.browser("Arch").await;
    let mut vi = office.browser("Vi").await;
    let own = arch.get("/console/account").await;
    let foreign = field(&vi.get("/console/account").await.text, "csrf");
    for (deed, fields) in things.deeds() {
        let missing = arch.post_plain(&deed, &fields).await;
        assert_eq!(missing.status, 403, "{deed} without a token");
        let mut forged = vec![("csrf", foreign.as_str())];
        forged.extend(&fields);
        assert_eq!(
            arch.post_plain(&deed, &forged).await.status,
            403,
            "{deed} with another's"
        );
        let mut elsewhere = arch.clone();
        elsewhere.says = vec![("sec-fetch-site", "cross-site")];
        assert_eq!(
            elsewhere.post(&deed, &own, &fields).await.status,
            403,
            "{deed}"
        );
        let mut nobody = Browser::new(&office.console);
        assert!(
            !nobody.post_plain(&deed, &fields).await.status.is_success(),
            "{deed}"
        );
    }
    assert_eq!(everything(&office).await, before);
}

#[tokio::test]
async fn what_is_anothers_is_not_there() {
    let office = Office::new().await;
    let things = things(&office).await;
    let before = everything(&office).await;
    let mut gil = office.stranger().await;
    for one in things.ones() {
        assert_eq!(gil.get(&one).await.status, 404, "{one}");
        assert_eq!(gil.get(&format!("{one}/edit")).await.status, 404, "{one}");
    }
    for list in things.pages() {
        let shown = gil.get(&list).await.text;
        for word in ["Otto", "leads", "lab"] {
            assert!(!shown.contains(&format!(">{word}<")), "{list}: {shown}");
        }
    }
    let page = gil.get("/console/account").await;
    for (deed, fields) in things.deeds() {
        if deed.starts_with("/console/new/") {
            continue;
        }
        let absent = gil.post(&deed, &page, &fields).await;
        assert_eq!(absent.status, 404, "{deed}: {}", absent.text);
    }
    // Nor can one of theirs be brought into something of one's own.
    let fields = [("name", "ours"), ("description", "")];
    let own = led(&gil.post("/console/new/group", &page, &fields).await);
    for (deed, id) in [
        ("people/add", &things.person),
        ("permission-sets/add", &things.set),
    ] {
        let refused = gil
            .post(&format!("{own}/{deed}"), &page, &[("id", id)])
            .await;
        assert!(refused.status.is_client_error(), "{deed}");
        assert!(!refused.text.contains(">Otto<"), "{deed}");
    }
    assert_eq!(everything(&office).await, before);
}

#[tokio::test]
async fn no_word_of_a_form_becomes_markup() {
    let office = Office::new().await;
    let things = things(&office).await;
    let mut arch = office.browser("Arch").await;
    let page = arch.get("/console/account").await;
    let names = [
        "name",
        "email",
        "role",
        "role-in-lab",
        "description",
        "id",
        "short_name",
        "active",
        "entries[0].workspace",
        "entries[0].effect",
        "entries[0].agents",
        "entries[0].scopes",
        "more",
    ];
    let hostile = names.map(|name| (name, HOSTILE));
    let plain = |text: &str, where_: &str| {
        assert!(
            !text.contains("<script>") && !text.contains("<img"),
            "{where_}: {text}"
        );
    };
    for form in things.forms() {
        // Once as they are, and once without the wish for more entries.
        for fields in [&hostile[..], &hostile[..hostile.len() - 1]] {
            let shown = arch.post(&form, &page, fields).await;
            plain(&shown.text, &form);
        }
    }
    let name = format!("{HOSTILE} again");
    let fields = [("name", name.as_str()), ("description", HOSTILE)];
    for new in ["person", "group", "permission-set"] {
        led(&arch
            .post(&format!("/console/new/{new}"), &page, &fields)
            .await);
    }
    let lab = [
        ("short_name", "LAB"),
        ("description", HOSTILE),
        ("active", "true"),
    ];
    led(&arch.post("/console/workspaces/lab/edit", &page, &lab).await);
    for list in things.pages() {
        let shown = arch.get(&list).await;
        plain(&shown.text, &list);
        let found = arch.get(&format!("{list}?q=%3Cscript%3E%22")).await;
        plain(&found.text, &list);
    }
    let person = office.id_of(&name).await;
    plain(
        &arch.get(&format!("/console/people/{person}")).await.text,
        "person",
    );
    plain(
        &arch
            .get(&format!("/console/people/{person}/edit"))
            .await
            .text,
        "edit",
    );
    let odd = arch.get("/console/people/%3Cscript%3E").await;
    assert_eq!(odd.status, 404);
    plain(&odd.text, "an id");
}
