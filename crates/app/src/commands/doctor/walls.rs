//! Which walls this machine offers to commands.

use super::finding::{Finding, Health, bad, ok};
use anyhow::{Context, anyhow};
use portcullis_credentials::{Secrets, launch::Launches};
use portcullis_runner::{Offer, Rooms, plan::Wall};
use std::{fs, os::unix::fs::PermissionsExt, path::Path};

/// Raises every wall around a program that does nothing.
pub(super) async fn examine(data: &Path) -> Finding {
    let remedy = "docs/commands.md says what each wall needs, and what stands without it";
    match offer(data).await {
        Ok(offer) => told(&offer, remedy),
        Err(error) => {
            let found = format!("commands cannot be run here: {error:#}");
            bad("walls", Health::Warn, found, remedy)
        }
    }
}

fn told(offer: &Offer, remedy: &str) -> Finding {
    let offered = Wall::ALL.into_iter().filter(|wall| offer.has(*wall));
    let offered: Vec<&str> = offered.map(Wall::as_str).collect();
    let mut found = format!("offered: {}", offered.join(", "));
    let lacking = Wall::ALL
        .into_iter()
        .filter_map(|wall| Some(format!("{} ({})", wall.as_str(), offer.lacks(wall)?)));
    let lacking: Vec<String> = lacking.collect();
    if lacking.is_empty() {
        return ok("walls", found);
    }
    found.push_str(&format!("; not offered: {}", lacking.join(", ")));
    bad("walls", Health::Warn, found, remedy)
}

/// It is tried where rooms would be, for the folders above them matter; nothing of it stays.
async fn offer(data: &Path) -> anyhow::Result<Offer> {
    let folder = match data.join(crate::wire::LEDGER_FILE).exists() {
        true => tempfile::tempdir_in(data),
        false => tempfile::tempdir(),
    };
    let folder = folder.context("no folder to try them in")?;
    // Who runs there is somebody else when this is root.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o711))?;
    let rooms = Rooms::at(&folder.path().join(crate::walled::ROOMS))?;
    let launcher = crate::walled::launcher()?;
    let looked = Offer::look(&Launches::new(Secrets::new()), &launcher, &rooms).await;
    looked.map_err(|why| anyhow!(why))
}
