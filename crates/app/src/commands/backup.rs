//! `portcullis backup` and `restore`: a copy of everything that must not be lost.

use crate::{exit, house_key, output::Output, progress::Progress, wire};
use anyhow::{Context, anyhow, ensure};
use clap::Args;
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
};

/// Copies the ledger as it is now, and the gate's key beside it, also while the gate runs.
#[derive(Args, Debug)]
#[command(
    after_help = "Example:\n  portcullis backup --data ./data --to monday.db\n\n\
    The key is written to `FILE.key`: without it a restored gate cannot open. Keep both as safe as\n\
    the data directory itself."
)]
pub(super) struct Backup {
    /// The data directory.
    #[arg(
        long,
        env = "PORTCULLIS_DATA",
        default_value = "portcullis-data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// The file to write, which must not exist.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

/// Makes a data directory from a backup.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis restore --from monday.db --data ./restored")]
pub(super) struct Restore {
    /// The backup's file; its key must be beside it, as `FILE.key`.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The directory to make; it must not hold a ledger yet.
    #[arg(
        long,
        env = "PORTCULLIS_DATA",
        default_value = "portcullis-data",
        value_name = "DIR"
    )]
    data: PathBuf,
}

impl Backup {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let Self { data, to } = self;
        let key = key_beside(&to);
        let sentence = format!(
            "`{}` and `{}` are written and checked",
            to.display(),
            key.display()
        );
        let files = json!({ "ledger": to, "key": key });
        let saved = tokio::task::spawn_blocking(move || save(&data, &to));
        // What broke it off may say what it had in its hands, the gate's key among it.
        saved
            .await
            .map_err(|_| anyhow!("the copying broke off"))??;
        output.done(&files, &sentence)?;
        Ok(exit::OK)
    }
}

impl Restore {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let Self { from, data } = self;
        let shown = data.display().to_string();
        let sentence =
            format!("`{shown}` is restored; open it with `portcullis serve --data {shown}`");
        let restored = tokio::task::spawn_blocking(move || bring_back(&from, &data));
        restored
            .await
            .map_err(|_| anyhow!("the copying broke off"))??;
        output.done(&json!({ "data": shown }), &sentence)?;
        Ok(exit::OK)
    }
}

fn save(data: &Path, to: &Path) -> anyhow::Result<()> {
    let ledger = data.join(wire::LEDGER_FILE);
    ensure!(
        ledger.exists(),
        "there is no ledger in `{}`",
        data.display()
    );
    let key = key_beside(to);
    ensure!(
        !key.exists(),
        "`{}` exists; a backup never overwrites",
        key.display()
    );
    let mut progress = Progress::of("copying");
    portcullis_store::backup(&ledger, to, &mut |done, all| progress.at(done, all))?;
    house_key::copy(&data.join(house_key::FILE), &key).inspect_err(|_| {
        // A ledger without its key is no backup.
        let _ = fs::remove_file(to);
    })
}

fn bring_back(from: &Path, data: &Path) -> anyhow::Result<()> {
    let key = key_beside(from);
    for file in [from, &key] {
        ensure!(file.exists(), "`{}` is missing", file.display());
    }
    wire::make_private_folder(data)?;
    let mut progress = Progress::of("copying");
    // Copied as a ledger, so that a damaged backup is found now and not later.
    portcullis_store::backup(from, &data.join(wire::LEDGER_FILE), &mut |done, all| {
        progress.at(done, all);
    })
    .with_context(|| format!("cannot restore into `{}`", data.display()))?;
    house_key::copy(&key, &data.join(house_key::FILE))?;
    let folder = fs::File::open(data).and_then(|folder| folder.sync_all());
    folder.with_context(|| format!("cannot make `{}` durable", data.display()))
}

fn key_beside(file: &Path) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(".key");
    PathBuf::from(name)
}
