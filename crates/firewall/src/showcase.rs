//! What doors look at without waiting for a turn: the tools of one tenant, as they are on record.

use crate::tool::Tool;
use arc_swap::ArcSwap;
use std::{collections::BTreeMap, sync::Arc};

/// The tools of MCP servers, by `server/name`. They are shared, and copied when one changes.
pub type Tools = Arc<BTreeMap<String, Tool>>;

/// The tools of a tenant as of the last batch that is durable. Clones show the same.
#[derive(Clone, Debug, Default)]
pub struct Showcase(Arc<ArcSwap<BTreeMap<String, Tool>>>);

impl Showcase {
    /// Shows these from now on. It costs a comparison of pointers when they are the same.
    pub fn show(&self, tools: &Tools) {
        if !Arc::ptr_eq(&self.0.load(), tools) {
            self.0.store(Arc::clone(tools));
        }
    }

    /// The digest of the definition under which a tool may be called.
    ///
    /// *Fails closed:* `None` for a tool that was never seen, or whose server says something that
    /// nobody accepted.
    #[must_use]
    pub fn usable(&self, id: &str) -> Option<String> {
        let tools = self.0.load();
        Some(tools.get(id)?.usable()?.digest.clone())
    }
}
