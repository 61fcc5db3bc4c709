//! Going out: with a part of every asset, or with one asset over a contract of the shareholder's own.

use super::{
    super::{amount::shares, change::Change, compare::made, hand::Hand},
    allow,
};
use crate::output::Output;
use anyhow::{Context, bail};
use clap::Args;
use portcullis_evm::{
    Address, U256,
    bindings::Vault,
    errand::{
        Errand,
        exit::{self, Route, Wanted},
        vault,
    },
    names::{Names, TokenName, units},
    stand_ins::MockToken as Token,
};

/// How long a transaction that swaps may wait to be mined, in seconds.
const SOON: u64 = 1_200;

/// Gives shares back.
#[derive(Args, Debug)]
pub(super) struct Withdraw {
    /// How many.
    #[arg(value_name = "SHARES", value_parser = shares)]
    shares: U256,
    /// Who gets the assets; the sender unless told otherwise.
    #[arg(long, value_name = "ADDRESS", conflicts_with = "into")]
    to: Option<Address>,
    #[command(flatten)]
    single: SingleArgs,
    #[command(flatten)]
    change: Change,
}

/// One asset for all of it.
#[derive(Args, Debug)]
#[command(next_help_heading = "In one asset")]
struct SingleArgs {
    /// The one asset that is wanted for all of it.
    #[arg(long, value_name = "ASSET", requires_all = ["at_least", "over"])]
    into: Option<Address>,
    /// The least of it that is taken, in whole units with decimals; less undoes everything.
    #[arg(long, value_name = "AMOUNT", requires = "into")]
    at_least: Option<String>,
    /// The sender's own way out, made by `shares exit make`.
    #[arg(long, value_name = "EXIT", requires = "into")]
    over: Option<Address>,
    /// How a token is swapped: `ROUTER=TOKEN,ASSET` at a Uniswap V2 router, with the pools' fees between the tokens at a
    /// Uniswap V3 router, as in `ROUTER=TOKEN,500,ASSET`. What has no route comes as it is. May be given several times.
    #[arg(long = "route", value_name = "ROUTE", requires = "into", value_parser = route)]
    routes: Vec<Route>,
}

/// Router and path on the command line.
fn route(text: &str) -> Result<Route, String> {
    let wrong = || {
        "expected `ROUTER=TOKEN,ASSET`, or `ROUTER=TOKEN,FEE,ASSET` with fees in millionths"
            .to_owned()
    };
    let (router, steps) = text.split_once('=').ok_or_else(wrong)?;
    let mut route = Route {
        router: router.trim().parse().map_err(|_| wrong())?,
        path: Vec::new(),
        fees: Vec::new(),
    };
    for step in steps.split(',').map(str::trim) {
        match step.parse::<Address>() {
            Ok(token) => route.path.push(token),
            Err(_) => {
                let fee = step.parse().ok().filter(|fee| *fee < 1 << 24);
                route.fees.push(fee.ok_or_else(wrong)?);
                // A fee stands behind a token, and only one.
                if route.fees.len() != route.path.len() {
                    return Err(wrong());
                }
            }
        }
    }
    let fits = route.fees.is_empty() || route.fees.len() + 1 == route.path.len();
    if route.path.len() < 2 || !fits {
        return Err(wrong());
    }
    Ok(route)
}

impl Withdraw {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        let Some(asset) = self.single.into else {
            let (shares, to) = (self.shares, self.to);
            let withdraw = |at, names: &_| vault::withdraw(at, shares, to, names);
            return self.change.at_vault(output, withdraw).await;
        };
        let (Some(least), Some(exit)) = (self.single.at_least, self.single.over) else {
            bail!("say `--at-least` and `--over` with `--into`");
        };
        let at = self.change.vault;
        let ground = self.change.chain.open().await?;
        let hand = self.change.key.open(&ground, output)?;
        let mut asker = ground.asker().await?;
        let registry = asker.must(at, &Vault::registryCall {}).await?;
        is_own(&hand, exit, registry).await?;
        let decimals = asker.must(asset, &Token::decimalsCall {}).await?;
        let least = units(&least, decimals)
            .with_context(|| format!("expected an amount with at most {decimals} decimals"))?;
        let mut names = Names {
            vault: at,
            ..ground.names.clone()
        };
        for (token, symbol, decimals) in [
            (asset, format!("of {}", names.token(asset)), decimals),
            (at, "shares".to_owned(), 18),
        ] {
            let name = TokenName { symbol, decimals };
            names.tokens.entry(token).or_insert(name);
        }
        if let Some(sent) = allow(&hand, (at, exit), self.shares, &names).await? {
            return Ok(sent);
        }
        let deadline = ground.asker().await?.snapshot().block().time + SOON;
        let wanted = Wanted { asset, least };
        let given = (at, self.shares);
        let errand = exit::leave(exit, given, wanted, (&self.single.routes, deadline), &names);
        hand.does(&errand).await
    }
}

/// Whether a contract is a way out of the sender's own.
///
/// Fails closed: no shares are allowed to other code than the artifact makes for this owner and registry.
async fn is_own(hand: &Hand<'_>, exit: Address, registry: Address) -> anyhow::Result<()> {
    let words = "Creates a way out".to_owned();
    let creation = exit::creation(hand.address(), registry)?;
    let due = made(&hand.tries(&Errand::create(creation, words)).await?);
    let seen = hand.ground.asker().await?.code(exit).await?;
    if due.is_none_or(|due| due != seen) {
        bail!(
            "the code at {exit} is not that of a way out of {} for this registry: nothing was sent",
            hand.address()
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::route;

    const A: &str = "0x1000000000000000000000000000000000000001";
    const B: &str = "0x2000000000000000000000000000000000000002";

    #[test]
    fn routes_are_read_with_and_without_fees() {
        let plain = route(&format!("{A}={B},{A}")).unwrap();
        assert_eq!((plain.path.len(), plain.fees.len()), (2, 0));
        let fees = route(&format!("{A}={B},500,{A},3000,{B}")).unwrap();
        assert_eq!((fees.path.len(), fees.fees), (3, vec![500, 3_000]));
        for wrong in [
            String::new(),
            A.to_owned(),
            format!("{A}="),
            format!("{A}={B}"),
            format!("{A}=500,{B}"),
            format!("{A}={B},500"),
            format!("{A}={B},500,3000,{A}"),
            format!("{A}={B},{A},500,{B}"),
            format!("{A}={B},16777216,{A}"),
        ] {
            assert!(route(&wrong).is_err(), "{wrong}");
        }
    }
}
