//! Permission sets, entry by entry and without scripts.

use super::{Browser, Office, fault, led};
use serde_json::{Value, json};

const NEW: &str = "/console/new/permission-set";

/// The first entry of a set.
const FIRST: [(&str, &str); 6] = [
    ("name", "lab, without one"),
    ("description", "for the team"),
    ("entries[0].workspace", "lab"),
    ("entries[0].effect", "ALLOW"),
    ("entries[0].agents", "regex:.*\n"),
    (
        "entries[0].scopes",
        "cluster-a\n\n  regex:cluster-b-[0-9]+ \n",
    ),
];
/// The second one.
const SECOND: [(&str, &str); 4] = [
    ("entries[1].workspace", "lab"),
    ("entries[1].effect", "DENY"),
    ("entries[1].agents", ""),
    ("entries[1].scopes", "cluster-c"),
];

/// The path of a set with both entries, which was made in a browser.
async fn made(office: &Office, arch: &mut Browser) -> String {
    office.make("/v1/workspaces", json!({"id": "lab"})).await;
    let form = arch.get(NEW).await;
    let both = [&FIRST[..], &SECOND].concat();
    led(&arch.post(NEW, &form, &both).await)
}

/// What the API tells of it.
async fn kept(office: &Office, path: &str) -> Value {
    let path = path.replace("/console", "/v1");
    office.house.get(&path).await.ok()
}

#[tokio::test]
async fn a_set_is_made_entry_by_entry() {
    let office = Office::new().await;
    let mut arch = office.browser("Arch").await;
    let form = arch.get(NEW).await;
    let more = [&FIRST[..], &[("more", "yes")]].concat();
    let grown = arch.post(NEW, &form, &more).await;
    assert_eq!(grown.status, 200);
    for word in [
        "Entry 2",
        "entries[1].effect",
        "lab, without one",
        "regex:cluster-b-[0-9]+",
    ] {
        assert!(grown.text.contains(word), "{word}");
    }
    let path = made(&office, &mut arch).await;
    assert_eq!(
        kept(&office, &path).await["entries"],
        json!([
            {"workspace": "lab", "effect": "ALLOW", "agents": ["regex:.*"],
             "scopes": ["cluster-a", "regex:cluster-b-[0-9]+"]},
            {"workspace": "lab", "effect": "DENY", "agents": [], "scopes": ["cluster-c"]},
        ])
    );
    let page = arch.get(&path).await.text;
    assert!(
        page.contains("Denies") && page.contains("all of them"),
        "{page}"
    );
    let twice = arch.post(NEW, &grown, &FIRST).await;
    assert_eq!(twice.status, 409);
    assert!(fault(&twice, "name").contains("already"));
}

#[tokio::test]
async fn an_entry_is_left_out_and_a_set_that_nobody_has_is_deleted() {
    let office = Office::new().await;
    let mut arch = office.browser("Arch").await;
    let path = made(&office, &mut arch).await;
    let edit = format!("{path}/edit");
    let form = arch.get(&edit).await;
    assert!(form.text.contains("Entry 2") && form.text.contains("cluster-c"));
    let without = [&FIRST[..], &SECOND, &[("entries[0].leave_out", "yes")]].concat();
    assert_eq!(led(&arch.post(&edit, &form, &without).await), path);
    let set = kept(&office, &path).await;
    assert_eq!(set["entries"].as_array().unwrap().len(), 1);
    assert_eq!(set["entries"][0]["effect"], "DENY");

    let group = office.make("/v1/groups", json!({"name": "leads"})).await;
    let group = format!("/v1/groups/{group}");
    let carry = async |sets: Value| {
        let sets = json!({"permission_sets": sets});
        office.house.act("PATCH", &group, sets).await.ok();
    };
    carry(json!([set["id"]])).await;
    let delete = format!("{path}/delete");
    let refused = arch.post(&delete, &form, &[]).await;
    assert_eq!(refused.status, 409);
    assert!(
        refused
            .text
            .contains("group `leads` has it; take it away there first")
    );
    carry(json!([])).await;
    let gone = arch.post(&delete, &form, &[]).await;
    assert_eq!(led(&gone), "/console/permission-sets");
    assert_eq!(arch.post(&delete, &form, &[]).await.status, 404);
}

#[tokio::test]
async fn both_doors_refuse_the_same_in_the_same_words() {
    let office = Office::new().await;
    office.make("/v1/workspaces", json!({"id": "lab"})).await;
    let mut arch = office.browser("Arch").await;
    let form = arch.get(NEW).await;
    for (workspace, effect, agents, scopes) in [
        ("nowhere", "ALLOW", "regex:.*", "a"),
        ("", "ALLOW", "regex:.*", "a"),
        ("lab", "PERHAPS", "regex:.*", "a"),
        ("lab", "", "regex:.*", "a"),
        ("lab", "ALLOW", "agt ops", "a"),
        ("lab", "ALLOW", "regex:(", "a"),
        ("lab", "DENY", "", "ok\nregex:[\nb.*"),
    ] {
        let lines = |text: &str| -> Vec<String> { text.lines().map(str::to_owned).collect() };
        let body = json!({"name": "s", "entries": [{
            "workspace": workspace, "effect": effect, "agents": lines(agents), "scopes": lines(scopes),
        }]});
        let api = office
            .house
            .act("POST", "/v1/permission-sets", body)
            .await
            .must(422);
        let fields = [
            ("name", "s"),
            ("entries[0].workspace", workspace),
            ("entries[0].effect", effect),
            ("entries[0].agents", agents),
            ("entries[0].scopes", scopes),
        ];
        let page = arch.post(NEW, &form, &fields).await;
        assert_eq!(page.status, 422, "{fields:?}");
        for one in api["error"]["details"].as_array().unwrap() {
            let (path, message) = (one["path"].as_str().unwrap(), &one["message"]);
            let field = path.strip_suffix(']').and_then(|path| {
                let (field, at) = path.rsplit_once('[')?;
                at.parse::<usize>().ok().map(|_| field)
            });
            let message = maud::html! { (message.as_str().unwrap()) }.into_string();
            let said = fault(&page, field.unwrap_or(path));
            assert!(said.contains(&message), "{path}: {said}, not {message}");
        }
    }
    let wrong = [
        ("name", "s"),
        ("entries[0].effect", "DENY"),
        ("entries[0].workspace", "lab"),
        ("entries[0].scopes", "ok\nregex:[\nb.*"),
    ];
    let page = arch.post(NEW, &form, &wrong).await;
    let said = fault(&page, "entries[0].scopes");
    assert!(
        said.contains("the 2nd of them:") && said.contains("the 3rd of them:"),
        "{said}"
    );
    assert!(
        page.text.contains("ok\nregex:[\nb.*"),
        "what was typed stays"
    );
}

#[tokio::test]
async fn too_many_entries_are_refused() {
    let office = Office::new().await;
    office.make("/v1/workspaces", json!({"id": "lab"})).await;
    let mut arch = office.browser("Arch").await;
    let form = arch.get(NEW).await;
    let names: Vec<(String, String)> = (0..257)
        .map(|at| {
            (
                format!("entries[{at}].effect"),
                format!("entries[{at}].workspace"),
            )
        })
        .collect();
    let mut fields = vec![("name", "s")];
    for (effect, workspace) in &names {
        fields.extend([(effect.as_str(), "DENY"), (workspace.as_str(), "lab")]);
    }
    let page = arch.post(NEW, &form, &fields).await;
    assert_eq!(page.status, 422);
    assert!(page.text.contains("entries: has at most 256 items"));
}
