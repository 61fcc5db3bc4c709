//! Sessions: what a person reads of one, and what they do with it.

use super::{HOSTILE, Shop, led, main_of};
use serde_json::json;

#[tokio::test]
async fn a_session_is_read_and_closed() {
    let shop = Shop::new().await;
    let id = shop.session().await;
    assert!(shop.act(&id, "cluster-1").await.acted.is_some());
    let mut otto = shop.office.browser("Otto").await;
    let list = otto.get("/console/sessions").await;
    for word in [
        "OPS-17",
        "ops-bot",
        ">ann<",
        "cluster",
        "Write",
        "in 15 min",
    ] {
        assert!(list.text.contains(word), "{word}: {}", main_of(&list));
    }
    let path = format!("/console/sessions/{id}");
    let page = otto.get(&path).await;
    for word in [
        "In force",
        "data_read",
        "CLEARED",
        "succeeded",
        "Close the session",
    ] {
        assert!(page.text.contains(word), "{word}: {}", main_of(&page));
    }
    assert!(!page.text.contains("lease:"), "no secret's name");
    let close = format!("{path}/close");
    let closed = otto.post(&close, &page, &[("reason", "looked enough")]);
    assert_eq!(led(&closed.await), path);
    let over = otto.get(&path).await;
    for word in [
        "Closed",
        "looked enough",
        ">Otto<",
        "DROP ROLE",
        "Refused 3 ms later",
    ] {
        assert!(over.text.contains(word), "{word}: {}", main_of(&over));
    }
    assert!(!main_of(&over).contains("method=\"post\""));
    assert!(shop.issuer.alive().is_empty());
    let again = otto.post(&close, &page, &[]).await;
    assert_eq!(again.status, 409);
    assert!(
        again.text.contains("this session is over"),
        "{}",
        again.text
    );
    let open = otto.get("/console/sessions").await;
    assert!(!open.text.contains(&id) && open.text.contains("No sessions"));
    let all = otto.get("/console/sessions?show=all").await;
    assert!(all.text.contains(&id));
}

#[tokio::test]
async fn it_is_renewed_and_its_scopes_are_taken_away_but_the_last() {
    let shop = Shop::new().await;
    let id = shop.session().await;
    let path = format!("/console/sessions/{id}");
    let mut otto = shop.office.browser("Otto").await;
    let page = otto.get(&path).await;
    let ends = async || {
        let shown = shop.office.house.get(&format!("/v1/sessions/{id}")).await;
        shown.ok()["ends_at"].to_string()
    };
    let before = ends().await;
    let minute = std::time::Duration::from_mins(1);
    shop.office.house.clock.advance(minute);
    led(&otto.post(&format!("{path}/renew"), &page, &[]).await);
    assert_ne!(ends().await, before);

    assert!(page.text.contains("Take away"));
    let take = format!("{path}/take-away");
    led(&otto.post(&take, &page, &[("scope", "orders")]).await);
    let one = otto.get(&path).await;
    assert!(!main_of(&one).contains("orders") && !one.text.contains("Take away"));
    for (scope, status, words) in [
        (
            "cluster",
            409,
            "a session has at least one scope; close it instead",
        ),
        ("orders", 404, ""),
        ("", 422, ""),
        (HOSTILE, 422, ""),
    ] {
        let refused = otto.post(&take, &page, &[("scope", scope)]).await;
        assert_eq!(refused.status, status, "{scope}: {}", refused.text);
        assert!(refused.text.contains(words), "{}", refused.text);
        assert!(!refused.text.contains("<script>x"));
    }
}

#[tokio::test]
async fn lists_are_narrowed_by_words_and_agents() {
    let shop = Shop::new().await;
    let token = shop.office.house.acme.agent_token.clone();
    let new = json!({"workspace_id": "ops", "scopes": [{"scope": "orders"}], "ticket": HOSTILE});
    let own = shop.open(&token, new).await;
    let other = shop.session().await;
    let mut vi = shop.office.browser("Vi").await;
    for (query, has_own, has_other) in [
        ("", true, true),
        ("?q=ops-17", false, true),
        ("?q=CLUSTER", false, true),
        ("?q=%3Cscript", true, false),
        ("?agent=OPS-BOT", true, true),
        ("?agent=nobody", false, false),
    ] {
        let page = vi.get(&format!("/console/sessions{query}")).await;
        assert_eq!(page.status, 200);
        assert_eq!(page.text.contains(&own), has_own, "{query}");
        assert_eq!(page.text.contains(&other), has_other, "{query}");
        assert!(!page.text.contains("<script>x"), "{query}");
    }
    let page = vi.get(&format!("/console/sessions/{own}")).await;
    assert!(page.text.contains("the agent itself") && !page.text.contains("<script>x"));
    assert!(
        !main_of(&page).contains("method=\"post\""),
        "who only looks"
    );
}

#[tokio::test]
async fn who_reaches_a_workspace_sees_its_sessions_and_nothing_else() {
    let shop = Shop::new().await;
    let id = shop.session().await;
    shop.act(&id, "cluster-1").await;
    let path = format!("/console/sessions/{id}");
    let mut mia = shop.office.browser("Mia").await;
    let absent = mia.get(&path).await;
    assert_eq!(absent.status, 404);
    let unknown = mia.get("/console/sessions/ses_nothing").await;
    assert_eq!(
        absent.text.replace(&id, "…"),
        unknown.text.replace("ses_nothing", "…"),
        "another's answers as one that there is not"
    );
    let office = &shop.office;
    shop.reach("Mia", "ALLOW").await;
    let mia_id = office.id_of("Mia").await;
    let roles = json!({"roles": [{"role": "operator", "workspace": "ops"}]});
    let done = office
        .house
        .act("PATCH", &format!("/v1/people/{mia_id}"), roles)
        .await;
    assert!(done.status.is_success(), "{}", done.text);
    let mut mia = office.browser("Mia").await;
    let shown = mia.get(&path).await;
    assert_eq!(shown.status, 200, "{}", shown.text);
    assert!(shown.text.contains("data_read"), "{}", main_of(&shown));
    let ledger = mia.get("/console/leases").await;
    assert!(ledger.text.contains(&id), "{}", main_of(&ledger));
    let closed = mia.post(&format!("{path}/close"), &shown, &[]).await;
    assert_eq!(led(&closed), path);
}
