//! `portcullis vault simulate`: a call of a vault, run at a block.

use super::{
    amount::usd,
    ground::{ChainArgs, Ground},
};
use crate::{
    commands::vault::bytes,
    exit,
    output::{Output, style},
    world::SystemClock,
};
use clap::Args;
use portcullis_evm::{
    Address, U256,
    errand::{Errand, vault},
    names::Names,
    pilot::{FlightError, Pilot},
    preflight::{Outfit, Preflight, reverted},
    rules::{Denial, Verdict},
    snapshot::{End, Snapshot},
    transaction::{Fees, Transaction},
};

use portcullis_firewall::ports::Clock;
use serde_json::{Value, json};

/// The most gas that a call may take unless told otherwise.
const GAS: u64 = 8_000_000;

#[derive(Args, Debug)]
#[command(after_help = "Examples:\n  \
    portcullis vault simulate --vault 0x2b5A… --from 0x9d8A… --to 0x4752… \\\n    \
    --rpc https://base.example.com --deployment guards.json 0x38ed1739…\n  \
    portcullis vault simulate --vault 0x2b5A… --from 0x9d8A… --block 21000000 \\\n    \
    --rpc https://base.example.com --deployment guards.json 0x7ae7cfb5…\n\n\
    The exit code is 3 for what is refused.")]
pub(super) struct Simulate {
    #[command(flatten)]
    call: CallArgs,
    /// Who would send it.
    #[arg(long, value_name = "ADDRESS")]
    from: Address,
    /// The number of the block; the newest unless told otherwise.
    #[arg(long, value_name = "NUMBER")]
    block: Option<u64>,
    /// The most gas that it may take.
    #[arg(long, value_name = "GAS", default_value_t = GAS)]
    gas: u64,
    #[command(flatten)]
    chain: ChainArgs,
}

/// A call of a vault.
#[derive(Args, Debug)]
pub(super) struct CallArgs {
    /// The vault.
    #[arg(long, value_name = "ADDRESS")]
    pub(super) vault: Address,
    /// Whom the vault is to call with the calldata; unless given, the calldata is for the vault itself.
    #[arg(long, value_name = "ADDRESS")]
    to: Option<Address>,
    /// The calldata, in hex.
    #[arg(value_name = "DATA")]
    data: String,
}

impl CallArgs {
    /// What is sent to the vault.
    pub(super) fn errand(&self, names: &Names) -> anyhow::Result<Errand> {
        let data = bytes(&self.data)?.into();
        Ok(match self.to {
            Some(to) => vault::execute(self.vault, to, data, names),
            None => Errand {
                to: Some(self.vault),
                data,
                words: format!("Calls {}", names.party(self.vault)),
            },
        })
    }

    /// What looks at it: the mirror of the deployment's guards, for this vault.
    pub(super) fn pilot(&self, ground: &Ground) -> Pilot {
        let names = Names {
            vault: self.vault,
            ..ground.names.clone()
        };
        Pilot {
            outfit: Outfit {
                vault: self.vault,
                guards: ground.pilot.outfit.guards.clone(),
                names,
            },
            ..ground.pilot.clone()
        }
    }
}

impl Simulate {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let ground = self.chain.open().await?;
        let errand = self.call.errand(&ground.names)?;
        let pilot = self.call.pilot(&ground);
        let mut snapshot = ground.asker_at(self.block).await?.into_snapshot();
        let transaction = Transaction {
            chain_id: pilot.chain.id,
            from: self.from,
            nonce: pilot.nonce(&mut snapshot, self.from).await?,
            to: errand.to,
            value: U256::ZERO,
            data: errand.data,
            gas_limit: self.gas.min(snapshot.block().gas_limit),
            fees: Fees::Legacy {
                gas_price: snapshot.block().base_fee.into(),
            },
            access_list: Vec::new(),
        };
        let seen = pilot
            .look(&mut snapshot, &transaction, SystemClock.now())
            .await?;
        let chain = ran(&pilot, &mut snapshot, &transaction).await?;
        let shown = Shown {
            seen,
            chain,
            names: &pilot.outfit.names,
        };
        if output.is_json() {
            output.json(&shown.json(&snapshot, ground.state()))?;
        } else {
            output.raw(&shown.text())?;
            let (block, id) = (snapshot.block().number, pilot.chain.id);
            output.line(&format!(
                "at block {block} of chain {id}; {}",
                ground.state()
            ))?;
        }
        let refused = matches!(shown.seen.verdict, Verdict::Deny(_)) || shown.chain.is_err();
        Ok(if refused { exit::REFUSED } else { exit::OK })
    }
}

/// What the chain itself says, whatever the rules are: the gas, or why not.
async fn ran(
    pilot: &Pilot,
    snapshot: &mut Snapshot,
    transaction: &Transaction,
) -> anyhow::Result<Result<u64, Denial>> {
    let run = pilot
        .ask(snapshot, |snapshot| snapshot.run(transaction))
        .await;
    let run = match run {
        Ok(run) => run,
        Err(FlightError::Invalid(why)) => {
            return Ok(Err(Denial::new("preflight.invalid", "transaction", why)));
        }
        Err(why) => return Err(why.into()),
    };
    Ok(match run.end {
        End::Success(_) => Ok(run.gas_used),
        End::Revert(bytes) => Err(reverted::read(&bytes)),
        End::Halt(why) => Err(Denial::new("preflight.halted", "run", why)),
    })
}

/// What was found.
pub(super) struct Shown<'a> {
    pub(super) seen: Preflight,
    pub(super) chain: Result<u64, Denial>,
    pub(super) names: &'a Names,
}

impl Shown<'_> {
    fn words(&self) -> Vec<String> {
        let explanation = self.seen.explanation.as_ref();
        explanation.map_or_else(
            || vec!["The calldata is no call of a vault that is understood".to_owned()],
            |words| words.text(),
        )
    }

    fn effects(&self) -> Vec<String> {
        let effects = self.seen.effects.iter();
        effects
            .flat_map(|effects| effects.words(self.names))
            .collect()
    }

    pub(super) fn text(&self) -> String {
        let mut text = format!("{}\n", self.words().join("\n"));
        let verdict = match &self.seen.verdict {
            Verdict::Allow(_) => "every rule is kept".to_owned(),
            Verdict::Ask(_, why) => format!("people have to look: {why}"),
            Verdict::Deny(denial) => told(denial),
        };
        let chain = match &self.chain {
            Ok(gas) => format!("it goes through, for {gas} gas"),
            Err(denial) => told(denial),
        };
        text.push_str(&line(
            "rules",
            &verdict,
            matches!(self.seen.verdict, Verdict::Deny(_)),
        ));
        text.push_str(&line("chain", &chain, self.chain.is_err()));
        for effect in self.effects() {
            text.push_str(&line("then", &effect, false));
        }
        text
    }

    fn json(&self, snapshot: &Snapshot, state: &str) -> Value {
        let (verdict, why) = match &self.seen.verdict {
            Verdict::Allow(_) => ("allow", Value::Null),
            Verdict::Ask(_, why) => ("ask", why.clone().into()),
            Verdict::Deny(denial) => ("deny", shown(denial)),
        };
        let change = |before: U256, after: U256| json!([before.to_string(), after.to_string()]);
        let effects = self.seen.effects.as_ref().map(|effects| {
            let balances = effects.balances.iter().map(|one| {
                json!({ "token": one.token.to_string(), "amount": change(one.before, one.after) })
            });
            let allowances = effects.allowances.iter().map(|one| {
                json!({
                    "token": one.change.token.to_string(),
                    "spender": one.spender.to_string(),
                    "amount": change(one.change.before, one.change.after),
                })
            });
            json!({
                "balances": balances.collect::<Vec<_>>(),
                "allowances": allowances.collect::<Vec<_>>(),
                "value": effects.value.map(|(before, after)| change(before, after)),
                "loss_usd": effects.loss().map(usd),
            })
        });
        json!({
            "words": self.words(),
            "verdict": verdict,
            "why": why,
            "chain": match &self.chain {
                Ok(gas) => json!({ "succeeds": true, "gas_used": gas }),
                Err(denial) => json!({ "succeeds": false, "why": shown(denial) }),
            },
            "effects": effects,
            "block": snapshot.block().number,
            "chain_id": snapshot.chain().id,
            "state": state,
        })
    }
}

fn shown(denial: &Denial) -> Value {
    json!({
        "code": denial.code,
        "rule": denial.rule,
        "argument": denial.argument,
        "call": denial.call,
        "words": denial.words,
    })
}

fn told(denial: &Denial) -> String {
    let argument = denial
        .argument
        .map(|argument| format!(", argument {argument}"));
    let argument = argument.unwrap_or_default();
    format!(
        "refused ({}, rule `{}`{argument}): {}",
        denial.code, denial.rule, denial.words
    )
}

fn line(name: &str, text: &str, bad: bool) -> String {
    let name_style = if bad { style::BAD } else { style::FAINT };
    let text = crate::output::clean::one_line(text);
    format!("  {name_style}{name:<6}{name_style:#} {text}\n")
}
