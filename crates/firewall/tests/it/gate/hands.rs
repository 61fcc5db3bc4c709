//! Hands that remember what they did.

use super::fixture::Gate;
use portcullis_firewall::{
    digest::Means,
    hands::Hands,
    order::{Check, DryRun, Effect, Ended, Order},
    ports::{Doing, Executor, Rehearsal},
};
use portcullis_policy::{action::Action, amount::Micros};
use std::sync::{
    Arc, Mutex,
    atomic::{AtomicU8, Ordering},
};

/// Remembers its orders; does as the target is called.
#[derive(Debug, Default)]
pub(super) struct Fake {
    orders: Mutex<Vec<Order>>,
    looks: Mutex<Vec<Order>>,
    /// How it does things.
    pub(super) means: AtomicU8,
    /// What it finds when it looks.
    pub(super) rows: AtomicU8,
}

impl Fake {
    pub(super) fn orders(&self) -> Vec<Order> {
        self.orders.lock().expect("no panic").clone()
    }

    pub(super) fn looks(&self) -> Vec<Order> {
        self.looks.lock().expect("no panic").clone()
    }
}

/// Has a gate act by a fake.
pub(super) fn lend(gate: &Gate, fake: &Arc<Fake>) {
    gate.firewall.use_hands(Hands {
        executor: Arc::<Fake>::clone(fake),
        rehearsal: Arc::<Fake>::clone(fake),
    });
}

impl Executor for Fake {
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
        self.orders.lock().expect("no panic").push(order);
        Box::pin(async move {
            assert_ne!(target, "panics", "as it should");
            if target == "hangs" {
                std::future::pending::<()>().await;
            }
            Effect {
                output: b"password=correct-horse-battery\n".to_vec(),
                cost_usd: Micros::from_units(7.0).filter(|_| target == "is-dear"),
                ..Effect::new(result, "tried it with password=correct-horse-battery")
            }
        })
    }
}

impl Rehearsal for Fake {
    fn rehearses(&self, action: &Action) -> bool {
        action.kind.as_str() == "workloads.submit"
    }

    fn rehearse(&self, order: Order) -> Doing<'_, DryRun> {
        let target = order.target.clone();
        self.looks.lock().expect("no panic").push(order);
        let rows = u64::from(self.rows.load(Ordering::SeqCst));
        Box::pin(async move {
            assert_ne!(target, "panics", "as it should");
            DryRun {
                passed: true,
                checks: vec![Check {
                    name: "capacity".to_owned(),
                    passed: target != "is-full",
                    detail: "password=correct-horse-battery".to_owned(),
                }],
                rows: Some(rows),
                ..DryRun::default()
            }
        })
    }
}
