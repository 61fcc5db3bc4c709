//! The gate as a whole, over a ledger in memory and a clock that is set by hand.

mod autonomy;
mod budgets;
mod fixture;
mod holds;
mod identity;
mod modes;
mod permits;
mod records;
mod retries;
mod rules;
mod trouble;
mod windows;
