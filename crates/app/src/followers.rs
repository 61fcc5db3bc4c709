//! Whoever is told outside, and how that gets on.

use portcullis_control::{
    notify::standing::{Stand, Standing},
    slack::{desk::Desk, desks::Desks},
};
use portcullis_policy::id::TenantId;
use std::sync::Arc;

/// Everybody who follows a chain, for whoever watches the gate.
#[derive(Clone, Debug)]
pub(crate) struct Followers {
    channels: Vec<Channel>,
    desks: Arc<Desks>,
}

/// One of them, at one moment.
#[derive(Debug)]
pub(crate) struct Follower {
    /// Whose chain.
    pub(crate) tenant: String,
    /// The channel, e.g. `webhook/pager`.
    pub(crate) channel: String,
    /// How it stands.
    pub(crate) stand: Stand,
}

#[derive(Clone, Debug)]
struct Channel {
    tenant: TenantId,
    name: String,
    standing: Arc<Standing>,
}

impl Followers {
    /// Nobody but those at these desks.
    pub(crate) const fn at(desks: Arc<Desks>) -> Self {
        Self {
            channels: Vec::new(),
            desks,
        }
    }

    /// One more; where it is to be written how it gets on.
    pub(crate) fn add(&mut self, tenant: &TenantId, channel: &str) -> Arc<Standing> {
        let standing = Arc::<Standing>::default();
        self.channels.push(Channel {
            tenant: tenant.clone(),
            name: channel.to_owned(),
            standing: Arc::clone(&standing),
        });
        standing
    }

    /// All of them.
    pub(crate) fn now(&self) -> Vec<Follower> {
        let channel = |one: &Channel| Follower {
            tenant: one.tenant.to_string(),
            channel: one.name.clone(),
            stand: one.standing.now(),
        };
        let desk = |desk: &Arc<Desk>| Follower {
            tenant: desk.tenant().to_string(),
            channel: "slack".to_owned(),
            stand: desk.standing().now(),
        };
        let channels = self.channels.iter().map(channel);
        channels.chain(self.desks.iter().map(desk)).collect()
    }

    /// How many requests of Slack's were not taken, by code.
    pub(crate) fn refused(&self) -> Vec<(String, u64)> {
        self.desks.refused()
    }
}
