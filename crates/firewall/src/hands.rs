//! Who acts for the gate, and looks at what an action would do.

use crate::{
    digest::Means,
    freeze,
    order::{DryRun, Effect, Ended, Order},
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::action::Action;
use std::{
    future::poll_fn,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::Arc,
    task::Poll,
};

/// What carries orders out, and what looks at what they would do.
#[derive(Clone, Debug)]
pub struct Hands {
    /// Carries orders out.
    pub executor: Arc<dyn Executor>,
    /// Looks at what they would do.
    pub rehearsal: Arc<dyn Rehearsal>,
}

impl Default for Hands {
    /// Hands that do nothing: every action is left to whoever asked.
    fn default() -> Self {
        Self {
            executor: Arc::new(Idle),
            rehearsal: Arc::new(Idle),
        }
    }
}

impl Hands {
    /// Many hands as one: an action is for the first that serve it.
    #[must_use]
    pub fn joined(hands: Vec<Self>) -> Self {
        let joined = Arc::new(Joined(hands));
        Self {
            executor: Arc::<Joined>::clone(&joined),
            rehearsal: joined,
        }
    }

    /// Carries an order out.
    ///
    /// *Fails closed:* an executor that panics may have done anything.
    pub(crate) async fn execute(&self, order: Order) -> Effect {
        let done = unless_it_panics(|| self.executor.execute(order)).await;
        done.unwrap_or_else(|| {
            Effect::new(Ended::Unknown, "whoever carried it out stopped halfway")
        })
    }

    /// Looks at what an order would do.
    ///
    /// *Fails closed:* a rehearsal that panics has not passed.
    pub(crate) async fn rehearse(&self, order: Order) -> DryRun {
        let found = unless_it_panics(|| self.rehearsal.rehearse(order)).await;
        found.unwrap_or_else(|| DryRun::failed("rehearsal", "it stopped halfway"))
    }
}

async fn unless_it_panics<'a, T>(begin: impl FnOnce() -> Doing<'a, T>) -> Option<T> {
    let mut doing = catch_unwind(AssertUnwindSafe(begin)).ok()?;
    poll_fn(|context| {
        catch_unwind(AssertUnwindSafe(|| doing.as_mut().poll(context)))
            .map_or(Poll::Ready(None), |polled| polled.map(Some))
    })
    .await
}

/// Many hands.
#[derive(Debug)]
struct Joined(Vec<Hands>);

impl Joined {
    fn first(&self, serve: impl Fn(&Hands, &Action) -> bool, order: &Order) -> Option<&Hands> {
        let frozen = freeze::thaw(&order.action, &order.digest).ok()?;
        self.0.iter().find(|hands| serve(hands, &frozen.action))
    }
}

impl Executor for Joined {
    fn means(&self, action: &Action) -> Option<Means> {
        let mut hands = self.0.iter();
        hands.find_map(|hands| hands.executor.means(action))
    }

    fn execute(&self, order: Order) -> Doing<'_, Effect> {
        let serve = |hands: &Hands, action: &Action| hands.executor.means(action).is_some();
        match self.first(serve, &order) {
            Some(hands) => hands.executor.execute(order),
            None => Idle.execute(order),
        }
    }
}

impl Rehearsal for Joined {
    fn rehearses(&self, action: &Action) -> bool {
        let mut hands = self.0.iter();
        hands.any(|hands| hands.rehearsal.rehearses(action))
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        let serve = |hands: &Hands, action: &Action| hands.rehearsal.rehearses(action);
        match self.first(serve, &order) {
            Some(hands) => hands.rehearsal.rehearse(order),
            None => Idle.rehearse(order),
        }
    }
}

/// Serves nothing.
#[derive(Debug)]
struct Idle;

impl Executor for Idle {
    fn means(&self, _: &Action) -> Option<Means> {
        None
    }

    fn execute(&self, _: Order) -> Doing<'_, Effect> {
        Box::pin(async { Effect::new(Ended::Failed, "the gate carries nothing out") })
    }
}

impl Rehearsal for Idle {
    fn rehearses(&self, _: &Action) -> bool {
        false
    }

    fn rehearse(&self, _: Order) -> Doing<'_, DryRun> {
        Box::pin(async { DryRun::failed("rehearsal", "the gate knows none for this") })
    }
}
