//! `portcullis budgets`: what may still be spent.

use super::desk::{Desk, entries};
use crate::{
    exit,
    output::table::{Column, Table},
};
use clap::Args;

/// Shows what is spent, set aside and left of each budget.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis budgets")]
pub(super) struct Budgets {}

/// The columns of a list of budgets.
pub(crate) const COLUMNS: &[Column] = &[
    ("whose", "scope"),
    ("unit", "unit"),
    ("period", "period"),
    ("limit", "limit"),
    ("spent", "spent"),
    ("reserved", "reserved"),
    ("left", "remaining"),
    ("used %", "used_percent"),
];

impl Budgets {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let list = desk.client()?.get("/v1/budgets").await?;
        desk.output.show(&list, |list| {
            Table::of(entries(list, "budgets"), COLUMNS, "no budgets are set")
        })?;
        Ok(exit::OK)
    }
}
