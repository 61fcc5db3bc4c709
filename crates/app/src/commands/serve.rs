//! `portcullis serve`: the gate itself.

use crate::{
    config, exit, founding, memory, minting, output::Output, screening, serving, staff::Staff,
    walled, wire,
};
use anyhow::Context;
use clap::Args;
use serde_json::json;
use std::{net::SocketAddr, path::PathBuf};
use tokio::{net::TcpListener, signal::unix::SignalKind};

/// Starts the gate. Without any option: on loopback, with the embedded store, and with a first
/// tenant made when there is none.
#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  portcullis serve\n  \
    portcullis serve --data /var/lib/portcullis --listen 127.0.0.1:9000\n\n\
    Stops on SIGTERM or SIGINT, after open requests are answered. Logs go to standard error:\n\
    PORTCULLIS_LOG says which (`warn`, `info`, …), PORTCULLIS_LOG_FORMAT=json makes them JSON.")]
pub(super) struct Serve {
    /// The directory of the ledger and the gate's key.
    #[arg(
        long,
        env = "PORTCULLIS_DATA",
        default_value = "portcullis-data",
        value_name = "DIR"
    )]
    data: PathBuf,
    /// The address to listen on; port 0 takes a free one.
    #[arg(
        long,
        env = "PORTCULLIS_LISTEN",
        default_value = "127.0.0.1:8088",
        value_name = "ADDRESS"
    )]
    listen: SocketAddr,
    /// The operator's file: the gate's public address, and what each tenant is joined to.
    #[arg(long, env = "PORTCULLIS_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// The id of the tenant to make when there is none.
    #[arg(long, default_value = "default", value_name = "ID")]
    tenant: String,
}

impl Serve {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        // The signals are caught from the start, so that stopping early is clean as well.
        let stop = stopped()?;
        // Before any secret is read.
        memory::hide().context("memory dumps cannot be turned off")?;
        let config = self.config.as_deref().map(config::load).transpose()?;
        let mut config = config.unwrap_or_default();
        let opened = wire::open(&self.data).await?;
        config.embers = minting::ready_embers(&config, &self.data)?;
        let listener = TcpListener::bind(self.listen)
            .await
            .with_context(|| format!("cannot listen on {}", self.listen))?;
        let url = format!("http://{}", listener.local_addr()?);
        // Passkeys are for names: an address of numbers has none.
        let by_name = url.replace("127.0.0.1", "localhost");
        let public = config.public_url.clone().unwrap_or(by_name);
        if opened.firewall.tenants().is_empty() {
            let founded = founding::found(&opened.firewall, &self.tenant, None).await?;
            output.founded(&founded, (&url, &public), &self.data)?;
        }
        screening::put_up(&config, &opened.firewall)?;
        let strongbox = minting::strongbox(&opened.firewall);
        let commands = walled::hands(&self.data, &config, &opened.firewall, &strongbox).await?;
        let staff = Staff::hire(&config, &opened.firewall, &public, (&strongbox, commands))?;
        for fault in config.obstacles().0 {
            output.note(&format!("warning: {fault}"))?;
        }
        if !self.listen.ip().is_loopback() {
            output.note("others can reach this address: put a proxy with TLS before it")?;
        }
        if output.is_json() {
            output.json(&json!({ "open": url }))?;
        } else {
            output.line(&format!(
                "the gate is open at {url} (people decide at {public}/console; programs find its API at \
                 {url}/docs)"
            ))?;
        }
        let served = serving::serve_until(listener, &opened.firewall, staff, stop).await;
        opened.close().await?;
        output.note("the gate is shut")?;
        served.map(|()| exit::OK)
    }
}

/// Waits for an interrupt or a request to terminate.
fn stopped() -> anyhow::Result<impl Future<Output = ()> + Send + 'static> {
    let mut interrupt = tokio::signal::unix::signal(SignalKind::interrupt())?;
    let mut terminate = tokio::signal::unix::signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}
