//! One suite over every issuer: what is minted is used at its target, by whoever holds it.

mod desk;
mod embers;
mod leaks;
mod openbao;
mod own;
mod panics;
mod postgres;
mod remote;
mod remotes;
mod sealed;

pub(crate) use desk::Desk;

use portcullis_credentials::issuer::Provider;
use portcullis_firewall::{
    lease::LeaseError,
    ports::{Clock as _, Issuer},
    scope::{Mode, Scope},
};
use serde_json::json;
use std::{collections::BTreeMap, future::Future, sync::Arc, time::Duration};

/// How long a target may take until it refuses what was revoked.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is done with a credential.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Deed {
    /// Looks at what the scope names.
    Read,
    /// Changes what the scope names.
    Write,
    /// Looks at what stands beside it.
    Neighbour,
}

/// A credential in the clear, as whoever stole it would have it.
pub(crate) type Stolen = BTreeMap<String, String>;

/// A provider and its target, for the suite.
pub(crate) trait Counterpart {
    /// What it is called in the test's output.
    const NAME: &'static str;
    /// Whether what is minted can be ended before its time, with its handle by the gate that minted
    /// it.
    const ENDS: bool = true;
    /// Whether what is minted is found and ended by a gate that knows nothing but the ask.
    const ENDS_WITHOUT_HANDLE: bool = true;
    /// Whether somebody who looks is told that the gate's credential is good.
    const KNOWS_THE_GATE: bool = true;
    /// Whether the target tells reading from writing.
    const TELLS_MODES: bool = true;

    /// As the operator describes it.
    fn provider(&self) -> Arc<dyn Provider>;

    /// What a tenant makes of it.
    fn scope(&self, mode: Mode) -> Scope;

    /// Whether the target does it.
    fn attempt(&self, stolen: &Stolen, deed: Deed) -> impl Future<Output = bool>;

    /// How much the provider has minted so far.
    fn minted(&self) -> impl Future<Output = usize>;

    /// From now on the provider grants more than it is asked for; whether it can be made to.
    fn exceed(&self) -> impl Future<Output = bool>;

    /// How much of what was minted is alive.
    fn alive(&self) -> impl Future<Output = usize>;
}

/// Everything that holds for every issuer.
pub(crate) async fn suite<C: Counterpart>(counterpart: C) {
    is_looked_at(&counterpart).await;
    asks_no_more_than_it_may(&counterpart).await;
    reads_and_no_more(&counterpart).await;
    is_dead_after_its_end(&counterpart).await;
    is_found_without_a_handle(&counterpart).await;
    gives_back_what_is_too_much(&counterpart).await;
}

/// Whoever looks learns whether the gate is known there, and nothing is minted.
async fn is_looked_at<C: Counterpart>(counterpart: &C) {
    let desk = Desk::at(counterpart.provider());
    let before = counterpart.minted().await;
    let seen = counterpart.provider().look(&desk.tools).await.unwrap();
    assert_eq!(seen.accepted, C::KNOWS_THE_GATE.then_some(true), "{seen:?}");
    if let Some(clock) = seen.clock {
        let apart = clock.duration_since(desk::Now.now()).as_secs().abs();
        assert!(apart < 60, "{seen:?}");
    }
    assert_eq!(counterpart.minted().await, before);
}

async fn asks_no_more_than_it_may<C: Counterpart>(counterpart: &C) {
    let desk = Desk::at(counterpart.provider());
    let scope = counterpart.scope(Mode::Read);
    assert_eq!(desk.issuers.check(&scope), Ok(()));
    let mut strange = scope.clone();
    strange.filters.insert("nonsense".to_owned(), json!(1));
    let LeaseError::Scope { path, .. } = desk.issuers.check(&strange).unwrap_err() else {
        panic!("a filter that nobody knows")
    };
    assert_eq!(path, "filters.nonsense");
    let before = counterpart.minted().await;
    let mut over = Desk::ask(&scope, Mode::Write);
    let refused = desk.issuers.mint(&over).await.unwrap_err();
    assert_eq!(refused.code(), "lease.too_much");
    over = Desk::ask(&scope, Mode::Read);
    over.ends_at = over.asked_at;
    let refused = desk.issuers.mint(&over).await.unwrap_err();
    assert_eq!(refused.code(), "lease.too_much");
    over = Desk::ask(&strange, Mode::Read);
    let refused = desk.issuers.mint(&over).await.unwrap_err();
    assert_eq!(refused.code(), "lease.scope");
    over = Desk::ask(&scope, Mode::Read);
    "lse_'; drop table orders; --".clone_into(&mut over.id);
    let refused = desk.issuers.mint(&over).await.unwrap_err();
    assert_eq!(refused.code(), "lease.too_much");
    over = Desk::ask(&scope, Mode::Read);
    over.tenant = portcullis_testkit::tenant("stranger");
    let refused = desk.issuers.mint(&over).await.unwrap_err();
    assert_eq!(refused.code(), "lease.no_provider");
    assert_eq!(counterpart.minted().await, before, "the provider was asked");
}

async fn reads_and_no_more<C: Counterpart>(counterpart: &C) {
    let desk = Desk::at(counterpart.provider());
    let ask = Desk::ask(&counterpart.scope(Mode::Write), Mode::Read);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    let can = async |deed| counterpart.attempt(&stolen, deed).await;
    assert!(can(Deed::Read).await, "it reads");
    if C::TELLS_MODES {
        assert!(!can(Deed::Write).await, "the target refuses to write");
    }
    assert!(
        !can(Deed::Neighbour).await,
        "the target keeps the neighbour"
    );
    desk.shows_nothing(&ask, &minted, &stolen);
    drop(desk.issuers.revoke(&ask, Some(&minted.handle)).await);
}

async fn is_dead_after_its_end<C: Counterpart>(counterpart: &C) {
    let desk = Desk::at(counterpart.provider());
    let ask = Desk::ask(&counterpart.scope(Mode::Write), Mode::Write);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    assert!(counterpart.attempt(&stolen, Deed::Write).await, "it writes");
    assert!(!counterpart.attempt(&stolen, Deed::Neighbour).await);
    let revoked = desk.issuers.revoke(&ask, Some(&minted.handle)).await;
    let revoked = revoked.unwrap();
    assert_eq!(revoked.dead, C::ENDS, "{revoked:?}");
    assert_eq!(desk.strongbox.live(), 0);
    assert!(desk.is_forgotten(&minted).await);
    let how = &revoked.how;
    if C::ENDS {
        let delay = dies(counterpart, &stolen).await;
        println!("{}: refused {delay:?} after the end: {how}", C::NAME);
    } else {
        println!("{}: lives until it expires: {how}", C::NAME);
    }
    let again = desk.issuers.revoke(&ask, Some(&minted.handle)).await;
    assert_eq!(again.unwrap().dead, C::ENDS, "ending twice is fine");
    desk.hides(&stolen);
}

async fn is_found_without_a_handle<C: Counterpart>(counterpart: &C) {
    let desk = Desk::at(counterpart.provider());
    let ask = Desk::ask(&counterpart.scope(Mode::Write), Mode::Write);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    drop((desk, minted));
    // Another gate, which was told of the ask and of nothing else.
    let desk = Desk::at(counterpart.provider());
    let revoked = desk.issuers.revoke(&ask, None).await.unwrap();
    assert_eq!(revoked.dead, C::ENDS_WITHOUT_HANDLE, "{revoked:?}");
    if C::ENDS_WITHOUT_HANDLE {
        let delay = dies(counterpart, &stolen).await;
        println!(
            "{}: refused {delay:?} after the end without a handle",
            C::NAME
        );
    }
    // Of what was never minted, nothing is left to end.
    let never = Desk::ask(&counterpart.scope(Mode::Write), Mode::Write);
    let revoked = desk.issuers.revoke(&never, None).await.unwrap();
    assert_eq!(revoked.dead, C::ENDS_WITHOUT_HANDLE, "{revoked:?}");
}

async fn gives_back_what_is_too_much<C: Counterpart>(counterpart: &C) {
    let desk = Desk::at(counterpart.provider());
    let before = counterpart.alive().await;
    if !counterpart.exceed().await {
        return;
    }
    let ask = Desk::ask(&counterpart.scope(Mode::Read), Mode::Read);
    let refused = desk.issuers.mint(&ask).await.unwrap_err();
    assert_eq!(refused.code(), "lease.exceeded", "{refused}");
    assert_eq!(desk.strongbox.live(), 0);
    if C::ENDS {
        assert_eq!(counterpart.alive().await, before);
    }
}

/// How long it takes until the target refuses.
#[expect(clippy::disallowed_methods, reason = "a delay is what is measured")]
async fn dies<C: Counterpart>(counterpart: &C, stolen: &Stolen) -> Duration {
    let began = std::time::Instant::now();
    while counterpart.attempt(stolen, Deed::Read).await {
        assert!(began.elapsed() < PATIENCE, "it is still alive");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    began.elapsed()
}
