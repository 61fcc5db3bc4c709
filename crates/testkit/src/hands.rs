//! Hands that do nothing outside and remember what they were told.

use portcullis_firewall::{
    digest::Means,
    firewall::Firewall,
    hands::Hands,
    order::{Check, DryRun, Effect, Ended, Order},
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::{action::Action, amount::Micros};
use std::sync::{
    Arc, Mutex, MutexGuard, PoisonError,
    atomic::{AtomicU8, Ordering},
};

/// A secret of a known form that stands in whatever these hands answer.
pub const LEAKED: &str = "password=correct-horse-battery";

/// Remembers its orders. What it does depends on the target's name: `fails`, `is-silent` (nobody
/// can tell), `panics`, `hangs`, `is-dear` (7 dollars), `is-full` (its dry run does not pass),
/// `is-undone` (looked at by doing and undoing), and `elsewhere`, which it does not serve; anything
/// else is done.
#[derive(Debug, Default)]
pub struct FakeHands {
    orders: Mutex<Vec<Order>>,
    looks: Mutex<Vec<Order>>,
    /// How it does things.
    pub means: AtomicU8,
    /// How many rows it finds when it looks.
    pub rows: AtomicU8,
}

impl FakeHands {
    /// Hands that a gate acts by from now on.
    #[must_use]
    pub fn of(firewall: &Firewall) -> Arc<Self> {
        let hands = Arc::new(Self::default());
        hands.lend(firewall);
        hands
    }

    /// Has another gate act by the same hands.
    pub fn lend(self: &Arc<Self>, firewall: &Firewall) {
        firewall.use_hands(Hands {
            executor: Arc::<Self>::clone(self),
            rehearsal: Arc::<Self>::clone(self),
        });
    }

    /// What it carried out.
    #[must_use]
    pub fn orders(&self) -> Vec<Order> {
        locked(&self.orders).clone()
    }

    /// What it looked at.
    #[must_use]
    pub fn looks(&self) -> Vec<Order> {
        locked(&self.looks).clone()
    }
}

/// The orders, whoever panicked while holding them.
fn locked(orders: &Mutex<Vec<Order>>) -> MutexGuard<'_, Vec<Order>> {
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Executor for FakeHands {
    fn means(&self, action: &Action) -> Option<Means> {
        let served = action.target != "elsewhere";
        served.then(|| Means::new([self.means.load(Ordering::SeqCst); 32]))
    }

    fn execute(&self, order: Order) -> Doing<'_, Effect> {
        let result = match order.target.as_str() {
            "fails" => Ended::Failed,
            "is-silent" => Ended::Unknown,
            _ => Ended::Done,
        };
        let target = order.target.clone();
        locked(&self.orders).push(order);
        Box::pin(async move {
            assert_ne!(target, "panics", "as it should");
            if target == "hangs" {
                std::future::pending::<()>().await;
            }
            Effect {
                output: format!("{LEAKED}\n").into_bytes(),
                cost_usd: Micros::from_units(7.0).filter(|_| target == "is-dear"),
                ..Effect::new(result, format!("tried it with {LEAKED}"))
            }
        })
    }
}

impl Rehearsal for FakeHands {
    fn rehearses(&self, action: &Action) -> bool {
        action.kind.as_str() == "workloads.submit"
    }

    fn does_and_undoes(&self, order: &Order) -> bool {
        order.target == "is-undone"
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        let target = order.target.clone();
        locked(&self.looks).push(order);
        let rows = u64::from(self.rows.load(Ordering::SeqCst));
        Box::pin(async move {
            assert_ne!(target, "panics", "as it should");
            DryRun {
                passed: true,
                checks: vec![Check {
                    name: "capacity".to_owned(),
                    passed: target != "is-full",
                    detail: LEAKED.to_owned(),
                }],
                rows: Some(rows),
                ..DryRun::default()
            }
        })
    }
}
