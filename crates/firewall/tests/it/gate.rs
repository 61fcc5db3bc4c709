//! The gate as a whole, over a ledger in memory and a clock that is set by hand.

mod acting;
mod asking;
mod attacks;
mod autonomy;
mod budgets;
mod evidence;
mod faults;
mod fixture;
mod holds;
mod identity;
mod images;
mod modes;
mod mutation;
mod permits;
mod principles;
mod records;
mod rehearsing;
mod retries;
mod rules;
mod screened;
mod servers;
mod trouble;
mod windows;
mod world;
