//! Three ways: what somebody sends to a vault is shown to the pre-flight and offered to what agents get to,
//! and then sent. Whatever one of them says of it, the others have to say as well.

use crate::{
    flown::{flown, outfit, transaction},
    stand_ins::Token,
    surface::{Node, Pen, account, order, wish},
    world::{STRANGER, World},
};
use alloy_primitives::{Address, U256, hex};
use alloy_sol_types::{Revert, SolCall, SolError, SolEvent};
use portcullis_evm::{
    bindings::Vault,
    chain::{Call, Ending, Outcome},
    preflight::{Outfit, Preflight, reverted},
    rules::{Denial, Verdict},
    source::Sources,
};
use portcullis_firewall::{
    order::Ended,
    outside::{Intent, Misfit, Signer, Wallet, Wish},
    ports::Executor,
};
use portcullis_policy::{
    catalogue::{Catalogue, row::Rule},
    tier::RiskTier,
};
use serde_json::{Value, json};
use std::{
    pin::pin,
    sync::Arc,
    task::{Context, Poll, Waker},
};

/// What looks at what is sent to a vault.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Gate {
    /// The gate, beside the chain: what both say is compared.
    Beside,
    /// The gate, before the chain: what it denies is not sent.
    Before,
    /// Nobody.
    Absent,
}

/// What the gate denies though a vault would do it.
const BEYOND: &[&str] = &[
    // What shareholders do is no business of an account that trades.
    "preflight.function",
    "preflight.inner",
    "preflight.epoch",
    "preflight.calldata",
];

impl World {
    /// Sends a transaction, one to a vault in all three ways.
    #[track_caller]
    pub(crate) fn send(&mut self, call: &Call) -> Outcome {
        let vault = self.vaults.iter().find(|vault| call.to == Some(**vault));
        match (self.gate, vault.copied()) {
            (Gate::Beside, Some(vault)) => self.three_ways(vault, call),
            (Gate::Before, Some(vault)) if executes(call) => match self.look(vault, call).verdict {
                Verdict::Deny(denial) => turned_away(&denial),
                Verdict::Allow(_) | Verdict::Ask(..) => self.chain.send(call).unwrap(),
            },
            _ => self.chain.send(call).unwrap(),
        }
    }

    /// The same world behind the gate: nothing that the gate denies is sent.
    pub(crate) fn behind_the_gate(mut self) -> Self {
        self.gate = Gate::Before;
        self
    }

    #[track_caller]
    fn three_ways(&mut self, vault: Address, call: &Call) -> Outcome {
        let offered = self.offered(vault, call);
        let before = offered.as_ref().ok().and_then(|_| self.worth(vault));
        let batch = call
            .data
            .starts_with(&Vault::execTransactionsCall::SELECTOR);
        let behind = batch && offered.is_err() && is_behind(&self.look(vault, call));
        let outcome = self.chain.send(call).unwrap();
        match offered {
            Err(no) => No { behind, ..no }.is_said_of(&outcome),
            Ok(intent) => {
                assert!(outcome.succeeded(), "{:?}", outcome.reason());
                self.is_what_it_says(vault, &intent, &outcome, before);
            }
        }
        outcome
    }

    fn look(&self, vault: Address, call: &Call) -> Preflight {
        let mut asked = transaction(self, call.from, vault, call.data.to_vec());
        asked.value = call.value;
        flown(self, &self.acting_for(vault), &asked)
    }

    pub(crate) fn acting_for(&self, vault: Address) -> Outfit {
        let mut outfit = outfit(self);
        outfit.vault = vault;
        outfit.names.vault = vault;
        outfit
    }

    fn worth(&mut self, vault: Address) -> Option<U256> {
        let ask = Vault::totalValueCall {}.abi_encode();
        let told = self.chain.look(&Call::new(STRANGER, vault, ask)).unwrap();
        told.returned().map(|word| U256::from_be_slice(word))
    }

    fn allowed(&mut self, token: Address, [holder, spender]: [Address; 2]) -> U256 {
        self.view(token, Token::allowanceCall { holder, spender })
    }

    /// What an agent gets for it whose account asks the pre-flight: an action, or a no. Nothing is signed, not
    /// even for an action that the agent makes up itself, which is tried once for each reason to refuse it.
    #[track_caller]
    fn offered(&mut self, vault: Address, call: &Call) -> Result<Intent, No> {
        let (node, pen) = (Arc::new(Node::of(self)), Arc::new(Pen::new(9)));
        let sources = Sources {
            first: Arc::<Node>::clone(&node),
            second: None,
        };
        let outfit = self.acting_for(vault);
        let signer: Arc<dyn Signer> = Arc::<Pen>::clone(&pen);
        let account = account(sources, outfit, call.from, signer);
        let mut fields = wish(vault, &call.data);
        fields.insert("value".to_owned(), json!(format!("{:#x}", call.value)));
        let offered = at_once(account.intend(Wish::Send(fields)));
        let offered = offered.map_err(|misfit| No::from(&misfit));
        // No action can say that ether goes along.
        if let Err(no) = &offered
            && call.value.is_zero()
            && self.made_up.insert(no.code.clone())
        {
            let effect = at_once(account.execute(order(&made_up(vault, call))));
            assert_eq!(effect.result, Ended::Failed, "{}", effect.summary);
            assert!(effect.summary.contains(&no.code), "{}", effect.summary);
        }
        assert_eq!((pen.signed(), node.sent()), (0, 0));
        offered
    }

    /// Whether an action says of itself what the chain then did: what it takes and loses, and that people look
    /// at whatever takes something out of the vault or lets others take it.
    #[track_caller]
    fn is_what_it_says(
        &mut self,
        vault: Address,
        intent: &Intent,
        outcome: &Outcome,
        before: Option<U256>,
    ) {
        let risk = risk(&intent.action_type);
        let mut least = RiskTier::LowWrite;
        for log in &outcome.logs {
            if let Ok(sent) = Token::Transfer::decode_log(log)
                && sent.from == vault
            {
                least = least.max(RiskTier::HighWrite);
            }
            if let Ok(allowed) = Token::Approval::decode_log(log)
                && allowed.owner == vault
                && !self
                    .allowed(log.address, [vault, allowed.spender])
                    .is_zero()
            {
                least = least.max(RiskTier::Destructive);
            }
        }
        assert!(risk >= least, "{} is {risk:?}", intent.action_type);
        let lost = before.zip(self.worth(vault));
        let lost = lost.map(|(before, after)| before.saturating_sub(after));
        let told = intent.parameters.get("estimated_cost_usd");
        let gas = outcome.gas + outcome.gas / 3 + 10_000;
        assert_eq!(intent.parameters["gas"], gas, "a third more than it takes");
        assert_eq!(
            told.and_then(Value::as_f64),
            lost.map(cents),
            "{:?}",
            intent.parameters
        );
    }
}

/// USD with 18 decimals, to the cent and never less.
fn cents(amount: U256) -> f64 {
    f64::from(amount.div_ceil(U256::from(10_u64.pow(16)))) / 100.0
}

fn risk(action_type: &str) -> RiskTier {
    match Catalogue::row(action_type).map(|row| row.rule) {
        Some(Rule::Fixed(risk)) => risk,
        rule => panic!("{action_type}: {rule:?}"),
    }
}

/// Whether it has the vault call something.
fn executes(call: &Call) -> bool {
    [
        Vault::executeTransactionCall::SELECTOR,
        Vault::execTransactionCall::SELECTOR,
        Vault::execTransactionsCall::SELECTOR,
    ]
    .iter()
    .any(|selector| call.data.starts_with(selector))
}

/// What comes of a transaction that is not sent.
fn turned_away(denial: &Denial) -> Outcome {
    Outcome {
        ending: Ending::Reverted(Revert::from(denial.code).abi_encode().into()),
        gas: 0,
        logs: Vec::new(),
        created: None,
    }
}

/// An action that an agent writes by itself, as if it had been looked at.
pub(crate) fn made_up(vault: Address, call: &Call) -> Intent {
    let parameters = json!({
        "calls": [],
        "chain_id": portcullis_evm::chain::CHAIN_ID,
        "data": hex::encode_prefixed(&call.data),
        "fees": {"most": "0", "priority": "0"},
        "from": call.from,
        "gas": call.gas_limit,
        "state": "two sources agree on the state",
        "to": vault,
        "usd": 0.0,
        "words": [],
    });
    let Value::Object(parameters) = parameters else {
        panic!("{parameters}")
    };
    Intent {
        action_type: "evm.disallow".to_owned(),
        target: "main".to_owned(),
        environment: "production".to_owned(),
        parameters,
    }
}

/// What is ready at once, for here nobody waits for a node.
pub(crate) fn at_once<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("it waits for something"),
    }
}

/// Whether a pre-flight denies another call of a batch than its first.
fn is_behind(seen: &Preflight) -> bool {
    let within = seen.explanation.as_ref();
    let many = within.is_some_and(|words| words.within.len() > 1);
    matches!(&seen.verdict, Verdict::Deny(denial) if many && denial.call != Some(0))
}

/// P1 and P2: what the pre-flight lets pass goes through for the gas that it told, and what the chain
/// refuses it denies.
#[track_caller]
pub(crate) fn same(seen: &Preflight, outcome: &Outcome) {
    match &seen.verdict {
        Verdict::Allow(_) | Verdict::Ask(..) => {
            assert!(outcome.succeeded(), "{:?}", outcome.reason());
            let effects = seen.effects.as_ref().unwrap();
            assert_eq!(effects.gas_used, outcome.gas);
        }
        Verdict::Deny(denial) => {
            let behind = is_behind(seen);
            let no = No::from(denial);
            No { behind, ..no }.is_said_of(outcome);
        }
    }
}

/// A refusal by the gate.
#[derive(Debug)]
struct No {
    code: String,
    rule: String,
    argument: Option<u16>,
    /// Whether it may be about another call than the first: one before it may already fail when it is made.
    behind: bool,
}

impl From<&Denial> for No {
    fn from(denial: &Denial) -> Self {
        Self {
            code: denial.code.to_owned(),
            rule: denial.rule.to_owned(),
            argument: denial.argument,
            behind: false,
        }
    }
}

impl From<&Misfit> for No {
    fn from(misfit: &Misfit) -> Self {
        Self {
            code: misfit.code.clone(),
            rule: misfit.rule.clone().unwrap_or_default(),
            argument: misfit.argument,
            behind: false,
        }
    }
}

impl No {
    /// Whether the chain refuses too, and why, unless the gate knows more than the chain asks.
    #[track_caller]
    fn is_said_of(&self, outcome: &Outcome) {
        let told = match &outcome.ending {
            Ending::Returned(_) => {
                assert!(BEYOND.contains(&self.code.as_str()), "{self:?}");
                return;
            }
            Ending::Halted(_) => {
                assert_eq!(self.code, "preflight.halted");
                return;
            }
            Ending::Reverted(bytes) => Self::from(&reverted::read(bytes)),
        };
        let own = self.code.starts_with("preflight.") && self.code != "preflight.reverted";
        // A contract that cannot even decode what it is called with says nothing, before it asks for roles.
        let wordless = matches!(&outcome.ending, Ending::Reverted(bytes) if bytes.is_empty());
        if own || self.behind || wordless {
            return;
        }
        assert_eq!(self.code, told.code, "{self:?} {told:?}");
        // Which word is not canonical is for each reader to say.
        let form = |no: &Self| no.rule.starts_with("canonical");
        if self.code == "Refused" && !(form(self) && form(&told)) {
            let said = |no: &Self| (no.rule.clone(), no.argument);
            assert_eq!(said(self), said(&told));
        }
    }
}
