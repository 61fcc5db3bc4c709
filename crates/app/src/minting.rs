//! Where credentials are minted, and where they are kept while they live.

use crate::{
    config::Config,
    world::{SystemClock, SystemEntropy},
};
use anyhow::bail;
use portcullis_credentials::{
    CourierSettings, Databases, HttpCourier, Secrets, issuer::Tools, issuers::Issuers,
    strongbox::Strongbox,
};
use portcullis_firewall::{firewall::Firewall, ports::Issuer};
use portcullis_policy::id::TenantId;
use std::{collections::BTreeMap, sync::Arc};

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
    Ok(Tools {
        courier: Arc::new(HttpCourier::new(&settings, secrets.clone())?),
        databases: Arc::new(databases),
        secrets,
        strongbox: strongbox.clone(),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
    })
}
