//! Which chain a command is about, and what is known of it.

use super::record::Record;
use anyhow::{Context, ensure};
use clap::Args;
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets};
use portcullis_evm::{
    Address,
    deployment::guards,
    names::{Names, TokenName},
    node::Node,
    pilot::Pilot,
    preflight::Outfit,
    snapshot::{Chain, Rules, Snapshot},
    source::{Source, Sources},
    survey::Asker,
};
use portcullis_firewall::outside::{Courier, Credential, Reach, SecretName};
use std::{path::PathBuf, sync::Arc, time::Duration};

/// How long a node may take for an answer.
const TIMEOUT: Duration = Duration::from_secs(20);
/// The largest answer of a node, in bytes.
const ANSWER_BYTES: usize = 16 << 20;

/// The chain, and where it is asked.
#[derive(Args, Debug)]
#[command(next_help_heading = "Chain")]
pub(super) struct ChainArgs {
    /// Where a node of the chain is.
    #[arg(long, value_name = "URL")]
    rpc: String,
    /// The name of the secret that the node is greeted with, `env:NAME` or `file:/path`.
    #[arg(long, value_name = "SECRET", value_parser = secret)]
    rpc_bearer: Option<SecretName>,
    /// A second node, which has to say the same of the state.
    #[arg(long, value_name = "URL")]
    second_rpc: Option<String>,
    /// The chain's id; a node of another chain is refused. May be left out where nothing is sent, or a
    /// deployment says it.
    #[arg(long, value_name = "ID")]
    chain_id: Option<u64>,
    /// The rules that the chain follows: `cancun`, `prague` or `osaka`.
    #[arg(long, value_name = "RULES", default_value = "prague", value_parser = rules)]
    rules: Rules,
    /// What `vault deploy` wrote: the addresses of the guard system.
    #[arg(long, value_name = "FILE")]
    deployment: Option<PathBuf>,
    /// What a token is called, as `ADDRESS=SYMBOL:DECIMALS`; what it says itself counts for nothing. May be given
    /// several times.
    #[arg(long = "name-token", value_name = "TOKEN", value_parser = token)]
    tokens: Vec<(Address, TokenName)>,
    /// What another address is called, as `ADDRESS=NAME`. May be given several times.
    #[arg(long = "name-place", value_name = "PLACE", value_parser = place)]
    places: Vec<(Address, String)>,
}

/// A chain, and what is known of it.
#[derive(Debug)]
pub(super) struct Ground {
    pub(super) pilot: Pilot,
    pub(super) node: Node,
    pub(super) names: Names,
    pub(super) record: Option<Record>,
    /// Whether somebody said which chain it has to be.
    pinned: bool,
}

/// The name of a secret, never a secret itself.
pub(super) fn secret(text: &str) -> Result<SecretName, String> {
    if crate::config::is_secret_name(text) {
        Ok(SecretName::new(text))
    } else {
        Err(
            "expected the name of a secret, `env:NAME` or `file:/path`, never a secret itself"
                .to_owned(),
        )
    }
}

fn place(text: &str) -> Result<(Address, String), String> {
    let (address, name) = text.split_once('=').unwrap_or_default();
    let address = address.parse().ok().filter(|_| !name.trim().is_empty());
    let wrong = || "expected `ADDRESS=NAME`".to_owned();
    Ok((address.ok_or_else(wrong)?, name.to_owned()))
}

fn token(text: &str) -> Result<(Address, TokenName), String> {
    let wrong = || "expected `ADDRESS=SYMBOL:DECIMALS`".to_owned();
    let (address, name) = place(text).map_err(|_| wrong())?;
    let (symbol, decimals) = name.split_once(':').ok_or_else(wrong)?;
    let decimals = decimals.parse().ok().filter(|decimals| *decimals <= 77);
    let name = TokenName {
        symbol: symbol.to_owned(),
        decimals: decimals.ok_or_else(wrong)?,
    };
    Ok((address, name))
}

fn rules(name: &str) -> Result<Rules, String> {
    let found = Rules::ALL.into_iter().find(|one| one.as_str() == name);
    found.ok_or_else(|| "expected `cancun`, `prague` or `osaka`".to_owned())
}

impl ChainArgs {
    /// Asks the node which chain it serves.
    ///
    /// Fails closed: a node of another chain than the one that was asked for is not used.
    pub(super) async fn open(self) -> anyhow::Result<Ground> {
        let record = self.deployment.as_deref().map(Record::read).transpose()?;
        let told = record.as_ref().map(|record| record.chain_id);
        if let (Some(asked), Some(told)) = (self.chain_id, told) {
            ensure!(
                asked == told,
                "the deployment is on chain {told}, and {asked} was asked for"
            );
        }
        let settings = CourierSettings {
            most_bytes: ANSWER_BYTES,
            timeout: TIMEOUT,
            ..CourierSettings::default()
        };
        let courier: Arc<dyn Courier> = Arc::new(HttpCourier::new(&settings, Secrets::new())?);
        let node = |url: String, bearer: Option<SecretName>| Node {
            courier: Arc::clone(&courier),
            url,
            credential: bearer.map(Credential::Bearer),
            // Whoever types an address means it.
            reach: Reach::Anywhere,
        };
        let first = node(self.rpc, self.rpc_bearer);
        let second = self.second_rpc.map(|url| node(url, None));
        let served = first
            .chain_id()
            .await
            .context("the node does not say which chain it serves")?;
        let asked = self.chain_id.or(told);
        let id = asked.unwrap_or(served);
        ensure!(
            id == served,
            "the node serves chain {served}, and chain {id} was asked for: nothing was done"
        );
        let mut names = Names::default();
        let parts = record.iter().flat_map(Record::addresses);
        names
            .places
            .extend(parts.map(|(name, address)| (address, name)));
        names.places.extend(self.places);
        names.tokens.extend(self.tokens);
        let placed = record.as_ref().map(Record::placed).unwrap_or_default();
        let pilot = Pilot {
            chain: Chain {
                id,
                rules: self.rules,
            },
            sources: Sources {
                first: Arc::new(first.clone()),
                second: second.map(|node| Arc::new(node) as Arc<dyn Source>),
            },
            outfit: Outfit {
                guards: guards(&placed),
                ..Outfit::default()
            },
        };
        Ok(Ground {
            pilot,
            node: first,
            names,
            record,
            pinned: asked.is_some(),
        })
    }
}

impl Ground {
    /// Whether somebody said which chain it has to be: without that nothing is sent.
    pub(super) fn must_be_pinned(&self) -> anyhow::Result<()> {
        let id = self.pilot.chain.id;
        ensure!(
            self.pinned,
            "say which chain it is before anything is sent: the node serves `--chain-id {id}`"
        );
        Ok(())
    }

    /// Asks contracts at the newest block.
    pub(super) async fn asker(&self) -> anyhow::Result<Asker<'_>> {
        Ok(Asker::new(&self.pilot, self.pilot.begin().await?))
    }

    /// Asks contracts at a block, or at the newest.
    pub(super) async fn asker_at(&self, number: Option<u64>) -> anyhow::Result<Asker<'_>> {
        let Some(number) = number else {
            return self.asker().await;
        };
        let block = self.node.block(number).await?;
        Ok(Asker::new(
            &self.pilot,
            Snapshot::new(self.pilot.chain, block),
        ))
    }

    /// Where a part of the guard system is, given or by the deployment.
    pub(super) fn part(&self, given: Option<Address>, name: &str) -> anyhow::Result<Address> {
        let known = self.record.as_ref().and_then(|record| record.address(name));
        given.or(known).with_context(|| {
            format!("nothing says where the `{name}` is: give `--deployment`, or its address")
        })
    }

    /// What the state is worth that commands look at.
    pub(super) fn state(&self) -> &'static str {
        if self.pilot.sources.compared() {
            "two sources agree on the state"
        } else {
            "unproven state: one source alone says so"
        }
    }
}
