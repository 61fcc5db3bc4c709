//! What the compiled code holds, and what it must not.

use alloy_primitives::{hex, keccak256};
use alloy_sol_types::SolValue;
use portcullis_evm::{artifacts, bindings::VaultFactory};

use crate::{files::artifact, world::World};

const SSTORE: u8 = 0x55;
const TSTORE: u8 = 0x5d;
const CREATE: u8 = 0xf0;
const CALL: u8 = 0xf1;
const CALLCODE: u8 = 0xf2;
const DELEGATECALL: u8 = 0xf4;
const CREATE2: u8 = 0xf5;
const SELFDESTRUCT: u8 = 0xff;

/// The most bytes of code that a chain keeps (EIP-170).
const MOST_CODE: usize = 24_576;

/// The instructions of a code, without the data that some of them carry.
fn instructions(code: &[u8]) -> Vec<u8> {
    let mut found = Vec::new();
    let mut rest = code;
    while let Some((&instruction, after)) = rest.split_first() {
        found.push(instruction);
        let carried = usize::from(instruction.saturating_sub(0x5f).min(33) % 33);
        let carried = if (0x60..=0x7f).contains(&instruction) {
            carried
        } else {
            0
        };
        rest = after.get(carried..).unwrap_or_default();
    }
    found
}

fn count(name: &str, instruction: u8) -> usize {
    within(&artifacts::named(name).unwrap().runtime, instruction)
}

fn within(code: &[u8], instruction: u8) -> usize {
    let found = instructions(code);
    found.iter().filter(|one| **one == instruction).count()
}

#[test]
fn what_a_push_carries_is_no_instruction() {
    let code = hex!(
        "60f4 61f4f4 5f f1 7ff4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4f4 f4"
    );
    assert_eq!(
        instructions(&code),
        [0x60, 0x61, 0x5f, CALL, 0x7f, DELEGATECALL]
    );
}

#[test]
fn n4_no_contract_runs_code_in_its_own_place_or_ends_itself() {
    for artifact in artifacts::all() {
        for instruction in [DELEGATECALL, CALLCODE, CREATE2, SELFDESTRUCT] {
            assert_eq!(
                count(&artifact.name, instruction),
                0,
                "{} {instruction:#x}",
                artifact.name
            );
        }
        let creates = usize::from(artifact.name == "VaultFactory");
        assert_eq!(
            count(&artifact.name, CREATE) > 0,
            creates == 1,
            "{}",
            artifact.name
        );
    }
}

/// A new place from which a contract calls out is looked at by a person, who then counts it here. Those of
/// a vault: the guarded call, the guard that looks again, a token asked to pay or to allow, a step of
/// taking a position apart, the escrow, the manager contract that reckons fees, and the two tries of a
/// vault to have itself pay. Those of a shareholder's way out are tokens, the vault, routers, the escrow and
/// itself.
#[test]
fn a5_the_places_that_call_out_are_counted() {
    let counted = artifacts::all()
        .iter()
        .map(|one| (one.name.as_str(), count(&one.name, CALL)));
    let counted: Vec<(&str, usize)> = counted.collect();
    // Guards and feeds only look.
    let known = [
        ("AaveV3Asset", 0),
        ("AaveV3Guard", 0),
        ("ChainlinkFeed", 0),
        ("Erc20Asset", 0),
        ("Erc20Guard", 0),
        ("Erc4626Asset", 0),
        ("Erc4626Guard", 0),
        ("Escrow", 1),
        ("GuardRegistry", 0),
        ("OneAssetExit", 8),
        ("TwapFeed", 0),
        ("UniswapV2Guard", 0),
        ("UniswapV2LpAsset", 0),
        ("UniswapV3Guard", 0),
        ("Vault", 8),
        ("VaultFactory", 2),
        ("VaultManager", 10),
    ];
    assert_eq!(counted, known);
}

/// Whoever judges, prices or takes apart for all vaults has no place where one vault's figures could meet
/// another's, not even for the length of a transaction.
#[test]
fn r3_guards_and_feeds_write_nothing_down() {
    let house = [
        "Escrow",
        "GuardRegistry",
        "OneAssetExit",
        "Vault",
        "VaultFactory",
        "VaultManager",
    ];
    for artifact in artifacts::all() {
        let writes = [SSTORE, TSTORE].map(|one| count(&artifact.name, one));
        let of_the_house = house.contains(&artifact.name.as_str());
        assert_eq!(writes != [0, 0], of_the_house, "{}", artifact.name);
    }
    // Where a guard keeps what all its vaults had, it shows.
    let mut world = World::weakened("shared-scratch");
    let arguments = world.registry.abi_encode();
    let guard = world.deploy("UniswapV2Guard", arguments);
    let code = world.chain.code(guard).unwrap();
    assert!(within(&code, SSTORE) > 0);
}

/// Asking for a loan within one call, and being called back with it, at those who lend so.
const LOANS: &[&str] = &[
    // Aave.
    "flashLoan(address,address[],uint256[],uint256[],address,bytes,uint16)",
    "flashLoanSimple(address,address,uint256,bytes,uint16)",
    "executeOperation(address[],uint256[],uint256[],address,bytes)",
    "executeOperation(address,uint256,uint256,address,bytes)",
    // ERC-3156.
    "flashLoan(address,address,uint256,bytes)",
    "onFlashLoan(address,address,uint256,uint256,bytes)",
    // Balancer, and Morpho.
    "flashLoan(address,address[],uint256[],bytes)",
    "receiveFlashLoan(address[],uint256[],uint256[],bytes)",
    "flashLoan(address,uint256,bytes)",
    "onMorphoFlashLoan(uint256,bytes)",
    // Uniswap V2 and V3.
    "swap(uint256,uint256,address,bytes)",
    "uniswapV2Call(address,uint256,uint256,bytes)",
    "flash(address,uint256,uint256,bytes)",
    "uniswapV3FlashCallback(uint256,uint256,bytes)",
];

/// Those of them that a code holds, wherever that is.
fn loans(code: &[u8]) -> Vec<&'static str> {
    let holds = |name: &&str| {
        let hash = keccak256(name);
        let (selector, _) = hash.split_at(4);
        code.windows(4).any(|four| four == selector)
    };
    LOANS.iter().copied().filter(holds).collect()
}

/// There is nothing to weaken about a loan's premium: no contract takes a loan on the way out, nor on any other.
#[test]
fn w9_no_contract_borrows_within_a_call() {
    for one in artifacts::all() {
        assert!(loans(&one.creation).is_empty(), "{}", one.name);
        assert!(loans(&one.runtime).is_empty(), "{}", one.name);
    }
    // Where there is one, it is found.
    let pool = artifact("test/MockAavePool").runtime;
    let found = [
        "flashLoanSimple(address,address,uint256,bytes,uint16)",
        "executeOperation(address,uint256,uint256,address,bytes)",
    ];
    assert_eq!(loans(&pool), found);
}

#[test]
fn every_contract_fits_with_room_to_spare() {
    for artifact in artifacts::all() {
        let size = artifact.runtime.len();
        assert!(
            size * 10 <= MOST_CODE * 9,
            "{} has {size} bytes",
            artifact.name
        );
    }
}

#[test]
fn a_vault_is_a_minimal_proxy_and_nothing_else() {
    let mut world = World::new();
    let parts = [
        (
            world.vault,
            world.view(world.factory, VaultFactory::vaultCodeCall {}),
        ),
        (
            world.logic,
            world.view(world.factory, VaultFactory::managerCodeCall {}),
        ),
    ];
    for (clone, code) in parts {
        let mut expected = hex!("363d3d373d3d3d363d73").to_vec();
        expected.extend(code);
        expected.extend(hex!("5af43d82803e903d91602b57fd5bf3"));
        assert_eq!(world.chain.code(clone).unwrap().to_vec(), expected);
    }
}
