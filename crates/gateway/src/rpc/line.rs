//! An account that wallet libraries are pointed at, with what is behind it.

use super::{rate::Rate, remembered::Wishes};
use portcullis_firewall::outside::{Courier, Credential, Reach, Wallet};
use portcullis_policy::id::TenantId;
use std::sync::Arc;

/// An account as the operator names it.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Whose it is.
    pub tenant: TenantId,
    /// Its name, the last part of the address.
    pub name: String,
    /// The node that is read from.
    pub url: String,
    /// How it is greeted.
    pub credential: Option<Credential>,
    /// Where its address may lead.
    pub reach: Reach,
    /// The most requests of one caller in a second.
    pub most_per_second: u32,
}

/// An account, with what is behind it.
#[derive(Debug)]
pub struct Line {
    pub(super) settings: Settings,
    pub(super) wallet: Arc<dyn Wallet>,
    pub(super) courier: Arc<dyn Courier>,
    pub(super) wishes: Wishes,
    pub(super) rate: Rate,
}

impl Line {
    /// An account.
    #[must_use]
    pub fn new(settings: Settings, wallet: Arc<dyn Wallet>, courier: Arc<dyn Courier>) -> Self {
        Self {
            rate: Rate::new(settings.most_per_second),
            settings,
            wallet,
            courier,
            wishes: Wishes::default(),
        }
    }
}
