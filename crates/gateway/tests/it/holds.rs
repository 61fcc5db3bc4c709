//! Following a hold and taking its permit.

use crate::house::{House, masked};
use std::time::Duration;

#[tokio::test]
async fn an_agent_follows_its_hold_to_the_release() {
    let house = House::new().await;
    let hold = house.held().await;
    let path = format!("/v1/holds/{hold}");
    let waiting = house.get(&path, &house.acme.agent_token).await.ok();
    assert_eq!(
        (&waiting["status"], &waiting["execute"]),
        (&"HELD".into(), &false.into())
    );
    house
        .firewall
        .release(&house.acme.operators[0], &hold, Some("promised"))
        .await
        .unwrap();
    let released = house.get(&path, &house.acme.agent_token).await.ok();
    insta::assert_json_snapshot!(masked(released));
}

#[tokio::test]
async fn a_killed_hold_says_why_and_never_to_execute() {
    let house = House::new().await;
    let hold = house.held().await;
    house
        .firewall
        .kill(&house.acme.operators[0], &hold, Some("not this week"))
        .await
        .unwrap();
    let killed = house
        .get(&format!("/v1/holds/{hold}"), &house.acme.agent_token)
        .await
        .ok();
    assert_eq!(killed["status"], "KILLED");
    assert_eq!(
        (&killed["execute"], &killed["reason"]),
        (&false.into(), &"not this week".into())
    );
    let claim = house
        .post(
            &format!("/v1/holds/{hold}/claim"),
            &house.acme.agent_token,
            "",
        )
        .await;
    assert_eq!(claim.error(), (409, "hold.not_released".to_owned()));
}

#[tokio::test]
async fn a_hold_whose_time_is_over_is_refused_without_anybody_sweeping() {
    let house = House::new().await;
    let hold = house.held().await;
    house.clock.advance(Duration::from_secs(30 * 60));
    let over = house
        .get(&format!("/v1/holds/{hold}"), &house.acme.agent_token)
        .await
        .ok();
    assert_eq!(
        (&over["status"], &over["execute"]),
        (&"TIMED_OUT".into(), &false.into())
    );
}

#[tokio::test]
async fn nobody_else_sees_an_agents_hold() {
    let house = House::new().await;
    let hold = house.held().await;
    let path = format!("/v1/holds/{hold}");
    for token in [
        &house.acme.other_agent_token,
        &house.globex.agent_token,
        &house.globex.client_token,
    ] {
        assert_eq!(
            house.get(&path, token).await.error(),
            (404, "not_found".to_owned())
        );
    }
    for path in [
        "/v1/holds/esc_none",
        "/v1/holds/%00",
        "/v1/holds/..%2f..%2fetc",
    ] {
        let reply = house.get(path, &house.acme.agent_token).await;
        assert_eq!(reply.error(), (404, "not_found".to_owned()), "{path}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_waiting_agent_hears_of_the_release() {
    let house = House::new().await;
    let hold = house.held().await;
    let path = format!("/v1/holds/{hold}?wait=30");
    let look = house.get(&path, &house.acme.agent_token);
    let decide = async {
        tokio::time::sleep(Duration::from_secs(3)).await;
        house
            .firewall
            .release(&house.acme.operators[0], &hold, None)
            .await
            .unwrap();
    };
    let (reply, ()) = tokio::join!(look, decide);
    assert_eq!(reply.ok()["status"], "RELEASED");
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_is_over_shows_the_hold_as_it_stands() {
    let house = House::new().await;
    let hold = house.held().await;
    let path = format!("/v1/holds/{hold}?wait=1");
    assert_eq!(
        house.get(&path, &house.acme.agent_token).await.ok()["status"],
        "HELD"
    );
}

#[tokio::test]
async fn a_wait_is_bounded_and_read_strictly() {
    let house = House::new().await;
    let hold = house.held().await;
    for query in [
        "wait=31",
        "wait=-1",
        "wait=soon",
        "wait=",
        "wait=1.5",
        "wait=0&wait=1",
        "until=7",
    ] {
        let reply = house
            .get(
                &format!("/v1/holds/{hold}?{query}"),
                &house.acme.agent_token,
            )
            .await;
        assert_eq!(
            reply.error(),
            (422, "request.invalid".to_owned()),
            "{query}"
        );
    }
}

#[tokio::test]
async fn a_released_hold_gives_its_permit_once() {
    let house = House::new().await;
    let hold = house.released().await;
    let path = format!("/v1/holds/{hold}/claim");
    for token in [&house.acme.other_agent_token, &house.globex.agent_token] {
        let other = house.post(&path, token, "").await;
        assert_eq!(other.error(), (404, "not_found".to_owned()));
    }
    let person = house.post(&path, &house.acme.architect_token, "").await;
    assert_eq!(person.error(), (403, "auth.forbidden".to_owned()));
    let claimed = house.post(&path, &house.acme.agent_token, "").await.ok();
    assert_eq!(claimed["hold_id"], hold.as_str());
    assert!(
        claimed["permit"]
            .as_str()
            .is_some_and(|permit| !permit.is_empty())
    );
    let again = house.post(&path, &house.acme.agent_token, "").await;
    assert_eq!(again.error(), (409, "hold.claimed".to_owned()));
}
