//! A permission set as a person sends it, at whichever door.

use crate::{intake::body::body, wire::words};
use portcullis_door::reply::Refusal;
use portcullis_firewall::{
    access::{Effect, Entry, Pattern, set},
    turn::SetDraft,
};
use portcullis_policy::{
    fault::Faults,
    id::{AgentId, WorkspaceId},
};

body! {
    /// A permission set to make, or to replace one.
    pub(crate) struct SetBody {
        /// Its name, unique in the tenant whatever its case.
        #[schema(example = "training, without the payment cluster")]
        name: String,
        /// What it is for.
        description: Option<String>,
        /// What it allows and denies; their order does not matter.
        entries: Vec<EntryBody>,
    }
}

body! {
    /// Agents and scopes of one workspace, allowed or denied. A pattern is a name, or `regex:` and
    /// a regular expression over the whole name; `regex:.*` is everything. An allow entry without
    /// agents, or without scopes, covers nothing; a deny entry without either covers all of them.
    pub(crate) struct EntryBody {
        /// Where.
        #[schema(value_type = String, example = "training")]
        workspace: WorkspaceId,
        /// Whether what is covered is allowed or denied.
        #[schema(value_type = words::Effect)]
        effect: Effect,
        /// Ids of agents, or patterns over them.
        #[schema(example = json!(["regex:.*"]))]
        agents: Vec<String>,
        /// Scopes, or patterns over them; of an action, its target.
        #[schema(example = json!(["cluster-a", "regex:cluster-b-[0-9]+"]))]
        scopes: Vec<String>,
    }
}

impl SetBody {
    /// The set with its patterns read.
    ///
    /// # Errors
    /// 422 with the path of every pattern that is none.
    pub(crate) fn draft(self) -> Result<SetDraft, Refusal> {
        self.check_size()?;
        let mut faults = Faults::default();
        let entries: Vec<Entry> = self
            .entries
            .into_iter()
            .enumerate()
            .map(|(at, entry)| entry.read(&format!("entries[{at}]"), &mut faults))
            .collect();
        faults.or(())?;
        Ok(SetDraft {
            name: self.name,
            description: self.description.unwrap_or_default(),
            entries,
        })
    }

    /// Counts before anything is compiled: a pattern costs more than its text.
    fn check_size(&self) -> Result<(), Refusal> {
        if self.entries.len() > set::ENTRIES_MAX {
            let message = format!("has at most {} items", set::ENTRIES_MAX);
            return Err(Refusal::invalid("entries", message));
        }
        let patterns = |entry: &EntryBody| entry.agents.len().saturating_add(entry.scopes.len());
        if self.entries.iter().map(patterns).sum::<usize>() > set::PATTERNS_MAX {
            let message = format!("has at most {} patterns together", set::PATTERNS_MAX);
            return Err(Refusal::invalid("entries", message));
        }
        Ok(())
    }
}

impl EntryBody {
    fn read(self, path: &str, faults: &mut Faults) -> Entry {
        let agents = patterns(&self.agents, &format!("{path}.agents"), faults);
        for (at, name) in self.agents.iter().enumerate() {
            // What is no pattern has its fault already.
            let exact = Pattern::new(name).is_ok_and(|pattern| pattern.name().is_some());
            if exact && let Err(error) = AgentId::new(name) {
                faults.add(format!("{path}.agents[{at}]"), error.to_string());
            }
        }
        Entry {
            workspace: self.workspace,
            effect: self.effect,
            agents,
            scopes: patterns(&self.scopes, &format!("{path}.scopes"), faults),
        }
    }
}

fn patterns(texts: &[String], path: &str, faults: &mut Faults) -> Vec<Pattern> {
    let mut read = Vec::with_capacity(texts.len());
    for (at, text) in texts.iter().enumerate() {
        match Pattern::new(text) {
            Ok(pattern) => read.push(pattern),
            Err(error) => faults.add(format!("{path}[{at}]"), error.to_string()),
        }
    }
    read
}
