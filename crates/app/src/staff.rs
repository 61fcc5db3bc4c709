//! Whoever tells others what the chain says, for as long as the gate is served.
//!
//! Nothing here is waited for by a verdict. What ends by itself is started again.

use crate::{
    chains::Accounts,
    config::{Config, Wiring},
    followers::Followers,
    minting, servers,
    world::{SystemClock, SystemEntropy},
};
use anyhow::ensure;
use axum::Router;
use portcullis_control::{
    Porter,
    console::{
        self,
        desk::{Entrance, Parts, SlackEntrance},
    },
    notify::{
        channel::Channel,
        follower::{Ended, Following, follow},
        link::ConsoleAddress,
        mail::{Mail, MailPorts},
        webhook::{Webhook, WebhookPorts},
    },
    oidc::RelyingParty,
    slack::{
        self, deliver,
        desk::{Desk, World},
        desks::Desks,
        linking,
        links::Links,
        socket,
    },
};
use portcullis_credentials::{
    CourierSettings, HttpCourier, Secrets, SmtpMailer, strongbox::Strongbox,
};
use portcullis_firewall::{access::RoleGrant, firewall::Firewall, hands::Hands, outside::Courier};
use portcullis_gateway::mcp::Shop;
use portcullis_policy::id::TenantId;
use std::{
    collections::HashMap, future::Future, net::SocketAddr, pin::Pin, sync::Arc, time::Duration,
};
use tokio::{sync::watch, task::JoinSet, time::timeout};

/// The pause before somebody who ended is started again, at first and at most.
const PAUSE: Duration = Duration::from_secs(1);
const PAUSE_MAX: Duration = Duration::from_secs(60);
/// How long they have to keep their places when the gate shuts.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// What one of them does until the gate shuts; whether it is to be started again.
type Work = Pin<Box<dyn Future<Output = bool> + Send>>;
type Job = Box<dyn Fn(watch::Receiver<bool>) -> Work + Send>;

/// Everybody who is to work beside the gate, and the doors that people and Slack knock at.
pub(crate) struct Staff {
    jobs: Vec<(String, Job)>,
    desks: Arc<Desks>,
    followers: Followers,
    /// Who checks passwords, at every door.
    porter: Porter,
    /// Where people reach the console.
    public_url: String,
    entrances: HashMap<TenantId, Entrance>,
    slack: HashMap<TenantId, SlackEntrance>,
    /// The MCP servers behind the gate.
    shop: Arc<Shop>,
    /// The accounts on chains that it acts by.
    accounts: Accounts,
    /// The gate, for what it acts by: there it is held weakly.
    gate: Arc<Firewall>,
}

impl std::fmt::Debug for Staff {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let names = self.jobs.iter().map(|(name, _)| name);
        f.debug_list().entries(names).finish()
    }
}

impl Staff {
    /// Everybody whom the operator's file names. Without a file: nobody. What is minted is kept in
    /// `strongbox`; `commands` are run besides.
    ///
    /// # Errors
    /// When the file names a tenant that is not there, or nothing can be called with its settings.
    pub(crate) fn hire(
        config: &Config,
        firewall: &Firewall,
        public_url: &str,
        (strongbox, commands): (&Strongbox, Hands),
    ) -> anyhow::Result<Self> {
        let known = firewall.tenants();
        for tenant in config.tenants.keys() {
            ensure!(
                known.contains(tenant),
                "tenants.{tenant}: there is no such tenant"
            );
        }
        let settings = CourierSettings {
            extra_roots: config.extra_roots.clone(),
            ..CourierSettings::default()
        };
        let courier: Arc<dyn Courier> = Arc::new(HttpCourier::new(&settings, Secrets::new())?);
        let desks = Arc::new(desks(config, firewall, &courier));
        let mut staff = Self {
            jobs: Vec::new(),
            followers: Followers::at(Arc::clone(&desks)),
            desks,
            porter: Porter::new(firewall.clone()),
            public_url: public_url.to_owned(),
            entrances: entrances(config, &courier),
            slack: slack_entrances(config, &courier),
            shop: servers::shop(config, firewall, public_url)?,
            accounts: Accounts::open(config)?,
            gate: Arc::new(firewall.clone()),
        };
        for (tenant, issuer) in minting::issuers(config, firewall, strongbox)? {
            firewall.use_issuer(&tenant, &issuer);
        }
        let mut hands = staff.accounts.hands();
        hands.push(servers::hands(config, &staff.shop, &staff.gate, strongbox)?);
        hands.push(commands);
        firewall.use_hands(Hands::joined(hands));
        staff.slack();
        staff.look_at_servers(known);
        for (tenant, wiring) in &config.tenants {
            for channel in channels(config, wiring, firewall, &courier)? {
                staff.follow(tenant, firewall, channel);
            }
        }
        Ok(staff)
    }

    /// Who checks passwords.
    pub(crate) fn porter(&self) -> Porter {
        self.porter.clone()
    }

    /// Where people reach the console.
    pub(crate) fn console(&self) -> ConsoleAddress {
        ConsoleAddress::new(Some(&self.public_url))
    }

    /// Whoever is told outside.
    pub(crate) fn followers(&self) -> Followers {
        self.followers.clone()
    }

    /// The MCP servers behind the gate.
    pub(crate) fn shop(&self) -> Arc<Shop> {
        Arc::clone(&self.shop)
    }

    /// The doors that people with a browser, Slack, and clients of MCP servers knock at, on a gate
    /// that listens here.
    ///
    /// # Errors
    /// When there is no randomness for the console's keys.
    pub(crate) fn doors(
        &mut self,
        shutting: &watch::Receiver<bool>,
        here: SocketAddr,
    ) -> anyhow::Result<Router> {
        let desk = console::desk::Desk::new(Parts {
            porter: self.porter(),
            entropy: Arc::new(SystemEntropy),
            public_url: self.public_url.clone(),
            entrances: std::mem::take(&mut self.entrances),
            slack: std::mem::take(&mut self.slack),
            shutting: shutting.clone(),
        })?;
        let console = console::rooms::router(desk);
        let at = (self.public_url.as_str(), here);
        let console = console.merge(servers::door(&self.shop, at, shutting));
        let console = console.merge(self.accounts.door(&self.gate));
        if self.desks.iter().next().is_none() {
            return Ok(console);
        }
        Ok(console.merge(slack::router(Arc::clone(&self.desks))))
    }

    /// Sets everybody to work until the gate shuts.
    pub(crate) fn work(self, shut: &watch::Receiver<bool>) -> Working {
        let mut working = JoinSet::new();
        for (name, job) in self.jobs {
            working.spawn(supervise(name, job, shut.clone()));
        }
        Working(working)
    }

    fn look_at_servers(&mut self, tenants: Vec<TenantId>) {
        let shop = Arc::clone(&self.shop);
        let job: Job =
            Box::new(move |shut| until(shut, servers::look(Arc::clone(&shop), tenants.clone())));
        self.jobs.push(("mcp servers".to_owned(), job));
    }

    fn slack(&mut self) {
        for desk in self.desks.iter() {
            let desk = Arc::clone(desk);
            let job: Job = Box::new(move |shut| until(shut, deliver::follow(Arc::clone(&desk))));
            self.jobs.push(("slack".to_owned(), job));
        }
        for token in self.desks.app_tokens() {
            let desks = Arc::clone(&self.desks);
            let job: Job = Box::new(move |shut| {
                until(shut, socket::listen(Arc::clone(&desks), token.clone()))
            });
            self.jobs.push(("slack socket".to_owned(), job));
        }
    }

    fn follow(&mut self, tenant: &TenantId, firewall: &Firewall, channel: Arc<dyn Channel>) {
        let name = format!("{tenant} {}", channel.name());
        let standing = self.followers.add(tenant, channel.name());
        let following = Following {
            tenant: tenant.clone(),
            source: Arc::new(firewall.clone()),
            channel,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy),
            standing,
        };
        let job: Job = Box::new(move |shut| {
            let following = following.clone();
            // Whoever is gone for good is not asked again before the next start.
            Box::pin(async move { follow(following, shut).await != Ended::Gone })
        });
        self.jobs.push((name, job));
    }
}

/// Those who work.
#[derive(Debug)]
pub(crate) struct Working(JoinSet<()>);

impl Working {
    /// Waits until everybody has ended; who takes too long is sent away.
    pub(crate) async fn end(mut self) {
        let all = async { while self.0.join_next().await.is_some() {} };
        if timeout(LAST_WORDS, all).await.is_err() {
            tracing::warn!("some notices were still under way and are told at the next start");
        }
        self.0.shutdown().await;
    }
}

fn until(mut shut: watch::Receiver<bool>, work: impl Future<Output = ()> + Send + 'static) -> Work {
    Box::pin(async move {
        tokio::select! {
            _ = shut.wait_for(|shut| *shut) => {}
            () = work => {}
        }
        true
    })
}

async fn supervise(name: String, job: Job, mut shut: watch::Receiver<bool>) {
    let mut pause = PAUSE;
    loop {
        let mut one = JoinSet::new();
        one.spawn(job(shut.clone()));
        let again = match one.join_next().await {
            Some(Ok(again)) => again,
            // A panic stays with whoever had it.
            Some(Err(_)) | None => true,
        };
        if *shut.borrow() || !again {
            return;
        }
        tracing::error!(name, "it ended by itself and is started again");
        if timeout(pause, shut.wait_for(|shut| *shut)).await.is_ok() {
            return;
        }
        pause = pause.saturating_mul(2).min(PAUSE_MAX);
    }
}

/// The identity providers that people sign in by.
fn entrances(config: &Config, courier: &Arc<dyn Courier>) -> HashMap<TenantId, Entrance> {
    let entrance = |(tenant, wiring): (&TenantId, &Wiring)| {
        let sign_in = wiring.sign_in.clone()?;
        let grant = |role| RoleGrant {
            role,
            workspace: None,
        };
        let roles: Vec<RoleGrant> = sign_in.roles.into_iter().map(grant).collect();
        let entrance = Entrance {
            name: sign_in.provider.issuer.clone(),
            party: RelyingParty::new(sign_in.provider, Arc::clone(courier)),
            groups: sign_in.groups,
            newcomers: (!roles.is_empty()).then_some(roles),
        };
        Some((tenant.clone(), entrance))
    };
    config.tenants.iter().filter_map(entrance).collect()
}

/// Where people link their users in Slack.
fn slack_entrances(
    config: &Config,
    courier: &Arc<dyn Courier>,
) -> HashMap<TenantId, SlackEntrance> {
    let entrance = |(tenant, wiring): (&TenantId, &Wiring)| {
        let settings = wiring.slack.clone()?;
        let party = RelyingParty::new(linking::sign_in(&settings)?, Arc::clone(courier));
        Some((tenant.clone(), SlackEntrance { party, settings }))
    };
    config.tenants.iter().filter_map(entrance).collect()
}

fn desks(config: &Config, firewall: &Firewall, courier: &Arc<dyn Courier>) -> Desks {
    let world = World {
        gate: firewall.clone(),
        courier: Arc::clone(courier),
        keyring: Arc::new(Secrets::new()),
        clock: Arc::new(SystemClock),
        entropy: Arc::new(SystemEntropy),
        links: Links::new(config.public_url.as_deref().unwrap_or_default()),
    };
    let slack = |(tenant, wiring): (&TenantId, &Wiring)| {
        let settings = wiring.slack.clone()?;
        Some(Arc::new(Desk::new(tenant.clone(), settings, world.clone())))
    };
    Desks::new(
        config.tenants.iter().filter_map(slack).collect(),
        world.clone(),
    )
}

fn channels(
    config: &Config,
    wiring: &Wiring,
    firewall: &Firewall,
    courier: &Arc<dyn Courier>,
) -> anyhow::Result<Vec<Arc<dyn Channel>>> {
    let console = ConsoleAddress::new(config.public_url.as_deref());
    let mut channels: Vec<Arc<dyn Channel>> = Vec::new();
    for settings in &wiring.webhooks {
        let ports = WebhookPorts {
            source: Arc::new(firewall.clone()),
            courier: Arc::clone(courier),
            keyring: Arc::new(Secrets::new()),
            clock: Arc::new(SystemClock),
        };
        channels.push(Arc::new(Webhook::new(
            settings.clone(),
            console.clone(),
            ports,
        )?));
    }
    if let Some(post) = &wiring.mail {
        let mut smtp = post.smtp.clone();
        smtp.extra_roots.clone_from(&config.extra_roots);
        let ports = MailPorts {
            source: Arc::new(firewall.clone()),
            addresses: Arc::new(firewall.clone()),
            mailer: Arc::new(SmtpMailer::new(smtp, Secrets::new())?),
            clock: Arc::new(SystemClock),
        };
        channels.push(Arc::new(Mail::new(post.readers.clone(), console, ports)?));
    }
    Ok(channels)
}
