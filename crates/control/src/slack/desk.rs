//! One tenant's place in Slack.

use super::{api::Api, links::Links, settings::SlackSettings};
use crate::notify::{progress::Progress, standing::Standing};
use portcullis_firewall::{
    firewall::Firewall,
    outside::{Courier, Keyring},
    ports::{Clock, Entropy},
};
use portcullis_policy::id::TenantId;
use std::sync::Arc;
use tokio::sync::Mutex;

/// What every desk leans on.
#[derive(Clone, Debug)]
pub struct World {
    /// Decides and remembers.
    pub gate: Firewall,
    /// Calls Slack.
    pub courier: Arc<dyn Courier>,
    /// Computes signatures.
    pub keyring: Arc<dyn Keyring>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Lots.
    pub entropy: Arc<dyn Entropy>,
    /// The gate's pages.
    pub links: Links,
}

/// One tenant's place in Slack: it shows holds there and takes clicks from there.
#[derive(Debug)]
pub struct Desk {
    /// Whose.
    pub(super) tenant: TenantId,
    /// Where.
    pub(super) settings: Arc<SlackSettings>,
    /// Calls it.
    pub(super) api: Api,
    /// The rest of the gate.
    pub(super) world: World,
    /// Held while messages are brought up to date, so that an older state never replaces a newer.
    pub(super) showing: Mutex<()>,
    /// How telling the channel gets on.
    pub(super) standing: Standing,
    /// What was announced of the newest record.
    pub(super) announced: Progress,
}

impl Desk {
    /// A tenant's desk. The settings were checked before.
    #[must_use]
    pub fn new(tenant: TenantId, settings: SlackSettings, world: World) -> Self {
        let settings = Arc::new(settings);
        Self {
            tenant,
            api: Api::new(world.courier.clone(), settings.clone()),
            settings,
            world,
            showing: Mutex::new(()),
            standing: Standing::default(),
            announced: Progress::default(),
        }
    }

    /// Whose desk it is.
    #[must_use]
    pub const fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    /// How telling the channel gets on.
    #[must_use]
    pub const fn standing(&self) -> &Standing {
        &self.standing
    }
}
