//! What somebody says of their own credentials.

use super::{Shop, led, main_of};

const PATH: &str = "/console/own-credentials";

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
