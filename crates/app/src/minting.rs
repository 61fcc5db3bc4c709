//! Where credentials are minted, and where they are kept while they live.

use crate::{
    config::Config,
    world::{SystemClock, SystemEntropy},
};
use anyhow::{Context, bail};
use portcullis_credentials::{
    CourierSettings, Databases, HttpCourier, Secrets,
    embers::Embers,
    issuer::{Tools, sealed::Chest},
    issuers::Issuers,
    sealed,
    strongbox::Strongbox,
};
use portcullis_firewall::{firewall::Firewall, outside::SecretName, ports::Issuer};
use portcullis_policy::id::TenantId;
use std::{
    collections::BTreeMap,
    path::{Path, absolute},
    sync::Arc,
};

/// The key in the data folder that tokens there are sealed with.
pub(crate) const EMBERS_KEY: &str = "embers.key";
/// The folder in the data folder where they are.
const EMBERS: &str = "embers";

/// Where tokens are sealed that only their holder can end: where the operator's file says, else in the
/// data folder. `None` when no provider of the file makes such tokens.
///
/// # Errors
/// When nobody can tell where the data folder is.
pub(crate) fn embers(config: &Config, data: &Path) -> anyhow::Result<Option<Chest>> {
    let mut providers = config.providers.iter();
    if !providers.any(|entry| entry.provider.only_holders_end()) {
        return Ok(None);
    }
    if let Some(chest) = &config.embers {
        return Ok(Some(chest.clone()));
    }
    let data = absolute(data).context("the place of the data folder cannot be told")?;
    let key = format!("file:{}", data.join(EMBERS_KEY).display());
    Ok(Some(Chest {
        folder: data.join(EMBERS),
        master_key: SecretName::new(&key),
    }))
}

/// The same, with the key in the data folder made when it is not there.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn ready_embers(config: &Config, data: &Path) -> anyhow::Result<Option<Chest>> {
    let chest = embers(config, data)?;
    if chest.is_some() && config.embers.is_none() {
        let key = data.join(EMBERS_KEY);
        let made = sealed::make_key(&key, &SystemEntropy);
        made.with_context(|| format!("cannot make `{}`", key.display()))?;
    }
    Ok(chest)
}

/// Keeps what is minted, and has it hidden in the texts that this gate shows.
pub(crate) fn strongbox(firewall: &Firewall) -> Strongbox {
    Strongbox::new(firewall.screens(), Arc::new(SystemClock))
}

/// Who mints for each tenant of the gate, at the providers that the operator's file lets it use.
///
/// # Errors
/// When the file names a tenant that is not there, or nothing can be called with its settings.
pub(crate) fn issuers(
    config: &Config,
    firewall: &Firewall,
    strongbox: &Strongbox,
) -> anyhow::Result<BTreeMap<TenantId, Arc<dyn Issuer>>> {
    let known = firewall.tenants();
    for entry in &config.providers {
        let name = &entry.name;
        let mut named = entry.tenants.iter();
        if let Some(strange) = named.find(|tenant| !known.contains(*tenant)) {
            bail!("providers.{name}.tenants: there is no tenant `{strange}`");
        }
    }
    let tools = tools(config, strongbox)?;
    let issuers = known.into_iter().map(|tenant| {
        let entries = config.providers.iter().filter(|one| one.serves(&tenant));
        let issuers = Issuers::new(entries.cloned().collect(), &tools);
        let issuer: Arc<dyn Issuer> = Arc::new(issuers);
        (tenant, issuer)
    });
    Ok(issuers.collect())
}

/// What all of them work with.
///
/// # Errors
/// When nothing can be called with the settings of the operator's file.
pub(crate) fn tools(config: &Config, strongbox: &Strongbox) -> anyhow::Result<Tools> {
    let secrets = Secrets::with(strongbox.clone());
    let settings = CourierSettings {
        extra_roots: config.extra_roots.clone(),
        ..CourierSettings::default()
    };
    let databases = Databases::new(config.extra_roots.as_deref(), secrets.clone())?;
    let embers = config.embers.as_ref().map(|chest| {
        let store = chest.store(&Secrets::new());
        Embers::new(store, Arc::new(SystemClock), Arc::new(SystemEntropy))
    });
    Ok(Tools {
        courier: Arc::new(HttpCourier::new(&settings, secrets.clone())?),
        databases: Arc::new(databases),
        secrets,
        strongbox: strongbox.clone(),
        embers,
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    })
}
