//! Every server of every tenant, and what serving their agents takes.

use super::{
    errands::Errands,
    finished::Finished,
    readers::Readers,
    server::{Server, Ways},
    settings::ShopSettings,
};
use portcullis_firewall::{
    firewall::Firewall,
    outside::{Courier, Starter},
};
use portcullis_policy::id::TenantId;
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::sync::Semaphore;

/// How many calls may wait for a hold's decision at once; more are answered at once.
const SEATS: usize = 256;

/// What the door is built from.
#[derive(Debug)]
pub struct Parts {
    /// The gate.
    pub firewall: Firewall,
    /// What starts programs.
    pub starter: Arc<dyn Starter>,
    /// What calls other servers.
    pub courier: Arc<dyn Courier>,
    /// What each tenant's agents may reach.
    pub tenants: BTreeMap<TenantId, ShopSettings>,
    /// Where people reach the gate, e.g. `https://gate.example.com`.
    pub public_url: String,
}

/// The servers behind the gate. Dropping it ends every program among them.
#[derive(Debug)]
pub struct Shop {
    pub(super) firewall: Firewall,
    pub(super) public_url: String,
    pub(super) seats: Semaphore,
    pub(super) finished: Finished,
    pub(super) errands: Errands,
    pub(super) readers: Readers,
    tenants: BTreeMap<TenantId, Shelf>,
}

/// The servers of one tenant.
#[derive(Debug)]
pub(super) struct Shelf {
    pub(super) servers: Vec<Server>,
    pub(super) wait: Duration,
}

impl Shop {
    /// The servers that the operator named; none is started before somebody asks for it.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        let ways = Ways {
            firewall: parts.firewall.clone(),
            starter: parts.starter,
            courier: parts.courier,
        };
        let shelf = |(tenant, settings): (TenantId, ShopSettings)| {
            let server = |one| Server::new(one, tenant.clone(), ways.clone());
            let shelf = Shelf {
                servers: settings.servers.into_iter().map(server).collect(),
                wait: settings.wait,
            };
            (tenant, shelf)
        };
        Self {
            firewall: parts.firewall,
            public_url: parts.public_url.trim_end_matches('/').to_owned(),
            seats: Semaphore::new(SEATS),
            finished: Finished::default(),
            errands: Errands::default(),
            readers: Readers::default(),
            tenants: parts.tenants.into_iter().map(shelf).collect(),
        }
    }

    /// The servers of a tenant; `None` when it has none.
    pub(super) fn shelf(&self, tenant: &TenantId) -> Option<&Shelf> {
        self.tenants.get(tenant)
    }

    /// Compares what every server of a tenant says of its tools with what is pinned, now.
    ///
    /// # Errors
    /// The names of the servers that could not be asked, each with the reason.
    pub async fn look(&self, tenant: &TenantId) -> Result<(), Vec<(String, String)>> {
        let mut away = Vec::new();
        for server in self.shelf(tenant).map_or(&[][..], |shelf| &shelf.servers) {
            if let Err(fault) = server.tools(true).await {
                away.push((server.settings.name.clone(), fault.text().to_owned()));
            }
        }
        if away.is_empty() { Ok(()) } else { Err(away) }
    }
}

impl Shelf {
    /// The server and the own name behind a name that agents use.
    ///
    /// Names of servers have no `_`, so that the first `__` is where the server's name ends.
    pub(super) fn named<'n>(&self, name: &'n str) -> Option<(&Server, &'n str)> {
        self.split(name, "__")
    }

    /// The server and the own address behind an address that agents use.
    pub(super) fn addressed<'n>(&self, uri: &'n str) -> Option<(&Server, &'n str)> {
        self.split(uri, "+")
    }

    fn split<'n>(&self, name: &'n str, mark: &str) -> Option<(&Server, &'n str)> {
        if let [alone] = self.servers.as_slice()
            && alone.settings.bare
        {
            return Some((alone, name));
        }
        let (server, own) = name.split_once(mark)?;
        Some((self.server(server)?, own))
    }

    /// A server by its name.
    pub(super) fn server(&self, name: &str) -> Option<&Server> {
        self.servers
            .iter()
            .find(|server| server.settings.name == name)
    }
}

/// The name under which agents know a tool or a prompt.
pub(super) fn name_for_agents(server: &Server, own: &str) -> String {
    joined(server, "__", own)
}

/// The address under which agents know a resource.
pub(super) fn address_for_agents(server: &Server, own: &str) -> String {
    joined(server, "+", own)
}

fn joined(server: &Server, mark: &str, own: &str) -> String {
    if server.settings.bare {
        own.to_owned()
    } else {
        format!("{}{mark}{own}", server.settings.name)
    }
}
