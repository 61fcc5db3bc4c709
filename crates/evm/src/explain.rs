//! A call in words, every argument of it.

use crate::{
    call::{Approval, Call, Lend, Side, Swap},
    field::{Unit, Value, fields},
    names::{Names, decimal, whole},
};
use alloy_primitives::{Address, U256};
use jiff::Timestamp;

/// A call in words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Explanation {
    /// What it does, in a sentence.
    pub headline: String,
    /// Every argument.
    pub lines: Vec<Line>,
    /// The calls within it, in order.
    pub within: Vec<Self>,
}

/// One argument in words.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Line {
    /// Its name in the contract.
    pub argument: &'static str,
    /// What it says.
    pub words: String,
}

/// Puts a call to `to` into words, as of `now`. The calls that a vault is to make are for
/// [`Explanation::with`], since what they are to is for the registry to say.
#[must_use]
pub fn explain(to: Address, call: &Call, names: &Names, now: Timestamp) -> Explanation {
    let lines = fields(to, call).into_iter().map(|field| Line {
        argument: field.name,
        words: words(&field.value, names, now),
    });
    let within = match call {
        Call::Several(calls) => calls
            .iter()
            .map(|call| explain(to, call, names, now))
            .collect(),
        _ => Vec::new(),
    };
    Explanation {
        headline: headline(to, call, names),
        lines: lines.collect(),
        within,
    }
}

impl Explanation {
    /// The same with explained calls within it.
    #[must_use]
    pub fn with(mut self, within: Vec<Self>) -> Self {
        self.within.extend(within);
        self
    }

    /// Line by line, those within it further in.
    #[must_use]
    pub fn text(&self) -> Vec<String> {
        let own = self
            .lines
            .iter()
            .map(|line| format!("  {}: {}", line.argument, line.words));
        let within = self.within.iter().flat_map(Self::text);
        let head = std::iter::once(self.headline.clone());
        head.chain(own)
            .chain(within.map(|line| format!("  {line}")))
            .collect()
    }
}

fn headline(to: Address, call: &Call, names: &Names) -> String {
    let place = names.party(to);
    match call {
        Call::Approve(approval) => approves(to, approval, names),
        Call::Transfer {
            from,
            to: receiver,
            amount,
        } => {
            let (amount, receiver) = (names.amount(*amount, to), names.party(*receiver));
            match from {
                Some(from) => format!("Sends {amount} of {} to {receiver}", names.party(*from)),
                None => format!("Sends {amount} to {receiver}"),
            }
        }
        Call::Swap(swap) => trades(&place, swap, names),
        Call::Sweep {
            token, recipient, ..
        } => {
            let (token, recipient) = (names.token(*token), names.party(*recipient));
            format!("Brings all {token} that {place} still has to {recipient}")
        }
        Call::Several(calls) => format!("Has {place} do {} things in one", calls.len()),
        Call::Liquidity(liquidity) => {
            let [a, b] = liquidity.tokens.map(|token| names.token(token));
            match liquidity.shares {
                None => format!("Puts {a} and {b} into their pool at {place}"),
                Some(_) => format!("Takes {a} and {b} out of their pool at {place}"),
            }
        }
        Call::Share(share) => match share.function {
            "deposit" => format!("Deposits into {place}"),
            "mint" => format!("Buys shares of {place}"),
            "withdraw" => format!("Withdraws from {place}"),
            _ => format!("Gives shares back to {place}"),
        },
        Call::Lend(lend) => lends(&place, lend, names),
        Call::Execute { calls, .. } => match calls.len() {
            1 => format!("Has {place} make a call"),
            count => format!("Has {place} make {count} calls, all or none"),
        },
    }
}

fn approves(to: Address, approval: &Approval, names: &Names) -> String {
    let spender = names.party(approval.spender);
    let amount = names.amount(approval.amount, to);
    match approval.function {
        "increaseAllowance" => format!("Lets {spender} spend {amount} more"),
        "decreaseAllowance" => format!("Lets {spender} spend {amount} less"),
        _ if approval.amount.is_zero() => {
            let token = names.token(to);
            format!("Takes back the right of {spender} to spend {token}")
        }
        _ => format!("Lets {spender} spend {amount}"),
    }
}

fn trades(place: &str, swap: &Swap, names: &Names) -> String {
    let amount = |amount, token: Option<Address>| match token {
        Some(token) => names.amount(amount, token),
        None => format!("{amount} of nothing"),
    };
    match swap.side {
        Side::Given => format!(
            "Trades {} for at least {} at {place}",
            amount(swap.exact, swap.given()),
            amount(swap.limit, swap.got())
        ),
        Side::Got => format!(
            "Trades at most {} for {} at {place}",
            amount(swap.limit, swap.given()),
            amount(swap.exact, swap.got())
        ),
    }
}

fn lends(place: &str, lend: &Lend, names: &Names) -> String {
    let token = names.token(lend.asset);
    let amount = match lend.function {
        "withdraw" | "repay" if lend.amount == U256::MAX => format!("all the {token} there is"),
        _ => names.amount(lend.amount, lend.asset),
    };
    match (lend.function, lend.collateral) {
        ("supply", _) => format!("Lends {amount} to {place}"),
        ("withdraw", _) => format!("Takes {amount} back from {place}"),
        ("borrow", _) => format!("Borrows {amount} from {place}"),
        ("repay", _) => format!("Pays {amount} back to {place}"),
        (_, Some(true)) => format!("Uses the {token} at {place} as security for loans"),
        _ => format!("No longer uses the {token} at {place} as security for loans"),
    }
}

fn words(value: &Value, names: &Names, now: Timestamp) -> String {
    match value {
        Value::Party(address) => names.party(*address),
        Value::Token(address) => names.token(*address),
        Value::Amount(amount, Unit::Token(token)) => names.amount(*amount, *token),
        Value::Amount(amount, Unit::Shares(of)) => {
            format!(
                "{} smallest units of the shares of {}",
                whole(*amount),
                names.party(*of)
            )
        }
        Value::Amount(amount, Unit::Asset) => {
            format!("{} smallest units of its asset", whole(*amount))
        }
        Value::Route(route, fees) => {
            let mut shown = String::new();
            for (at, token) in route.iter().enumerate() {
                if at > 0 {
                    let fee = fees.get(at - 1).map(|fee| format!(" ({})", percent(*fee)));
                    shown.push_str(&format!(" →{} ", fee.unwrap_or_default()));
                }
                shown.push_str(&names.token(*token));
            }
            shown
        }
        Value::Fee(fee) => percent(*fee),
        Value::Until(seconds) => until(*seconds, now),
        Value::Flag(true) => "yes".to_owned(),
        Value::Flag(false) => "no".to_owned(),
        Value::Number(number) => whole(*number),
    }
}

/// Millionths as per cent.
fn percent(fee: u32) -> String {
    format!("{} %", decimal(U256::from(fee), 4))
}

fn until(seconds: U256, now: Timestamp) -> String {
    let moment = i64::try_from(seconds).ok();
    match moment.and_then(|seconds| Timestamp::from_second(seconds).ok()) {
        Some(moment) if moment < now => format!("{moment}, which is over"),
        Some(moment) => moment.to_string(),
        None => "for ever".to_owned(),
    }
}
