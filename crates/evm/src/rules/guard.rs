//! What each guard asks, in its order.

use super::{Denial, Facts, HORIZON_SECONDS, ROUTE_MAX, Ruling};
use crate::call::{Approval, Call, Lend, Liquidity, Share, Side, Swap};
use alloy_primitives::{Address, B256, U256};

/// What is asked for one call.
struct Asking<'a> {
    vault: Address,
    facts: &'a dyn Facts,
}

/// What the guard of a call says.
pub(super) fn ruling(
    vault: Address,
    to: Address,
    call: &Call,
    facts: &dyn Facts,
) -> Result<Ruling, Denial> {
    let asking = Asking { vault, facts };
    match call {
        Call::Approve(approval) if approval.function == "approve" => asking.approve(to, approval),
        Call::Swap(swap) => asking.swap(swap),
        Call::Several(calls) => asking.several(calls),
        Call::Liquidity(liquidity) => asking.liquidity(to, liquidity),
        Call::Share(share) => asking.share(to, share),
        Call::Lend(lend) => asking.lend(to, lend),
        Call::Approve(_) | Call::Transfer { .. } | Call::Sweep { .. } | Call::Execute { .. } => {
            let words = format!("no rule lets a vault call `{}`", call.function());
            Err(Denial::new("dh23", "function", words))
        }
    }
}

impl Asking<'_> {
    fn approve(&self, token: Address, approval: &Approval) -> Result<Ruling, Denial> {
        let spender = approval.spender;
        // Taking an allowance away is always right.
        if !approval.amount.is_zero() {
            if !self.facts.spender(spender)? {
                let words = "only a listed spender may be given an allowance";
                return Err(refused("spender", Some(0), word(spender), words));
            }
            self.enabled(None, token)?;
        }
        Ok(Ruling {
            kind: 1,
            granted: Some(token),
            spender: Some(spender),
            received: None,
        })
    }

    fn swap(&self, swap: &Swap) -> Result<Ruling, Denial> {
        let limit = match swap.side {
            Side::Given => "minimum.zero",
            Side::Got => "maximum.zero",
        };
        let kind = match (swap.function, swap.side) {
            ("exactInputSingle", _) => 20,
            ("exactInput", _) => 21,
            ("exactOutputSingle", _) => 22,
            ("exactOutput", _) => 23,
            (_, Side::Given) => 10,
            (_, Side::Got) => 11,
        };
        match kind {
            10 | 11 => {
                filled("amount.zero", 0, swap.exact)?;
                filled(limit, 1, swap.limit)?;
                self.route(2, &swap.route, false)?;
                self.recipient(3, swap.recipient)?;
                self.deadline(4, swap.deadline)?;
            }
            20 | 22 => {
                self.tokens(&swap.route)?;
                self.recipient(3, swap.recipient)?;
                self.deadline(4, swap.deadline)?;
                filled("amount.zero", 5, swap.exact)?;
                filled(limit, 6, swap.limit)?;
                if !swap.price_limit.is_zero() {
                    let words = "a price limit would leave the order half done";
                    return Err(refused(
                        "price.limit",
                        Some(7),
                        swap.price_limit.into(),
                        words,
                    ));
                }
            }
            _ => {
                self.route(0, &swap.route, true)?;
                self.recipient(1, swap.recipient)?;
                self.deadline(2, swap.deadline)?;
                filled("amount.zero", 3, swap.exact)?;
                filled(limit, 4, swap.limit)?;
            }
        }
        Ok(received(kind, swap.got()))
    }

    /// The two tokens of a swap in one pool.
    fn tokens(&self, route: &[Address]) -> Result<(), Denial> {
        let [given, got] = route else {
            return Err(refused(
                "path.length",
                None,
                number(route.len()),
                "two tokens",
            ));
        };
        if given == got {
            return Err(repeated(1, *got));
        }
        self.enabled(Some(0), *given)?;
        self.incoming(Some(1), *got)
    }

    /// A swap, and at most one sweep behind it.
    fn several(&self, calls: &[Call]) -> Result<Ruling, Denial> {
        let words = "a multicall has one swap, and at most one sweep behind it";
        let inner = |at| refused("multicall.inner", Some(at), B256::ZERO, words);
        let (first, rest) = calls
            .split_first()
            .filter(|(_, rest)| rest.len() < 2)
            .ok_or_else(|| refused("multicall.calls", Some(0), number(calls.len()), words))?;
        let Call::Swap(swap) = first else {
            return Err(inner(0));
        };
        let ruling = self.swap(swap)?;
        match rest.first() {
            None => {}
            Some(Call::Sweep {
                token, recipient, ..
            }) => {
                self.incoming(Some(0), *token)?;
                self.recipient(2, *recipient)?;
            }
            Some(_) => return Err(inner(1)),
        }
        Ok(Ruling { kind: 24, ..ruling })
    }

    fn liquidity(&self, router: Address, liquidity: &Liquidity) -> Result<Ruling, Denial> {
        let [a, b] = liquidity.tokens;
        let [least_a, least_b] = liquidity.least;
        let pair = || {
            if a == b {
                return Err(repeated(1, b));
            }
            Ok(self.facts.pair(router, liquidity.tokens)?)
        };
        if let Some([one, other]) = liquidity.desired {
            self.enabled(Some(0), a)?;
            self.enabled(Some(1), b)?;
            filled("amount.zero", 2, one)?;
            filled("amount.zero", 3, other)?;
            filled("minimum.zero", 4, least_a)?;
            filled("minimum.zero", 5, least_b)?;
            self.recipient(6, liquidity.recipient)?;
            self.deadline(7, liquidity.deadline)?;
            let pair = pair()?;
            self.incoming(None, pair)?;
            return Ok(received(12, Some(pair)));
        }
        self.incoming(Some(0), a)?;
        self.incoming(Some(1), b)?;
        filled("amount.zero", 2, liquidity.shares.unwrap_or_default())?;
        filled("minimum.zero", 3, least_a)?;
        filled("minimum.zero", 4, least_b)?;
        self.recipient(5, liquidity.recipient)?;
        self.deadline(6, liquidity.deadline)?;
        self.enabled(None, pair()?)?;
        Ok(received(13, Some(a)))
    }

    fn share(&self, shares: Address, share: &Share) -> Result<Ruling, Denial> {
        filled("amount.zero", 0, share.amount)?;
        self.recipient(1, share.receiver)?;
        let kind = match share.function {
            "deposit" => 30,
            "mint" => 31,
            "withdraw" => 32,
            _ => 33,
        };
        let Some(owner) = share.owner else {
            self.enabled(None, self.facts.underlying(shares)?)?;
            self.incoming(None, shares)?;
            return Ok(received(kind, Some(shares)));
        };
        self.owner(2, owner)?;
        self.enabled(None, shares)?;
        let asset = self.facts.underlying(shares)?;
        self.incoming(None, asset)?;
        Ok(received(kind, Some(asset)))
    }

    fn lend(&self, pool: Address, lend: &Lend) -> Result<Ruling, Denial> {
        let (asset, party) = (lend.asset, lend.party.unwrap_or_default());
        let ruling = match lend.function {
            "supply" => {
                self.incoming(Some(0), asset)?;
                filled("amount.zero", 1, lend.amount)?;
                self.owner(2, party)?;
                unreferred(3, lend)?;
                received(40, Some(pool))
            }
            "withdraw" => {
                self.incoming(Some(0), asset)?;
                filled("amount.zero", 1, lend.amount)?;
                self.recipient(2, party)?;
                received(41, Some(asset))
            }
            "borrow" => {
                self.incoming(Some(0), asset)?;
                filled("amount.zero", 1, lend.amount)?;
                variable(2, lend)?;
                unreferred(3, lend)?;
                self.owner(4, party)?;
                received(42, Some(asset))
            }
            "repay" => {
                self.enabled(Some(0), asset)?;
                filled("amount.zero", 1, lend.amount)?;
                variable(2, lend)?;
                self.owner(3, party)?;
                received(43, None)
            }
            _ => {
                self.enabled(Some(0), asset)?;
                received(44, None)
            }
        };
        // What is not counted any more may be taken back, and not added to.
        if matches!(lend.function, "supply" | "borrow") {
            self.listed(None, pool)?;
        }
        self.enabled(None, pool)?;
        Ok(ruling)
    }

    fn enabled(&self, argument: Option<u16>, token: Address) -> Result<(), Denial> {
        if self.facts.enabled(self.vault, token)? {
            return Ok(());
        }
        let words = format!("the vault does not have {token} enabled");
        Err(refused("token.enabled", argument, word(token), words))
    }

    fn listed(&self, argument: Option<u16>, token: Address) -> Result<(), Denial> {
        if self.facts.listed(token)? {
            return Ok(());
        }
        let words = format!("the registry does not list {token}");
        Err(refused("token.listed", argument, word(token), words))
    }

    fn incoming(&self, argument: Option<u16>, token: Address) -> Result<(), Denial> {
        self.enabled(argument, token)?;
        self.listed(argument, token)
    }

    /// From an enabled token over listed ones to one that may come in, none of them twice.
    fn route(&self, argument: u16, route: &[Address], packed: bool) -> Result<(), Denial> {
        let (Some(first), Some(last)) = (route.first(), route.last()) else {
            return Err(length(argument, route, packed));
        };
        if route.len() < 2 || route.len() > ROUTE_MAX {
            return Err(length(argument, route, packed));
        }
        for (at, token) in route.iter().enumerate().skip(1) {
            if route.iter().take(at).any(|before| before == token) {
                return Err(repeated(argument, *token));
            }
            if at + 1 != route.len() {
                self.listed(Some(argument), *token)?;
            }
        }
        self.enabled(Some(argument), *first)?;
        self.incoming(Some(argument), *last)
    }

    fn recipient(&self, argument: u16, seen: Address) -> Result<(), Denial> {
        if seen == self.vault {
            return Ok(());
        }
        let words = format!("what comes of it must go to this vault, not to {seen}");
        Err(refused("recipient", Some(argument), word(seen), words))
    }

    fn owner(&self, argument: u16, seen: Address) -> Result<(), Denial> {
        if seen == self.vault {
            return Ok(());
        }
        let words = format!("only this vault's own position may change, not that of {seen}");
        Err(refused("owner", Some(argument), word(seen), words))
    }

    fn deadline(&self, argument: u16, deadline: U256) -> Result<(), Denial> {
        let now = U256::from(self.facts.time());
        let (rule, words) = if deadline < now {
            ("deadline.past", "the deadline is over")
        } else if deadline - now > U256::from(HORIZON_SECONDS) {
            ("deadline.far", "the deadline is more than an hour away")
        } else {
            return Ok(());
        };
        Err(refused(rule, Some(argument), deadline.into(), words))
    }
}

fn filled(rule: &'static str, argument: u16, amount: U256) -> Result<(), Denial> {
    if amount.is_zero() {
        return Err(refused(
            rule,
            Some(argument),
            B256::ZERO,
            "it must not be zero",
        ));
    }
    Ok(())
}

fn variable(argument: u16, lend: &Lend) -> Result<(), Denial> {
    let mode = lend.rate_mode.unwrap_or_default();
    if mode == U256::from(2) {
        return Ok(());
    }
    let words = "only loans with variable interest are taken";
    Err(refused("interest.mode", Some(argument), mode.into(), words))
}

fn unreferred(argument: u16, lend: &Lend) -> Result<(), Denial> {
    match lend.referral {
        None | Some(0) => Ok(()),
        Some(code) => {
            let seen = U256::from(code).into();
            Err(refused(
                "referral",
                Some(argument),
                seen,
                "nobody referred it",
            ))
        }
    }
}

fn repeated(argument: u16, token: Address) -> Denial {
    let words = format!("{token} is in it twice");
    refused("token.repeated", Some(argument), word(token), words)
}

/// A packed route is counted in bytes: 20 of the first token, 23 of each pool with the next one.
fn length(argument: u16, route: &[Address], packed: bool) -> Denial {
    let words = "a route has two to four tokens";
    let seen = match route.len().checked_sub(1) {
        Some(pools) if packed => pools.saturating_mul(23).saturating_add(20),
        _ => route.len(),
    };
    refused("path.length", Some(argument), number(seen), words)
}

fn received(kind: u16, received: Option<Address>) -> Ruling {
    Ruling {
        kind,
        received,
        ..Ruling::default()
    }
}

fn refused(
    rule: &'static str,
    argument: Option<u16>,
    seen: B256,
    words: impl Into<String>,
) -> Denial {
    Denial {
        argument,
        seen: Some(seen),
        ..Denial::new("Refused", rule, words)
    }
}

fn word(address: Address) -> B256 {
    address.into_word()
}

fn number(count: usize) -> B256 {
    U256::from(count).into()
}
