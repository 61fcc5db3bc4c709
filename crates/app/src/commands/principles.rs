//! `portcullis principles`: what no configuration can change.

use crate::{
    exit,
    output::{Output, table::Table, with},
};
use clap::Args;
use portcullis_policy::principle;
use serde_json::{Value, json};

/// Shows the 21 principles above all configuration.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis principles\n  portcullis principles 13")]
pub(super) struct Principles {
    /// Only this one, with how it is enforced.
    number: Option<u8>,
}

impl Principles {
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        let wanted: Vec<_> = principle::table()
            .iter()
            .filter(|one| self.number.is_none_or(|number| number == one.number))
            .collect();
        anyhow::ensure!(!wanted.is_empty(), "there are principles 1 to 21");
        if output.is_json() {
            let list: Vec<Value> = wanted
                .iter()
                .map(|one| {
                    Ok(with(
                        serde_json::to_value(one)?,
                        json!({ "id": one.to_string() }),
                    ))
                })
                .collect::<anyhow::Result<_>>()?;
            output.json(&json!({ "principles": list }))?;
        } else if let ([one], Some(_)) = (wanted.as_slice(), self.number) {
            let id = one.to_string();
            let facts = [
                ("principle", id.as_str()),
                ("name", one.name),
                ("demands", one.demands),
                ("enforced", one.enforcement),
            ];
            output.raw(&Table::facts(facts).render())?;
        } else {
            let mut table = Table::new(&["id", "name", "demands"], "").uncut();
            for one in wanted {
                table.push([one.to_string(), one.name.to_owned(), one.demands.to_owned()]);
            }
            output.raw(&table.render())?;
        }
        Ok(exit::OK)
    }
}
