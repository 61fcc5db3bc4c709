//! MCP servers that were added, as the door to them sees them: at once, and without asking a lane.

use super::Firewall;
use crate::{
    added_server::{AddedServer, Additions, NewServer},
    error::GateError,
    principal::Principal,
    state::State,
};
use arc_swap::ArcSwap;
use portcullis_policy::id::TenantId;
use std::{collections::HashMap, sync::Arc};

/// The servers that a tenant has added, as of one record.
#[derive(Clone, Debug, Default)]
pub struct Stock {
    /// The record as of which they are.
    pub seq: u64,
    /// The servers, in order of their names.
    pub servers: Vec<AddedServer>,
}

impl Stock {
    pub(super) fn of(state: &State) -> Self {
        Self {
            seq: state.head.seq,
            servers: state.servers.values().cloned().collect(),
        }
    }
}

/// What every tenant has added, and may add.
#[derive(Clone, Debug, Default)]
pub(super) struct Servers {
    stocks: Arc<ArcSwap<HashMap<TenantId, Arc<Stock>>>>,
    additions: Arc<ArcSwap<HashMap<TenantId, Arc<Additions>>>>,
}

impl Servers {
    /// Shows a stock, unless a newer one is shown already.
    pub(super) fn show(&self, tenant: &TenantId, stock: Stock) {
        let stock = Arc::new(stock);
        self.stocks.rcu(|stocks| {
            let mut stocks = HashMap::clone(stocks);
            let shown = stocks.entry(tenant.clone()).or_default();
            if shown.seq <= stock.seq {
                *shown = Arc::clone(&stock);
            }
            stocks
        });
    }
}

impl Firewall {
    /// Lets a tenant's architects add servers within these bounds. Without them: public addresses,
    /// no secrets.
    pub fn allow_additions(&self, tenant: &TenantId, additions: &Additions) {
        let additions = Arc::new(additions.clone());
        self.servers.additions.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.insert(tenant.clone(), Arc::clone(&additions));
            all
        });
    }

    /// What a tenant's architects may add.
    #[must_use]
    pub fn additions(&self, tenant: &TenantId) -> Arc<Additions> {
        let all = self.servers.additions.load();
        all.get(tenant).cloned().unwrap_or_default()
    }

    /// The servers that a tenant has added, as they are on record.
    #[must_use]
    pub fn stock(&self, tenant: &TenantId) -> Arc<Stock> {
        let stocks = self.servers.stocks.load();
        stocks.get(tenant).cloned().unwrap_or_default()
    }

    /// The servers that were added.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn added_servers(
        &self,
        principal: &Principal,
    ) -> Result<Vec<AddedServer>, GateError> {
        super::entry::may_read(principal)?;
        self.on_lane(principal, |turn| Ok(Stock::of(turn.state).servers))
            .await
    }

    /// Adds a server; agents see it when it is on record.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::add_server`].
    pub async fn add_server(
        &self,
        principal: &Principal,
        new: NewServer,
    ) -> Result<AddedServer, GateError> {
        let (caller, additions) = (principal.clone(), self.additions(&principal.tenant));
        let added = self.on_lane(principal, move |turn| {
            let server = turn.add_server(&caller, new, &additions)?;
            Ok((server, Stock::of(turn.state)))
        });
        let (server, stock) = added.await?;
        self.servers.show(&principal.tenant, stock);
        Ok(server)
    }

    /// Removes a server that was added.
    ///
    /// *Fails closed:* it is gone for agents before its removal is on record.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::remove_server`].
    pub async fn remove_server(&self, principal: &Principal, name: &str) -> Result<(), GateError> {
        let (caller, name) = (principal.clone(), name.to_owned());
        let (servers, tenant) = (self.servers.clone(), principal.tenant.clone());
        self.on_lane(principal, move |turn| {
            turn.remove_server(&caller, &name)?;
            servers.show(&tenant, Stock::of(turn.state));
            Ok(())
        })
        .await
    }

    /// Shows the servers as they are on record, should whoever added one have gone too early.
    ///
    /// # Errors
    /// When the gate is away.
    pub async fn restock(&self, tenant: &TenantId) -> Result<(), GateError> {
        let stock = self
            .in_turn(tenant, |turn| Ok(Stock::of(turn.state)))
            .await?;
        self.servers.show(tenant, stock);
        Ok(())
    }
}
