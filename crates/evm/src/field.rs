//! The arguments of a call, one by one, under the names that its contract gives them.

use crate::call::{Approval, Call, Lend, Liquidity, Share, Side, Swap};
use alloy_primitives::{Address, U256};

/// One argument.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    /// Its name.
    pub name: &'static str,
    /// What it says.
    pub value: Value,
}

/// What an argument says.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// Somebody, or something, that takes part.
    Party(Address),
    /// A token.
    Token(Address),
    /// An amount.
    Amount(U256, Unit),
    /// The tokens that a trade goes through, and the fees of the pools between them.
    Route(Vec<Address>, Vec<u32>),
    /// The fee of a pool, in millionths.
    Fee(u32),
    /// A moment, in seconds since 1970.
    Until(U256),
    /// Yes or no.
    Flag(bool),
    /// A number without a unit.
    Number(U256),
}

/// What an amount is counted in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// The smallest unit of a token.
    Token(Address),
    /// The shares of what is called.
    Shares(Address),
    /// The asset of what is called, which only the chain knows.
    Asset,
}

/// Every argument of a call to `to`, but not those of the calls within it.
#[must_use]
pub fn fields(to: Address, call: &Call) -> Vec<Field> {
    match call {
        Call::Approve(one) => approval(to, one),
        Call::Transfer {
            from,
            to: receiver,
            amount,
        } => {
            let from = from.map(|from| field("from", Value::Party(from)));
            let rest = [
                field("to", Value::Party(*receiver)),
                field("amount", Value::Amount(*amount, Unit::Token(to))),
            ];
            from.into_iter().chain(rest).collect()
        }
        Call::Swap(one) => swap(one),
        Call::Sweep {
            token,
            least,
            recipient,
        } => vec![
            field("token", Value::Token(*token)),
            field("amountMinimum", Value::Amount(*least, Unit::Token(*token))),
            field("recipient", Value::Party(*recipient)),
        ],
        Call::Liquidity(one) => liquidity(one),
        Call::Share(one) => share(to, one),
        Call::Lend(one) => lend(one),
        Call::Several(_) | Call::Execute { .. } => Vec::new(),
    }
}

const fn field(name: &'static str, value: Value) -> Field {
    Field { name, value }
}

fn approval(to: Address, approval: &Approval) -> Vec<Field> {
    let amount = match approval.function {
        "increaseAllowance" => "addedValue",
        "decreaseAllowance" => "subtractedValue",
        _ => "amount",
    };
    vec![
        field("spender", Value::Party(approval.spender)),
        field(amount, Value::Amount(approval.amount, Unit::Token(to))),
    ]
}

fn swap(swap: &Swap) -> Vec<Field> {
    let in_v2 = swap.fees.is_empty();
    let (given, got) = (unit(swap.given()), unit(swap.got()));
    let (exact, limit) = match (swap.side, in_v2) {
        (Side::Given, true) => (("amountIn", given), ("amountOutMin", got)),
        (Side::Got, true) => (("amountOut", got), ("amountInMax", given)),
        (Side::Given, false) => (("amountIn", given), ("amountOutMinimum", got)),
        (Side::Got, false) => (("amountOut", got), ("amountInMaximum", given)),
    };
    let single = swap.function.ends_with("Single");
    let mut fields = Vec::with_capacity(8);
    match (single, swap.route.as_slice(), swap.fees.as_slice()) {
        (true, [first, last], [fee]) => fields.extend([
            field("tokenIn", Value::Token(*first)),
            field("tokenOut", Value::Token(*last)),
            field("fee", Value::Fee(*fee)),
        ]),
        _ => fields.push(field(
            "path",
            Value::Route(swap.route.clone(), swap.fees.clone()),
        )),
    }
    let recipient = if in_v2 { "to" } else { "recipient" };
    fields.extend([
        field(exact.0, Value::Amount(swap.exact, exact.1)),
        field(limit.0, Value::Amount(swap.limit, limit.1)),
        field(recipient, Value::Party(swap.recipient)),
        field("deadline", Value::Until(swap.deadline)),
    ]);
    if single {
        fields.push(field("sqrtPriceLimitX96", Value::Number(swap.price_limit)));
    }
    fields
}

fn unit(token: Option<Address>) -> Unit {
    token.map_or(Unit::Asset, Unit::Token)
}

fn liquidity(liquidity: &Liquidity) -> Vec<Field> {
    let [a, b] = liquidity.tokens;
    let mut fields = vec![
        field("tokenA", Value::Token(a)),
        field("tokenB", Value::Token(b)),
    ];
    if let Some([one, other]) = liquidity.desired {
        fields.push(field("amountADesired", Value::Amount(one, Unit::Token(a))));
        fields.push(field(
            "amountBDesired",
            Value::Amount(other, Unit::Token(b)),
        ));
    }
    if let Some(shares) = liquidity.shares {
        fields.push(field("liquidity", Value::Number(shares)));
    }
    let [one, other] = liquidity.least;
    fields.extend([
        field("amountAMin", Value::Amount(one, Unit::Token(a))),
        field("amountBMin", Value::Amount(other, Unit::Token(b))),
        field("to", Value::Party(liquidity.recipient)),
        field("deadline", Value::Until(liquidity.deadline)),
    ]);
    fields
}

fn share(to: Address, share: &Share) -> Vec<Field> {
    let (name, unit) = match share.function {
        "deposit" | "withdraw" => ("assets", Unit::Asset),
        _ => ("shares", Unit::Shares(to)),
    };
    let mut fields = vec![
        field(name, Value::Amount(share.amount, unit)),
        field("receiver", Value::Party(share.receiver)),
    ];
    fields.extend(share.owner.map(|owner| field("owner", Value::Party(owner))));
    fields
}

fn lend(lend: &Lend) -> Vec<Field> {
    let mut fields = vec![field("asset", Value::Token(lend.asset))];
    if let Some(on) = lend.collateral {
        fields.push(field("useAsCollateral", Value::Flag(on)));
        return fields;
    }
    let unit = Unit::Token(lend.asset);
    fields.push(field("amount", Value::Amount(lend.amount, unit)));
    let rate = lend.rate_mode.map(Value::Number);
    fields.extend(rate.map(|rate| field("interestRateMode", rate)));
    let referral = lend.referral.map(|code| Value::Number(U256::from(code)));
    fields.extend(referral.map(|code| field("referralCode", code)));
    let name = if lend.function == "withdraw" {
        "to"
    } else {
        "onBehalfOf"
    };
    fields.extend(lend.party.map(|party| field(name, Value::Party(party))));
    fields
}
