//! The servers behind the gate, as the operator names them.

use super::asks::Ask;
use portcullis_firewall::{
    added_server::{AddedServer, Additions, is_name},
    canonical,
    digest::Means,
    outside::{Program, Reach, SecretName, Variable},
    tool::FirstSight,
};
use portcullis_policy::{fault::Faults, id::WorkspaceId};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use std::{collections::BTreeMap, time::Duration};

/// How long a call may take at most.
const TIMEOUT_MAX: Duration = Duration::from_secs(600);
/// How long a call may wait for people at most: clients give up after a minute.
const WAIT_MAX: Duration = Duration::from_secs(55);

/// What a tenant's agents may reach through the gate.
#[derive(Clone, Debug, Default)]
pub struct ShopSettings {
    /// The servers, in the order in which their tools are listed.
    pub servers: Vec<ServerSettings>,
    /// How long a held call waits for its decision before it is answered. A client that can be
    /// told to ask again, or that looks after tasks, is answered at once.
    pub wait: Duration,
    /// The secrets that architects may name for servers they add.
    pub addable_secrets: Vec<SecretName>,
    /// Where the servers that architects add may be.
    pub addable_reach: Reach,
}

/// One server.
#[derive(Clone, Debug, PartialEq)]
pub struct ServerSettings {
    /// Its name: what its tools, action types and records begin with.
    pub name: String,
    /// How it is reached.
    pub transport: Transport,
    /// The workspace its actions belong to.
    pub workspace: Option<WorkspaceId>,
    /// The environment its actions happen in.
    pub environment: String,
    /// What becomes of its tools when they are seen for the first time.
    pub first_sight: FirstSight,
    /// How long one call may take.
    pub timeout: Duration,
    /// Whether its tools keep their own names; for a server that is alone.
    pub bare: bool,
    /// What it may ask of clients.
    pub may_ask: Vec<Ask>,
    /// Which of its tools says what another would do: the companion's name by the other's. It is
    /// called with the same arguments.
    pub dry_runs: BTreeMap<String, String>,
}

/// How a server is reached.
#[derive(Clone, Debug, PartialEq)]
pub enum Transport {
    /// A program that speaks over its standard input and output.
    Program(Program),
    /// A server that speaks over Streamable HTTP.
    Http {
        /// Its one address.
        url: String,
        /// The token to show.
        bearer: Option<SecretName>,
        /// Where it may be.
        reach: Reach,
    },
}

impl ShopSettings {
    /// Everything that is wrong with it, with paths below `servers`.
    #[must_use]
    pub fn faults(&self) -> Faults {
        let mut faults = Faults::default();
        for server in &self.servers {
            let path = format!("servers.{}", server.name);
            let same = |other: &&ServerSettings| other.name == server.name;
            if !is_name(&server.name) {
                let why = "expected at most 32 lower-case letters, digits and single hyphens";
                faults.add(&path, why);
            } else if self.servers.iter().filter(same).count() > 1 {
                faults.add(&path, "another server has this name");
            }
            if server.bare && self.servers.len() > 1 {
                let why = "only a server that is alone keeps its tools' own names";
                faults.add(format!("{path}.bare"), why);
            }
            if server.timeout.is_zero() || server.timeout > TIMEOUT_MAX {
                faults.add(format!("{path}.timeout_seconds"), "expected 1 to 600");
            }
            match &server.transport {
                Transport::Program(program) if program.command.is_empty() => {
                    faults.add(format!("{path}.command"), "must not be empty");
                }
                Transport::Program(_) | Transport::Http { .. } => {}
            }
        }
        if self.wait > WAIT_MAX {
            faults.add("wait_seconds", "expected 0 to 55");
        }
        faults
    }

    /// What a tenant's architects may add beside these servers.
    #[must_use]
    pub fn additions(&self) -> Additions {
        Additions {
            taken: self.servers.iter().map(|one| one.name.clone()).collect(),
            alone: self.servers.iter().any(|one| one.bare),
            secrets: self.addable_secrets.clone(),
            reach: self.addable_reach,
        }
    }
}

impl ServerSettings {
    /// Names how it is reached, and what looks at what its tools would do.
    pub(super) fn means(&self) -> Means {
        let all = json!({"server": self.identity(), "dry_runs": self.dry_runs});
        Means::new(Sha256::digest(canonical::to_vec(&all)).into())
    }

    /// A server that an architect added, as far as the operator lets it be reached.
    pub(super) fn of(added: &AddedServer, reach: Reach) -> Self {
        let server = &added.server;
        Self {
            name: server.name.clone(),
            transport: Transport::Http {
                url: server.url.clone(),
                bearer: server.bearer.clone(),
                reach,
            },
            workspace: server.workspace.clone(),
            environment: server.environment.clone(),
            first_sight: server.first_sight,
            timeout: Duration::from_secs(server.timeout_seconds.into()),
            bare: false,
            may_ask: Vec::new(),
            dry_runs: BTreeMap::new(),
        }
    }

    /// Who the server is: another one under the same name is another server.
    pub(super) fn identity(&self) -> Value {
        match &self.transport {
            Transport::Program(program) => {
                let mut variables: Vec<String> = Vec::new();
                for (name, value) in &program.variables {
                    variables.push(match value {
                        Variable::Plain(text) => format!("{name}={text}"),
                        Variable::Secret(secret) => format!("{name}:{}", secret.as_str()),
                    });
                }
                variables.sort();
                let folder = program
                    .folder
                    .as_ref()
                    .map(|path| path.display().to_string());
                json!({"command": program.command, "folder": folder, "variables": variables})
            }
            Transport::Http { url, .. } => json!({"url": url}),
        }
    }
}
