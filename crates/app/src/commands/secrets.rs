//! `portcullis secrets`: secrets that are sealed at rest.

use crate::{
    ask, exit,
    output::{Output, table::Table},
    world::{SystemClock, SystemEntropy},
};
use clap::{Args, Subcommand};
use jiff::Timestamp;
use portcullis_credentials::{
    Secrets as Readable,
    sealed::{Means, Sealed, SealedStore},
};
use portcullis_firewall::outside::SecretName;
use serde_json::json;
use std::path::PathBuf;

/// Seals secrets for a provider of the kind `sealed`, in the folder that the operator's file names.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  portcullis secrets set grafana-viewer --folder /var/lib/portcullis/sealed \\\n    \
    --master-key file:/run/secrets/master < token\n\n\
    Needs no gate. A running gate lends what was set from the next lease on."
)]
pub(super) struct Secrets {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Sets a secret, in the place of what stood under the name; its value is read from standard input.
    #[command(
        after_help = "Example:\n  portcullis secrets set grafana-viewer --folder sealed \\\n    \
        --master-key env:MASTER_KEY < token"
    )]
    Set {
        /// Its name; a person's own is `<name>@<person>`.
        name: String,
        #[command(flatten)]
        store: Store,
    },
    /// Lists the names, how often each was set, and when; no values.
    #[command(
        after_help = "Example:\n  portcullis secrets list --folder sealed --master-key env:MASTER_KEY"
    )]
    List {
        #[command(flatten)]
        store: Store,
    },
    /// Removes a secret.
    #[command(
        after_help = "Example:\n  portcullis secrets remove grafana-viewer --folder sealed \\\n    \
        --master-key env:MASTER_KEY"
    )]
    Remove {
        /// Its name.
        name: String,
        #[command(flatten)]
        store: Store,
    },
    /// Seals everything with another master key. Stopped halfway, it can be asked for again.
    #[command(
        after_help = "Example:\n  portcullis secrets rotate --folder sealed --master-key env:OLD_KEY \\\n    \
        --to env:NEW_KEY"
    )]
    Rotate {
        /// The name of the other key.
        #[arg(long, value_name = "SECRET")]
        to: String,
        #[command(flatten)]
        store: Store,
    },
}

/// Which secrets.
#[derive(Args, Debug)]
struct Store {
    /// The folder that they are in.
    #[arg(long, value_name = "DIR")]
    folder: PathBuf,
    /// The name of the key that seals them, `env:NAME` or `file:/path`: 32 bytes in hex or base64.
    #[arg(long, value_name = "SECRET")]
    master_key: String,
}

impl Store {
    fn open(&self) -> SealedStore {
        let master = SecretName::new(&self.master_key);
        SealedStore::new(&self.folder, master, Readable::new())
    }
}

impl Secrets {
    pub(super) fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.command {
            Command::Set { name, store } => {
                let value = ask::secret("the secret")?;
                let means = Means {
                    clock: &SystemClock,
                    entropy: &SystemEntropy,
                };
                let version = store.open().set(&name, value.as_bytes(), means)?;
                let said = format!("`{name}` is set, version {version}");
                output.done(&json!({ "name": name, "version": version }), &said)?;
            }
            Command::List { store } => list(&store.open().list()?, output)?,
            Command::Remove { name, store } => {
                store.open().remove(&name)?;
                output.done(&json!({ "removed": name }), &format!("`{name}` is removed"))?;
            }
            Command::Rotate { to, store } => {
                let moved = store.open().rotate(&SecretName::new(&to), &SystemEntropy)?;
                let said = format!("{moved} sealed with the other key");
                output.done(&json!({ "sealed": moved }), &said)?;
            }
        }
        Ok(exit::OK)
    }
}

fn list(all: &[Sealed], output: Output) -> anyhow::Result<()> {
    let moment = |sealed: &Sealed| {
        let moment = Timestamp::from_second(sealed.set_at);
        moment.map(|moment| moment.to_string()).unwrap_or_default()
    };
    if output.is_json() {
        let all: Vec<_> = all
            .iter()
            .map(|one| json!({ "name": one.name, "set_at": moment(one), "version": one.version }))
            .collect();
        return Ok(output.json(&json!({ "secrets": all }))?);
    }
    let mut table = Table::new(&["name", "version", "set at"], "no secrets");
    for one in all {
        table.push([one.name.clone(), one.version.to_string(), moment(one)]);
    }
    Ok(output.raw(&table.render())?)
}
