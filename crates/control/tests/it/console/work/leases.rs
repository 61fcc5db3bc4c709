//! The ledger of leases.

use super::{Shop, main_of};
use std::sync::atomic::Ordering;

#[tokio::test]
async fn what_could_not_be_ended_stands_first_and_is_marked() {
    let shop = Shop::new().await;
    let first = shop.session().await;
    shop.act(&first, "cluster-1").await;
    let second = shop.session().await;
    shop.act(&second, "cluster-1").await;
    let mut otto = shop.office.browser("Otto").await;
    let calm = otto.get("/console/leases").await;
    assert!(calm.text.contains("In force") && !calm.text.contains("could not be ended,"));
    shop.issuer.fails.store(100, Ordering::SeqCst);
    let page = otto.get(&format!("/console/sessions/{first}")).await;
    let close = format!("/console/sessions/{first}/close");
    assert_eq!(otto.post(&close, &page, &[]).await.status, 303);
    let ledger = otto.get("/console/leases").await;
    for word in [
        "1 lease",
        "could not be ended, and may live",
        "Not ended",
        "no answer",
    ] {
        assert!(ledger.text.contains(word), "{word}: {}", main_of(&ledger));
    }
    let text = main_of(&ledger);
    assert!(
        text.find(&first).unwrap() < text.find(&second).unwrap(),
        "{text}"
    );
    assert!(!text.contains("lease:"), "no secret's name");
    let list = otto.get("/console/sessions?show=all").await;
    assert!(list.text.contains("Not ended"), "{}", main_of(&list));
}

#[tokio::test]
async fn filters_leave_what_they_name() {
    let shop = Shop::new().await;
    let id = shop.session().await;
    shop.act(&id, "cluster-1").await;
    let mut vi = shop.office.browser("Vi").await;
    let other = format!("?session={id}");
    for (query, is_there) in [
        ("", true),
        (&*other, true),
        ("?state=granted", true),
        ("?state=all&provider=fake&agent=ops-bot", true),
        ("?state=ended", false),
        ("?state=ending", false),
        ("?provider=other", false),
        ("?agent=nobody", false),
        ("?session=ses_nothing", false),
    ] {
        let page = vi.get(&format!("/console/leases{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(page.text.contains("In force</span>"), is_there, "{query}");
    }
    assert_eq!(vi.get("/console/leases?state=dead").await.status, 422);
}
