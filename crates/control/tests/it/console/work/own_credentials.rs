//! What somebody says of their own credentials.

use super::{Shop, led, main_of, scope};
use serde_json::json;

const PATH: &str = "/console/own-credentials";
/// What the stand-in knows, and has nothing of anybody's own for.
const PROVIDER_WITHOUT_PEOPLE: &str = "slow";

#[tokio::test]
async fn one_says_switches_and_forgets_and_nobody_else_sees_it() {
    let shop = Shop::new().await;
    let mut otto = shop.office.browser("Otto").await;
    let page = otto.get(PATH).await;
    assert!(page.text.contains("Nothing yet") && page.text.contains("Use my own credential"));
    assert_eq!(
        led(&otto.post(PATH, &page, &[("scope", "cluster")]).await),
        PATH
    );
    let page = otto.get(PATH).await;
    assert!(page.text.contains("Used") && page.text.contains("Switch off"));
    assert!(
        !page.text.contains("value=\"cluster\""),
        "it is not offered twice"
    );
    let one = |deed: &str| format!("{PATH}/cluster/{deed}");
    led(&otto.post(&one("off"), &page, &[]).await);
    assert!(
        otto.get(PATH)
            .await
            .text
            .contains("Off: the shared one is used")
    );
    led(&otto.post(&one("on"), &page, &[]).await);
    for other in ["Arch", "Vi", "Mia"] {
        let theirs = shop.office.browser(other).await.get(PATH).await;
        assert_eq!(theirs.status, 200, "{other}");
        assert!(
            !main_of(&theirs).contains("/console/scopes/cluster"),
            "{other}"
        );
    }
    led(&otto.post(&one("forget"), &page, &[]).await);
    assert_eq!(otto.post(&one("forget"), &page, &[]).await.status, 404);
    assert!(otto.get(PATH).await.text.contains("Nothing yet"));
}

#[tokio::test]
async fn who_could_have_nothing_issued_is_offered_nothing() {
    let shop = Shop::new().await;
    for name in ["Vi", "Mia"] {
        let mut browser = shop.office.browser(name).await;
        let page = browser.get(PATH).await;
        assert!(!main_of(&page).contains("method=\"post\""), "{name}");
        for scope in ["cluster", "nothing"] {
            let refused = browser.post(PATH, &page, &[("scope", scope)]).await;
            assert_eq!(refused.status, 404, "{name} at {scope}");
        }
    }
}

#[tokio::test]
async fn a_scope_whose_provider_has_none_for_people_is_not_offered() {
    let shop = Shop::new().await;
    let house = &shop.office.house;
    let mut shared = scope("shared");
    shared["provider"] = PROVIDER_WITHOUT_PEOPLE.into();
    house.act("POST", "/v1/scopes", shared).await.must(201);
    let mut otto = shop.office.browser("Otto").await;
    let page = otto.get(PATH).await;
    let offered = |name: &str| page.text.contains(&format!("value=\"{name}\""));
    assert!(
        offered("cluster") && offered("orders"),
        "{}",
        main_of(&page)
    );
    assert!(!offered("shared"), "{}", main_of(&page));
    // A page that was made by hand gets the answer of the other door.
    let refused = otto.post(PATH, &page, &[("scope", "shared")]).await;
    assert_eq!(refused.status, 422, "{}", main_of(&refused));
    let why = "where nobody has a credential of their own";
    assert!(refused.text.contains(why), "{}", main_of(&refused));
    assert!(otto.get(PATH).await.text.contains("Nothing yet"));
    // Where there is nothing else, there is nothing to choose.
    for name in ["cluster", "orders"] {
        let path = format!("/v1/scopes/{name}");
        let gone = house.act("DELETE", &path, json!({})).await;
        assert!(gone.status.is_success(), "{name}");
    }
    let page = otto.get(PATH).await;
    assert!(
        !page.text.contains("Use my own credential"),
        "{}",
        main_of(&page)
    );
}
