//! Where credentials are minted: is it there, does it know the gate, and is its clock the gate's?

use super::finding::{Finding, Health, bad, ok};
use crate::{
    config::{self, Config},
    minting,
    world::SystemClock,
};
use jiff::Timestamp;
use portcullis_credentials::{
    Secrets,
    issuer::{Seen, Tools},
    issuers::Entry,
    strongbox::Strongbox,
};
use portcullis_firewall::{firewall::Screens, lease::LeaseError, ports::Clock as _};
use std::{path::Path, sync::Arc, time::Duration};

/// How long one of them may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// How far clocks may be apart, in seconds: signed calls and short lives go by them.
const SKEW_SECONDS: i64 = 60;

/// How each provider of the operator's file gets on. Nothing is minted.
pub(super) async fn examine(file: &Path, data: &Path) -> Vec<Finding> {
    let config = match config::load(file) {
        Ok(config) => config,
        Err(error) => {
            let remedy = "`portcullis config check` says more";
            return vec![bad("providers", Health::Fail, format!("{error:#}"), remedy)];
        }
    };
    let tools = match tools(&config) {
        Ok(tools) => tools,
        Err(error) => {
            let remedy = "look at the trust anchors of the operator's file";
            return vec![bad("providers", Health::Fail, format!("{error:#}"), remedy)];
        }
    };
    let mut findings = Vec::with_capacity(config.providers.len());
    for entry in &config.providers {
        findings.push(look(entry, &tools).await);
    }
    findings.extend(embers(&config, data));
    findings
}

/// Whether tokens can be kept that only their holder can end; nothing where nobody makes such tokens.
fn embers(config: &Config, data: &Path) -> Option<Finding> {
    let chest = match minting::embers(config, data) {
        Ok(chest) => chest?,
        Err(error) => {
            let remedy = "give `--data` as an absolute path";
            return Some(bad("embers", Health::Fail, format!("{error:#}"), remedy));
        }
    };
    let folder = chest.folder.display().to_string();
    if config.embers.is_none() && !data.join(minting::EMBERS_KEY).exists() {
        let found = format!("the key for `{folder}` is made when the gate is served");
        return Some(ok("embers", found));
    }
    let store = chest.store(&Secrets::new());
    if let Err(error) = store.check_key() {
        let found = format!("tokens that only their holder can end cannot be sealed: {error}");
        let remedy = "nothing is minted at their providers until that is mended";
        return Some(bad("embers", Health::Fail, found, remedy));
    }
    Some(match store.list() {
        Ok(kept) => {
            let now = kept.len();
            let found = format!(
                "tokens that only their holder can end are sealed in `{folder}`, {now} of them now"
            );
            ok("embers", found)
        }
        Err(error) => {
            let remedy = "a token that cannot be read is not ended: it lives until it expires";
            bad("embers", Health::Warn, error.to_string(), remedy)
        }
    })
}

fn tools(config: &Config) -> anyhow::Result<Tools> {
    let strongbox = Strongbox::new(Screens::default(), Arc::new(SystemClock));
    minting::tools(config, &strongbox)
}

async fn look(entry: &Entry, tools: &Tools) -> Finding {
    let looked = tokio::time::timeout(PATIENCE, entry.provider.look(tools)).await;
    let late = || Err(LeaseError::Unanswered("it takes too long".to_owned()));
    let looked = looked.unwrap_or_else(|_| late());
    finding(&entry.name, looked, SystemClock.now())
}

fn finding(name: &str, looked: Result<Seen, LeaseError>, now: Timestamp) -> Finding {
    let seen = match looked {
        Ok(seen) => seen,
        Err(why) => {
            let found = format!("`{name}` cannot be asked: {why}");
            let remedy = "look at its address and at the network; what needs it is not carried out";
            return bad("providers", Health::Fail, found, remedy);
        }
    };
    let apart = seen
        .clock
        .map(|clock| clock.as_second().saturating_sub(now.as_second()));
    let skewed = apart.filter(|apart| apart.abs() > SKEW_SECONDS);
    if seen.accepted == Some(false) {
        let clocks = skewed.map_or_else(String::new, |apart| {
            format!("; its clock is {apart} s off the gate's")
        });
        let found = format!("`{name}` does not take the gate's credential{clocks}");
        let remedy = "look at the secrets of this provider, and at what they may do there";
        return bad("providers", Health::Fail, found, remedy);
    }
    if let Some(apart) = skewed {
        let found = format!("the clock of `{name}` is {apart} s off the gate's");
        return bad(
            "providers",
            Health::Warn,
            found,
            "set the clocks, e.g. by NTP",
        );
    }
    ok(
        "providers",
        match seen.accepted {
            Some(_) => format!("`{name}` answers, and takes the gate's credential"),
            None => format!(
                "`{name}` answers; whether it takes the gate's credential shows when something is minted"
            ),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_of_the_three_is_told() {
        let now = Timestamp::from_second(1_000_000).unwrap_or_default();
        let told = |accepted, apart: i64| {
            let clock = Timestamp::from_second(1_000_000 + apart).ok();
            let found = finding("cluster", Ok(Seen { accepted, clock }), now);
            (found.health, found.found)
        };
        let good = "`cluster` answers, and takes the gate's credential";
        assert_eq!(told(Some(true), 59), (Health::Ok, good.to_owned()));
        assert_eq!(told(None, -2).0, Health::Ok);
        let late = "the clock of `cluster` is -61 s off the gate's";
        assert_eq!(told(Some(true), -61), (Health::Warn, late.to_owned()));
        let refused =
            "`cluster` does not take the gate's credential; its clock is 400 s off the gate's";
        assert_eq!(told(Some(false), 400), (Health::Fail, refused.to_owned()));
        let away = LeaseError::Unanswered("the line broke".to_owned());
        assert_eq!(finding("cluster", Err(away), now).health, Health::Fail);
    }
}
