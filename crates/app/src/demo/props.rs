//! What the scene with files takes: a folder, a tenant, and a server in front of which the gate stands.

use crate::{
    client::Client,
    config::{self, Config},
    founding,
};
use anyhow::anyhow;
use portcullis_firewall::firewall::Firewall;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// What the agent may do.
const TENANT_POLICY: &str = include_str!("../../../../examples/files/tenant-policy.yaml");
/// Which server stands behind the gate.
const OPERATORS_FILE: &str = include_str!("../../../../examples/files/portcullis.yaml");
/// The folder as the example calls it.
const FOLDER: &str = "/var/tmp/portcullis-files";
/// The tenant of the example.
const TENANT: &str = "default";
/// The programs that the server takes.
const PROGRAMS: [&str; 2] = ["node", "npx"];

/// Whether the scene can be played.
#[derive(Debug)]
pub(super) enum Files {
    /// With these.
    Ready(Box<Props>),
    /// Not, and why.
    LeftOut(String),
}

/// What the scene takes.
#[derive(Clone, Debug)]
pub(super) struct Props {
    /// The folder that the server offers.
    pub(super) folder: PathBuf,
    pub(super) agent: Client,
    pub(super) owner: Client,
}

/// Makes the folder and the tenant, and says which server the gate has behind it.
///
/// # Errors
/// When something of it cannot be made.
pub(super) async fn prepare(
    firewall: &Firewall,
    root: &Path,
    url: &str,
) -> anyhow::Result<(Files, Config)> {
    if let Some(missing) = PROGRAMS.into_iter().find(|name| !is_here(name)) {
        let why = format!("it takes Node.js, and there is no `{missing}` here");
        return Ok((Files::LeftOut(why), Config::default()));
    }
    // The server knows the folder by its real name.
    let folder = root.canonicalize()?.join("files");
    fs::create_dir_all(folder.join("secrets"))?;
    fs::write(folder.join("notes.md"), "buy tea")?;
    fs::write(folder.join("secrets/password"), "hunter2")?;
    let named = folder.display().to_string();
    let config = config::read(&OPERATORS_FILE.replace(FOLDER, &named));
    let config = config.map_err(|faults| anyhow!("{faults}"))?;
    let policy = founding::tenant_policy(&TENANT_POLICY.replace(FOLDER, &named))?;
    let founded = founding::found(firewall, TENANT, Some(policy)).await?;
    let props = Props {
        agent: Client::new(url, Some(&founded.agent_key))?,
        owner: Client::new(url, Some(&founded.admin_token))?,
        folder,
    };
    Ok((Files::Ready(Box::new(props)), config))
}

fn is_here(program: &str) -> bool {
    std::env::var_os("PATH")
        .is_some_and(|path| std::env::split_paths(&path).any(|dir| dir.join(program).is_file()))
}
