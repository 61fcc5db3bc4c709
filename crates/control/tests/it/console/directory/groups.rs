//! Groups are made, filled and removed; nobody lets themselves in.

use super::{Office, fault, led};
use serde_json::json;
use std::time::Duration;

#[tokio::test]
async fn a_group_is_made_filled_changed_and_removed() {
    let office = Office::new().await;
    let set = json!({"name": "night shift", "entries": []});
    let set = office.make("/v1/permission-sets", set).await;
    let otto = office.id_of("Otto").await;
    let mut arch = office.browser("Arch").await;
    let form = arch.get("/console/new/group").await;
    let fields = [("name", "on-call"), ("description", "nights")];
    let path = led(&arch.post("/console/new/group", &form, &fields).await);
    let twice = arch.post("/console/new/group", &form, &fields).await;
    assert_eq!(twice.status, 409);
    assert!(fault(&twice, "name").contains("on-call"));
    assert!(twice.text.contains("nights"), "what was typed stays");

    let page = arch.get(&path).await;
    for (deed, id) in [("people/add", &otto), ("permission-sets/add", &set)] {
        for _ in 0..2 {
            let done = arch
                .post(&format!("{path}/{deed}"), &page, &[("id", id)])
                .await;
            assert_eq!(led(&done), path, "{deed}");
        }
    }
    let filled = arch.get(&path).await.text;
    assert!(
        filled.contains(&format!("/console/people/{otto}")),
        "{filled}"
    );
    assert!(filled.contains("night shift"));
    let list = arch.get("/console/groups").await.text;
    assert!(
        list.contains("on-call") && list.contains("night shift"),
        "{list}"
    );
    let person = arch.get(&format!("/console/people/{otto}")).await.text;
    assert!(person.contains("on-call"));

    let fields = [("name", "nights"), ("description", "")];
    led(&arch.post(&format!("{path}/edit"), &form, &fields).await);
    for (deed, id) in [("people/remove", &otto), ("permission-sets/remove", &set)] {
        led(&arch
            .post(&format!("{path}/{deed}"), &page, &[("id", id)])
            .await);
    }
    let gone = arch
        .post(&format!("{path}/people/remove"), &page, &[("id", &otto)])
        .await;
    assert_eq!(gone.status, 404);
    assert!(gone.text.contains("<h1>nights</h1>"), "{}", gone.text);
    for wrong in ["people/add", "permission-sets/add"] {
        let refused = arch
            .post(&format!("{path}/{wrong}"), &page, &[("id", "none")])
            .await;
        assert!(refused.status.is_client_error(), "{wrong}");
    }
    assert_eq!(
        led(&arch.post(&format!("{path}/delete"), &page, &[]).await),
        "/console/groups"
    );
    assert_eq!(
        arch.post(&format!("{path}/delete"), &page, &[])
            .await
            .status,
        404
    );
    assert_eq!(arch.get(&path).await.status, 404);
}

#[tokio::test]
async fn people_join_and_leave_from_their_own_page_too() {
    let office = Office::new().await;
    let group = office.make("/v1/groups", json!({"name": "leads"})).await;
    let path = format!("/console/people/{}", office.id_of("Vi").await);
    let mut arch = office.browser("Arch").await;
    let page = arch.get(&path).await;
    assert!(page.text.contains("leads"));
    let fields = [("id", group.as_str())];
    led(&arch
        .post(&format!("{path}/groups/add"), &page, &fields)
        .await);
    let list = arch.get("/console/people?q=Vi").await.text;
    assert!(list.contains(&format!("/console/groups/{group}")), "{list}");
    led(&arch
        .post(&format!("{path}/groups/remove"), &page, &fields)
        .await);
    let list = arch.get("/console/people?q=Vi").await.text;
    assert!(!list.contains(&format!("/console/groups/{group}")));
}

#[tokio::test]
async fn nobody_lets_themselves_in() {
    let office = Office::new().await;
    office
        .house
        .newcomer("Bea", json!([{"role": "architect"}]))
        .await;
    let group = office.make("/v1/groups", json!({"name": "leads"})).await;
    let own = office.id_of("Arch").await;
    office.house.clock.advance(Duration::from_secs(60));
    let (mut arch, mut bea) = (office.browser("Arch").await, office.browser("Bea").await);
    let path = format!("/console/groups/{group}");
    let page = arch.get(&path).await;
    let bea_list = bea.get("/console/elevations").await;
    for _ in 0..2 {
        let waits = arch
            .post(&format!("{path}/people/add"), &page, &[("id", &own)])
            .await;
        assert_eq!(
            led(&waits),
            "/console/elevations",
            "asked twice is asked once"
        );
    }
    let waiting = office.house.get("/v1/elevations").await.ok();
    assert_eq!(waiting["total"], 1);
    let one = waiting["elevations"][0]["id"].as_str().unwrap().to_owned();
    let one = format!("/console/elevations/{one}");
    let list = arch.get("/console/elevations").await;
    assert!(
        list.text.contains("Another architect must agree."),
        "{}",
        list.text
    );
    assert!(!list.text.contains("/confirm\""));
    let refused = arch.post(&format!("{one}/confirm"), &list, &[]).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.contains("nobody agrees to their own gain"));

    // One architect alone cannot make up the second.
    office.house.clock.advance(Duration::from_secs(60));
    let eve = json!([{"role": "architect"}]);
    office.house.newcomer("Eve", eve).await;
    let mut eve = office.browser("Eve").await;
    let late = eve.get("/console/elevations").await;
    let refused = eve.post(&format!("{one}/confirm"), &late, &[]).await;
    assert_eq!(refused.status, 403);
    assert!(
        refused.text.contains("cannot agree to it"),
        "{}",
        refused.text
    );
    led(&bea.post(&format!("{one}/confirm"), &bea_list, &[]).await);
    let page = arch.get(&path).await.text;
    assert!(page.contains(&format!("/console/people/{own}")), "{page}");
}

#[tokio::test]
async fn what_waits_is_confirmed_by_another_or_refused() {
    let office = Office::new().await;
    office
        .house
        .newcomer("Bea", json!([{"role": "architect"}]))
        .await;
    let group = office.make("/v1/groups", json!({"name": "leads"})).await;
    let own = office.id_of("Arch").await;
    let (mut arch, mut bea) = (office.browser("Arch").await, office.browser("Bea").await);
    let path = format!("/console/groups/{group}");
    let ask = async |arch: &mut super::Browser| {
        let page = arch.get(&path).await;
        led(&arch
            .post(&format!("{path}/people/add"), &page, &[("id", &own)])
            .await);
        let waiting = office.house.get("/v1/elevations").await.ok();
        let id = waiting["elevations"][0]["id"].as_str().unwrap().to_owned();
        format!("/console/elevations/{id}")
    };
    let one = ask(&mut arch).await;
    let list = bea.get("/console/elevations").await;
    assert!(
        list.text.contains(&format!("{one}/confirm")),
        "{}",
        list.text
    );
    assert!(bea.get("/console/groups").await.text.contains("Waiting"));
    led(&bea.post(&format!("{one}/refuse"), &list, &[]).await);
    assert_eq!(
        bea.post(&format!("{one}/refuse"), &list, &[]).await.status,
        404
    );

    let one = ask(&mut arch).await;
    led(&bea.post(&format!("{one}/confirm"), &list, &[]).await);
    assert_eq!(
        bea.post(&format!("{one}/confirm"), &list, &[]).await.status,
        404
    );
    assert!(
        arch.get(&path)
            .await
            .text
            .contains(&format!("/console/people/{own}"))
    );
    let nothing = bea.get("/console/elevations").await.text;
    assert!(nothing.contains("Nothing waits"), "{nothing}");
    let mut vi = office.browser("Vi").await;
    assert_eq!(vi.get("/console/elevations").await.status, 200);
}
