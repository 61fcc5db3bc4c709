//! D7 and N6: paths read the wrong way round, and fields that are changed after a call was agreed on.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::bindings::GuardRegistry;

use super::{
    bites,
    market::{Market, rule},
};
use crate::{
    guards::abi,
    world::{DAY, MANAGER, OWNER, STRANGER, units, usd},
};

/// One word of a call.
const WORD: usize = 32;
/// Where the arguments of a call begin.
const ARGUMENTS: usize = 4;

// D7: an exact output names its path from the end.

/// A dollar's worth of something, bought for dollars.
fn bought(market: &Market, asset: Address) -> abi::exactOutputCall {
    let path = [asset.as_slice(), &[0, 1, 244], market.world.usd.as_slice()];
    let params = abi::Several {
        path: path.concat().into(),
        recipient: market.world.vault,
        deadline: market.soon(),
        exact: units(1, 18),
        bound: usd(2),
    };
    abi::exactOutputCall { params }
}

fn closed(market: &mut Market, asset: Address) {
    let call = GuardRegistry::delistAssetCall { asset };
    market.world.must(OWNER, market.world.registry, call);
}

/// What may only be sold any more is bought: from its beginning the path reads like a sale.
fn a_closed_asset_is_bought(mut market: Market) -> bool {
    let (dollar, dai, v3, vault) = (
        market.world.usd,
        market.world.dai,
        market.v3,
        market.world.vault,
    );
    closed(&mut market, dai);
    let call = bought(&market, dai);
    market.with_allowance(dollar, usd(2), v3, call);
    market.have(dai, vault) != U256::ZERO
}

#[test]
fn d7_a_path_is_read_in_the_order_in_which_it_is_swapped() {
    bites("guards/forward-paths", &[a_closed_asset_is_bought]);
}

#[test]
fn d7_what_is_open_is_bought_by_the_same_call() {
    let mut market = Market::new();
    let (dai, v3, vault) = (market.world.dai, market.v3, market.world.vault);
    let (spender, amount) = (v3, usd(2));
    let dollar = market.world.usd;
    market
        .exec(dollar, abi::approveCall { spender, amount })
        .unwrap();
    let call = bought(&market, dai);
    market.exec(v3, call.clone()).unwrap();
    assert_eq!(market.have(dai, vault), units(1, 18));
    closed(&mut market, dai);
    assert_eq!(rule(market.exec(v3, call)), "token.listed");
}

// N6: what was agreed on covers every field, since a guard judges all of them at every call.

/// The swap that was agreed on, over these tokens, with one word replaced before it is sent `later`.
struct Replaced {
    over: Vec<Address>,
    word: usize,
    with: U256,
    later: u64,
}

impl Replaced {
    /// Whether it is made.
    fn passes(self, market: &mut Market) -> bool {
        let (dollar, spender, amount) = (market.world.usd, market.v2, usd(100));
        let approve = abi::approveCall { spender, amount };
        market.exec(dollar, approve).unwrap();
        let swap = abi::swapExactTokensForTokensCall {
            path: self.over,
            ..market.sale(100)
        };
        let mut data = swap.abi_encode();
        let word = self.with.to_be_bytes::<WORD>();
        data[ARGUMENTS + WORD * self.word..][..WORD].copy_from_slice(&word);
        market.world.chain.wait(self.later);
        market.world.exec(MANAGER, spender, data).succeeded()
    }
}

fn word(address: Address) -> U256 {
    U256::from_be_slice(address.as_slice())
}

fn another_recipient(mut market: Market) -> bool {
    let replaced = Replaced {
        over: vec![market.world.usd, market.world.eth],
        word: 3,
        with: word(STRANGER),
        later: 0,
    };
    let ether = market.world.eth;
    replaced.passes(&mut market) && market.have(ether, STRANGER) != U256::ZERO
}

#[test]
fn n6_another_recipient_is_another_call() {
    bites("guards/no-recipient-check", &[another_recipient]);
}

/// Held back for ten days, until the price is another one.
fn another_deadline(mut market: Market) -> bool {
    let replaced = Replaced {
        over: vec![market.world.usd, market.world.eth],
        word: 4,
        with: U256::MAX,
        later: 10 * DAY,
    };
    replaced.passes(&mut market)
}

#[test]
fn n6_another_deadline_is_another_call() {
    bites("guards/no-deadline", &[another_deadline]);
}

/// The swap goes over a token that nobody lists, and whose pairs are the attacker's.
fn another_token_on_the_way(mut market: Market) -> bool {
    let replaced = Replaced {
        over: vec![market.world.usd, market.world.dai, market.world.eth],
        word: 7,
        with: word(market.rogue),
        later: 0,
    };
    replaced.passes(&mut market)
}

#[test]
fn n6_another_token_on_the_way_is_another_call() {
    bites("guards/no-listed-check", &[another_token_on_the_way]);
}
