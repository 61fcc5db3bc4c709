//! Attacks, each tried on the contracts as they are and compiled otherwise, where it must fail, and on a build
//! in which the defence against it is missing, where it must succeed. So each test is known to bite.

use alloy_primitives::{Address, Bytes, U256};
use alloy_sol_types::{SolCall, SolValue};
use portcullis_evm::{
    bindings::{Vault, VaultManager},
    chain::Call,
};

use crate::{
    stand_ins::{HostileToken, RouterGuard, Token, Trap},
    walls,
    world::{
        ALICE, ALLOWANCES, BOB, DAY, FLOOR, HOOKED, MANAGER, SPENDER, STRANGER, World, approve,
        units, usd,
    },
};

/// Whether the attacker got what they wanted.
pub(crate) type Attack = fn(World) -> bool;

#[track_caller]
pub(crate) fn bites(weakness: &'static str, attacks: &[Attack]) {
    let weak = World::weakened(weakness);
    for (number, attack) in attacks.iter().enumerate() {
        assert!(!attack(World::new()), "attack {number} succeeds");
        assert!(
            !attack(World::compiled_alike()),
            "attack {number} succeeds for how it is compiled"
        );
        assert!(
            attack(weak.clone()),
            "attack {number} does not even succeed without the defence"
        );
        let passes = attack(weak.clone().behind_the_gate());
        walls::compare(weakness, number, passes);
    }
}

// 3.4: the approval that reaches anywhere.

fn approval_runs_a_trap(world: World) -> bool {
    let mut world = world.funded();
    let trap = world.deploy("test/Trap", Vec::new());
    let router = world.router;
    world.exec(MANAGER, trap, approve(router, U256::from(1)));
    world.view(trap, Trap::callsCall {}) == U256::from(1)
}

fn approval_of_an_unlisted_token(world: World) -> bool {
    let mut world = world.funded();
    let token = world.token(18, 1);
    world.mint(token, world.vault, units(1, 18));
    world.exec(MANAGER, token, approve(STRANGER, U256::MAX));
    world.allowance(token, STRANGER) != U256::ZERO
}

#[test]
fn t1_an_approval_reaches_nothing_that_is_not_listed() {
    bites(
        "generic-approve",
        &[approval_runs_a_trap, approval_of_an_unlisted_token],
    );
}

// Role first.

fn stranger_learns_what_is_listed(mut world: World) -> bool {
    let outcome = world.exec(
        STRANGER,
        Address::repeat_byte(9),
        approve(BOB, U256::from(1)),
    );
    outcome.reason().unwrap().text() != Some("dh24")
}

fn stranger_burns_gas(mut world: World) -> bool {
    let (token, router) = (world.usd, world.router);
    world
        .exec(STRANGER, token, approve(router, U256::from(1)))
        .gas
        > 30_000
}

#[test]
fn a4_a_stranger_is_stopped_before_anything_is_asked() {
    bites(
        "role-after-guard",
        &[stranger_learns_what_is_listed, stranger_burns_gas],
    );
}

// D3: what no encoder makes.

fn send_bytes(world: &mut World, data: Vec<u8>) -> bool {
    let call = Call::new(MANAGER, world.vault, data);
    world.send(&call).succeeded()
}

fn bytes_behind(mut world: World) -> bool {
    let data: Bytes = approve(world.router, U256::from(1)).into();
    let to = world.usd;
    let mut bytes = Vault::executeTransactionCall { to, data }.abi_encode();
    bytes.extend([0; 32]);
    send_bytes(&mut world, bytes)
}

fn dirty_padding(mut world: World) -> bool {
    let data: Bytes = approve(world.router, U256::from(1)).into();
    let to = world.usd;
    let mut bytes = Vault::executeTransactionCall { to, data }.abi_encode();
    *bytes.last_mut().unwrap() = 1;
    send_bytes(&mut world, bytes)
}

fn another_offset(mut world: World) -> bool {
    let data = approve(world.router, U256::from(1));
    let mut bytes = Vault::execTransactionCall::SELECTOR.to_vec();
    bytes.extend(world.usd.abi_encode());
    bytes.extend(U256::from(96).abi_encode());
    bytes.extend([0; 32]);
    bytes.extend(U256::from(data.len()).abi_encode());
    bytes.extend(data);
    bytes.extend([0; 28]);
    send_bytes(&mut world, bytes)
}

fn bytes_behind_a_batch(mut world: World) -> bool {
    let data = vec![approve(world.router, U256::from(1)).into()];
    let to = vec![world.usd];
    let mut bytes = Vault::execTransactionsCall { to, data }.abi_encode();
    bytes.extend([0; 32]);
    send_bytes(&mut world, bytes)
}

#[test]
fn d3_only_canonical_calldata_is_taken() {
    let attacks: &[Attack] = &[
        bytes_behind,
        dirty_padding,
        another_offset,
        bytes_behind_a_batch,
    ];
    bites("no-canonical", attacks);
}

// V2: the edge of the window.

/// Loses a hundredth of a part of 100,000 of the vault's 10,000 dollars a time: 90 dollars of 9,900.
fn lose(world: &mut World) -> bool {
    let data = world.swap(world.usd, usd(100), world.eth);
    world.exec(MANAGER, world.router, data).succeeded()
}

fn watched_market(world: World) -> World {
    let mut world = world.funded();
    world.allow_router(world.usd);
    world.tighten(FLOOR, 1_000, 1_000);
    // Of a hundred dollars 90 are lost: nine tenths of a hundredth of the vault.
    world.worsen(90_000);
    world
}

fn twice_around_midnight(world: World) -> bool {
    let mut world = watched_market(world);
    let rest = DAY - world.chain.now() % DAY;
    world.chain.wait(rest - 1);
    let before = lose(&mut world);
    world.chain.wait(1);
    before && lose(&mut world)
}

fn twice_within_a_day(world: World) -> bool {
    (1..24).any(|hours| {
        let mut world = watched_market(world.clone());
        let before = lose(&mut world);
        world.chain.wait(hours * 3_600 - 1);
        before && lose(&mut world)
    })
}

#[test]
fn v2_the_window_has_no_edge() {
    bites("calendar-day", &[twice_around_midnight, twice_within_a_day]);
}

// R1: the list of assets in the middle of a call.

fn removes_in_the_middle(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    world.router_is_trader();
    let asset = world.dai;
    world.lie_in_wait(world.logic, VaultManager::removeAssetCall { asset });
    world.swap_hundred();
    !world.view(world.vault, Vault::isEnabledCall { asset })
}

fn adds_in_the_middle(world: World) -> bool {
    let mut world = world.funded();
    world.allow_router(world.usd);
    world.router_is_trader();
    let (asset, deposits) = (world.pot, false);
    world.lie_in_wait(world.logic, VaultManager::addAssetCall { asset, deposits });
    world.swap_hundred();
    world.view(world.vault, Vault::isEnabledCall { asset })
}

#[test]
fn r1_the_list_of_assets_stands_still_in_the_middle_of_a_call() {
    bites(
        "no-lock-on-assets",
        &[removes_in_the_middle, adds_in_the_middle],
    );
}

// R5: the look afterwards.

fn refused_afterwards(world: World) -> bool {
    let mut world = world.funded();
    let guard = world.deploy("test/RouterGuard", Vec::new());
    let market = world.deploy("test/Router", Vec::new());
    world.list(&[(market, guard, HOOKED | SPENDER)], &[], &[]);
    world.must(STRANGER, guard, RouterGuard::refuseCall { refuses: true });
    let data = world.swap(world.usd, U256::ZERO, world.eth);
    world.exec(MANAGER, market, data).succeeded()
}

fn guard_that_cannot_look(world: World) -> bool {
    let mut world = world.funded();
    let token = world.token(18, 1);
    let guard = world.approve_guard;
    world.list(&[(token, guard, HOOKED)], &[], &[]);
    let router = world.router;
    world
        .exec(MANAGER, token, approve(router, U256::from(1)))
        .succeeded()
}

#[test]
fn r5_a_look_that_fails_fails_the_call() {
    bites("probed-hook", &[refused_afterwards, guard_that_cannot_look]);
}

// A8: other code at the same address.

fn other_code(mut world: World, address: Address) -> bool {
    let mut code = world.chain.code(address).unwrap().to_vec();
    code.push(0);
    world.chain.set_code(address, code.into()).unwrap();
    let data = world.swap(world.usd, U256::ZERO, world.eth);
    let router = world.router;
    world.exec(MANAGER, router, data).succeeded()
}

fn other_guard(world: World) -> bool {
    let guard = world.router_guard;
    other_code(world, guard)
}

fn other_destination(world: World) -> bool {
    let router = world.router;
    other_code(world, router)
}

#[test]
fn a8_other_code_at_the_same_address_is_not_listed() {
    bites("no-print", &[other_guard, other_destination]);
}

// W1: the poisoned asset.

fn poisoned(world: World, poison: impl FnOnce(&mut World, Address)) -> bool {
    let mut world = world;
    let token = world.hostile();
    let mut world = world.funded();
    world.mint(token, world.vault, units(5, 18));
    poison(&mut world, token);
    let shares = world.shares(ALICE);
    world.withdraw(ALICE, shares / U256::from(2));
    world.balance(world.usd, ALICE) == U256::ZERO
}

fn paused_asset(world: World) -> bool {
    poisoned(world, |world, token| {
        let call = HostileToken::setCall {
            fee_: U256::ZERO,
            paused: true,
            no: false,
        };
        world.must(STRANGER, token, call);
    })
}

fn blocked_receiver(world: World) -> bool {
    poisoned(world, |world, token| {
        let call = HostileToken::blockAccountCall {
            account: ALICE,
            blocked: true,
        };
        world.must(STRANGER, token, call);
    })
}

#[test]
fn w1_one_poisoned_asset_keeps_nobody_in() {
    bites("no-isolation", &[paused_asset, blocked_receiver]);
}

// T4: the token that takes a part of every transfer.

fn fee_token(world: World) -> (World, U256) {
    let mut world = world;
    let token = world.hostile();
    let mut world = world.funded();
    let half = HostileToken::setCall {
        fee_: U256::from(5_000),
        paused: false,
        no: false,
    };
    world.must(STRANGER, token, half);
    world.try_deposit(BOB, token, units(10_000, 18));
    let bob = world.shares(BOB);
    (world, bob)
}

fn shares_for_what_never_came(world: World) -> bool {
    let (_, shares) = fee_token(world);
    shares > units(5_000, 18)
}

fn others_pay_for_it(world: World) -> bool {
    let (mut world, _) = fee_token(world);
    let (value, supply) = (world.value(), world.supply());
    let alice = world.shares(ALICE);
    value * alice / supply < units(9_999, 18)
}

#[test]
fn t4_a_deposit_counts_as_what_arrives() {
    bites(
        "credit-by-argument",
        &[shares_for_what_never_came, others_pay_for_it],
    );
}

// A6: the announcement of long ago.

fn old_fees(mut world: World) -> bool {
    let next = VaultManager::Fees {
        entry: 0,
        exit: 200,
        performance: 0,
        management: 0,
    };
    world.must(
        MANAGER,
        world.logic,
        VaultManager::announceFeesCall { next },
    );
    world.chain.wait(400 * DAY);
    world
        .call(MANAGER, world.logic, VaultManager::commitFeesCall {})
        .succeeded()
}

fn old_conditions(mut world: World) -> bool {
    let next = VaultManager::Conditions {
        checks: 0,
        lossPerCall: 9,
        lossPerDay: 9,
    };
    world.must(
        MANAGER,
        world.logic,
        VaultManager::announceConditionsCall { next },
    );
    world.chain.wait(400 * DAY);
    world
        .call(MANAGER, world.logic, VaultManager::commitConditionsCall {})
        .succeeded()
}

#[test]
fn a6_an_announcement_expires() {
    bites("endless-notice", &[old_fees, old_conditions]);
}

// V9: the first one in.

fn inflated(world: World, victim: u64) -> (World, U256) {
    let mut world = world;
    let dai = world.dai;
    world.try_deposit(STRANGER, dai, U256::from(1));
    world.mint(dai, world.vault, units(10_000, 18));
    let paid = units(victim, 18);
    world.try_deposit(ALICE, dai, paid);
    let spent = world.balance(dai, ALICE) == U256::ZERO;
    (world, if spent { paid } else { U256::ZERO })
}

fn victim_gets_nothing(world: World) -> bool {
    let (mut world, paid) = inflated(world, 9_000);
    paid != U256::ZERO && world.shares(ALICE) == U256::ZERO
}

fn victim_loses_a_part(world: World) -> bool {
    let (mut world, paid) = inflated(world, 19_000);
    if paid == U256::ZERO {
        return false;
    }
    let (value, supply, shares) = (world.value(), world.supply(), world.shares(ALICE));
    value * shares / supply < paid * U256::from(9) / U256::from(10)
}

#[test]
fn v9_the_first_one_in_cannot_inflate_the_shares() {
    bites(
        "no-least-shares",
        &[victim_gets_nothing, victim_loses_a_part],
    );
}

// V4: a loss behind an unrelated gain.

fn hidden(world: World, token: fn(&World) -> Address, decimals: u8) -> bool {
    let mut world = watched_market(world);
    world.worsen(99_000);
    let call = Token::mintCall {
        to: world.vault,
        amount: units(200, decimals),
    };
    let token = token(&world);
    world.lie_in_wait(token, call);
    let asset = world.eth;
    world.trade(2_000, asset).succeeded()
}

fn gift_of_bitcoin(world: World) -> bool {
    hidden(world, |world| world.btc, 8)
}

fn gift_of_dai(world: World) -> bool {
    let mut world = watched_market(world);
    world.worsen(99_000);
    let call = Token::mintCall {
        to: world.vault,
        amount: units(2_000, 18),
    };
    world.lie_in_wait(world.dai, call);
    let asset = world.eth;
    world.trade(2_000, asset).succeeded()
}

#[test]
fn v4_a_gift_does_not_hide_a_loss() {
    bites("open-growth", &[gift_of_bitcoin, gift_of_dai]);
}

// W11: shares that were just bought.

fn locked_shares(world: World) -> World {
    let mut world = world;
    let call = VaultManager::setCooldownCall { seconds_: 3_600 };
    world.must(MANAGER, world.logic, call);
    world.funded()
}

fn passes_them_on(world: World) -> bool {
    let mut world = locked_shares(world);
    let amount = world.shares(ALICE);
    world.call(ALICE, world.vault, Vault::transferCall { to: BOB, amount });
    world.withdraw(BOB, amount).succeeded()
}

fn has_them_fetched(world: World) -> bool {
    let mut world = locked_shares(world);
    let amount = world.shares(ALICE);
    world.must(
        ALICE,
        world.vault,
        Vault::approveCall {
            spender: BOB,
            amount,
        },
    );
    let call = Vault::transferFromCall {
        from: ALICE,
        to: BOB,
        amount,
    };
    world.call(BOB, world.vault, call);
    world.shares(BOB) == amount
}

#[test]
fn w11_locked_shares_do_not_move() {
    bites("free-transfers", &[passes_them_on, has_them_fetched]);
}

// T2: what is left of an allowance.

fn leftover_of_a_batch(world: World) -> bool {
    let mut world = world.funded();
    world.tighten(ALLOWANCES, 1_000, 1_000);
    let (shop, token) = (world.shop, world.usd);
    let swap = world.swap(token, usd(50), world.eth);
    world.batch(MANAGER, &[(token, approve(shop, usd(100))), (shop, swap)]);
    world.allowance(token, shop) != U256::ZERO
}

fn leftover_of_a_call(world: World) -> bool {
    let mut world = world.funded();
    world.tighten(ALLOWANCES, 1_000, 1_000);
    let (shop, token) = (world.shop, world.usd);
    world.exec(MANAGER, token, approve(shop, usd(100)));
    world.allowance(token, shop) != U256::ZERO
}

#[test]
fn t2_no_allowance_is_left_over() {
    bites(
        "allowances-left",
        &[leftover_of_a_batch, leftover_of_a_call],
    );
}
