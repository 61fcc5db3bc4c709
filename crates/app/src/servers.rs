//! The MCP servers behind the gate, for as long as it is served, and what it acts by.

use crate::{config::Config, databases::Sessions, estimates::ByTheRules};
use axum::Router;
use portcullis_credentials::{
    CourierSettings, Databases, HttpCourier, Programs, Secrets, strongbox::Strongbox,
};
use portcullis_firewall::{firewall::Firewall, hands::Hands};
use portcullis_gateway::mcp::{Address, Parts, Shop, router};
use portcullis_policy::id::TenantId;
use portcullis_targets::{
    planner::GpuPlanner,
    targets::{Ports, Targets},
};
use std::{net::SocketAddr, sync::Arc, time::Duration};
use tokio::sync::watch;

/// How long a server may take for an answer at most; calls have bounds of their own below it.
const TIMEOUT: Duration = Duration::from_secs(600);
/// The largest answer, in bytes.
const ANSWER_BYTES: usize = 4 << 20;
/// How often the tools of every server are compared with what is pinned.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// The servers that the operator's file names.
///
/// # Errors
/// When nothing can be called with its settings.
pub(crate) fn shop(
    config: &Config,
    firewall: &Firewall,
    public_url: &str,
) -> anyhow::Result<Arc<Shop>> {
    let settings = CourierSettings {
        extra_roots: config.extra_roots.clone(),
        most_bytes: ANSWER_BYTES,
        timeout: TIMEOUT,
        ..CourierSettings::default()
    };
    for (tenant, wiring) in &config.tenants {
        firewall.allow_additions(tenant, &wiring.mcp.additions());
    }
    let tenants = config.tenants.iter();
    let tenants = tenants.map(|(tenant, wiring)| (tenant.clone(), wiring.mcp.clone()));
    Ok(Arc::new(Shop::new(Parts {
        firewall: firewall.clone(),
        starter: Arc::new(Programs::new(Secrets::new())),
        courier: Arc::new(HttpCourier::new(&settings, Secrets::new())?),
        tenants: tenants.collect(),
        public_url: public_url.to_owned(),
    })))
}

/// What the gate acts by: at these servers, and at the targets that the operator's file names.
///
/// # Errors
/// When nothing can be called with its settings.
pub(crate) fn hands(
    config: &Config,
    shop: &Arc<Shop>,
    gate: &Arc<Firewall>,
    strongbox: &Strongbox,
) -> anyhow::Result<Hands> {
    let settings = CourierSettings {
        extra_roots: config.extra_roots.clone(),
        timeout: TIMEOUT,
        ..CourierSettings::default()
    };
    // What was minted for an order is shown at the target alone.
    let secrets = Secrets::with(strongbox.clone());
    let databases = Databases::new(config.extra_roots.as_deref(), secrets.clone())?;
    let ports = Ports {
        courier: Arc::new(HttpCourier::new(&settings, secrets)?),
        opener: Arc::new(Sessions(databases)),
    };
    let tenants = config.tenants.iter();
    let tenants = tenants.map(|(tenant, wiring)| (tenant.clone(), wiring.targets.clone()));
    let targets = Arc::new(Targets::new(tenants.collect(), &ports));
    let planned = config.tenants.iter();
    let planned = planned.map(|(tenant, wiring)| (tenant.clone(), wiring.gpu_plans.clone()));
    let estimates = Arc::new(ByTheRules(Arc::downgrade(gate)));
    let planner = Hands {
        rehearsal: Arc::new(GpuPlanner::new(planned.collect(), estimates)),
        ..Hands::default()
    };
    Ok(Hands::joined(vec![shop.hands(), targets.hands(), planner]))
}

/// The door to them, on a gate that listens here.
pub(crate) fn door(
    shop: &Arc<Shop>,
    (public_url, here): (&str, SocketAddr),
    shutting: &watch::Receiver<bool>,
) -> Router {
    let address = Address {
        public_url: public_url.to_owned(),
        hosts: here.ip().is_loopback().then(|| names(public_url, here)),
    };
    router(Arc::clone(shop), address, shutting.clone())
}

/// The names of a gate that only this machine, or a proxy on it, reaches.
fn names(public_url: &str, here: SocketAddr) -> Vec<String> {
    let port = here.port();
    let public = public_url.split_once("://").map_or("", |(_, rest)| rest);
    let mut names = vec![
        format!("localhost:{port}"),
        format!("127.0.0.1:{port}"),
        format!("[::1]:{port}"),
        here.to_string(),
    ];
    names.push(public.trim_end_matches('/').to_owned());
    names
}

/// Looks at what the servers say of their tools, now and then.
pub(crate) async fn look(shop: Arc<Shop>, tenants: Vec<TenantId>) {
    let mut ticks = tokio::time::interval(LOOK_EVERY);
    loop {
        ticks.tick().await;
        for tenant in &tenants {
            if let Err(away) = shop.look(tenant).await {
                for (server, why) in away {
                    tracing::warn!(%tenant, server, why, "a server's tools could not be looked at");
                }
            }
        }
    }
}
