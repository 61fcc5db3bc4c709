//! Where the demo plays: a gate in this process, a tenant, its agents and its people.

use super::{
    clock::StoryClock,
    props::{self, Files},
};
use crate::{
    client::Client,
    founding, minting,
    serving::serve_until,
    staff::Staff,
    wire::{self, Opened},
};
use anyhow::Context;
use portcullis_firewall::hands::Hands;
use portcullis_firewall::{
    firewall::Firewall,
    principal::{Principal, Role},
    turn::{NewAgent, NewKey},
};
use portcullis_policy::{cham::read, id::AgentId};
use std::{net::Ipv4Addr, sync::Arc};
use tempfile::TempDir;
use tokio::{net::TcpListener, sync::oneshot, task::JoinHandle};

/// What may be done at all.
const TENANT_POLICY: &str = include_str!("../../../../examples/gpu-team/tenant-policy.yaml");
/// What the team asks for on top.
const POLICIES: &str = include_str!("../../../../examples/gpu-team/policies.yaml");
/// The tenant.
const TENANT: &str = "gpu-team";

/// A served gate, and everybody with their credentials.
pub(super) struct Setting {
    pub(super) clock: Arc<StoryClock>,
    pub(super) cast: Cast,
    pub(super) files: Files,
    stop: oneshot::Sender<()>,
    server: JoinHandle<anyhow::Result<()>>,
    opened: Opened,
    // Dropped last: the directory goes when nobody uses it any more.
    _folder: TempDir,
}

/// Everybody in the story.
pub(super) struct Cast {
    /// The agent that watches the fleet.
    pub(super) watch: Client,
    /// Its id.
    pub(super) watch_id: String,
    /// The id of another agent.
    pub(super) capacity_id: String,
    /// On call.
    pub(super) ana: Client,
    /// Leads the team.
    pub(super) ben: Client,
    /// May do everything.
    pub(super) architect: Client,
}

impl Setting {
    /// Opens and serves a gate, and founds the tenant.
    pub(super) async fn new() -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("portcullis-demo-")
            .tempdir()?;
        let clock = Arc::new(StoryClock::new());
        let opened = wire::open_with(folder.path(), Arc::<StoryClock>::clone(&clock)).await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}", listener.local_addr()?);
        let cast = cast(&opened.firewall, &url).await?;
        let (files, config) = props::prepare(&opened.firewall, folder.path(), &url).await?;
        let (stop, stopped) = oneshot::channel();
        let firewall = opened.firewall.clone();
        let server = tokio::spawn(async move {
            let staff = Staff::hire(
                &config,
                &firewall,
                "http://localhost",
                (&minting::strongbox(&firewall), Hands::default()),
            )?;
            serve_until(listener, &firewall, staff, async { drop(stopped.await) }).await
        });
        Ok(Self {
            clock,
            cast,
            files,
            stop,
            server,
            opened,
            _folder: folder,
        })
    }

    /// Shuts the gate and clears everything away.
    pub(super) async fn strike(self) -> anyhow::Result<()> {
        // A server that is gone already needs no telling.
        let _ = self.stop.send(());
        self.server.await.context("the gate did not shut")??;
        self.opened.close().await
    }
}

async fn cast(firewall: &Firewall, url: &str) -> anyhow::Result<Cast> {
    let policy = founding::tenant_policy(TENANT_POLICY)?;
    let founded = founding::found(firewall, TENANT, Some(policy)).await?;
    let architect = firewall
        .authenticate(&founded.admin_token)
        .context("the first architect's token is not known")?;
    firewall
        .create_policies(&architect, read::yaml(POLICIES)?)
        .await?;
    let house = House {
        firewall,
        architect: &architect,
        url,
    };
    let watch_id = house
        .agent("night-watch", "watches the fleet and mends failed jobs")
        .await?;
    let capacity_id = house
        .agent("capacity-bot", "moves capacity between teams")
        .await?;
    let watch = Role::Agent(AgentId::new(&watch_id)?);
    Ok(Cast {
        watch: house.key("night-watch", watch, &[]).await?,
        ana: house.key("Ana", Role::Operator, &["gpu-oncall"]).await?,
        ben: house.key("Ben", Role::Operator, &["gpu-leads"]).await?,
        architect: Client::new(url, Some(&founded.admin_token))?,
        watch_id,
        capacity_id,
    })
}

struct House<'h> {
    firewall: &'h Firewall,
    architect: &'h Principal,
    url: &'h str,
}

impl House<'_> {
    async fn agent(&self, name: &str, description: &str) -> anyhow::Result<String> {
        let new = NewAgent {
            name: name.to_owned(),
            description: description.to_owned(),
            ..NewAgent::default()
        };
        Ok(self
            .firewall
            .register_agent(self.architect, new)
            .await?
            .id
            .to_string())
    }

    async fn key(&self, name: &str, role: Role, groups: &[&str]) -> anyhow::Result<Client> {
        let groups = groups.iter().map(|group| (*group).to_owned()).collect();
        let new = NewKey {
            name: name.to_owned(),
            role,
            groups,
            expires_at: None,
        };
        let issued = self.firewall.issue_key(self.architect, new).await?;
        Client::new(self.url, Some(issued.1.reveal()))
    }
}
