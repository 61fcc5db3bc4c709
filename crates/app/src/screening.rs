//! What is hidden in what each tenant's agents and people write.

use crate::config::Config;
use anyhow::{Context, bail};
use portcullis_credentials::Secrets;
use portcullis_firewall::firewall::Firewall;
use portcullis_screen::{
    screen::Screen,
    secrets::{Level, Secrets as Known},
};

/// Gives every tenant its screen: all secrets that the operator's file names, tokens in the addresses
/// of nodes, and the personal data that it wants hidden.
///
/// Fails closed: a secret named under `redaction` that cannot be read, or is too short to be found,
/// stops the gate from starting, and so does a token that cannot be found. One that is named elsewhere
/// and cannot be read is not in use.
///
/// # Errors
/// As said, naming the place in the file.
pub(crate) fn put_up(config: &Config, firewall: &Firewall) -> anyhow::Result<()> {
    let mut known = Known::new();
    for (path, name) in config.secrets() {
        match Secrets::new().register(&name, &mut known) {
            Err(fault) if path.contains(".redaction.") => bail!("{path}: {fault}"),
            Ok(()) | Err(_) => {}
        }
    }
    for (path, token) in config.tokens_in_addresses() {
        let added = known.add(token);
        added.with_context(|| format!("{path}: what may be a token in it cannot be hidden"))?;
    }
    for entry in &config.providers {
        entry.register(&Secrets::new(), &mut known);
    }
    for tenant in firewall.tenants() {
        let wiring = config.tenants.get(&tenant);
        let personal = wiring.map(|wiring| wiring.redaction.personal.clone());
        let screen = Screen::builder()
            .personal(personal.unwrap_or_default())
            .build();
        let screen = screen.context("nothing can be redacted")?;
        firewall.use_screen(&tenant, &screen.with(Level::Global, &known));
    }
    Ok(())
}
