use super::{Room, block, grant};
use crate::console::browser::{Browser, field};
use serde_json::json;

/// A word that breaks out of text and attributes, and hides.
const HOSTILE: &str = "</textarea><script>x()</script>\"'><img src=x>\u{202E}";

fn is_harmless(text: &str) -> bool {
    !text.contains("<script>") && !text.contains("<img") && !text.contains('\u{202E}')
}

/// Everything that is sent by a form.
fn posts(id: &str) -> Vec<(String, Vec<(&'static str, String)>)> {
    let one = |deed: &str| format!("/console/policies/{id}/{deed}");
    let draft = ("draft", block("Mine").to_string());
    let save = || ("deed", "save".to_owned());
    let version = || ("version", "1".to_owned());
    vec![
        (
            "/console/policies/new".to_owned(),
            vec![draft.clone(), save()],
        ),
        (one("edit"), vec![draft, save(), version()]),
        (one("off"), vec![version()]),
        (one("log-only"), vec![version()]),
        (one("enforce"), vec![version()]),
        (
            "/console/tenant-policy/edit".to_owned(),
            vec![("draft", "version: 1\n".to_owned()), save(), version()],
        ),
        (
            "/console/settings".to_owned(),
            vec![("seen", "{}".to_owned())],
        ),
    ]
}

async fn post(browser: &mut Browser, path: &str, csrf: &str, fields: &[(&str, String)]) -> u16 {
    let mut all = vec![("csrf", csrf)];
    all.extend(fields.iter().map(|(name, value)| (*name, value.as_str())));
    browser.post_plain(path, &all).await.status.as_u16()
}

#[tokio::test]
async fn only_architects_change_rules_and_only_with_a_form_of_ours() {
    let room = Room::new().await;
    let id = room.policy(block("Logs stay")).await;
    let records = room.records().await;
    for name in ["Nina", "Vi", "Mia"] {
        let mut browser = room.browser(name).await;
        let csrf = field(&browser.get("/console/account").await.text, "csrf");
        for (path, fields) in posts(&id) {
            assert_eq!(
                post(&mut browser, &path, &csrf, &fields).await,
                403,
                "{name} {path}"
            );
        }
        for form in ["/console/policies/new", "/console/tenant-policy/edit"] {
            assert_eq!(browser.get(form).await.status, 403, "{name} {form}");
        }
    }
    let mut arch = room.browser("Arch").await;
    let csrf = field(&arch.get("/console/account").await.text, "csrf");
    let all = posts(&id);
    let simulator = ("/console/simulator".to_owned(), Vec::new());
    for (path, fields) in all.iter().chain([&simulator]) {
        assert_eq!(post(&mut arch, path, "", fields).await, 403, "{path}");
        assert_eq!(
            post(&mut arch, path, &csrf.replace('a', "b"), fields).await,
            403,
            "{path}"
        );
        arch.says = vec![("sec-fetch-site", "cross-site")];
        assert_eq!(post(&mut arch, path, &csrf, fields).await, 403, "{path}");
        arch.says = Vec::new();
    }
    let mut nobody = Browser::new(&room.console);
    for (path, fields) in all.iter().chain([&simulator]) {
        assert_eq!(post(&mut nobody, path, "", fields).await, 401, "{path}");
    }
    // Signing in is on record; nothing else is.
    let policy = room.view(&id).await.policy;
    assert_eq!((policy.version, policy.active), (1, true));
    let kept = room
        .house
        .firewall
        .tenant_policy(&room.owner)
        .await
        .unwrap();
    assert_eq!(kept.version, 1);
    assert!(room.records().await <= records + 8);
}

#[tokio::test]
async fn who_reads_none_of_the_lists_reads_no_rules_either() {
    let room = Room::new().await;
    let id = room.policy(block("Logs stay")).await;
    let (mut vi, mut mia) = (room.browser("Vi").await, room.browser("Mia").await);
    for path in [
        "/console/policies".to_owned(),
        format!("/console/policies/{id}"),
        format!("/console/policies/{id}/text"),
        "/console/tenant-policy".to_owned(),
        "/console/tenant-policy/text".to_owned(),
        "/console/settings".to_owned(),
        "/console/simulator".to_owned(),
    ] {
        assert_eq!(vi.get(&path).await.status, 200, "{path}");
        assert_eq!(mia.get(&path).await.status, 403, "{path}");
    }
    let overview = mia.get("/console/account").await.text;
    assert!(!overview.contains("href=\"/console/policies\""));
}

#[tokio::test]
async fn another_tenants_policy_is_not_there() {
    let room = Room::new().await;
    let firewall = &room.house.firewall;
    let globex = firewall.authenticate(&room.house.globex.architect).unwrap();
    let theirs = room.policy_of(&globex, block("Theirs")).await;
    let mut arch = room.browser("Arch").await;
    let csrf = field(&arch.get("/console/account").await.text, "csrf");
    for (id, deed) in ["", "/edit", "/text", "?version=1"]
        .into_iter()
        .flat_map(|deed| {
            [
                (theirs.as_str(), deed),
                ("pol_nobody", deed),
                ("..%2Fx", deed),
            ]
        })
    {
        let path = format!("/console/policies/{id}{deed}");
        assert_eq!(arch.get(&path).await.status, 404, "{path}");
    }
    assert_eq!(
        arch.get(&format!("/console/simulator?policy={theirs}"))
            .await
            .status,
        404
    );
    for (path, fields) in posts(&theirs) {
        if path.contains(&theirs) {
            assert_eq!(post(&mut arch, &path, &csrf, &fields).await, 404, "{path}");
        }
    }
    let kept = firewall.policy(&globex, &theirs).await.unwrap().policy;
    assert_eq!((kept.version, kept.active), (1, true));
}

#[tokio::test]
async fn no_word_of_a_rule_becomes_markup_or_hides() {
    let room = Room::new().await;
    // What hides is refused by the rules themselves.
    let seen = HOSTILE.trim_end_matches('\u{202E}');
    let mut mean = block(seen);
    mean["config"]["reason"] = json!(seen);
    let id = room.policy(mean.clone()).await;
    mean["name"] = json!(HOSTILE);
    room.policy(grant()).await;
    room.house
        .govern(json!({"action_type": "log_rotate", "environment": "staging"}))
        .await;
    let mut arch = room.browser("Arch").await;
    for path in [
        "/console/policies",
        "/console/policies?agent=%3Cscript%3E%22%E2%80%AE",
        "/console/policies?type=%3Cscript%3E",
        "/console/simulator",
        &format!("/console/simulator?policy={id}"),
        &format!("/console/policies/{id}"),
        &format!("/console/policies/{id}?version=1&against=1"),
        &format!("/console/policies/{id}/edit"),
        "/console/policies/new?type=%3Cscript%3E",
    ] {
        let page = arch.get(path).await;
        assert!(is_harmless(&page.text), "{path}: {}", page.text);
    }
    let page = arch.get("/console/policies/new").await;
    let edit = format!("/console/policies/{id}/edit");
    let mean = mean.to_string();
    for path in [
        "/console/policies/new",
        &edit,
        "/console/tenant-policy/edit",
        "/console/simulator",
        "/console/settings",
    ] {
        for draft in [HOSTILE, &mean] {
            for deed in ["check", "save", HOSTILE] {
                let fields = [
                    ("draft", draft),
                    ("deed", deed),
                    ("version", "1"),
                    ("looked_at", HOSTILE),
                    ("agent", HOSTILE),
                    ("action", HOSTILE),
                    ("policy", HOSTILE),
                    ("mode", HOSTILE),
                    ("mode_expires_at", HOSTILE),
                    ("permit_seconds", HOSTILE),
                    ("seen", "{}"),
                ];
                let answer = arch.post(path, &page, &fields).await;
                assert!(is_harmless(&answer.text), "{path}: {}", answer.text);
            }
        }
    }
}
