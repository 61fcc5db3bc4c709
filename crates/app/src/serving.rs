//! Serving the doors of an open house until told to stop.

use crate::{staff::Staff, wire};
use portcullis_firewall::firewall::Firewall;
use std::{future::Future, sync::Arc, time::Duration};
use tokio::{net::TcpListener, sync::watch};

/// How often time is allowed to do its work: holds end, permits lapse.
const SWEEP_EVERY: Duration = Duration::from_secs(1);
/// How often every chain is walked; the first time right at the start.
const VERIFY_EVERY: Duration = Duration::from_secs(3_600);
/// How long open requests may take when the gate shuts.
const GRACE: Duration = Duration::from_secs(10);

/// Serves every door on a listener until `stop` is done; then lets open requests finish.
///
/// # Errors
/// When the listener fails.
pub(crate) async fn serve_until(
    listener: TcpListener,
    firewall: &Firewall,
    mut staff: Staff,
    stop: impl Future<Output = ()> + Send + 'static,
) -> anyhow::Result<()> {
    let (shut, mut shutting) = watch::channel(false);
    let others = staff.doors(&shutting, listener.local_addr()?)?;
    let (porter, console) = (staff.porter(), staff.console());
    let doors = wire::doors(firewall, porter, others, console, staff.followers())?;
    let working = staff.work(&shutting);
    let sweeper = tokio::spawn(sweep(firewall.clone()));
    let verifier = tokio::spawn(verify(firewall.clone()));
    let janitor = tokio::spawn(tend(firewall.clone()));
    let shut = Arc::new(shut);
    let shutter = Arc::clone(&shut);
    let stopping = async move {
        stop.await;
        shutter.send_replace(true);
    };
    let serving = axum::serve(listener, doors).with_graceful_shutdown(stopping);
    let overdue = async move {
        let _ = shutting.wait_for(|shut| *shut).await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        served = serving => served?,
        () = overdue => tracing::warn!("some requests were still open and were cut off"),
    }
    shut.send_replace(true);
    working.end().await;
    for background in [sweeper, verifier, janitor] {
        background.abort();
        // Ended by the abort or by itself: either way it holds the gate no longer.
        let _ = background.await;
    }
    Ok(())
}

async fn sweep(firewall: Firewall) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = firewall.sweep().await {
            tracing::error!(%error, "what time demands could not be done");
        }
    }
}

/// Beside the requests: what was minted and must not live on is ended, the first time right at the
/// start, for what a gate before this one left behind.
async fn tend(firewall: Firewall) {
    let mut ticks = tokio::time::interval(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = firewall.tend_leases().await {
            tracing::error!(%error, "what was minted could not be looked after");
        }
    }
}

/// Beside the requests: a chain that does not verify stops its tenant's verdicts.
async fn verify(firewall: Firewall) {
    let mut ticks = tokio::time::interval(VERIFY_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = firewall.verify_all().await {
            tracing::error!(%error, "the chains could not be verified");
        }
        for (tenant, overview) in firewall.overviews().await {
            if let Some(seq) = overview.broken_at {
                tracing::error!(%tenant, seq, "the chain is broken, and its verdicts have stopped");
            }
        }
    }
}
