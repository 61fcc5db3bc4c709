//! Who may call what: every function of every contract that changes anything, from the ABI. A function
//! without a row fails.

use std::collections::BTreeSet;

use alloy_json_abi::{Function, Param, StateMutability};
use alloy_primitives::{Address, U256};
use alloy_sol_types::SolValue;
use portcullis_evm::{artifacts, chain::Call, reason::Reason};

use crate::world::{ALICE, GUARDIAN, MANAGER, OWNER, STRANGER, TRADER, World};

/// Everybody with a role, and one without.
const PEOPLE: &[(&str, Address)] = &[
    ("owner", OWNER),
    ("guardian", GUARDIAN),
    ("manager", MANAGER),
    ("trader", TRADER),
    ("holder", ALICE),
    ("stranger", STRANGER),
];

const EVERYBODY: &[&str] = &[
    "owner", "guardian", "manager", "trader", "holder", "stranger",
];
const NOBODY: &[&str] = &[];

/// Contract, function, who may, and what everybody else is told.
type Row = (
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static str,
);

const ROWS: &[Row] = &[
    ("Escrow", "credit", EVERYBODY, ""),
    ("Escrow", "take", EVERYBODY, ""),
    ("GuardRegistry", "acceptOwner", NOBODY, "NotOwner"),
    ("GuardRegistry", "announceAsset", &["owner"], "NotOwner"),
    (
        "GuardRegistry",
        "announceDestination",
        &["owner"],
        "NotOwner",
    ),
    ("GuardRegistry", "announceType", &["owner"], "NotOwner"),
    (
        "GuardRegistry",
        "cancel",
        &["owner", "guardian"],
        "NotGuardian",
    ),
    ("GuardRegistry", "commitAsset", EVERYBODY, ""),
    ("GuardRegistry", "commitDestination", EVERYBODY, ""),
    ("GuardRegistry", "commitType", EVERYBODY, ""),
    ("GuardRegistry", "delistAsset", &["owner"], "NotOwner"),
    ("GuardRegistry", "delistDestination", &["owner"], "NotOwner"),
    (
        "GuardRegistry",
        "freezeAsset",
        &["owner", "guardian"],
        "NotGuardian",
    ),
    (
        "GuardRegistry",
        "freezeDestination",
        &["owner", "guardian"],
        "NotGuardian",
    ),
    (
        "GuardRegistry",
        "freezeType",
        &["owner", "guardian"],
        "NotGuardian",
    ),
    (
        "GuardRegistry",
        "pause",
        &["owner", "guardian"],
        "NotGuardian",
    ),
    ("GuardRegistry", "proposeOwner", &["owner"], "NotOwner"),
    ("GuardRegistry", "restrict", &["owner"], "NotOwner"),
    ("GuardRegistry", "resume", &["owner"], "NotOwner"),
    ("GuardRegistry", "setGuardian", &["owner"], "NotOwner"),
    ("OneAssetExit", "exitInto", &["holder"], "NotOwner"),
    ("OneAssetExit", "fetch", &["holder"], "NotOwner"),
    ("OneAssetExit", "fetchEscrowed", &["holder"], "NotOwner"),
    ("OneAssetExit", "pay", NOBODY, "NotItself"),
    ("OneAssetExit", "swap", NOBODY, "NotItself"),
    ("Vault", "addAsset", NOBODY, "dh31"),
    ("Vault", "approve", EVERYBODY, ""),
    ("Vault", "deposit", EVERYBODY, ""),
    ("Vault", "execTransaction", &["manager", "trader"], "dh24"),
    ("Vault", "execTransactions", &["manager", "trader"], "dh24"),
    (
        "Vault",
        "executeTransaction",
        &["manager", "trader"],
        "dh24",
    ),
    ("Vault", "removeAsset", NOBODY, "dh31"),
    ("Vault", "revoke", EVERYBODY, ""),
    ("Vault", "setConditions", NOBODY, "dh31"),
    ("Vault", "setManager", NOBODY, "dh31"),
    ("Vault", "setPauses", NOBODY, "dh31"),
    ("Vault", "setTrader", NOBODY, "dh31"),
    ("Vault", "setUp", NOBODY, "SetUp"),
    ("Vault", "settleClaim", EVERYBODY, ""),
    ("Vault", "takeFees", EVERYBODY, ""),
    ("Vault", "transfer", EVERYBODY, ""),
    ("Vault", "transferFrom", EVERYBODY, ""),
    ("Vault", "unwind", NOBODY, "NotVault"),
    ("Vault", "withdraw", EVERYBODY, ""),
    ("Vault", "withdrawTo", EVERYBODY, ""),
    ("VaultFactory", "make", EVERYBODY, ""),
    ("VaultManager", "acceptManager", NOBODY, "dh4"),
    ("VaultManager", "accrue", NOBODY, "NotVault"),
    ("VaultManager", "addAsset", &["manager", "trader"], "dh4"),
    ("VaultManager", "announceConditions", &["manager"], "dh4"),
    ("VaultManager", "announceFees", &["manager"], "dh4"),
    ("VaultManager", "cancelConditions", &["manager"], "dh4"),
    ("VaultManager", "cancelFees", &["manager"], "dh4"),
    ("VaultManager", "commitConditions", &["manager"], "dh4"),
    ("VaultManager", "commitFees", &["manager"], "dh4"),
    ("VaultManager", "lowerFees", &["manager"], "dh4"),
    ("VaultManager", "proposeManager", &["manager"], "dh4"),
    ("VaultManager", "removeAsset", &["manager", "trader"], "dh4"),
    ("VaultManager", "setCooldown", &["manager"], "dh4"),
    (
        "VaultManager",
        "setHousePauses",
        &["owner", "guardian"],
        "NotGuardian",
    ),
    ("VaultManager", "setMembers", &["manager"], "dh4"),
    ("VaultManager", "setPauses", &["manager"], "dh4"),
    ("VaultManager", "setPrivate", &["manager"], "dh4"),
    ("VaultManager", "setToggles", &["manager"], "dh4"),
    ("VaultManager", "setTrader", &["manager"], "dh4"),
    ("VaultManager", "setUp", NOBODY, "SetUp"),
    ("VaultManager", "tightenConditions", &["manager"], "dh4"),
];

fn is_dynamic(param: &Param) -> bool {
    param.ty == "string"
        || param.ty == "bytes"
        || param.ty.ends_with("[]")
        || param.components.iter().any(is_dynamic)
}

/// Zeros and nothing, encoded for these parameters.
fn zeros(params: &[Param]) -> Vec<u8> {
    let own = |param: &Param| {
        if param.components.is_empty() {
            vec![0; 32]
        } else {
            zeros(&param.components)
        }
    };
    let head: usize = params
        .iter()
        .map(|param| {
            if is_dynamic(param) {
                32
            } else {
                own(param).len()
            }
        })
        .sum();
    let (mut heads, mut tails) = (Vec::new(), Vec::new());
    for param in params {
        if is_dynamic(param) {
            heads.extend(U256::from(head + tails.len()).to_be_bytes::<32>());
            tails.extend(own(param));
        } else {
            heads.extend(own(param));
        }
    }
    heads.extend(tails);
    heads
}

fn changes(function: &Function) -> bool {
    !matches!(
        function.state_mutability,
        StateMutability::View | StateMutability::Pure
    )
}

fn address(world: &World, exit: Address, contract: &str) -> Address {
    match contract {
        "OneAssetExit" => exit,
        "Escrow" => world.escrow,
        "GuardRegistry" => world.registry,
        "Vault" => world.vault,
        "VaultFactory" => world.factory,
        "VaultManager" => world.logic,
        _ => panic!("{contract} is new: give it an address"),
    }
}

/// Whether `reason` is the refusal of this name.
fn is_refusal(contract: &str, reason: &Reason, refusal: &str) -> bool {
    if reason.text().is_some() {
        return reason.text() == Some(refusal);
    }
    let abi = &artifacts::named(contract).unwrap().abi;
    let mut errors = abi.errors().filter(|error| error.name == refusal);
    matches!(reason, Reason::Typed(selector, _) if errors.any(|error| error.selector() == *selector))
}

#[test]
fn every_function_that_changes_anything_has_a_row() {
    let rows: BTreeSet<(&str, &str)> = ROWS.iter().map(|row| (row.0, row.1)).collect();
    let functions = artifacts::all().iter().flat_map(|artifact| {
        let changing = artifact
            .abi
            .functions()
            .filter(|function| changes(function));
        changing.map(|function| (artifact.name.as_str(), function.name.as_str()))
    });
    assert_eq!(functions.collect::<BTreeSet<_>>(), rows);
}

#[test]
fn a4_each_function_is_for_whom_its_row_says() {
    let mut world = World::new().funded();
    // The holder's own.
    let exit = (ALICE, world.registry).abi_encode_params();
    let exit = world.deploy("OneAssetExit", exit);
    for &(contract, name, may, refusal) in ROWS {
        let abi = &artifacts::named(contract).unwrap().abi;
        let to = address(&world, exit, contract);
        for function in abi.function(name).unwrap() {
            let mut data = function.selector().to_vec();
            data.extend(zeros(&function.inputs));
            for (role, from) in PEOPLE {
                let outcome = world
                    .chain
                    .look(&Call::new(*from, to, data.clone()))
                    .unwrap();
                let why = outcome.reason();
                let refused = why
                    .as_ref()
                    .is_some_and(|why| is_refusal(contract, why, refusal));
                assert_eq!(
                    !refused,
                    may.contains(role),
                    "{role} {contract}.{name}: {why:?}"
                );
            }
        }
    }
}

#[test]
fn no_function_takes_native_value() {
    for artifact in artifacts::all() {
        let paid = |one: &&Function| one.state_mutability == StateMutability::Payable;
        assert_eq!(
            artifact.abi.functions().find(paid),
            None,
            "{}",
            artifact.name
        );
        assert!(artifact.abi.receive.is_none() && artifact.abi.fallback.is_none());
    }
}
