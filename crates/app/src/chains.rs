//! The accounts on chains that the gate acts by, and the door to them.

use crate::{
    config::{AccountKey, ChainAccount, Config},
    world::SystemClock,
};
use axum::Router;
use portcullis_credentials::{
    CourierSettings, HttpCourier, Secrets, keystore::Keystores, remote::RemoteKeys,
};
use portcullis_evm::{
    Address,
    account::{Account, Ports},
    node::Node,
    pilot::Pilot,
    source::{Source, Sources},
};
use portcullis_firewall::{
    firewall::Firewall,
    hands::Hands,
    outside::{Courier, Signer, Wallet},
};
use portcullis_gateway::rpc::{Line, Settings, router};
use std::{sync::Arc, time::Duration};

/// How long a node may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The largest answer of a node, in bytes.
const ANSWER_BYTES: usize = 4 << 20;

/// The accounts that the operator's file names.
#[derive(Debug)]
pub(crate) struct Accounts {
    accounts: Vec<(Arc<Account>, Settings)>,
    courier: Arc<dyn Courier>,
}

/// Who signs for an account.
fn signer(one: &ChainAccount, courier: &Arc<dyn Courier>) -> Arc<dyn Signer> {
    let name = one.settings.key.clone();
    match &one.key {
        AccountKey::File(keystore) => Arc::new(Keystores::new([(name, keystore.clone())].into())),
        AccountKey::Remote(key) => {
            let keys = [(name, key.clone())];
            Arc::new(RemoteKeys::new(Arc::clone(courier), keys.into()))
        }
    }
}

impl Accounts {
    /// Everything that the operator's file names; no key is opened before it is used.
    ///
    /// # Errors
    /// When nothing can be called with its settings.
    pub(crate) fn open(config: &Config) -> anyhow::Result<Self> {
        let settings = CourierSettings {
            extra_roots: config.extra_roots.clone(),
            most_bytes: ANSWER_BYTES,
            timeout: TIMEOUT,
            ..CourierSettings::default()
        };
        let courier: Arc<dyn Courier> = Arc::new(HttpCourier::new(&settings, Secrets::new())?);
        let all = config.tenants.values().flat_map(|wiring| &wiring.chains);
        let accounts = all.map(|one| {
            let node = |node: &crate::config::ChainNode| -> Arc<dyn Source> {
                Arc::new(Node {
                    courier: Arc::clone(&courier),
                    url: node.url.clone(),
                    credential: node.credential(),
                    reach: node.reach,
                })
            };
            let (first, second) = &one.nodes;
            let pilot = Pilot {
                chain: one.chain,
                sources: Sources {
                    first: node(first),
                    second: second.as_ref().map(node),
                },
                outfit: one.outfit.clone(),
            };
            let ports = Ports {
                signer: signer(one, &courier),
                clock: Arc::new(SystemClock),
            };
            let settings = Settings {
                tenant: one.settings.tenant.clone(),
                name: one.settings.name.clone(),
                url: first.url.clone(),
                credential: first.credential(),
                reach: first.reach,
                most_per_second: one.per_second,
            };
            let account = Account::new(one.settings.clone(), pilot, ports);
            (Arc::new(account), settings)
        });
        Ok(Self {
            accounts: accounts.collect(),
            courier: Arc::clone(&courier),
        })
    }

    /// What the gate acts by.
    pub(crate) fn hands(&self) -> Vec<Hands> {
        let all = self.accounts.iter();
        all.map(|(account, _)| account.hands()).collect()
    }

    /// The first account of a name, as a wallet, and its vault.
    pub(crate) fn wallet(&self, name: &str) -> Option<(Arc<dyn Wallet>, Address)> {
        let mut accounts = self.accounts.iter();
        let (account, _) = accounts.find(|(account, _)| account.settings().name == name)?;
        let vault = account.pilot().outfit.vault;
        Some((Arc::<Account>::clone(account), vault))
    }

    /// Where wallet libraries come in.
    pub(crate) fn door(&self, firewall: &Firewall) -> Router {
        let lines = self.accounts.iter().map(|(account, settings)| {
            let courier = Arc::clone(&self.courier);
            Line::new(settings.clone(), Arc::<Account>::clone(account), courier)
        });
        router(firewall.clone(), lines.collect())
    }
}
