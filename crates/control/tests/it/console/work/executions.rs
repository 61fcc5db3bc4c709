//! Executions: read, and resolved by who found out.

use super::{HOSTILE, Shop, between, led, main_of};
use serde_json::json;

#[tokio::test]
async fn who_found_out_says_so_once() {
    let shop = Shop::new().await;
    let session = shop.session().await;
    let done = shop.act(&session, "cluster-1").await.answer.seq;
    let lost = shop.lost().await;
    let mut otto = shop.office.browser("Otto").await;
    let list = otto.get("/console/executions").await;
    let text = main_of(&list);
    assert!(
        text.contains("Nobody can tell what became of 1 action"),
        "{text}"
    );
    let at = |seq: u64| text.find(&format!("/console/executions/{seq}\"")).unwrap();
    assert!(at(lost) < at(done), "what is unknown stands first: {text}");
    let page = otto.get(&format!("/console/executions/{done}")).await;
    for word in [
        "Done",
        "None was made",
        "the gate, which carried it out",
        "lse_",
    ] {
        assert!(page.text.contains(word), "{word}: {}", main_of(&page));
    }
    assert!(
        !page.text.contains("What became of it?"),
        "nothing to find out"
    );

    let path = format!("/console/executions/{lost}");
    let page = otto.get(&path).await;
    let resolve = format!("{path}/resolve");
    for (fields, at, words) in [
        (vec![("reason", "x")], "done", "is required"),
        (
            vec![("done", "perhaps"), ("reason", "x")],
            "done",
            "is required",
        ),
        (
            vec![("done", "true"), ("reason", "x"), ("cost_usd", "much")],
            "cost_usd",
            "expected a number, not `much`",
        ),
        (
            vec![("done", "true"), ("reason", "x"), ("gpu_hours", "-1")],
            "gpu_hours",
            "must be a number that is not negative",
        ),
    ] {
        let wrong = otto.post(&resolve, &page, &fields).await;
        assert_eq!(wrong.status, 422, "{fields:?}: {}", wrong.text);
        let from = format!("id=\"resolve-{at}-error\">");
        assert_eq!(between(&wrong.text, &from, "</span>"), words, "{fields:?}");
    }
    let nothing = otto.post(&resolve, &page, &[("done", "true"), ("reason", "")]);
    let nothing = nothing.await;
    assert_eq!(nothing.status, 422);
    assert!(
        nothing.text.contains("resolve-reason-error"),
        "{}",
        nothing.text
    );
    let fields = [("done", "false"), ("reason", HOSTILE), ("cost_usd", "0")];
    assert_eq!(led(&otto.post(&resolve, &page, &fields).await), path);
    let page = otto.get(&path).await;
    for word in ["Not done", ">Otto<", "who found out"] {
        assert!(page.text.contains(word), "{word}: {}", main_of(&page));
    }
    assert!(!page.text.contains("<script>x") && !page.text.contains("What became of it?"));
    let again = otto.post(&resolve, &page, &fields).await;
    assert_eq!(again.status, 404, "once: {}", again.text);
}

#[tokio::test]
async fn who_only_looks_gets_no_form_and_filters_leave_what_they_name() {
    let shop = Shop::new().await;
    let lost = shop.lost().await;
    let mut vi = shop.office.browser("Vi").await;
    let page = vi.get(&format!("/console/executions/{lost}")).await;
    assert_eq!(page.status, 200);
    assert!(!main_of(&page).contains("method=\"post\""));
    let link = format!("/console/executions/{lost}\"");
    for (query, is_there) in [
        ("", true),
        ("?state=unknown", true),
        ("?agent=ops-bot", true),
        ("?state=done", false),
        ("?agent=nobody", false),
    ] {
        let list = vi.get(&format!("/console/executions{query}")).await;
        assert_eq!(list.text.contains(&link), is_there, "{query}");
    }
    assert_eq!(vi.get("/console/executions?state=x").await.status, 422);
    for absent in ["/console/executions/999999", "/console/executions/x"] {
        assert_eq!(vi.get(absent).await.status, 404, "{absent}");
    }
}

#[tokio::test]
async fn what_a_set_denies_is_not_there() {
    let shop = Shop::new().await;
    let session = shop.session().await;
    let hidden = shop.act(&session, "is-silent").await.answer.seq;
    let lost = shop.lost().await;
    shop.reach("Otto", "DENY").await;
    let mut otto = shop.office.browser("Otto").await;
    let list = otto.get("/console/executions").await;
    let text = main_of(&list);
    assert!(text.contains("what became of 1 action"), "{text}");
    let has = |seq: u64| text.contains(&format!("/console/executions/{seq}\""));
    assert!(has(lost) && !has(hidden), "{text}");
    let path = format!("/console/executions/{hidden}");
    assert_eq!(otto.get(&path).await.status, 404);
    let page = otto.get(&format!("/console/executions/{lost}")).await;
    let fields = [("done", "true"), ("reason", "looked")];
    let absent = otto.post(&format!("{path}/resolve"), &page, &fields).await;
    assert_eq!(absent.status, 404, "{}", absent.text);
    let leases = otto.get("/console/leases?state=all").await;
    assert!(!leases.text.contains("is-silent"), "{}", main_of(&leases));
}

#[tokio::test]
async fn what_a_set_denies_is_not_there_over_the_api_either() {
    let shop = Shop::new().await;
    let session = shop.session().await;
    let hidden = shop.act(&session, "is-silent").await.answer.seq;
    let lost = shop.lost().await;
    let house = &shop.office.house;
    let ned = house.newcomer("Ned", json!([{"role": "operator"}])).await;
    shop.reach("Ned", "DENY").await;
    let list = house.call(("GET", "/v1/executions"), &ned.token, "").await;
    let list = list.ok()["executions"].as_array().unwrap().clone();
    let seen: Vec<_> = list.iter().filter_map(|one| one["seq"].as_u64()).collect();
    assert_eq!(seen, [lost]);
    let found = json!({"done": true, "reason": "looked"}).to_string();
    for (seq, status) in [(hidden, 404), (lost, 200)] {
        let path = format!("/v1/executions/{seq}/resolve");
        let reply = house.call(("POST", &path), &ned.token, found.clone());
        assert_eq!(reply.await.status.as_u16(), status, "{path}");
    }
}
