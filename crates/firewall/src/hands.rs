//! Who acts for the gate, and looks at what an action would do.

use crate::{
    digest::Means,
    freeze,
    live::Live,
    order::{DryRun, Effect, Ended, Order},
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::action::Action;
use std::{future::ready, sync::Arc};

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

    /// The same hands, heard by one listener while they carry out.
    #[must_use]
    pub fn heard(self: Arc<Self>, live: Live) -> Self {
        Self {
            rehearsal: Arc::clone(&self.rehearsal),
            executor: Arc::new(Heard { by: self, live }),
        }
    }
}

/// Hands whose orders are heard while they are carried out.
#[derive(Debug)]
struct Heard {
    by: Arc<Hands>,
    live: Live,
}

impl Executor for Heard {
    fn means(&self, action: &Action) -> Option<Means> {
        self.by.executor.means(action)
    }

    fn execute(&self, mut order: Order) -> Doing<'_, Effect> {
        order.live = Some(self.live.clone());
        self.by.executor.execute(order)
    }
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

    fn does_and_undoes(&self, order: &Order) -> bool {
        let serve = |hands: &Hands, action: &Action| hands.rehearsal.rehearses(action);
        let first = self.first(serve, order);
        first.is_some_and(|hands| hands.rehearsal.does_and_undoes(order))
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
        Box::pin(ready(Effect::new(
            Ended::Failed,
            "the gate carries nothing out",
        )))
    }
}

impl Rehearsal for Idle {
    fn rehearses(&self, _: &Action) -> bool {
        false
    }

    fn rehearse(&self, _: Order) -> Doing<'_, DryRun> {
        Box::pin(ready(DryRun::failed(
            "rehearsal",
            "the gate knows none for this",
        )))
    }
}
