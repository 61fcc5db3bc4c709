//! `portcullis catalogue`: how risky an action type is.

use crate::{
    exit,
    output::{Output, table::Table},
};
use clap::Args;
use portcullis_policy::catalogue;
use serde_json::json;

/// Shows the built-in action types and their risk tiers.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis catalogue\n  portcullis catalogue workloads")]
pub(super) struct Catalogue {
    /// Only types that contain this.
    filter: Option<String>,
}

impl Catalogue {
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        let wanted = |kind: &str| self.filter.as_ref().is_none_or(|part| kind.contains(part));
        let rows = || catalogue::Catalogue::rows().filter(|row| wanted(row.kind));
        if output.is_json() {
            let types: Vec<_> = rows()
                .map(|row| {
                    json!({
                        "action_type": row.kind,
                        "least_tier": row.rule.least().number(),
                        "most_tier": row.rule.most().number(),
                        "rule": row.rule.to_string(),
                        "does": row.does,
                    })
                })
                .collect();
            let version = catalogue::Catalogue::VERSION;
            output.json(&json!({ "version": version, "action_types": types }))?;
            return Ok(exit::OK);
        }
        let mut table = Table::new(&["action type", "risk tier", "does"], "no such action type");
        for row in rows() {
            table.push([
                row.kind.to_owned(),
                row.rule.to_string(),
                row.does.to_owned(),
            ]);
        }
        output.raw(&table.render())?;
        Ok(exit::OK)
    }
}
