//! What holds after any sequence of deeds, by anybody, in any order.
//!
//! A deed that is refused is as good as one that is done: what is looked at is what is left.

use alloy_primitives::{Address, U256};
use portcullis_evm::{
    bindings::{GuardRegistry, Vault, VaultManager},
    reason::Reason,
};
use proptest::{collection::vec, prelude::*};

use crate::{
    stand_ins::HostileToken,
    world::{
        ALICE, ALL, BOB, GUARDIAN, MANAGER, OWNER, STRANGER, TRADER, World, approve, units, usd,
    },
};

const PEOPLE: [Address; 7] = [ALICE, BOB, MANAGER, TRADER, STRANGER, OWNER, GUARDIAN];

/// One thing that somebody tries.
#[derive(Debug, Clone)]
enum Deed {
    Deposit {
        cents: u32,
    },
    Withdraw {
        hundredths: u8,
    },
    Send {
        to: usize,
        hundredths: u8,
    },
    Approve {
        token: usize,
        spender: usize,
        much: bool,
    },
    Swap {
        from: usize,
        into: usize,
        hundredths: u8,
        loss: u32,
    },
    SwapInABatch {
        from: usize,
        into: usize,
        hundredths: u8,
        loss: u32,
    },
    AddAsset {
        token: usize,
    },
    RemoveAsset {
        token: usize,
    },
    SeatTrader {
        who: usize,
    },
    TakeFees,
    Pause {
        paused: bool,
    },
    SettleClaim {
        whose: usize,
    },
    Freeze {
        router: bool,
    },
    PauseAll {
        on: bool,
    },
    PauseOwn {
        pauses: u8,
    },
    PauseForTheHouse {
        pauses: u8,
    },
    Revoke {
        token: usize,
    },
    Wait {
        minutes: u16,
    },
}

fn deeds() -> impl Strategy<Value = Vec<(usize, Deed)>> {
    let asset = 0..5_usize;
    let person = 0..PEOPLE.len();
    let deed = prop_oneof![
        3 => (1..1_000_000_u32).prop_map(|cents| Deed::Deposit { cents }),
        3 => (1..=100_u8).prop_map(|hundredths| Deed::Withdraw { hundredths }),
        1 => (person.clone(), 1..=100_u8).prop_map(|(to, hundredths)| Deed::Send { to, hundredths }),
        2 => (asset.clone(), 0..3_usize, any::<bool>())
            .prop_map(|(token, spender, much)| Deed::Approve { token, spender, much }),
        3 => (asset.clone(), asset.clone(), 1..=100_u8, 0..3_000_u32)
            .prop_map(|(from, into, hundredths, loss)| Deed::Swap { from, into, hundredths, loss }),
        3 => (asset.clone(), asset.clone(), 1..=100_u8, 0..3_000_u32)
            .prop_map(|(from, into, hundredths, loss)| Deed::SwapInABatch { from, into, hundredths, loss }),
        1 => asset.clone().prop_map(|token| Deed::AddAsset { token }),
        1 => asset.clone().prop_map(|token| Deed::RemoveAsset { token }),
        1 => person.clone().prop_map(|who| Deed::SeatTrader { who }),
        1 => Just(Deed::TakeFees),
        1 => any::<bool>().prop_map(|paused| Deed::Pause { paused }),
        1 => person.clone().prop_map(|whose| Deed::SettleClaim { whose }),
        1 => any::<bool>().prop_map(|router| Deed::Freeze { router }),
        1 => any::<bool>().prop_map(|on| Deed::PauseAll { on }),
        1 => (0..4_u8).prop_map(|pauses| Deed::PauseOwn { pauses }),
        1 => (0..4_u8).prop_map(|pauses| Deed::PauseForTheHouse { pauses }),
        1 => asset.prop_map(|token| Deed::Revoke { token }),
        2 => (1..2_000_u16).prop_map(|minutes| Deed::Wait { minutes }),
    ];
    vec((person, deed), 1..24)
}

struct Stage {
    world: World,
    tokens: [Address; 5],
    hostile: Address,
    /// What the vault was worth the last time, and what a share was.
    epoch: u64,
    supply: U256,
    value: Option<U256>,
    /// Whether a pause ever kept somebody from withdrawing.
    kept_in: bool,
}

/// A vault under all conditions, with a hostile token, Alice's dollars and a little of everything.
fn stage(world: World) -> Stage {
    let mut world = world;
    let hostile = world.hostile();
    world.tighten(ALL, 1_000, 3_000);
    let mut world = world.funded();
    let tokens = [world.usd, world.eth, world.btc, world.dai, hostile];
    for (token, decimals) in [
        (world.eth, 18),
        (world.btc, 8),
        (world.dai, 18),
        (hostile, 18),
    ] {
        world.mint(token, world.vault, units(1, decimals));
    }
    let supply = world.supply();
    let value = Some(world.value());
    let epoch = world.view(world.registry, GuardRegistry::epochCall {});
    Stage {
        world,
        tokens,
        hostile,
        epoch,
        supply,
        value,
        kept_in: false,
    }
}

fn is_execution(deed: &Deed) -> bool {
    matches!(
        deed,
        Deed::Approve { .. } | Deed::Swap { .. } | Deed::SwapInABatch { .. }
    )
}

impl Stage {
    fn spenders(&self) -> [Address; 3] {
        [self.world.router, self.world.shop, STRANGER]
    }

    /// A rate so many parts of 100,000 below the price.
    fn quote(&mut self, from: Address, into: Address, loss: u32) {
        let of = |token: Address| match token {
            one if one == self.world.usd => (6_u8, 1_u64),
            one if one == self.world.eth => (18, 2_000),
            one if one == self.world.btc => (8, 50_000),
            _ => (18, 1),
        };
        let ((places, dear), (into_places, cheap)) = (of(from), of(into));
        let fair = units(dear, into_places) * units(1, 18) / units(cheap, places);
        let rate = fair * U256::from(100_000 - loss) / U256::from(100_000);
        for router in [self.world.router, self.world.shop] {
            self.world.set_rate(router, from, into, rate);
        }
    }

    fn swap(&mut self, from: usize, into: usize, hundredths: u8, loss: u32) -> (U256, Vec<u8>) {
        let (from, into) = (self.tokens[from], self.tokens[into]);
        self.quote(from, into, loss);
        let vault = self.world.vault;
        let amount = self.world.balance(from, vault) * U256::from(hundredths) / U256::from(100);
        (amount, self.world.swap(from, amount, into))
    }

    fn act(&mut self, who: Address, deed: &Deed) -> bool {
        let vault = self.world.vault;
        let outcome = match *deed {
            Deed::Deposit { cents } => {
                let amount = U256::from(u64::from(cents) * 10_000);
                let asset = self.world.usd;
                self.world.try_deposit(who, asset, amount)
            }
            Deed::Withdraw { hundredths } => {
                let shares = self.world.shares(who) * U256::from(hundredths) / U256::from(100);
                let outcome = self.world.withdraw(who, shares);
                let why = outcome.reason();
                let code = why.as_ref().and_then(Reason::text);
                self.kept_in |= matches!(code, Some("dh1" | "dh2" | "dh20"));
                outcome
            }
            Deed::Send { to, hundredths } => {
                let amount = self.world.shares(who) * U256::from(hundredths) / U256::from(100);
                let to = PEOPLE[to];
                self.world
                    .call(who, vault, Vault::transferCall { to, amount })
            }
            Deed::Approve {
                token,
                spender,
                much,
            } => {
                let spender = self.spenders()[spender];
                let amount = if much { U256::MAX } else { U256::ZERO };
                self.world
                    .exec(who, self.tokens[token], approve(spender, amount))
            }
            Deed::Swap {
                from,
                into,
                hundredths,
                loss,
            } => {
                let (_, data) = self.swap(from, into, hundredths, loss);
                let router = self.world.router;
                self.world.exec(who, router, data)
            }
            Deed::SwapInABatch {
                from,
                into,
                hundredths,
                loss,
            } => {
                let (amount, data) = self.swap(from, into, hundredths, loss);
                let shop = self.world.shop;
                let token = self.tokens[from];
                self.world
                    .batch(who, &[(token, approve(shop, amount)), (shop, data)])
            }
            _ => return self.act_around(who, deed),
        };
        self.world.chain.mine();
        outcome.succeeded()
    }

    /// The deeds around the vault's money.
    fn act_around(&mut self, who: Address, deed: &Deed) -> bool {
        let (vault, logic) = (self.world.vault, self.world.logic);
        let outcome = match *deed {
            Deed::AddAsset { token } => {
                let (asset, deposits) = (self.tokens[token], true);
                self.world
                    .call(who, logic, VaultManager::addAssetCall { asset, deposits })
            }
            Deed::RemoveAsset { token } => {
                let asset = self.tokens[token];
                self.world
                    .call(who, logic, VaultManager::removeAssetCall { asset })
            }
            Deed::SeatTrader { who: next } => {
                let trader = PEOPLE[next];
                self.world
                    .call(who, logic, VaultManager::setTraderCall { trader })
            }
            Deed::TakeFees => self.world.call(who, vault, Vault::takeFeesCall {}),
            Deed::Pause { paused } => {
                let call = HostileToken::setCall {
                    fee_: U256::ZERO,
                    paused,
                    no: false,
                };
                self.world.call(STRANGER, self.hostile, call)
            }
            Deed::SettleClaim { whose } => {
                let (account, asset) = (PEOPLE[whose], self.hostile);
                self.world
                    .call(who, vault, Vault::settleClaimCall { account, asset })
            }
            Deed::Freeze { router } => {
                let destination = if router {
                    self.world.router
                } else {
                    self.world.shop
                };
                let call = GuardRegistry::freezeDestinationCall { destination };
                self.world.call(who, self.world.registry, call)
            }
            Deed::PauseAll { on: true } => {
                self.world
                    .call(who, self.world.registry, GuardRegistry::pauseCall {})
            }
            Deed::PauseAll { on: false } => {
                self.world
                    .call(who, self.world.registry, GuardRegistry::resumeCall {})
            }
            Deed::PauseOwn { pauses: next } => {
                self.world
                    .call(who, logic, VaultManager::setPausesCall { next })
            }
            Deed::PauseForTheHouse { pauses: next } => {
                self.world
                    .call(who, logic, VaultManager::setHousePausesCall { next })
            }
            Deed::Revoke { token } => {
                let (token, spender) = (self.tokens[token], self.world.router);
                self.world
                    .call(who, vault, Vault::revokeCall { token, spender })
            }
            Deed::Wait { minutes } => {
                self.world.chain.wait(u64::from(minutes) * 60);
                return true;
            }
            _ => return false,
        };
        self.world.chain.mine();
        outcome.succeeded()
    }

    /// Everything that must hold, one line each; `done` is whether the deed was.
    fn hold(
        &mut self,
        who: Address,
        deed: &Deed,
        done: bool,
        trader_before: Address,
    ) -> Result<(), TestCaseError> {
        let vault = self.world.vault;
        let supply = self.world.supply();
        let shares: U256 = PEOPLE.iter().map(|person| self.world.shares(*person)).sum();
        prop_assert_eq!(shares, supply, "1: shares add up");
        prop_assert!(
            supply.is_zero() || supply >= U256::from(100_000),
            "2: never a few shares"
        );
        let assets = self.world.view(vault, Vault::assetsCall {});
        prop_assert!(assets.len() <= 12, "3: at most twelve assets");
        let all_on = assets.iter().all(|asset| {
            self.world
                .view(vault, Vault::isEnabledCall { asset: *asset })
        });
        prop_assert!(all_on, "4: the list and the look-up agree");
        prop_assert!(
            !self.world.view(vault, Vault::lockedCall {}),
            "5: never left locked"
        );
        let told = self.world.view(vault, Vault::conditionsCall {});
        prop_assert_eq!(
            (told.checks, told.lossPerCall, told.lossPerDay),
            (ALL, 1_000, 3_000),
            "6: conditions stay"
        );
        let manager = self.world.view(vault, Vault::managerCall {});
        prop_assert_eq!(manager, MANAGER, "7: nobody takes the manager's seat");
        let trader = self.world.view(vault, Vault::traderCall {});
        prop_assert!(
            trader == trader_before || who == MANAGER,
            "8: the manager alone seats a trader"
        );
        self.hold_execution(who, deed, done, trader)?;
        self.hold_value(deed, supply)?;
        self.hold_pauses(deed, done)?;
        let epoch = self
            .world
            .view(self.world.registry, GuardRegistry::epochCall {});
        let freeze = matches!(deed, Deed::Freeze { .. } | Deed::PauseAll { .. })
            && (who == GUARDIAN || who == OWNER);
        prop_assert_eq!(
            epoch,
            self.epoch + u64::from(freeze && done),
            "13: only its people change the registry"
        );
        self.epoch = epoch;
        prop_assert!(
            self.world.chain.balance(vault).unwrap().is_zero(),
            "14: no native value"
        );
        Ok(())
    }

    fn hold_execution(
        &mut self,
        who: Address,
        deed: &Deed,
        done: bool,
        trader: Address,
    ) -> Result<(), TestCaseError> {
        let vault = self.world.vault;
        for token in self.tokens {
            let shop = self.world.shop;
            prop_assert!(
                self.world.allowance(token, shop).is_zero(),
                "9: no allowance is left over"
            );
            prop_assert!(
                self.world.allowance(token, STRANGER).is_zero(),
                "9: nor one to a stranger"
            );
        }
        let lost: u64 = self.world.view(vault, Vault::lossTodayCall {}).to();
        prop_assert!(lost <= 3_000, "10: a day loses no more than it may: {lost}");
        if is_execution(deed) {
            let supply = self.world.supply();
            prop_assert_eq!(
                supply,
                self.supply,
                "11: no execution makes or takes shares"
            );
            let may = who == MANAGER || who == trader;
            prop_assert!(may || !done, "12: nobody executes but manager and trader");
        }
        Ok(())
    }

    fn hold_pauses(&mut self, deed: &Deed, done: bool) -> Result<(), TestCaseError> {
        let bits = self.world.view(self.world.vault, Vault::pausesCall {});
        let all = self
            .world
            .view(self.world.registry, GuardRegistry::pausedCall {});
        let trades = is_execution(deed) && (all || bits != 0);
        let enters = matches!(deed, Deed::Deposit { .. }) && (all || bits & 5 != 0);
        prop_assert!(
            !done || !(trades || enters),
            "17: nothing enters or is traded while paused"
        );
        prop_assert!(!self.kept_in, "18: no pause keeps anybody in");
        Ok(())
    }

    fn hold_value(&mut self, deed: &Deed, supply: U256) -> Result<(), TestCaseError> {
        let call = portcullis_evm::chain::Call::new(
            STRANGER,
            self.world.vault,
            alloy_sol_types::SolCall::abi_encode(&Vault::totalValueCall {}),
        );
        let outcome = self.world.chain.look(&call).unwrap();
        let value = outcome.returned().map(|bytes| U256::from_be_slice(bytes));
        if let (Some(before), Some(after)) = (self.value, value) {
            // Prices stand still here, so what a share is worth falls with losses alone.
            let slack = U256::from(1_u64 << 60);
            if is_execution(deed) {
                let floor = before - before / U256::from(99);
                prop_assert!(
                    after >= floor,
                    "15: one call loses no more than it may: {before} {after}"
                );
            }
            if matches!(
                deed,
                Deed::Deposit { .. } | Deed::Withdraw { .. } | Deed::Send { .. }
            ) && !self.supply.is_zero()
                && !supply.is_zero()
            {
                let (one, two) = (before * supply, after * self.supply);
                prop_assert!(
                    two + slack * self.supply >= one,
                    "16: nobody comes or goes at the cost of those who stay"
                );
            }
        }
        (self.supply, self.value) = (supply, value);
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 24,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn eighteen_things_hold_after_every_deed(deeds in deeds()) {
        let mut stage = stage(World::new());
        for (who, deed) in deeds {
            let who = PEOPLE[who];
            let trader = stage.world.view(stage.world.vault, Vault::traderCall {});
            let done = stage.act(who, &deed);
            stage.hold(who, &deed, done, trader)?;
        }
    }
}

/// The sequences do something: most kinds of deeds succeed for somebody.
#[test]
fn the_deeds_of_the_sequences_can_succeed() {
    let mut stage = stage(World::new());
    let able = [
        (ALICE, Deed::Deposit { cents: 5_000 }),
        (
            MANAGER,
            Deed::Approve {
                token: 0,
                spender: 0,
                much: true,
            },
        ),
        (
            TRADER,
            Deed::Swap {
                from: 0,
                into: 1,
                hundredths: 10,
                loss: 100,
            },
        ),
        (
            MANAGER,
            Deed::SwapInABatch {
                from: 1,
                into: 2,
                hundredths: 10,
                loss: 100,
            },
        ),
        (ALICE, Deed::Withdraw { hundredths: 10 }),
        (
            ALICE,
            Deed::Send {
                to: 1,
                hundredths: 10,
            },
        ),
        (STRANGER, Deed::Pause { paused: true }),
        (ALICE, Deed::Withdraw { hundredths: 10 }),
        (STRANGER, Deed::Pause { paused: false }),
        (STRANGER, Deed::SettleClaim { whose: 0 }),
        (MANAGER, Deed::SeatTrader { who: 1 }),
        (MANAGER, Deed::PauseOwn { pauses: 3 }),
        (GUARDIAN, Deed::PauseForTheHouse { pauses: 1 }),
        (GUARDIAN, Deed::PauseAll { on: true }),
        (ALICE, Deed::Withdraw { hundredths: 10 }),
        (OWNER, Deed::PauseAll { on: false }),
        (OWNER, Deed::PauseForTheHouse { pauses: 0 }),
        (MANAGER, Deed::PauseOwn { pauses: 0 }),
        (ALICE, Deed::Deposit { cents: 5_000 }),
        (GUARDIAN, Deed::Freeze { router: true }),
        (STRANGER, Deed::Revoke { token: 0 }),
        (STRANGER, Deed::TakeFees),
    ];
    for (who, deed) in able {
        assert!(stage.act(who, &deed), "{deed:?}");
    }
    assert_eq!(stage.world.balance(stage.world.usd, STRANGER), U256::ZERO);
    assert_ne!(stage.world.value(), usd(0));
}

/// The chain stops at the first call, which a stand-in judges, and the gate at the second, which is to nobody.
#[test]
fn a_batch_may_be_refused_for_either_of_its_calls() {
    let mut stage = stage(World::new());
    assert!(stage.act(PEOPLE[5], &Deed::Freeze { router: false }));
    let batch = Deed::SwapInABatch {
        from: 0,
        into: 0,
        hundredths: 1,
        loss: 0,
    };
    assert!(!stage.act(PEOPLE[2], &batch));
}

/// The list would notice: where a defence is missing, one deed breaks it.
#[test]
fn a_missing_defence_breaks_what_must_hold() {
    let batch = Deed::SwapInABatch {
        from: 2,
        into: 0,
        hundredths: 100,
        loss: 2_999,
    };
    let approval = Deed::Approve {
        token: 0,
        spender: 1,
        much: true,
    };
    for (build, deed) in [("no-floor", batch), ("allowances-left", approval)] {
        for (world, holds) in [(World::new(), true), (World::weakened(build), false)] {
            let mut stage = stage(world);
            let done = stage.act(MANAGER, &deed);
            assert_eq!(done, !holds, "{build}");
            let held = stage.hold(MANAGER, &deed, done, TRADER);
            assert_eq!(held.is_ok(), holds, "{build}: {held:?}");
        }
    }
}
