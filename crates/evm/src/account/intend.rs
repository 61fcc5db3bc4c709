//! From what a program wants to have sent to an action.

use super::{
    Account, effect,
    parameters::{Called, Parameters, Price, Sending, misfit},
};
use crate::{
    pilot::FlightError,
    preflight::Preflight,
    rules::{Denial, Verdict},
    snapshot::Snapshot,
    transaction::{Fees, Transaction},
};
use alloy_primitives::{U256, hex};
use portcullis_firewall::outside::{Intent, Misfit};
use serde_json::{Map, Value};

/// The tip for each unit of gas unless the program says otherwise, in wei.
const TIP: u128 = 1_000_000_000;
/// The most gas that is tried for a transaction whose limit the program leaves open.
const GAS_TRIED: u64 = 8_000_000;

impl Account {
    pub(super) async fn intend_to_send(
        &self,
        fields: &Map<String, Value>,
    ) -> Result<Intent, Misfit> {
        let sending = Sending::read(fields)?;
        if sending
            .from
            .is_some_and(|from| from != self.settings.address)
        {
            return Err(misfit("rpc.account", "this account is not the gate's"));
        }
        let chain = self.pilot.chain.id;
        if sending.chain_id.is_some_and(|id| id != chain) {
            let why = format!("this is chain {chain}");
            return Err(misfit("preflight.chain", why));
        }
        let mut snapshot = self.pilot.begin().await.map_err(|why| unsaid(&why))?;
        let transaction = self.completed(&mut snapshot, &sending).await?;
        let seen = self.looked(&mut snapshot, &transaction).await?;
        let parameters = self.parameters(&transaction, &seen, &mut snapshot).await?;
        let nonce = sending.nonce;
        self.intent(
            &seen,
            Parameters {
                nonce,
                ..parameters
            },
        )
    }

    pub(super) async fn intend_to_pass_on(&self, raw: &str) -> Result<Intent, Misfit> {
        let bytes = hex::decode(raw);
        let bytes = bytes.map_err(|_| misfit("rpc.params", "expected bytes in hex"))?;
        let transaction = Transaction::read(&bytes)
            .map_err(|why| misfit("preflight.transaction", why.to_string()))?;
        let mut snapshot = self.pilot.begin().await.map_err(|why| unsaid(&why))?;
        let seen = self.looked(&mut snapshot, &transaction).await?;
        let parameters = self.parameters(&transaction, &seen, &mut snapshot).await?;
        let parameters = Parameters {
            nonce: Some(transaction.nonce),
            raw: Some(hex::encode_prefixed(&bytes)),
            ..parameters
        };
        self.intent(&seen, parameters)
    }

    /// What the program left open.
    async fn completed(
        &self,
        snapshot: &mut Snapshot,
        sending: &Sending,
    ) -> Result<Transaction, Misfit> {
        let base = u128::from(snapshot.block().base_fee);
        let fees = match (sending.gas_price, sending.most, sending.priority) {
            (Some(gas_price), None, None) => Fees::Legacy { gas_price },
            (None, most, priority) => {
                let priority = priority.unwrap_or_else(|| most.map_or(TIP, |most| most.min(TIP)));
                let most = most.unwrap_or_else(|| base.saturating_mul(2).saturating_add(priority));
                Fees::Dynamic { most, priority }
            }
            _ => {
                let why = "expected one price for gas, or a most and a tip";
                return Err(misfit("rpc.params", why));
            }
        };
        let nonce = match sending.nonce {
            Some(nonce) => nonce,
            None => {
                let asked = self.pilot.nonce(snapshot, self.settings.address);
                asked.await.map_err(|why| unsaid(&why))?
            }
        };
        let mut transaction = Transaction {
            chain_id: self.pilot.chain.id,
            from: self.settings.address,
            nonce,
            to: sending.to,
            value: sending.value,
            data: sending.data.clone(),
            gas_limit: sending.gas.unwrap_or(GAS_TRIED),
            fees,
            access_list: Vec::new(),
        };
        if sending.gas.is_none() {
            let tried = self.looked(snapshot, &transaction).await?;
            let used = tried.effects.map_or(0, |effects| effects.gas_used);
            transaction.gas_limit = used.saturating_add(used / 3).saturating_add(10_000);
        }
        Ok(transaction)
    }

    async fn looked(
        &self,
        snapshot: &mut Snapshot,
        transaction: &Transaction,
    ) -> Result<Preflight, Misfit> {
        let now = self.ports.clock.now();
        let looked = self.pilot.look(snapshot, transaction, now).await;
        let seen = looked.map_err(|why| unsaid(&why))?;
        match &seen.verdict {
            Verdict::Deny(denial) => Err(denied(denial)),
            Verdict::Allow(_) | Verdict::Ask(..) => Ok(seen),
        }
    }

    async fn parameters(
        &self,
        transaction: &Transaction,
        seen: &Preflight,
        snapshot: &mut Snapshot,
    ) -> Result<Parameters, Misfit> {
        let worth = self.moved_usd(seen, snapshot).await;
        let worth = worth.map_err(|why| unsaid(&why))?;
        let loss = seen.effects.as_ref().and_then(|effects| effects.loss());
        let calls = match &seen.verdict {
            Verdict::Allow(judged) | Verdict::Ask(judged, _) => judged.as_slice(),
            Verdict::Deny(_) => &[],
        };
        let calls = calls.iter().map(|one| Called {
            to: one.to.to_string(),
            function: one.call.as_ref().map(|call| call.function().to_owned()),
        });
        let words = seen.explanation.as_ref().map(|words| words.text());
        Ok(Parameters {
            chain_id: transaction.chain_id,
            from: transaction.from.to_string(),
            to: transaction.to.unwrap_or_default().to_string(),
            data: transaction.data.to_string(),
            gas: transaction.gas_limit,
            fees: Price::of(transaction.fees),
            nonce: None,
            raw: None,
            words: words.unwrap_or_default(),
            calls: calls.collect(),
            usd: worth.map(usd),
            estimated_cost_usd: loss.map(usd),
            state: self.state().to_owned(),
        })
    }

    /// What leaves the vault, and what others may take of it afterwards, in USD with 18 decimals;
    /// nothing when a price is not to be had.
    pub(super) async fn moved_usd(
        &self,
        seen: &Preflight,
        snapshot: &mut Snapshot,
    ) -> Result<Option<U256>, FlightError> {
        let Some(effects) = &seen.effects else {
            return Ok(None);
        };
        let gone = effects.balances.iter().map(|change| {
            let gone = change.before.saturating_sub(change.after);
            (change.token, gone)
        });
        let granted = effects.allowances.iter().map(|granted| {
            let change = granted.change;
            (change.token, change.after.saturating_sub(change.before))
        });
        let mut sum = U256::ZERO;
        for (token, amount) in gone.chain(granted) {
            if amount.is_zero() {
                continue;
            }
            let outfit = &self.pilot.outfit;
            let asked = self
                .pilot
                .ask(snapshot, |snapshot| outfit.worth(snapshot, token, amount));
            match asked.await? {
                Some(worth) => sum = sum.saturating_add(worth),
                None => return Ok(None),
            }
        }
        Ok(Some(sum))
    }

    /// What the state is worth that was looked at.
    pub(super) const fn state(&self) -> &'static str {
        if self.pilot.sources.compared() {
            "two sources agree on the state"
        } else {
            "unproven state: one source alone says so"
        }
    }

    fn intent(&self, seen: &Preflight, parameters: Parameters) -> Result<Intent, Misfit> {
        let kind = effect(seen).ok_or_else(|| misfit("preflight.denied", "it is denied"))?;
        let Ok(Value::Object(parameters)) = serde_json::to_value(parameters) else {
            return Err(misfit("preflight.invalid", "it cannot be written down"));
        };
        Ok(Intent {
            action_type: kind.to_owned(),
            target: self.settings.name.clone(),
            environment: self.settings.environment.clone(),
            parameters,
        })
    }
}

/// USD with 18 decimals as a number, to the cent and never less.
pub(super) fn usd(amount: U256) -> f64 {
    let cent = U256::from(10_000_000_000_000_000_u64);
    let cents = amount.div_ceil(cent);
    // Beyond 2^53 cents, a number cannot say cents; what is shown is then larger by less than a millionth.
    f64::from(cents) / 100.0
}

fn denied(denial: &Denial) -> Misfit {
    Misfit {
        code: denial.code.to_owned(),
        rule: Some(denial.rule.to_owned()),
        argument: denial.argument,
        why: denial.words.clone(),
    }
}

fn unsaid(why: &FlightError) -> Misfit {
    misfit("preflight.unavailable", why.to_string())
}
