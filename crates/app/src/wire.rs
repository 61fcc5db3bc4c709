//! Joins the house: the store, the key, the clock and the doors behind one listener.

use crate::{
    followers::Followers,
    health, house_key, metrics, openapi,
    world::{SystemClock, SystemEntropy},
};
use anyhow::{Context, anyhow, bail};
use axum::Router;
use portcullis_control::{Porter, notify::link::ConsoleAddress, rest};
use portcullis_door::{request_id::RequestIds, threshold::threshold};
use portcullis_firewall::{
    firewall::{Firewall, Ports},
    house::House,
    ports::{Clock, Entropy},
};
use portcullis_store::SqliteLedger;
use std::{fs, os::unix::fs::DirBuilderExt, path::Path, sync::Arc, time::Duration};

/// The ledger's file in the data directory.
pub(crate) const LEDGER_FILE: &str = "portcullis.db";

/// How often it is looked whether the lanes have ended.
const CLOSING_LOOKS: u32 = 1_000;
/// The pause between two looks.
const CLOSING_PAUSE: Duration = Duration::from_millis(5);

/// The gate's name in checkpoints.
const ORIGIN: &str = "portcullis/audit";

/// An open house.
#[derive(Debug)]
pub(crate) struct Opened {
    /// The gate.
    pub(crate) firewall: Firewall,
    /// Its memory.
    pub(crate) ledger: Arc<SqliteLedger>,
}

impl Opened {
    /// Lets go of the gate, waits until its lanes have ended, and closes its memory.
    ///
    /// What was answered is durable either way.
    ///
    /// # Errors
    /// When a lane does not end, or the ledger's log cannot be emptied.
    pub(crate) async fn close(self) -> anyhow::Result<()> {
        drop(self.firewall);
        let mut ledger = self.ledger;
        for _ in 0..CLOSING_LOOKS {
            match Arc::try_unwrap(ledger) {
                Ok(ledger) => {
                    let closed = tokio::task::spawn_blocking(|| ledger.close()).await;
                    let closed = closed.map_err(|_| anyhow!("closing the ledger broke off"))?;
                    return closed.context("the ledger did not close cleanly");
                }
                Err(still_used) => ledger = still_used,
            }
            tokio::time::sleep(CLOSING_PAUSE).await;
        }
        bail!("the ledger is still in use; it is closed when the process ends")
    }
}

/// Opens the house in a data directory, making it when it is new.
///
/// # Errors
/// When the directory cannot be used, another gate holds it, or its key is missing.
pub(crate) async fn open(data: &Path) -> anyhow::Result<Opened> {
    open_with(data, Arc::new(SystemClock)).await
}

/// The same by another clock.
///
/// # Errors
/// As [`open`].
pub(crate) async fn open_with(data: &Path, clock: Arc<dyn Clock>) -> anyhow::Result<Opened> {
    make_private_folder(data)?;
    let file = data.join(LEDGER_FILE);
    let is_new = !file.exists();
    let ledger = SqliteLedger::open(&file, portcullis_store::Options::default())
        .with_context(|| format!("cannot open the house in `{}`", data.display()))?;
    let signing_key = house_key::open(data, is_new, &SystemEntropy)?;
    let ledger = Arc::new(ledger);
    let house = House {
        clock,
        entropy: Arc::new(SystemEntropy),
        signing_key: Arc::new(signing_key),
        origin: Arc::from(ORIGIN),
    };
    let ports = Ports {
        ledger: Arc::<SqliteLedger>::clone(&ledger),
        house,
        spawn: Arc::new(|lane| drop(tokio::spawn(lane))),
    };
    let firewall = Firewall::open(ports).await?;
    Ok(Opened { firewall, ledger })
}

/// Makes a folder that only its owner may enter; one that is there stays as it is.
///
/// # Errors
/// When it cannot be made.
pub(crate) fn make_private_folder(path: &Path) -> anyhow::Result<()> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .with_context(|| format!("cannot create `{}`", path.display()))
}

/// Every door of the house on one router.
///
/// # Errors
/// When there is no randomness to begin the names of requests with.
pub(crate) fn doors(
    firewall: &Firewall,
    porter: Porter,
    others: Router,
    console: ConsoleAddress,
    followers: Followers,
) -> anyhow::Result<Router> {
    let measures = metrics::Measures::default();
    let doors = Router::new()
        .merge(portcullis_gateway::http::router(firewall.clone()))
        .merge(portcullis_gateway::hook::router(firewall.clone()))
        .merge(portcullis_gateway::thewardn::router(firewall.clone()))
        .merge(rest::router(firewall.clone(), porter, console))
        .merge(portcullis_control::thewardn::router(firewall.clone()))
        .merge(others)
        .merge(portcullis_control::docs::docs_router(&openapi::document()));
    // Room of their own: a crowd at the doors must not make the gate look dead.
    let metrics = metrics::router(measures.clone(), firewall.clone(), followers);
    let watching = health::router(firewall.clone()).merge(metrics);
    let doors = threshold(measures.watch(doors), request_ids()?);
    Ok(doors.merge(threshold(watching, request_ids()?)))
}

fn request_ids() -> anyhow::Result<RequestIds> {
    let mut first = [0_u8; 8];
    SystemEntropy.fill(&mut first)?;
    Ok(RequestIds::new(u64::from_be_bytes(first)))
}
