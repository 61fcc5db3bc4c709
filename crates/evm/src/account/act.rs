//! Looking at a transaction once more, signing it inside, and seeing it through.

use super::{Account, effect, intend::usd, parameters::Parameters};
use crate::{
    pilot::FlightError,
    preflight::Preflight,
    rules::Verdict,
    snapshot::Snapshot,
    source::{Receipt, SourceError},
    transaction::Transaction,
};
use alloy_primitives::{B256, Bytes, keccak256};
use portcullis_firewall::order::{Check, DryRun, Effect, Ended, Order};
use serde_json::json;
use std::time::Duration;

/// How often it is looked at once more when the chain moves on meanwhile.
const LOOKS: usize = 3;
/// The pause between two looks for a receipt.
const PAUSE: Duration = Duration::from_millis(500);
/// By how much more may leave the vault than was judged, in parts of a hundred: prices move.
const SLACK_PERCENT: f64 = 2.0;

/// What was looked at.
struct Looked {
    transaction: Transaction,
    seen: Preflight,
    snapshot: Snapshot,
}

impl Account {
    /// Looks at what an order would do.
    pub(super) async fn look_at_sending(&self, order: &Order) -> DryRun {
        match self.look_again(order).await {
            Err(why) => DryRun::failed("preflight", why),
            Ok(looked) => match self.fits(order, &looked).await {
                Err(why) => DryRun {
                    changes: words(&looked.seen),
                    ..DryRun::failed("preflight", why)
                },
                Ok(()) => self.passed(&looked),
            },
        }
    }

    fn passed(&self, looked: &Looked) -> DryRun {
        let check = |name: &str, detail: &str| Check {
            name: name.to_owned(),
            passed: true,
            detail: detail.to_owned(),
        };
        let rules = match &looked.seen.verdict {
            Verdict::Ask(_, why) => why.as_str(),
            Verdict::Allow(_) | Verdict::Deny(_) => "every rule that the gate mirrors is kept",
        };
        let mut plan = Vec::new();
        if let Some(effects) = &looked.seen.effects {
            plan = effects.words(&self.pilot.outfit.names);
            plan.push(format!(
                "{} of at most {} gas, on top of block {}",
                effects.gas_used,
                looked.transaction.gas_limit,
                looked.snapshot.block().number
            ));
        }
        DryRun {
            passed: true,
            checks: vec![
                check("calldata", "understood to the last byte"),
                check("rules", rules),
                check("simulation", "it goes through with this very gas limit"),
                check("state", self.state()),
            ],
            changes: words(&looked.seen),
            plan: Some(plan.join("\n")),
            ..DryRun::default()
        }
    }

    /// Signs and sends.
    pub(super) async fn send(&self, order: &Order) -> Effect {
        let failed = |why: String| Effect::new(Ended::Failed, format!("nothing was sent: {why}"));
        let turn = self.turn.lock().await;
        let raw = match self.signed(order).await {
            Ok(raw) => raw,
            Err(why) => return failed(why),
        };
        let hash = keccak256(&raw);
        let sent = self.pilot.sources.first.send(&raw).await;
        drop(turn);
        match sent {
            Ok(()) | Err(SourceError::Unanswered(_) | SourceError::Unusable(_)) => {
                self.seen_through(hash).await
            }
            Err(why @ (SourceError::Unreachable(_) | SourceError::Disagree(_))) => {
                failed(why.to_string())
            }
            // A node that has it already says so by refusing it.
            Err(SourceError::Refused(_, why)) if why.contains("already known") => {
                self.seen_through(hash).await
            }
            Err(why @ SourceError::Refused(..)) => failed(why.to_string()),
        }
    }

    /// The bytes to be sent, after everything was looked at and nothing has moved.
    async fn signed(&self, order: &Order) -> Result<Bytes, String> {
        for _ in 0..LOOKS {
            let looked = self.look_again(order).await?;
            self.fits(order, &looked).await?;
            let Looked {
                transaction, seen, ..
            } = looked;
            let raw = match Parameters::read(&order.parameters)?.raw {
                Some(raw) => raw.parse().map_err(|_| "`raw` is not valid".to_owned())?,
                None => self.sign_transaction(&transaction).await?,
            };
            let now = self.ports.clock.now();
            match self.pilot.still_holds(&seen, &transaction, now).await {
                Ok(()) => return Ok(raw),
                // The next block is there: what was found on the one before may not be so any more.
                Err(FlightError::Moved(moved)) if moved.0 == "block" => {}
                Err(why) => return Err(why.to_string()),
            }
        }
        Err("the chain moves faster than it can be looked at".to_owned())
    }

    async fn sign_transaction(&self, transaction: &Transaction) -> Result<Bytes, String> {
        let message = transaction.signing_bytes();
        let signature = self.ports.signer.sign(&self.settings.key, &message).await;
        let signature = signature.map_err(|error| error.to_string())?;
        let signed = transaction.signed(&signature);
        signed.map_err(|_| "the signature over it is not that of the account".to_owned())
    }

    async fn look_again(&self, order: &Order) -> Result<Looked, String> {
        let parameters = Parameters::read(&order.parameters)?;
        let said = |why: FlightError| why.to_string();
        let mut snapshot = self.pilot.begin().await.map_err(said)?;
        let address = self.settings.address;
        let nonce = self.pilot.nonce(&mut snapshot, address).await;
        let transaction = parameters.transaction(nonce.map_err(said)?)?;
        if parameters.raw.is_none() && transaction.from != address {
            return Err("the sender is not the gate's account".to_owned());
        }
        let now = self.ports.clock.now();
        let looked = self.pilot.look(&mut snapshot, &transaction, now).await;
        Ok(Looked {
            transaction,
            seen: looked.map_err(said)?,
            snapshot,
        })
    }

    /// Whether what was found is what was judged.
    async fn fits(&self, order: &Order, looked: &Looked) -> Result<(), String> {
        let seen = &looked.seen;
        if let Verdict::Deny(denial) = &seen.verdict {
            let (code, rule) = (denial.code, denial.rule);
            return Err(format!("{code}, rule `{rule}`: {}", denial.words));
        }
        if effect(seen) != Some(order.action_type.as_str()) {
            return Err("it does something else than its action type says".to_owned());
        }
        let parameters = Parameters::read(&order.parameters)?;
        if parameters.words != words(seen) {
            return Err("it does something else than its words say".to_owned());
        }
        if parameters.data != looked.transaction.data.to_string() {
            return Err("its calldata is not what was judged".to_owned());
        }
        let mut snapshot = looked.snapshot.clone();
        let moved = self.moved_usd(seen, &mut snapshot).await;
        let moved = moved.map_err(|why| why.to_string())?;
        let most = |judged: f64| judged * (1.0 + SLACK_PERCENT / 100.0) + 0.01;
        match (parameters.usd, moved) {
            (Some(judged), Some(moved)) if usd(moved) <= most(judged) => Ok(()),
            (None, _) => Ok(()),
            (Some(judged), _) => Err(format!(
                "more would leave the vault than the {judged} USD that were judged"
            )),
        }
    }

    /// Waits until it is mined.
    async fn seen_through(&self, hash: B256) -> Effect {
        let mut left = self.settings.patience;
        loop {
            if let Ok(Some(receipt)) = self.pilot.sources.first.receipt(hash).await {
                return mined(hash, &receipt);
            }
            if left.is_zero() {
                let why = format!("{hash} was handed in and is not mined yet");
                return Effect {
                    output: json!({"hash": hash}).to_string().into_bytes(),
                    ..Effect::new(Ended::Unknown, why)
                };
            }
            let nap = PAUSE.min(left);
            tokio::time::sleep(nap).await;
            left = left.saturating_sub(nap);
        }
    }
}

fn mined(hash: B256, receipt: &Receipt) -> Effect {
    let (ended, how) = if receipt.success {
        (Ended::Done, "went through")
    } else {
        (Ended::Failed, "was mined, and reverted")
    };
    let output = json!({
        "block": receipt.block,
        "gas_used": receipt.gas_used,
        "hash": hash,
        "success": receipt.success,
    });
    Effect {
        output: output.to_string().into_bytes(),
        ..Effect::new(ended, format!("{hash} {how} in block {}", receipt.block))
    }
}

fn words(seen: &Preflight) -> Vec<String> {
    let words = seen.explanation.as_ref().map(|words| words.text());
    words.unwrap_or_default()
}
