//! T5 to T7: what tokens do in the wild, on builds that do not reckon with it.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolCall;
use portcullis_evm::{
    bindings::{GuardRegistry, Vault, VaultManager},
    chain::Call,
};

use super::{
    bites,
    market::Market,
    tokens::{doors, leaves, over, sells},
};
use crate::{
    guards::abi,
    red_team,
    world::{ALICE, DELAY, MANAGER, OWNER, SPENDER, STRANGER, World, approve, units, usd},
};

// T5: a token that calls back in the middle of a swap.

/// Whether the token gets through with a call in the middle of its sale.
fn gets_through(market: &mut Market, token: Address, target: Address, call: Vec<u8>) -> bool {
    let call = call.into();
    market.tell(token, abi::armCall { target, call });
    assert!(sells(market, token));
    market.world.view(token, abi::doneCall {})
}

fn a_door_is_open(market: Market) -> bool {
    let (mut market, token) = over(market, "test/HookToken");
    let vault = market.world.vault;
    let mut doors = doors(&market, token);
    // The value is told at another door.
    doors.retain(|(_, call)| call[..4] != Vault::totalValueCall::SELECTOR);
    doors
        .into_iter()
        .any(|(target, call)| target == vault && gets_through(&mut market, token, target, call))
}

fn a_price_is_told(market: Market) -> bool {
    let (mut market, token) = over(market, "test/HookToken");
    let vault = market.world.vault;
    let call = Vault::totalValueCall {}.abi_encode();
    gets_through(&mut market, token, vault, call)
}

/// What the token is sold for is taken off the list just before it comes in, and counts for nobody.
fn what_comes_in_is_not_on_the_list(market: Market) -> bool {
    let (mut market, token) = over(market, "test/HookToken");
    let (logic, asset) = (market.world.logic, market.world.eth);
    let trader = token;
    let seat = VaultManager::setTraderCall { trader };
    market.world.must(MANAGER, logic, seat);
    let v2 = market.v2;
    let (a, b) = (token, asset);
    market.tell(v2, abi::createPairCall { a, b });
    market.fill(token, units(2_000, 18), asset, units(1, 18));
    let bait = VaultManager::removeAssetCall { asset }.abi_encode();
    let call = bait.into();
    let target = logic;
    market.tell(token, abi::armCall { target, call });
    let before = market.worth();
    let swap = abi::swapExactTokensForTokensCall {
        given: units(500, 18),
        path: vec![token, asset],
        ..market.sale(1)
    };
    market.with_allowance(token, units(500, 18), v2, swap);
    let vault = market.world.vault;
    market.have(asset, vault) != U256::ZERO && market.worth() == before - 500
}

#[test]
fn t5_a_token_that_calls_back_changes_nothing() {
    bites("no-lock", &[a_door_is_open]);
}

#[test]
fn t5_a_token_that_calls_back_is_told_no_price() {
    bites("readable-inside", &[a_price_is_told]);
}

#[test]
fn t5_r1_a_token_that_calls_back_makes_nothing_vanish() {
    bites("no-lock-on-assets", &[what_comes_in_is_not_on_the_list]);
}

// T6: tokens that answer nothing, say no, are stopped or tell no balance.

/// Whether Alice, who leaves with half, goes without her half of the token.
fn goes_without(market: &mut Market, token: Address) -> bool {
    leaves(market);
    market.have(token, ALICE) != units(500, 18)
}

fn silence_keeps_it_in(market: Market) -> bool {
    let (mut market, token) = over(market, "test/SilentToken");
    goes_without(&mut market, token)
}

#[test]
fn t6_a_token_that_answers_nothing_is_paid_out() {
    bites("silence-is-no", &[silence_keeps_it_in]);
}

/// Nothing was sent, and nothing is owed either.
fn a_no_is_taken_for_a_payment(market: Market) -> bool {
    let (mut market, asset) = over(market, "test/FalseToken");
    let left = leaves(&mut market);
    let account = ALICE;
    let claim = Vault::claimOfCall { account, asset };
    let owed = market.world.view(market.world.vault, claim).parts;
    left && market.have(asset, ALICE) == U256::ZERO && owed == U256::ZERO
}

#[test]
fn t6_a_token_that_says_no_is_owed() {
    bites("no-is-yes", &[a_no_is_taken_for_a_payment]);
}

/// Whether the token keeps Alice from half of the vault's dollars.
fn keeps_in(market: Market, kind: &str, vice: impl FnOnce(&mut Market, Address)) -> bool {
    let (mut market, token) = over(market, kind);
    vice(&mut market, token);
    let dollar = market.world.usd;
    leaves(&mut market);
    market.have(dollar, ALICE) != usd(20_000)
}

fn a_stopped_token(market: Market) -> bool {
    keeps_in(market, "test/StoppableToken", |market, token| {
        market.tell(token, abi::stopCall { stopped: true });
    })
}

fn blacklisted(market: Market, account: Address) -> bool {
    keeps_in(market, "test/StoppableToken", |market, token| {
        let listed = true;
        market.tell(token, abi::blacklistCall { account, listed });
    })
}

fn a_vault_on_a_blacklist(market: Market) -> bool {
    let vault = market.world.vault;
    blacklisted(market, vault)
}

fn a_shareholder_on_a_blacklist(market: Market) -> bool {
    blacklisted(market, ALICE)
}

fn a_token_that_says_no(market: Market) -> bool {
    keeps_in(market, "test/FalseToken", |_, _| ())
}

fn a_token_without_a_balance(market: Market) -> bool {
    keeps_in(market, "test/DeafToken", |market, token| {
        market.tell(token, abi::set::Deaf::setCall { deaf: true });
    })
}

#[test]
fn t6_no_vice_of_a_token_keeps_anybody_in() {
    bites(
        "no-isolation",
        &[
            a_stopped_token,
            a_vault_on_a_blacklist,
            a_shareholder_on_a_blacklist,
            a_token_that_says_no,
            a_token_without_a_balance,
        ],
    );
}

// W1: tokens that use up gas, that fall silent in the middle, or that tell more than there is.

/// The most gas of one transaction (EIP-7825).
pub(super) const TRANSACTION: u64 = 1 << 24;

fn leaves_within(market: &mut Market, gas_limit: u64) -> bool {
    let shares = market.world.shares(ALICE) / U256::from(2);
    let data = Vault::withdrawCall { shares }.abi_encode();
    let call = Call {
        gas_limit,
        ..Call::new(ALICE, market.world.vault, data)
    };
    market.world.chain.send(&call).unwrap().succeeded()
}

fn parts_claimed(market: &mut Market, asset: Address) -> U256 {
    let account = ALICE;
    let claim = Vault::claimOfCall { account, asset };
    market.world.view(market.world.vault, claim).parts
}

fn a_token_that_burns_all_gas(market: Market) -> bool {
    keeps_in(market, "test/GreedyToken", |market, token| {
        market.tell(token, abi::indulgeCall { greedy: true });
    })
}

#[test]
fn w1_a_token_that_burns_all_gas_keeps_nobody_in() {
    bites("burnt-gas", &[a_token_that_burns_all_gas]);
    let (mut market, token) = over(Market::new(), "test/GreedyToken");
    market.tell(token, abi::indulgeCall { greedy: true });
    assert!(leaves_within(&mut market, TRANSACTION));
    assert!(parts_claimed(&mut market, token) > U256::ZERO);
    // It is claimed by now, and still greedy.
    assert!(leaves_within(&mut market, TRANSACTION));
    market.tell(token, abi::indulgeCall { greedy: false });
    let (account, asset) = (ALICE, token);
    let settle = Vault::settleClaimCall { account, asset };
    market.tell(market.world.vault, settle);
    assert_eq!(market.have(token, ALICE), units(750, 18));
}

/// A second one costs no more than the first, so that a block has room for several.
#[test]
fn w1_each_token_that_burns_all_gas_costs_twelve_million() {
    let mut market = Market::new();
    let mut spent = Vec::new();
    for _ in 0..3 {
        let shares = market.world.shares(ALICE) / U256::from(10);
        let left = market
            .world
            .call(ALICE, market.world.vault, Vault::withdrawCall { shares });
        assert!(left.succeeded(), "{:?}", left.reason());
        spent.push(left.gas);
        let (next, token) = over(market, "test/GreedyToken");
        market = next;
        market.tell(token, abi::indulgeCall { greedy: true });
    }
    let mut costs = spent.windows(2).map(|pair| pair[1] - pair[0]);
    let twelve = 11_500_000..12_200_000;
    assert!(costs.all(|cost| twelve.contains(&cost)), "{spent:?}");
}

fn a_token_that_falls_silent(market: Market) -> bool {
    keeps_in(market, "test/FickleToken", |market, token| {
        let other = market.world.usd;
        let least = market.have(other, market.world.vault);
        market.tell(token, abi::watchCall { other, least });
    })
}

#[test]
fn w1_a_token_that_falls_silent_in_the_middle_keeps_nobody_in() {
    bites("unread-afterwards", &[a_token_that_falls_silent]);
}

fn a_token_with_an_absurd_balance(market: Market) -> bool {
    keeps_in(market, "test/RebasingToken", |market, token| {
        let percent = U256::from(100) << 118;
        market.tell(token, abi::rebaseCall { percent });
    })
}

#[test]
fn w1_a_token_that_tells_an_absurd_balance_keeps_nobody_in() {
    bites("absurd-values", &[a_token_with_an_absurd_balance]);
}

/// Whoever leaves has it paid to a receiver that burns the gas for it, so that it counts as what cannot be handed
/// over and is held still for everybody.
fn a_glutton_makes_a_claim(market: Market) -> bool {
    let (mut market, token) = over(market, "test/HailingToken");
    let who = market.world.deploy("test/Glutton", Vec::new());
    market.tell(token, abi::hailCall { who });
    let (shares, to) = (market.world.shares(ALICE) / U256::from(2), who);
    let vault = market.world.vault;
    let left = market
        .world
        .call(ALICE, vault, Vault::withdrawToCall { shares, to });
    assert!(left.succeeded(), "{:?}", left.reason());
    let (account, asset) = (who, token);
    let claim = Vault::claimOfCall { account, asset };
    market.world.view(vault, claim).parts != U256::ZERO
}

#[test]
fn w1_nobody_makes_a_claim_by_burning_the_gas_for_it() {
    bites("no-second-try", &[a_glutton_makes_a_claim]);
}

/// Whoever leaves gives so little gas that what is well counts as what cannot be handed over, which holds it
/// still for everybody.
fn little_gas_makes_a_claim(market: Market) -> bool {
    let (market, token) = over(market, "test/CautiousToken");
    (500_000..6_000_000).step_by(50_000).any(|gas_limit| {
        let mut market = market.clone();
        leaves_within(&mut market, gas_limit) && parts_claimed(&mut market, token) != U256::ZERO
    })
}

#[test]
fn w1_nobody_makes_a_claim_by_giving_little_gas() {
    bites("little-gas", &[little_gas_makes_a_claim]);
    let (mut market, token) = over(Market::new(), "test/CautiousToken");
    assert!(!goes_without(&mut market, token));
}

// T7: an address where no code is, or not yet.

fn an_asset_without_code_is_listed(mut world: World) -> bool {
    let (asset, registry) = (Address::repeat_byte(0x70), world.registry);
    let feed = world.feeds[&world.usd];
    let announce = GuardRegistry::announceAssetCall {
        asset,
        feed,
        assetType: 0,
    };
    world.call(OWNER, registry, announce);
    world.chain.wait(DELAY);
    let commit = GuardRegistry::commitAssetCall {
        asset,
        feed,
        assetType: 0,
    };
    world.call(STRANGER, registry, commit);
    world.view(registry, GuardRegistry::mayHoldCall { asset })
}

/// A person's account is listed as one that may be allowed something, and takes it.
fn a_spender_without_code_takes_what_it_is_allowed(world: World) -> bool {
    let mut world = world.funded();
    let (registry, destination) = (world.registry, STRANGER);
    let (guard, flags) = (world.router_guard, U256::from(SPENDER));
    let announce = GuardRegistry::announceDestinationCall {
        destination,
        guard,
        flags,
    };
    world.call(OWNER, registry, announce);
    world.chain.wait(DELAY);
    let commit = GuardRegistry::commitDestinationCall {
        destination,
        guard,
        flags,
    };
    world.call(STRANGER, registry, commit);
    let token = world.usd;
    world.exec(MANAGER, token, approve(STRANGER, usd(1)));
    let take = abi::transferFromCall {
        from: world.vault,
        to: STRANGER,
        amount: usd(1),
    };
    world.call(STRANGER, token, take);
    world.balance(token, STRANGER) == usd(1)
}

#[test]
fn t7_nothing_without_code_is_listed() {
    red_team::bites(
        "listed-without-code",
        &[
            an_asset_without_code_is_listed,
            a_spender_without_code_takes_what_it_is_allowed,
        ],
    );
}
