//! Leases: what is minted for what, how it ends, and that nothing is left over.

use super::works::{Works, reading, writing};
use portcullis_firewall::{
    batch::RecordKind, kept_lease::LeaseStage, order::Ended, scope::Mode, session::Session,
};
use std::{sync::atomic::Ordering, time::Duration};

const READ: &[(&str, Mode)] = &[("cluster", Mode::Read)];
const WRITE: &[(&str, Mode)] = &[("cluster", Mode::Write)];

async fn live(works: &Works) -> Vec<portcullis_firewall::kept_lease::Lease> {
    let gate = &works.gate;
    let leases = gate.firewall.leases(&gate.ann, (true, None)).await;
    leases.expect("leases")
}

async fn close(works: &Works, session: &Session) -> portcullis_firewall::firewall::Closing {
    let gate = &works.gate;
    let closing = gate
        .firewall
        .close_session(&gate.ann, session.id.as_str(), "done");
    closing.await.expect("closed")
}

/// Lets everything that can go on go on.
async fn settle() {
    for _ in 0..200 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_credential_for_reading_is_used_until_near_its_end_and_dies_with_the_session() {
    let works = Works::open().await;
    let session = works.session(READ).await;
    works.read(&session, "cluster").await;
    works.read(&session, "cluster").await;
    assert_eq!(works.issuer.minted().len(), 1, "used twice");
    let order = works.hands.orders().pop().expect("an order");
    let lease = order.lease.expect("a credential");
    assert_eq!((lease.scope.as_str(), lease.mode), ("cluster", Mode::Read));
    assert_eq!(lease.secrets[0].0, "password");
    assert_eq!(order.work.expect("a session").session, session.id);
    works.gate.advance(850);
    let gate = &works.gate;
    let renewed = gate.firewall.renew_session(&gate.own, session.id.as_str());
    renewed.await.expect("renewed");
    works.read(&session, "cluster").await;
    assert_eq!(works.issuer.minted().len(), 2, "too near its end");
    works.gate.advance(60);
    works.tend().await;
    assert_eq!(
        works.issuer.alive().len(),
        1,
        "the first one's time is over"
    );
    let closing = close(&works, &session).await;
    assert_eq!(closing.leases.len(), 1);
    assert_eq!(closing.leases[0].stage, LeaseStage::Ended);
    assert!(works.issuer.alive().is_empty());
    assert!(live(&works).await.is_empty());
}

#[tokio::test]
async fn a_credential_for_writing_serves_one_action_and_dies_with_it() {
    let works = Works::open().await;
    let session = works.session(WRITE).await;
    let acted = works.attend(writing(&session, "cluster")).await.acted;
    assert_eq!(acted.expect("acted").effect.result, Ended::Done);
    let modes: Vec<Mode> = works.issuer.minted().iter().map(|ask| ask.mode).collect();
    assert_eq!(
        modes,
        [Mode::Read, Mode::Write],
        "looked at first, by reading alone"
    );
    let looked = works.hands.looks().pop().expect("a look");
    assert_eq!(looked.lease.expect("a credential").mode, Mode::Read);
    let alive = works.issuer.alive();
    assert_eq!(alive.len(), 1);
    assert_eq!(alive[0].mode, Mode::Read);
    let written = works.issuer.minted().pop().expect("one");
    assert_eq!(
        written.ends_at.duration_since(written.asked_at).as_secs(),
        300
    );
}

#[tokio::test]
async fn what_is_done_and_undone_is_looked_at_by_a_credential_that_ends_with_the_look() {
    let works = Works::open().await;
    let session = works.session(WRITE).await;
    let mut action = writing(&session, "cluster");
    action["target"] = "is-undone".into();
    let acted = works.attend(action.clone()).await.acted;
    assert_eq!(acted.expect("acted").effect.result, Ended::Done);
    let modes: Vec<Mode> = works.issuer.minted().iter().map(|ask| ask.mode).collect();
    assert_eq!(modes, [Mode::Write, Mode::Write]);
    let ids: Vec<String> = works
        .issuer
        .minted()
        .into_iter()
        .map(|ask| ask.id)
        .collect();
    assert_ne!(ids[0], ids[1], "each had its own");
    assert!(works.issuer.alive().is_empty());
    assert!(live(&works).await.is_empty());
    // A session that only reads gives nothing to write with, to look at it either.
    let reading = works.session(READ).await;
    action["session_id"] = reading.id.as_str().into();
    assert!(works.attend(action).await.acted.is_none());
    assert_eq!(works.issuer.minted().len(), 2);
}

#[tokio::test]
async fn every_lease_is_on_record_from_before_it_is_asked_until_it_is_dead() {
    let works = Works::open().await;
    works.scope("hours", "hourly").await;
    let session = works.session(&[("hours", Mode::Write)]).await;
    works.attend(writing(&session, "hours")).await;
    let asked = works.records(RecordKind::LeaseAsked).await;
    let granted = works.records(RecordKind::LeaseGranted).await;
    let ended = works.records(RecordKind::LeaseEnded).await;
    let (asked, granted, ended) = (&asked[1], &granted[1], &ended[0]);
    assert_eq!(asked["ask"]["mode"], "write");
    assert_eq!(asked["request"]["role"], "hours");
    assert_eq!(
        granted["longer_by_seconds"], 3_600,
        "more than asked is written down"
    );
    assert_eq!(granted["granted"]["role"], "hours");
    assert_eq!(ended["how"], "DROP ROLE");
    assert_eq!(ended["dead"], true);
    assert_eq!(ended["delay_ms"], 3);
    assert_eq!(ended["why"], "its action has ended");
    for record in [granted, ended] {
        assert_eq!(record["lease_id"], asked["lease_id"]);
        assert_eq!(record["parent_seq"], asked["ask"]["action"]["seq"]);
    }
    let outcome = works.records(RecordKind::Outcome).await;
    assert_eq!(outcome[0]["lease_id"], asked["lease_id"]);
    let order = [asked, granted, ended].map(|record| record["seq"].as_u64());
    assert!(order.is_sorted());
}

#[tokio::test]
async fn without_a_credential_nothing_is_done() {
    let works = Works::open().await;
    for (provider, code, lives) in [
        ("refuses", "the provider refuses", 0),
        ("exceeds", "more than was asked", 0),
        ("silent", "does not answer", 0),
        ("panics", "stopped halfway", 0),
    ] {
        works.scope(provider, provider).await;
        let session = works.session(&[(provider, Mode::Read)]).await;
        let attended = works.attend(reading(&session, provider)).await;
        let effect = attended.acted.expect("an end").effect;
        assert_eq!(effect.result, Ended::Failed);
        assert!(effect.summary.contains(code), "{}", effect.summary);
        assert!(effect.summary.starts_with("nothing was done"));
        assert_eq!(works.issuer.alive().len(), lives, "{provider}");
        assert!(live(&works).await.is_empty(), "{provider}");
    }
    assert!(works.hands.orders().is_empty());
}

#[tokio::test]
async fn without_an_issuer_an_action_that_names_a_scope_is_not_done() {
    let mut works = Works::open().await;
    let session = works.session(READ).await;
    works.gate.reopen().await;
    works.hands.lend(&works.gate.firewall);
    let attended = works.attend(reading(&session, "cluster")).await;
    let effect = attended.acted.expect("an end").effect;
    assert_eq!(effect.result, Ended::Failed);
    assert!(effect.summary.contains("there is no provider `fake`"));
    assert!(works.hands.orders().is_empty());
}

#[tokio::test]
async fn many_who_read_at_once_share_one_credential() {
    let works = Works::open().await;
    works.scope("slow", "slow").await;
    let session = works.session(&[("slow", Mode::Read)]).await;
    let mut asked = Vec::new();
    for _ in 0..20 {
        let (firewall, own) = (works.gate.firewall.clone(), works.gate.own.clone());
        let bytes = reading(&session, "slow").to_string();
        let request = firewall.read_request(&own, bytes.as_bytes(), None);
        let request = request.expect("a request");
        asked.push(tokio::spawn(
            async move { firewall.attend(&own, request).await },
        ));
    }
    settle().await;
    works.issuer.go_on(20);
    for task in asked {
        let attended = task.await.expect("no panic").expect("attended");
        assert_eq!(attended.acted.expect("acted").effect.result, Ended::Done);
    }
    assert_eq!(works.issuer.minted().len(), 1);
}

#[tokio::test]
async fn a_session_with_a_hundred_leases_is_closed_by_ending_many_at_once() {
    let works = Works::open().await;
    let session = works.session(WRITE).await;
    // Actions that never end, so that what was minted for each of them lives.
    let mut asked = Vec::new();
    for nth in 0..100 {
        let (firewall, own) = (works.gate.firewall.clone(), works.gate.own.clone());
        let mut action = super::works::within(super::fixture::submit(1, 1.0), &session, "cluster");
        action["target"] = "hangs".into();
        // Each for a team of its own: many small ones of one team are a large one.
        action["parameters"]["team"] = format!("team-{nth}").into();
        let request = firewall.read_request(&own, action.to_string().as_bytes(), None);
        let request = request.expect("a request");
        asked.push(tokio::spawn(
            async move { firewall.attend(&own, request).await },
        ));
        if nth % 10 == 9 {
            works.gate.clock.advance(Duration::from_secs(1));
            settle().await;
        }
    }
    settle().await;
    let writes = || {
        works
            .issuer
            .alive()
            .iter()
            .filter(|ask| ask.mode == Mode::Write)
            .count()
    };
    assert_eq!(writes(), 100, "{}", works.hands.orders().len());
    works.issuer.holds_back.store(true, Ordering::SeqCst);
    let (firewall, ann) = (works.gate.firewall.clone(), works.gate.ann.clone());
    let id = session.id.to_string();
    let closing = tokio::spawn(async move { firewall.close_session(&ann, &id, "done").await });
    settle().await;
    let together = works.issuer.most_waiting();
    assert!((16..=64).contains(&together), "{together} at once");
    works.issuer.go_on(1_000);
    let closing = closing.await.expect("no panic").expect("closed");
    assert_eq!(closing.leases.len(), 101);
    assert!(
        closing
            .leases
            .iter()
            .all(|lease| lease.stage == LeaseStage::Ended)
    );
    assert!(works.issuer.alive().is_empty());
    for task in asked {
        task.abort();
    }
}

#[tokio::test]
async fn what_is_minted_while_its_session_closes_dies_at_once() {
    let works = Works::open().await;
    works.scope("slow", "slow").await;
    let session = works.session(&[("slow", Mode::Read)]).await;
    let (firewall, own) = (works.gate.firewall.clone(), works.gate.own.clone());
    let bytes = reading(&session, "slow").to_string();
    let request = firewall.read_request(&own, bytes.as_bytes(), None);
    let request = request.expect("a request");
    let asked = tokio::spawn(async move { firewall.attend(&own, request).await });
    settle().await;
    let closing = close(&works, &session).await;
    assert_eq!(
        closing.leases[0].stage,
        LeaseStage::Asked,
        "the provider is asked"
    );
    works.tend().await;
    assert_eq!(
        live(&works).await.len(),
        1,
        "nobody ends it under the one who asks"
    );
    works.issuer.go_on(1);
    let attended = asked.await.expect("no panic").expect("attended");
    let effect = attended.acted.expect("an end").effect;
    assert!(
        effect.summary.contains("the session is over"),
        "{}",
        effect.summary
    );
    assert!(works.issuer.alive().is_empty());
    assert!(works.hands.orders().is_empty());
}

#[tokio::test]
async fn after_a_crash_nothing_lives_on() {
    let mut works = Works::open().await;
    works.scope("hangs", "hangs").await;
    let session = works
        .session(&[("cluster", Mode::Write), ("hangs", Mode::Read)])
        .await;
    works.read(&session, "cluster").await;
    // It is killed between minting and putting on record what was granted.
    let (firewall, own) = (works.gate.firewall.clone(), works.gate.own.clone());
    let bytes = reading(&session, "hangs").to_string();
    let request = firewall.read_request(&own, bytes.as_bytes(), None);
    let request = request.expect("a request");
    let asked = tokio::spawn(async move { firewall.attend(&own, request).await });
    settle().await;
    assert_eq!(works.issuer.alive().len(), 2);
    asked.abort();
    works.reopen().await;
    works.tend().await;
    assert!(works.issuer.alive().is_empty());
    let ended = works.records(RecordKind::LeaseEnded).await;
    assert_eq!(ended.len(), 2);
    assert_eq!(ended[0]["why"], "the gate does not have it in its hands");
    assert_eq!(
        works.read(&session, "cluster").await,
        "tried it with password=[REDACTED]"
    );
    assert_eq!(
        works.issuer.alive().len(),
        1,
        "the session goes on with another"
    );
}

#[tokio::test]
async fn a_lease_that_cannot_be_ended_stays_listed_and_is_tried_again() {
    let works = Works::open().await;
    let session = works.session(READ).await;
    works.read(&session, "cluster").await;
    works.issuer.fails.store(3, Ordering::SeqCst);
    let closing = close(&works, &session).await;
    assert_eq!(closing.leases[0].stage, LeaseStage::Ending);
    let listed = live(&works).await;
    assert_eq!(listed[0].tries, 1);
    assert_eq!(
        listed[0].failure.as_deref(),
        Some("the provider does not answer: no answer")
    );
    works.tend().await;
    assert_eq!(live(&works).await[0].tries, 1, "not at every tick");
    works.gate.advance(3);
    works.tend().await;
    assert_eq!(live(&works).await[0].tries, 2);
    works.gate.advance(5);
    works.tend().await;
    works.gate.advance(9);
    works.tend().await;
    assert!(live(&works).await.is_empty());
    assert!(works.issuer.alive().is_empty());
    let alarms = works.records(RecordKind::LeaseUnended).await;
    let tries: Vec<_> = alarms.iter().map(|alarm| &alarm["tries"]).collect();
    assert_eq!(tries, [1, 2], "ever more seldom");
    let ended = works.records(RecordKind::LeaseEnded).await;
    assert_eq!(ended[0]["tries"], 3);
}

#[tokio::test]
async fn what_its_provider_lets_live_is_listed_until_it_expires() {
    let works = Works::open().await;
    works.scope("lingers", "lingers").await;
    let session = works.session(&[("lingers", Mode::Read)]).await;
    works.read(&session, "lingers").await;
    let closing = close(&works, &session).await;
    assert_eq!(closing.leases[0].stage, LeaseStage::Fading);
    let lives_until = closing.leases[0].expires_at().expect("a time");
    let record = works.records(RecordKind::LeaseEnded).await.remove(0);
    assert_eq!(record["dead"], false);
    assert_eq!(
        record["lives_until"],
        lives_until.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
    );
    assert_eq!(live(&works).await.len(), 1);
    works.gate.advance(901);
    works.gate.firewall.sweep().await.expect("swept");
    assert!(live(&works).await.is_empty());
}

#[tokio::test]
async fn a_persons_own_credential_is_used_in_their_sessions_alone() {
    let works = Works::open().await;
    let gate = &works.gate;
    let (firewall, ann, ben) = (&gate.firewall, &gate.ann, &gate.ben);
    let agent = firewall
        .say_own_credential(&gate.own, "cluster", true)
        .await;
    assert!(agent.is_err(), "agents have none");
    let unknown = firewall.say_own_credential(ann, "nothing", true).await;
    assert_eq!(unknown.expect_err("none").code(), "not_found");
    firewall
        .say_own_credential(ann, "cluster", true)
        .await
        .expect("said");
    assert!(
        firewall
            .own_credentials(ben)
            .await
            .expect("none")
            .is_empty()
    );
    let anns = works.session(READ).await;
    let bens = works.try_session(ben, READ).await.expect("Ben's");
    let own = works
        .try_session(&gate.own, READ)
        .await
        .expect("the agent's");
    for session in [&anns, &bens, &own] {
        works.read(session, "cluster").await;
    }
    let id = |by: &portcullis_firewall::principal::Principal| {
        by.person.as_ref().map(|badge| badge.id.clone())
    };
    let whose: Vec<_> = works
        .issuer
        .minted()
        .into_iter()
        .map(|ask| ask.personal)
        .collect();
    assert_eq!(whose, [id(ann), None, None]);
    // Switched off, it falls back at once; what was minted by it dies.
    firewall
        .say_own_credential(ann, "cluster", false)
        .await
        .expect("said");
    works.tend().await;
    assert!(
        works
            .issuer
            .alive()
            .iter()
            .all(|ask| ask.personal.is_none())
    );
    works.read(&anns, "cluster").await;
    assert_eq!(works.issuer.minted().pop().expect("one").personal, None);
    firewall
        .forget_own_credential(ann, "cluster")
        .await
        .expect("forgotten");
    assert!(
        firewall
            .own_credentials(ann)
            .await
            .expect("none")
            .is_empty()
    );
}

#[tokio::test]
async fn an_action_without_a_scope_asks_for_nothing() {
    let works = Works::open().await;
    let session = works.session(READ).await;
    let mut action = super::fixture::list();
    assert!(works.attend(action.clone()).await.acted.is_some());
    action["session_id"] = session.id.as_str().into();
    action["workspace_id"] = "ops".into();
    assert!(works.attend(action).await.acted.is_some());
    assert!(works.issuer.minted().is_empty());
    let orders = works.hands.orders();
    assert!(orders.iter().all(|order| order.lease.is_none()));
    assert!(orders[0].work.is_none());
    assert_eq!(
        orders[1].work.as_ref().expect("a session").session,
        session.id
    );
}
