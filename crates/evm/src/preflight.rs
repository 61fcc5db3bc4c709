//! One transaction, from its bytes to a verdict: read, explained, judged, run, measured, bound.

pub mod reverted;

use crate::{
    binding::{Binding, GOOD_FOR_SECONDS},
    call::Call,
    calldata::{Interface, read},
    effects::Effects,
    explain::{Explanation, explain},
    names::{Names, foreign},
    onchain::{Guards, OnChain},
    rules::{Deed, Denial, Judged, Lack, Verdict, judge},
    snapshot::{End, Missing, Run, Snapshot, Stop},
    transaction::Transaction,
};
use alloy_primitives::{Address, Bytes, U256};
use jiff::Timestamp;

/// What is known beforehand, from the operator.
#[derive(Clone, Debug, Default)]
pub struct Outfit {
    /// The vault that is acted for.
    pub vault: Address,
    /// The guards whose rules are mirrored.
    pub guards: Guards,
    /// What addresses are called.
    pub names: Names,
}

impl Outfit {
    /// What an amount of a token is worth, in USD with 18 decimals; nothing when it has no price.
    ///
    /// # Errors
    /// [`Stop`].
    pub fn worth(
        &self,
        snapshot: &Snapshot,
        token: Address,
        amount: U256,
    ) -> Result<Option<U256>, Stop> {
        let facts = OnChain::new(snapshot, self.vault, &self.guards)?;
        let worth = facts.worth(token, amount);
        worth.map_err(|lack| facts.stop(&lack))
    }
}

/// What came of looking at a transaction.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Preflight {
    /// What is to be thought of it.
    pub verdict: Verdict,
    /// What it says, in words; nothing when it could not be read.
    pub explanation: Option<Explanation>,
    /// What it would do; nothing when it does not get through.
    pub effects: Option<Effects>,
    /// What the verdict is bound to.
    pub binding: Binding,
}

/// Looks at a transaction on a snapshot, at a moment.
///
/// Fails closed: what the rules forbid is not made good by a run that goes through, and a run that fails
/// is denied, whatever the rules say.
///
/// # Errors
/// What of the state is needed and not there.
pub fn preflight(
    snapshot: &Snapshot,
    outfit: &Outfit,
    transaction: &Transaction,
    now: Timestamp,
) -> Result<Preflight, Missing> {
    let facts = OnChain::new(snapshot, outfit.vault, &outfit.guards);
    let explanation = explained(outfit, (snapshot, &facts), transaction)?;
    let mut seen = Preflight {
        verdict: Verdict::Deny(Denial::new(
            "preflight.unknown",
            "state",
            "nothing was looked at",
        )),
        explanation,
        effects: None,
        binding: bound(snapshot, outfit, transaction, now),
    };
    seen.verdict = match looked((snapshot, facts), outfit, transaction, &mut seen) {
        Ok(verdict) => verdict,
        Err(Halt::Missing(missing)) => return Err(missing),
        Err(Halt::Denied(denial)) => Verdict::Deny(denial),
    };
    Ok(seen)
}

/// Why looking ended early.
enum Halt {
    Missing(Missing),
    Denied(Denial),
}

fn looked(
    (snapshot, facts): (&Snapshot, Result<OnChain<'_>, Stop>),
    outfit: &Outfit,
    transaction: &Transaction,
    seen: &mut Preflight,
) -> Result<Verdict, Halt> {
    if transaction.chain_id != snapshot.chain().id {
        let words = "the transaction is for another chain";
        return Err(denied("preflight.chain", "chain", words));
    }
    let facts = facts.map_err(halted)?;
    let lack = |lack: Lack| halted(facts.stop(&lack));
    seen.binding.epoch = facts.epoch().map_err(lack)?;
    let deed = Deed {
        vault: outfit.vault,
        from: transaction.from,
        to: transaction.to,
        pays: !transaction.value.is_zero(),
        data: &transaction.data,
    };
    let verdict = judge(&deed, &facts);
    // Whatever the rules concluded without a part of the state is no conclusion.
    if let Some(missing) = facts.missing() {
        return Err(Halt::Missing(missing));
    }
    let judged = match verdict {
        Verdict::Deny(denial) => return Err(Halt::Denied(denial)),
        Verdict::Allow(ref judged) | Verdict::Ask(ref judged, _) => judged,
    };
    let run = snapshot.run(transaction).map_err(halted)?;
    went_through(&run, outfit, judged)?;
    let after = facts.after(&run.changes);
    let effects = Effects::measure(outfit.vault, &facts, &after, &run);
    let effects = effects.map_err(|lack| {
        let missing = facts.missing().or_else(|| after.missing());
        missing.map_or_else(
            || denied("preflight.effects", "effects", &lack.0),
            Halt::Missing,
        )
    })?;
    let epoch = after.epoch().map_err(|lack| halted(after.stop(&lack)))?;
    if epoch != seen.binding.epoch {
        let words = "the registry would change within it";
        return Err(denied("preflight.epoch", "epoch", words));
    }
    seen.effects = Some(effects);
    Ok(verdict)
}

/// Whether a run went through, with everything in it.
fn went_through(run: &Run, outfit: &Outfit, judged: &[Judged]) -> Result<(), Halt> {
    match &run.end {
        End::Success(_) => {}
        End::Revert(bytes) => return Err(Halt::Denied(reverted::read(bytes))),
        End::Halt(why) => {
            let words = format!("the machine stops it: {}", foreign(why));
            return Err(denied("preflight.halted", "run", &words));
        }
    }
    let own = |failed: &&crate::snapshot::Failed| {
        let called = judged.iter().any(|one| one.to == failed.to);
        failed.halted || (failed.caller == outfit.vault && called)
    };
    match run.swallowed.iter().find(own) {
        None => Ok(()),
        Some(failed) => {
            let words = format!(
                "a call to {} fails within it, and is passed over",
                failed.to
            );
            Err(denied("preflight.inner", "run", &words))
        }
    }
}

fn bound(
    snapshot: &Snapshot,
    outfit: &Outfit,
    transaction: &Transaction,
    now: Timestamp,
) -> Binding {
    let now = u64::try_from(now.as_second()).unwrap_or_default();
    Binding {
        chain_id: transaction.chain_id,
        vault: outfit.vault,
        from: transaction.from,
        nonce: transaction.nonce,
        block: snapshot.block().hash,
        epoch: 0,
        data_hash: transaction.data_hash(),
        signing_hash: transaction.signing_hash(),
        expires: now.saturating_add(GOOD_FOR_SECONDS),
    }
}

/// The words, as far as it can be read. Which functions a contract has is for its guard to say.
fn explained(
    outfit: &Outfit,
    (snapshot, facts): (&Snapshot, &Result<OnChain<'_>, Stop>),
    transaction: &Transaction,
) -> Result<Option<Explanation>, Missing> {
    let Ok(call) = read(Interface::Vault, &transaction.data) else {
        return Ok(None);
    };
    let time = i64::try_from(snapshot.block().time).unwrap_or_default();
    let now = Timestamp::from_second(time).unwrap_or_default();
    let to = transaction.to.unwrap_or_default();
    let whole = explain(to, &call, &outfit.names, now);
    let Call::Execute { calls, .. } = &call else {
        return Ok(Some(whole));
    };
    let facts = match facts {
        Ok(facts) => facts,
        Err(Stop::Missing(missing)) => return Err(*missing),
        Err(Stop::Invalid(_)) => return Ok(Some(whole)),
    };
    let mut within = Vec::with_capacity(calls.len());
    for (to, data) in calls {
        within.push(one(facts, outfit, (*to, data), now)?);
    }
    Ok(Some(whole.with(within)))
}

fn one(
    facts: &OnChain<'_>,
    outfit: &Outfit,
    (to, data): (Address, &Bytes),
    now: Timestamp,
) -> Result<Explanation, Missing> {
    use crate::rules::Facts;
    let guard = facts.guard_of(to);
    if let Some(missing) = facts.missing() {
        return Err(missing);
    }
    let interface = guard.ok().and_then(|guard| facts.interface(guard));
    let call = interface.map(|interface| read(interface, data));
    let why = match call {
        Some(Ok(call)) => return Ok(explain(to, &call, &outfit.names, now)),
        Some(Err(why)) => why.to_string(),
        None => "the gate does not know what its functions mean".to_owned(),
    };
    let (place, bytes) = (outfit.names.party(to), data.len());
    Ok(Explanation {
        headline: format!("Calls {place} with {bytes} bytes that are not understood: {why}"),
        lines: Vec::new(),
        within: Vec::new(),
    })
}

fn denied(code: &'static str, rule: &'static str, words: &str) -> Halt {
    Halt::Denied(Denial::new(code, rule, words))
}

fn halted(stop: Stop) -> Halt {
    match stop {
        Stop::Missing(missing) => Halt::Missing(missing),
        Stop::Invalid(why) => denied("preflight.invalid", "transaction", &why),
    }
}
