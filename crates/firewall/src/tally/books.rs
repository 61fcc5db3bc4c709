//! Budgets: what is spent and what is set aside.
//!
//! An action reserves before it happens; afterwards the reservation is settled with the real
//! figure or given back. What is never settled stays committed: the safe side.

use crate::effects::Pledge;
use portcullis_policy::{
    amount::Micros,
    facts::{BudgetNeed, Span},
};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The budgets of one tenant.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Written", into = "Written")]
pub struct Books {
    accounts: BTreeMap<BudgetNeed, Account>,
    reservations: BTreeMap<u64, Vec<Pledge>>,
    warned: BTreeSet<BudgetNeed>,
}

/// One budget over one period.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Settled.
    pub spent: Micros,
    /// Set aside for actions whose outcome is not known.
    pub reserved: Micros,
}

impl Account {
    /// Spent and reserved together: what a new action adds to.
    #[must_use]
    pub const fn committed(self) -> Micros {
        self.spent.plus(self.reserved)
    }
}

impl Books {
    /// What is committed against a budget.
    #[must_use]
    pub fn committed(&self, budget: &BudgetNeed) -> Micros {
        self.account(budget).committed()
    }

    /// One budget.
    #[must_use]
    pub fn account(&self, budget: &BudgetNeed) -> Account {
        self.accounts.get(budget).copied().unwrap_or_default()
    }

    /// Sets amounts aside for the action with this record number.
    pub fn reserve(&mut self, seq: u64, pledges: &[Pledge]) {
        if pledges.is_empty() {
            return;
        }
        for (budget, amount) in pledges {
            let account = self.accounts.entry(budget.clone()).or_default();
            account.reserved = account.reserved.plus(*amount);
        }
        self.reservations.insert(seq, pledges.to_vec());
    }

    /// What is set aside for an action.
    #[must_use]
    pub fn reservation(&self, seq: u64) -> Option<&[Pledge]> {
        self.reservations.get(&seq).map(Vec::as_slice)
    }

    /// Ends a reservation: each pledge becomes the amount spent, zero gives it back.
    ///
    /// A second settlement finds nothing and changes nothing.
    pub fn settle(&mut self, seq: u64, spent: &[Pledge]) {
        let Some(pledges) = self.reservations.remove(&seq) else {
            return;
        };
        for (budget, amount) in pledges {
            let account = self.accounts.entry(budget).or_default();
            account.reserved = account.reserved.minus(amount);
        }
        for (budget, amount) in spent {
            let account = self.accounts.entry(budget.clone()).or_default();
            account.spent = account.spent.plus(*amount);
        }
    }

    /// Whether nobody was warned about this budget in this period yet.
    #[must_use]
    pub fn unwarned(&self, budget: &BudgetNeed) -> bool {
        !self.warned.contains(budget)
    }

    /// Notes that people were warned.
    pub fn warn(&mut self, budget: &BudgetNeed) {
        self.warned.insert(budget.clone());
    }

    /// Forgets periods that ended before the given day and month.
    pub fn forget_before(&mut self, day: Span, month: Span) {
        let lives = |span: Span| match span {
            Span::Day(_) => span >= day,
            Span::Month(_) => span >= month,
        };
        self.accounts.retain(|budget, _| lives(budget.span));
        self.warned.retain(|budget| lives(budget.span));
        self.reservations
            .retain(|_, pledges| pledges.iter().any(|(b, _)| lives(b.span)));
    }
}

/// The books as they are written down: JSON has no structured keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Written {
    accounts: Vec<(BudgetNeed, Account)>,
    reservations: Vec<(u64, Vec<Pledge>)>,
    warned: Vec<BudgetNeed>,
}

impl From<Written> for Books {
    fn from(written: Written) -> Self {
        Self {
            accounts: written.accounts.into_iter().collect(),
            reservations: written.reservations.into_iter().collect(),
            warned: written.warned.into_iter().collect(),
        }
    }
}

impl From<Books> for Written {
    fn from(books: Books) -> Self {
        Self {
            accounts: books.accounts.into_iter().collect(),
            reservations: books.reservations.into_iter().collect(),
            warned: books.warned.into_iter().collect(),
        }
    }
}
