//! Scopes: added, changed and removed, under the rules of the other door and in its words.

use super::{Shop, fault, led, main_of};
use serde_json::json;

const NEW: &str = "/console/new/scope";

fn filled<'f>(more: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let usual = [
        ("name", "reports"),
        ("description", "the reports"),
        ("provider", "fake"),
        ("environment", "staging"),
        ("mode", "write"),
        ("filters", "{\"namespaces\": [\"web\"]}"),
        ("workspaces[0].workspace", "ops"),
        ("workspaces[0].agents", "read"),
    ];
    let kept = usual
        .into_iter()
        .filter(|(name, _)| more.iter().all(|(other, _)| other != name));
    kept.chain(more.iter().copied()).collect()
}

#[tokio::test]
async fn both_doors_refuse_the_same_in_the_same_words() {
    let shop = Shop::new().await;
    let mut arch = shop.office.browser("Arch").await;
    let form = arch.get(NEW).await;
    for (name, typed, sent) in [
        ("name", "Reports", json!("Reports")),
        ("provider", "nobody", json!("nobody")),
        ("environment", "", json!("")),
        ("mode", "all", json!("all")),
        ("filters", "[]", json!([])),
        ("workspaces[0].workspace", "nowhere", json!("nowhere")),
        ("workspaces[0].agents", "all", json!("all")),
    ] {
        let page = arch.post(NEW, &form, &filled(&[(name, typed)])).await;
        let mut body = super::scope("reports");
        match name.strip_prefix("workspaces[0].") {
            Some(inner) => body["workspaces"][0][inner] = sent,
            None => body[name] = sent,
        }
        let told = shop.office.house.act("POST", "/v1/scopes", body).await;
        let told = told.must(422)["error"]["details"][0].clone();
        assert_eq!(page.status, 422, "{name}: {}", page.text);
        assert_eq!(told["path"], name, "{told}");
        let words = told["message"].as_str().unwrap();
        let shown = fault(&page, name).replace("&quot;", "\"");
        assert_eq!(shown, words, "{name}");
        assert!(page.text.contains("the reports"), "what was typed is kept");
    }
    // What the provider cannot enforce, and what is no JSON at all.
    let bad = arch
        .post(NEW, &form, &filled(&[("filters", "{\"bad\": 1}")]))
        .await;
    assert_eq!(bad.status, 422);
    assert!(
        bad.text.contains("filters.bad: cannot be enforced"),
        "{}",
        bad.text
    );
    for twice in ["{\"a\": 1, \"a\": 2}", "{", "\u{202E}"] {
        let bad = arch.post(NEW, &form, &filled(&[("filters", twice)])).await;
        assert_eq!(bad.status, 422, "{twice}");
        assert!(!fault(&bad, "filters").is_empty());
        assert!(!bad.text.contains('\u{202E}'));
    }
    let taken = arch.post(NEW, &form, &filled(&[("name", "cluster")])).await;
    assert_eq!(taken.status, 409);
    assert_eq!(fault(&taken, "name"), "there is a scope `cluster` already");
}

#[tokio::test]
async fn a_scope_is_added_changed_and_removed() {
    let shop = Shop::new().await;
    let mut arch = shop.office.browser("Arch").await;
    let form = arch.get(NEW).await;
    let more = arch.post(NEW, &form, &filled(&[("more", "yes")])).await;
    assert!(more.text.contains("Workspace 2"), "{}", main_of(&more));
    let path = led(&arch.post(NEW, &form, &filled(&[])).await);
    assert_eq!(path, "/console/scopes/reports");
    let page = arch.get(&path).await;
    for word in [
        "the reports",
        "staging",
        "namespaces",
        ">Arch<",
        "Remove the scope",
    ] {
        assert!(page.text.contains(word), "{word}: {}", main_of(&page));
    }
    let list = arch.get("/console/scopes?q=REPORTS").await;
    assert!(list.text.contains(&path) && !list.text.contains("/console/scopes/cluster"));

    let edit = format!("{path}/edit");
    let form = arch.get(&edit).await;
    assert!(!form.text.contains("name=\"name\""), "a name never changes");
    let less = filled(&[
        ("mode", "read"),
        ("filters", ""),
        ("workspaces[0].leave_out", "yes"),
    ]);
    assert_eq!(led(&arch.post(&edit, &form, &less).await), path);
    let changed = shop.office.house.get("/v1/scopes/reports").await.ok();
    assert_eq!(
        (
            &changed["mode"],
            &changed["filters"],
            &changed["workspaces"],
            &changed["revision"]
        ),
        (&json!("read"), &json!({}), &json!([]), &json!(2)),
    );
    let page = arch.get(&path).await;
    assert!(page.text.contains("Nowhere: no session can have it."));
    let removed = arch.post(&format!("{path}/remove"), &page, &[]).await;
    assert_eq!(led(&removed), "/console/scopes");
    assert_eq!(arch.get(&path).await.status, 404);
    assert_eq!(arch.post(&edit, &page, &less).await.status, 404);
}
