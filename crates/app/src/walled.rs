//! Commands inside of walls, and the rooms of sessions that they run in.

use crate::config::Config;
use anyhow::{Context, anyhow};
use portcullis_credentials::{Secrets, launch::Launches, strongbox::Strongbox};
use portcullis_firewall::{firewall::Firewall, hands::Hands};
use portcullis_runner::{Commands, Offer, Rooms, Settings, commands::Ports, walls::KEEPER};
use std::{
    env, fs,
    os::unix::fs::{MetadataExt, PermissionsExt},
    path::Path,
    sync::Arc,
};

/// The folder of all rooms, below the gate's own.
pub(crate) const ROOMS: &str = "rooms";

/// The command that raises walls: this program under another name.
///
/// # Errors
/// When this program has no path that is text.
pub(crate) fn launcher() -> anyhow::Result<Vec<String>> {
    let this = env::current_exe().context("this program has no path")?;
    let this = this.to_str().context("this program's path is no text")?;
    Ok(vec![this.to_owned(), KEEPER.to_owned()])
}

/// Gives sessions their rooms; hands that run commands in them, where this machine has the walls
/// for that.
///
/// *Fails closed:* without rooms no session is opened; where walls cannot be raised no command is
/// run.
///
/// # Errors
/// When the gate's own folder, or this program, cannot be found.
pub(crate) async fn hands(
    data: &Path,
    config: &Config,
    firewall: &Firewall,
    strongbox: &Strongbox,
) -> anyhow::Result<Hands> {
    let_through(data)?;
    let rooms = match Rooms::at(&data.join(ROOMS)) {
        Ok(rooms) => Arc::new(rooms),
        Err(why) => {
            tracing::warn!(%why, "no session is opened here: it would have no directory");
            return Ok(Hands::default());
        }
    };
    firewall.use_rooms(Arc::<Rooms>::clone(&rooms));
    let launcher = launcher()?;
    let launches = Launches::new(Secrets::with(strongbox.clone()));
    let offer = match Offer::look(&launches, &launcher, &rooms).await {
        Ok(offer) => offer,
        Err(why) => {
            tracing::warn!(why, "no command is run here: the walls cannot be raised");
            return Ok(Hands::default());
        }
    };
    let settings = Settings {
        launcher,
        ..config.commands.clone()
    };
    let ports = Ports {
        launcher: Arc::new(launches),
        screens: firewall.screens(),
        rooms,
    };
    let commands = Arc::new(Commands::new(settings, &offer, ports));
    Ok(Hands {
        rehearsal: Arc::<Commands>::clone(&commands),
        executor: commands,
    })
}

/// A gate of root's runs commands as somebody else, who has to come through the folder above the
/// rooms: through, and not into it.
fn let_through(data: &Path) -> anyhow::Result<()> {
    let found = fs::metadata(data).with_context(|| format!("cannot read `{}`", data.display()))?;
    let mode = found.permissions().mode() & 0o7777;
    if found.uid() != 0 || mode & 0o001 != 0 {
        return Ok(());
    }
    fs::set_permissions(data, fs::Permissions::from_mode(mode | 0o011))
        .map_err(|error| anyhow!(error).context("cannot let commands through to their rooms"))
}
