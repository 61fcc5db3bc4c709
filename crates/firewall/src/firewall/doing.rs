//! Has hands do something, whatever becomes of it.

use crate::{
    hands::Hands,
    order::{DryRun, Effect, Ended, Order},
    ports::Doing,
};
use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    task::Poll,
};

/// Carries an order out.
///
/// *Fails closed:* an executor that panics may have done anything.
pub(super) async fn executed(hands: &Hands, order: Order) -> Effect {
    let done = unless_it_panics(|| hands.executor.execute(order)).await;
    done.unwrap_or_else(|| Effect::new(Ended::Unknown, "whoever carried it out stopped halfway"))
}

/// Looks at what an order would do.
///
/// *Fails closed:* a rehearsal that panics has not passed.
pub(super) async fn rehearsed(hands: &Hands, order: Order) -> DryRun {
    let found = unless_it_panics(|| hands.rehearsal.rehearse(order)).await;
    found.unwrap_or_else(|| DryRun::failed("rehearsal", "it stopped halfway"))
}

pub(super) async fn unless_it_panics<'a, T>(begin: impl FnOnce() -> Doing<'a, T>) -> Option<T> {
    let mut doing = catch_unwind(AssertUnwindSafe(begin)).ok()?;
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| doing.as_mut().poll(context)))
            .map_or(Poll::Ready(None), |polled| polled.map(Some))
    })
    .await
}
