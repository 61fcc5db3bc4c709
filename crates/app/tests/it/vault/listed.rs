//! A guard system that lists two tokens and a market, and a vault on it.

use super::chain::{ALICE, DELAY, MANAGER, OWNER, Town};
use crate::bin::Ran;
use serde_json::{Value, json};
use std::process::Command;

/// A chain with a guard system that lists two tokens and a market.
fn listed() -> Town {
    let town = Town::new();
    Ran::of(&mut town.deploy()).ended(0);
    let entries = entries(&town);
    let all = |verb: &str, who: &str| {
        for entry in &entries {
            let entry = entry.iter().map(String::as_str);
            let args: Vec<&str> = ["registry", verb].into_iter().chain(entry).collect();
            town.done(who, &args);
        }
    };
    all("announce", "owner");
    town.wait(DELAY);
    // Anybody may.
    all("finish", "alice");
    town
}

fn entries(town: &Town) -> Vec<Vec<String>> {
    let entry = |args: &[&str]| args.iter().map(|arg| (*arg).to_owned()).collect();
    vec![
        entry(&[
            "destination",
            &town.router,
            "--guard",
            "UniswapV2Guard",
            "--spender",
            "--standing",
        ]),
        entry(&["destination", &town.usd, "--guard", "Erc20Guard"]),
        entry(&["asset", &town.usd, "--feed", &town.dollar_feed]),
        entry(&["asset", &town.eth, "--feed", &town.ether_feed]),
        entry(&["type", "0", "--guard", "Erc20Asset"]),
    ]
}

/// The same with a vault, and a thousand dollars of Alice's in it. The owner trades for it.
#[derive(Debug)]
pub(super) struct Home {
    pub(super) town: Town,
    pub(super) vault: String,
}

impl Home {
    pub(super) fn new() -> Self {
        let town = listed();
        let (usd, eth) = (&town.usd, &town.eth);
        let seats = format!("--deposit-asset {usd} --asset {eth} --trader {OWNER} --cooldown 0");
        let rules = "--loss-per-day 2.5 --management 1";
        let line = format!("create --name Steady --symbol HANDS {seats} {rules}");
        let made = town.done("manager", &words(&line));
        assert_eq!(
            (&made["manager"], &made["left"]),
            (&json!(MANAGER), &json!([])),
            "{made}"
        );
        let vault = made["vault"].as_str().unwrap().to_owned();
        let home = Self { town, vault };
        let usd = home.town.usd.clone();
        home.does(
            "alice",
            &format!("shares deposit {usd} 1000 --fewest 999.5"),
        );
        home
    }

    /// What a command about the vault says that somebody sends.
    #[track_caller]
    pub(super) fn does(&self, who: &str, line: &str) -> Value {
        self.town.done(who, &self.about(line))
    }

    /// The code that refuses what somebody would send; nothing of it is sent.
    #[track_caller]
    pub(super) fn refused(&self, who: &str, line: &str) -> String {
        let sent = || [OWNER, MANAGER, ALICE].map(|who| self.town.sent_by(who));
        let before = sent();
        let mut command = self.town.send(who, &self.about(line));
        let told = Ran::of(command.args(["-o", "json"])).json(3);
        assert_eq!(sent(), before, "nothing is sent");
        told["code"].as_str().unwrap().to_owned()
    }

    /// What a command about the vault shows.
    #[track_caller]
    pub(super) fn shows(&self, line: &str) -> Value {
        Ran::of(self.town.look(&self.about(line)).args(["-o", "json"])).json(0)
    }

    /// A simulation of a call that the trader would have the vault make.
    pub(super) fn simulates(&self, to: &str, bytes: &str) -> Command {
        let line = format!("simulate --from {OWNER} --to {to} {bytes}");
        let mut command = self.town.look(&self.about(&line));
        let (usd, eth) = (&self.town.usd, &self.town.eth);
        let names = [format!("{usd}=USDC:6"), format!("{eth}=WETH:18")];
        command.args(names.iter().flat_map(|name| ["--name-token", name]));
        command
    }

    fn about<'l>(&'l self, line: &'l str) -> Vec<&'l str> {
        let mut args = words(line);
        args.extend(["--vault", &self.vault]);
        args
    }
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}
