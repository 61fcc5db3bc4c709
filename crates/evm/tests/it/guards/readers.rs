//! Guards and the compiler's own decoder read the same from calldata, or the guard refuses.

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::sol;
use proptest::prelude::*;

use super::{
    cases::{self, Case, Verdict},
    data::FILES,
    lab::{Lab, weakened, with_code},
    stubs::Bench,
};
use crate::files::artifact;

sol! {
    function word(bytes data, uint256 index) external pure returns (uint256);
    function list(bytes data) external pure returns (bytes);
    function order(bytes data) external pure returns (bytes);
    function calls(bytes data) external pure returns (bytes);
}

/// D2: every argument of functions with one to forty.
#[test]
fn d2_every_argument_of_forty_is_read() {
    let mut lab = Lab::new();
    let reader = lab.deploy("test/Reader", ());
    for count in 1..=40_u64 {
        let mut data = vec![0xaa; 4];
        data.extend((0..count).flat_map(|at| U256::from(1_000 + at).to_be_bytes::<32>()));
        let data = Bytes::from(data);
        for at in 0..count {
            let call = wordCall {
                data: data.clone(),
                index: U256::from(at),
            };
            assert_eq!(
                lab.ask(reader, call),
                U256::from(1_000 + at),
                "{at} of {count}"
            );
        }
        let beyond = wordCall {
            data,
            index: U256::from(count),
        };
        assert!(lab.try_ask(reader, beyond).is_err());
    }
}

#[test]
fn d1_an_index_near_the_end_of_numbers_reads_nothing() {
    let mut lab = Lab::new();
    let reader = lab.deploy("test/Reader", ());
    let data = Bytes::from(vec![0xaa; 68]);
    let last = U256::MAX;
    for index in [
        last,
        last / U256::from(32),
        last / U256::from(32) + U256::ONE,
        last - U256::ONE,
    ] {
        let call = wordCall {
            data: data.clone(),
            index,
        };
        assert!(lab.try_ask(reader, call).is_err(), "{index}");
    }
}

/// What a guard may be sent: the calldata of its cases, with some changes.
fn mutated(mut data: Vec<u8>, changes: &[(usize, u8, u8)]) -> Vec<u8> {
    for (at, what, byte) in changes {
        if data.is_empty() {
            break;
        }
        let at = at % data.len();
        match what % 8 {
            0 => data.truncate(at),
            1 => data.push(*byte),
            2 => data.extend([0; 32]),
            3 => data[at] = *byte,
            4 => data[at] ^= 1 << (byte % 8),
            // Where offsets and lengths are.
            5 => data[(at / 32 * 32 + 3).min(at)] = *byte,
            6 => drop(data.splice(at..at, [*byte])),
            _ => drop(data.remove(at)),
        }
    }
    data
}

fn permitted(cases: &[Case]) -> Vec<Case> {
    let fine = |case: &&Case| matches!(case.want, Verdict::Permitted(..));
    cases.iter().filter(fine).cloned().collect()
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..4)
}

/// What the compiler's decoder makes of calldata with a dynamic argument, encoded again.
fn compilers(lab: &mut Lab, reader: alloy_primitives::Address, data: &[u8]) -> Option<Vec<u8>> {
    let data = Bytes::copy_from_slice(data);
    let again = match data.get(..4)? {
        [0x38, 0xed, 0x17, 0x39] | [0x88, 0x03, 0xdb, 0xee] => {
            lab.try_ask(reader, listCall { data })
        }
        [0xc0, 0x4b, 0x8d, 0x59] | [0xf2, 0x8c, 0x04, 0x98] => {
            lab.try_ask(reader, orderCall { data })
        }
        [0xac, 0x96, 0x50, 0xd8] => lab.try_ask(reader, callsCall { data }),
        // Static arguments: nothing but their words.
        _ => return Some(data.to_vec()),
    };
    again.ok().map(|bytes| bytes.to_vec())
}

/// D3, P3: whatever a guard permits, the compiler reads too, and encodes to the same bytes.
#[test]
fn d3_what_a_guard_permits_is_what_the_compiler_reads() {
    let mut lab = Lab::new();
    let reader = lab.deploy("test/Reader", ());
    for name in FILES {
        let (guard, cases) = cases::read(name);
        let cases = permitted(&cases);
        let bench = std::cell::RefCell::new(Bench::new(&artifact(&guard).creation));
        let lab = std::cell::RefCell::new(&mut lab);
        let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig::with_cases(150));
        let strategy = (prop::sample::select(cases), changes());
        let property = |(case, changes): (Case, Vec<(usize, u8, u8)>)| {
            let data = mutated(case.data.clone(), &changes);
            let (seen, _) = bench.borrow_mut().say(case.to, &data);
            prop_assert!(!matches!(seen, Verdict::Failed(_)), "{seen:?}");
            if matches!(seen, Verdict::Permitted(..)) {
                let again = compilers(&mut lab.borrow_mut(), reader, &data);
                prop_assert_eq!(again, Some(data));
            }
            Ok(())
        };
        runner.run(&strategy, property).unwrap();
    }
}

/// Calldata that the compiler reads and that is not canonical is what the check is for: taken out, a swap with
/// dirty bits above its recipient passes.
#[test]
fn d3_without_the_check_dirty_bits_pass() {
    for (name, guard) in [
        ("erc20.yaml", "Erc20Guard"),
        ("uniswap_v2.yaml", "UniswapV2Guard"),
        ("uniswap_v3.yaml", "UniswapV3Guard"),
        ("erc4626.yaml", "Erc4626Guard"),
        ("aave_v3.yaml", "AaveV3Guard"),
    ] {
        let code = weakened("no-canonical-check", guard);
        let mut bench = Bench::new(&code[guard]);
        let (_, cases) = cases::read(name);
        let twins = cases
            .iter()
            .filter(|case| case.note.contains("dirty bits above"));
        let passed = twins.filter(|case| matches!(bench.judge(case), Verdict::Permitted(..)));
        assert!(passed.count() > 0, "{name}");
    }
}

/// Read with eight bits, the ninth argument is the first again.
#[test]
fn d2_an_index_of_eight_bits_reads_another_argument() {
    let (guard, cases) = cases::read("uniswap_v3.yaml");
    with_code(weakened("eight-bit-index", &guard), || {
        let mut bench = Bench::new(&super::lab::creation(&guard));
        let wrong = cases.iter().filter(|case| bench.judge(case) != case.want);
        assert!(wrong.count() > 0);
    });
}
