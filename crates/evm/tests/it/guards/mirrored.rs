//! The mirror of the rules against the guards themselves: the same cases, and bytes that were bent.

use super::{
    cases::{self, Case, Verdict},
    data::FILES,
    names::{address, world},
    stubs::Bench,
};
use crate::files::artifact;
use alloy_primitives::Address;
use portcullis_evm::{
    calldata::Interface,
    rules::{Facts, Lack, Roles, pauses::Pauses, ruling},
};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use std::cell::RefCell;

/// The selector of `multicall(bytes[])`.
const MULTICALL: [u8; 4] = [0xac, 0x96, 0x50, 0xd8];

/// What `world.yaml` says.
#[derive(Debug)]
struct Told;

fn among(names: &[String], asked: Address) -> bool {
    names.iter().any(|name| address(name) == asked)
}

impl Facts for Told {
    fn roles(&self, _: Address) -> Result<Roles, Lack> {
        Err(Lack("nobody asks for roles".to_owned()))
    }

    fn pauses(&self, _: Address) -> Result<Pauses, Lack> {
        Err(Lack("nobody asks for pauses".to_owned()))
    }

    fn guard_of(&self, _: Address) -> Result<Address, Lack> {
        Err(Lack("nobody asks for guards".to_owned()))
    }

    fn interface(&self, _: Address) -> Option<Interface> {
        None
    }

    fn enabled(&self, _: Address, asset: Address) -> Result<bool, Lack> {
        Ok(among(&world().enabled, asset))
    }

    fn listed(&self, asset: Address) -> Result<bool, Lack> {
        Ok(among(&world().listed, asset))
    }

    fn spender(&self, spender: Address) -> Result<bool, Lack> {
        Ok(among(&world().spenders, spender))
    }

    fn standing(&self, _: Address) -> Result<bool, Lack> {
        Ok(false)
    }

    fn counts_allowances(&self, _: Address) -> Result<bool, Lack> {
        Ok(false)
    }

    fn underlying(&self, shares: Address) -> Result<Address, Lack> {
        let mut found = world().underlying.iter();
        let found = found.find(|(name, _)| address(name) == shares);
        let lack = || Lack("it is no tokenised vault".to_owned());
        found.map(|(_, asset)| address(asset)).ok_or_else(lack)
    }

    fn pair(&self, _: Address, [a, b]: [Address; 2]) -> Result<Address, Lack> {
        let is = |pair: &&[String; 3]| {
            let (one, other) = (address(&pair[0]), address(&pair[1]));
            (one, other) == (a, b) || (other, one) == (a, b)
        };
        let found = world().pairs.iter().find(is);
        Ok(found.map_or(Address::ZERO, |pair| address(&pair[2])))
    }

    fn time(&self) -> u64 {
        world().now
    }
}

fn interface(guard: &str) -> Interface {
    match guard {
        "Erc20Guard" => Interface::Token,
        "UniswapV2Guard" => Interface::UniswapV2,
        "UniswapV3Guard" => Interface::UniswapV3,
        "Erc4626Guard" => Interface::Erc4626,
        "AaveV3Guard" => Interface::AaveV3,
        other => panic!("`{other}` has no mirror"),
    }
}

/// What the mirror says, in the words of the cases.
fn mirrored(kind: Interface, to: Address, data: &[u8]) -> Verdict {
    match ruling(kind, (address("vault"), to), data, &Told) {
        Ok((_, ruling)) => {
            let parts = [ruling.granted, ruling.spender, ruling.received];
            Verdict::Permitted(ruling.kind, parts.map(Option::unwrap_or_default))
        }
        Err(denial) => match denial.code {
            "dh23" => Verdict::Unknown,
            "Refused" => Verdict::Refused(
                denial.rule.to_owned(),
                denial.argument.unwrap_or(u16::MAX),
                denial.seen.unwrap_or_default(),
            ),
            _ => Verdict::Failed(denial.words),
        },
    }
}

/// Whether both say the same. Bytes that are not canonical are refused by both; which word is named
/// first is for each reader to say.
fn alike(mirror: &Verdict, guard: &Verdict) -> bool {
    let form = |rule: &str| rule.starts_with("canonical");
    match (mirror, guard) {
        (Verdict::Refused(one, ..), Verdict::Refused(other, ..)) if form(one) && form(other) => {
            true
        }
        (Verdict::Refused(one, at, seen), Verdict::Refused(other, there, found)) => {
            one == other && at == there && (seen.is_zero() || seen == found)
        }
        (one, other) => one == other,
    }
}

#[test]
fn the_mirror_judges_every_case_as_the_guards_do() {
    let mut wrong = Vec::new();
    for name in FILES {
        let (guard, cases) = cases::read(name);
        for case in &cases {
            let seen = mirrored(interface(&guard), case.to, &case.data);
            if !alike(&seen, &case.want) {
                wrong.push(format!(
                    "{name}: {}\n  guard  {:?}\n  mirror {seen:?}",
                    case.note, case.want
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

/// P3: for any bytes, the mirror and the guard agree.
#[test]
fn bent_bytes_are_judged_alike() {
    for name in FILES {
        let (guard, cases) = cases::read(name);
        let bench = RefCell::new(Bench::new(&artifact(&guard).creation));
        let kind = interface(&guard);
        let bends = proptest::collection::vec((any::<u16>(), any::<u8>(), 0_u8..5), 1..4);
        let any = (0..cases.len(), bends);
        let mut runner = TestRunner::new_with_rng(
            Config {
                cases: 400,
                failure_persistence: None,
                ..Config::default()
            },
            proptest::test_runner::TestRng::deterministic_rng(
                proptest::test_runner::RngAlgorithm::ChaCha,
            ),
        );
        let ran = runner.run(&any, |(at, bends)| {
            let mut case: Case = cases[at].clone();
            for (place, byte, how) in bends {
                bend(&mut case.data, usize::from(place), byte, how);
            }
            let said = bench.borrow_mut().judge(&case);
            let seen = mirrored(kind, case.to, &case.data);
            // A guard that breaks off refuses as well.
            let broken = matches!(said, Verdict::Failed(_));
            // So does one that finds another fault first in a call of several.
            let broken = broken || (case.data.starts_with(&MULTICALL) && said != seen);
            let broken = broken && !matches!(said, Verdict::Permitted(..));
            let refused = !matches!(seen, Verdict::Permitted(..));
            prop_assert!(
                alike(&seen, &said) || (broken && refused),
                "{}\n  guard  {said:?}\n  mirror {seen:?}",
                case.note
            );
            Ok(())
        });
        ran.unwrap();
    }
}

fn bend(data: &mut Vec<u8>, place: usize, byte: u8, how: u8) {
    if data.is_empty() {
        data.push(byte);
        return;
    }
    let at = place % data.len();
    match how {
        0 => data[at] = byte,
        1 => data[at] ^= 1 << (byte % 8),
        2 => data.truncate(at),
        3 => data.insert(at, byte),
        _ => data.extend(vec![byte; place % 65]),
    }
}
