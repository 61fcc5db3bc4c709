//! What is looked for.

use crate::{
    rule::{front::Rules, table::Table},
    secrets::{Layer, Level},
};
use std::sync::Arc;

/// Rules, and the secrets of each level.
#[derive(Clone)]
pub(crate) struct Wanted {
    pub table: Arc<Table>,
    /// The kinds that are looked for, one bit each.
    pub kinds: u16,
    /// The rules for these.
    pub rules: Rules,
    pub layers: [Option<Arc<Layer>>; Level::COUNT],
}

impl Wanted {
    /// The levels that have secrets.
    pub(crate) fn layers(&self) -> impl Iterator<Item = &Layer> {
        self.layers.iter().flatten().map(|layer| &**layer)
    }
}
