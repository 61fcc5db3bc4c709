//! Attacks on whoever leaves for one asset over a contract of their own, `contracts/weakened/exits`.

use alloy_primitives::{Address, U256, aliases::U24};
use alloy_sol_types::{SolCall, SolValue};
use portcullis_evm::bindings::{GuardRegistry, OneAssetExit, Vault, VaultManager};

use super::{
    bites,
    leaving::{Stage, hostile},
    market::Market,
};
use crate::{
    guards::abi,
    stand_ins::{HostileToken, Puppet, Token},
    world::{ALICE, GUARDIAN, MANAGER, STRANGER, units, usd},
};

/// What the dollars of Alice's half of the vault are: half of 40,000. Her half of the ether is 5,000 more.
const DOLLARS: u64 = 20_000;
/// What she asks for where she is careful.
const FAIR: u64 = 24_900;

impl Stage {
    fn over_v3(&self, router: Address) -> Vec<OneAssetExit::Route> {
        let path = vec![self.market.world.eth, self.market.world.usd];
        let fees = vec![U24::from(500)];
        vec![OneAssetExit::Route { router, path, fees }]
    }

    /// Somebody sells a lot of ether at V2 first.
    fn is_sandwiched(&mut self) {
        let (usd_, eth) = (self.market.world.usd, self.market.world.eth);
        let (spender, amount) = (self.market.v2, units(500, 18));
        let world = &mut self.market.world;
        world.mint(eth, STRANGER, amount);
        world.must(STRANGER, eth, Token::approveCall { spender, amount });
        let sale = abi::swapExactTokensForTokensCall {
            given: amount,
            least: U256::ONE,
            path: vec![eth, usd_],
            to: STRANGER,
            until: self.market.soon(),
        };
        self.market.world.must(STRANGER, spender, sale);
    }

    /// The router pays a thousandth of what things are worth.
    fn cheats(&mut self, router: Address) {
        let rate = U256::ONE;
        self.market.tell(router, abi::setRateCall { rate });
    }
}

// No minimum.

fn is_sandwiched_at_v2(market: Market) -> bool {
    let mut stage = Stage::over(market);
    stage.is_sandwiched();
    let routes = stage.usual();
    stage.leaves(usd(FAIR), routes).succeeded()
}

fn is_cheated_at_v3(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let v3 = stage.market.v3;
    stage.cheats(v3);
    let routes = stage.over_v3(v3);
    stage.leaves(usd(FAIR), routes).succeeded()
}

#[test]
fn v1_who_leaves_for_one_asset_gets_what_they_asked_for_or_stays() {
    bites("exits/no-minimum", &[is_sandwiched_at_v2, is_cheated_at_v3]);
}

// No lock: the owner is a contract that can be made to call, as wallets with plugins are.

/// All that Alice has of the vault is such a wallet's, and so is the way out. The vault holds a token that calls
/// the wallet whenever it moves.
struct Wallet {
    stage: Stage,
    wallet: Address,
    token: Address,
}

fn wallet(market: Market) -> Wallet {
    let mut stage = Stage::over(market);
    let token = hostile(&mut stage);
    let world = &mut stage.market.world;
    let wallet = world.deploy("test/Puppet", Vec::new());
    let (to, amount) = (wallet, world.shares(ALICE));
    world.must(ALICE, world.vault, Vault::transferCall { to, amount });
    let arguments = (wallet, world.registry).abi_encode_params();
    let spender = world.deploy("OneAssetExit", arguments);
    let amount = U256::MAX;
    let allow = Vault::approveCall { spender, amount }.abi_encode();
    world.must(ALICE, wallet, plays(world.vault, allow));
    stage.exit = spender;
    Wallet {
        stage,
        wallet,
        token,
    }
}

fn plays(to: Address, call: Vec<u8>) -> Puppet::playCall {
    Puppet::playCall {
        to: vec![to],
        data: vec![call.into()],
    }
}

impl Wallet {
    /// Whenever the token moves, somebody has the wallet make this call of its way out.
    fn lies_in_wait(&mut self, bait: Vec<u8>) {
        let bait = plays(self.stage.exit, bait).abi_encode().into();
        let target = self.wallet;
        let wait = HostileToken::lieInWaitCall { target, bait };
        self.stage.market.tell(self.token, wait);
    }

    fn leaves(&mut self) -> bool {
        let routes = self.stage.usual();
        let mut call = self.stage.call(usd(FAIR), routes);
        let (exit, wallet) = (self.stage.exit, self.wallet);
        let world = &mut self.stage.market.world;
        call.shares = world.shares(wallet) / U256::from(2);
        world
            .call(ALICE, wallet, plays(exit, call.abi_encode()))
            .succeeded()
    }
}

/// What has come so far is fetched in the middle, and does not count any more.
fn is_kept_in_by_a_fetch(market: Market) -> bool {
    let mut wallet = wallet(market);
    let token = wallet.stage.market.world.usd;
    let fetch = OneAssetExit::fetchCall { token };
    wallet.lies_in_wait(fetch.abi_encode());
    !wallet.leaves()
}

#[test]
fn r1_nobody_calls_a_way_out_from_within() {
    bites("exits/no-lock", &[is_kept_in_by_a_fetch]);
}

// An allowance that is left to a router that calls whatever it is told to.

/// Ether that comes to the way out later is taken from it through the router.
fn what_comes_later_is_taken(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let (v3, eth, from) = (stage.market.v3, stage.market.world.eth, stage.exit);
    let routes = stage.over_v3(v3);
    assert!(stage.leaves(usd(FAIR), routes).succeeded());
    let (to, amount) = (STRANGER, units(1, 18));
    stage.market.world.mint(eth, from, amount);
    let data = Token::transferFromCall { from, to, amount }.abi_encode();
    let steal = abi::forwardCall {
        to: eth,
        data: data.into(),
    };
    stage.market.world.call(STRANGER, v3, steal);
    !stage.of(eth, STRANGER).is_zero()
}

/// The same with what waited as a claim, and is paid once it can be.
fn a_claim_is_taken(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let (v3, account) = (stage.market.v3, stage.exit);
    let asset = hostile(&mut stage);
    let route = |stage: &Stage| OneAssetExit::Route {
        path: vec![asset, stage.market.world.usd],
        ..stage.over_v3(v3).remove(0)
    };
    let worth = units(1, 18);
    let token = asset;
    stage.market.tell(v3, abi::setWorthCall { token, worth });
    let routes = vec![route(&stage)];
    assert!(stage.leaves(usd(DOLLARS + 99), routes).succeeded());
    // A second time, while the token moves for nobody.
    stage.market.tell(asset, moves(false));
    assert!(stage.leaves(usd(1), Vec::new()).succeeded());
    stage.market.tell(asset, moves(true));
    let vault = stage.market.world.vault;
    let world = &mut stage.market.world;
    world.must(STRANGER, vault, Vault::settleClaimCall { account, asset });
    let (from, to, amount) = (account, STRANGER, units(1, 18));
    let data = Token::transferFromCall { from, to, amount }.abi_encode();
    let steal = abi::forwardCall {
        to: asset,
        data: data.into(),
    };
    world.call(STRANGER, v3, steal);
    !stage.of(asset, STRANGER).is_zero()
}

fn moves(moves: bool) -> HostileToken::setCall {
    HostileToken::setCall {
        fee_: U256::ZERO,
        paused: !moves,
        no: false,
    }
}

#[test]
fn n3_a_router_keeps_no_allowance_of_a_way_out() {
    bites(
        "exits/allowances-left",
        &[what_comes_later_is_taken, a_claim_is_taken],
    );
}

// Routes over what nobody lists. Somebody talks the owner into them, and into a minimum that the dollars make alone.

fn goes_over_a_thiefs_router(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let (dollar, eth) = (stage.market.world.usd, stage.market.world.eth);
    let thief = stage.market.world.deploy("test/MockV3Router", Vec::new());
    for (token, worth) in [(dollar, units(1, 30)), (eth, units(2_000, 18))] {
        stage.market.tell(thief, abi::setWorthCall { token, worth });
    }
    stage.market.world.mint(dollar, thief, usd(1_000));
    stage.cheats(thief);
    let routes = stage.over_v3(thief);
    stage.leaves(usd(DOLLARS), routes);
    stage.of(eth, thief) > units(2, 18)
}

/// It was listed, and the guardian has frozen it since it cheats.
fn goes_over_a_frozen_router(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let (v3, eth) = (stage.market.v3, stage.market.world.eth);
    let before = stage.of(eth, v3);
    stage.cheats(v3);
    let freeze = GuardRegistry::freezeDestinationCall { destination: v3 };
    let world = &mut stage.market.world;
    world.must(GUARDIAN, world.registry, freeze);
    let routes = stage.over_v3(v3);
    stage.leaves(usd(DOLLARS), routes);
    stage.of(eth, v3) > before
}

#[test]
fn s7_a_way_out_leads_over_listed_routers() {
    bites(
        "exits/any-router",
        &[goes_over_a_thiefs_router, goes_over_a_frozen_router],
    );
}

/// The pools of a token of the thief's are thin, and whoever filled them gets the ether.
fn goes_over_a_thiefs_token(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let (dollar, eth, rogue) = (
        stage.market.world.usd,
        stage.market.world.eth,
        stage.market.rogue,
    );
    let ask = abi::getPairCall { a: rogue, b: eth };
    let pool = stage.market.world.view(stage.market.v2, ask);
    let before = stage.of(eth, pool);
    let routes = vec![stage.v2(&[eth, rogue, dollar])];
    stage.leaves(usd(DOLLARS), routes);
    stage.of(eth, pool) > before
}

#[test]
fn s7_a_way_out_leads_over_listed_tokens() {
    bites("exits/any-token", &[goes_over_a_thiefs_token]);
}

// Gifts.

/// 5,000 dollars of the owner's own were in it, and make up for what a sandwich takes.
fn ones_own_dollars_make_the_minimum(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let (dollar, exit) = (stage.market.world.usd, stage.exit);
    stage.market.world.mint(dollar, exit, usd(5_000));
    stage.is_sandwiched();
    let routes = stage.usual();
    stage.leaves(usd(FAIR), routes).succeeded()
}

/// A gift, so that even a swap that fails seems to be enough.
fn a_gift_makes_the_minimum(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let (dollar, exit) = (stage.market.world.usd, stage.exit);
    stage.market.world.mint(dollar, exit, usd(4_900));
    stage.leaves(usd(FAIR), Vec::new()).succeeded()
}

#[test]
fn v4_what_was_there_before_makes_no_minimum() {
    bites(
        "exits/gifts-count",
        &[ones_own_dollars_make_the_minimum, a_gift_makes_the_minimum],
    );
}

// Locked shares: the vault itself does not let them go, to a way out as to anybody.

/// What was bought a moment ago is given back over a way out, whose shares are not locked.
fn locked_shares_leave(market: Market) -> bool {
    let mut stage = Stage::over(market);
    let world = &mut stage.market.world;
    let call = VaultManager::setCooldownCall { seconds_: 3_600 };
    world.must(MANAGER, world.logic, call);
    world.deposit(ALICE, usd(100_000));
    let routes = stage.usual();
    stage.leaves(usd(1), routes).succeeded()
}

#[test]
fn w11_no_way_out_takes_locked_shares() {
    bites("free-transfers", &[locked_shares_leave]);
}
