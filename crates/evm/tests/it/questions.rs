//! Runs and questions on a part of the state, by contracts of a few instructions.

use alloy_primitives::{Address, B256, Bytes, U256, bytes};
use portcullis_evm::{
    chain,
    snapshot::{self, Account, Block, End, Failed, Missing, Questions, Rules, Run, Snapshot, Stop},
    transaction::{Fees, Transaction},
};

const SENDER: Address = Address::repeat_byte(0x51);
const ONE: Address = Address::repeat_byte(0x01);
const OTHER: Address = Address::repeat_byte(0x02);
const REFUSES: Address = Address::repeat_byte(0x03);
const BREAKS: Address = Address::repeat_byte(0x04);
const FEES: Address = Address::repeat_byte(0xfe);

/// The addition on a curve that every chain has, and that refuses points which are none.
const ADDITION: Address = Address::with_last_byte(6);

fn state(accounts: &[(Address, Bytes)]) -> Snapshot {
    under(Rules::Prague, accounts)
}

fn under(rules: Rules, accounts: &[(Address, Bytes)]) -> Snapshot {
    let block = Block {
        number: 7,
        hash: B256::ZERO,
        time: 1_800_000_000,
        base_fee: 11,
        gas_limit: 36_000_000,
        beneficiary: FEES,
        randomness: B256::ZERO,
    };
    let chain = snapshot::Chain {
        id: chain::CHAIN_ID,
        rules,
    };
    let mut snapshot = Snapshot::new(chain, block);
    for nobody in [FEES, ADDITION] {
        snapshot.put_account(nobody, &Account::default());
    }
    let rich = Account {
        balance: U256::from(u64::MAX),
        ..Account::default()
    };
    snapshot.put_account(SENDER, &rich);
    for (address, code) in accounts {
        let account = Account {
            code: code.clone(),
            ..Account::default()
        };
        snapshot.put_account(*address, &account);
    }
    snapshot
}

fn answer(questions: &mut Questions<'_>, to: Address, data: &[u8]) -> Vec<U256> {
    let answer = questions.ask(to, data.to_vec()).unwrap().unwrap();
    answer.chunks(32).map(U256::from_be_slice).collect()
}

/// The instructions that call somebody with the first 64 bytes of memory, and go on whatever comes of it.
fn calls(to: Address, value: u8) -> Vec<u8> {
    let mut code = vec![0x60, 0, 0x60, 0, 0x60, 64, 0x60, 0, 0x60, value, 0x73];
    code.extend(to);
    code.extend([0x5a, 0xf1, 0x50]);
    code
}

fn run(snapshot: &Snapshot, to: Address) -> Run {
    let transaction = Transaction {
        chain_id: chain::CHAIN_ID,
        from: SENDER,
        nonce: 0,
        to: Some(to),
        value: U256::ZERO,
        data: Bytes::new(),
        gas_limit: 1_000_000,
        fees: Fees::Dynamic {
            most: 11,
            priority: 0,
        },
        access_list: Vec::new(),
    };
    snapshot.run(&transaction).unwrap()
}

#[test]
fn what_a_question_changes_is_forgotten() {
    // Counts in storage, and in the storage of one transaction: slot 0, plus one, kept and returned.
    let kept = bytes!("6000546001018060005560005260206000f3");
    let fleeting = bytes!("60005c6001018060005d60005260206000f3");
    let mut snapshot = state(&[(ONE, kept), (OTHER, fleeting)]);
    snapshot.put_slot(ONE, U256::ZERO, U256::from(41));
    let mut questions = Questions::new(&snapshot, None);
    for data in [[0], [1], [0]] {
        assert_eq!(answer(&mut questions, ONE, &data), [U256::from(42)]);
        assert_eq!(answer(&mut questions, OTHER, &data), [U256::from(1)]);
    }
}

#[test]
fn questions_after_a_run_see_what_it_changed() {
    let counter = bytes!("6000546001018060005560005260206000f3");
    let mut snapshot = state(&[(ONE, counter)]);
    snapshot.put_slot(ONE, U256::ZERO, U256::from(41));
    let done = run(&snapshot, ONE);
    let mut after = Questions::new(&snapshot, Some(&done.changes));
    assert_eq!(answer(&mut after, ONE, &[]), [U256::from(43)]);
    let mut before = Questions::new(&snapshot, None);
    assert_eq!(answer(&mut before, ONE, &[]), [U256::from(42)]);
}

#[test]
fn a_question_that_lacks_a_part_of_the_state_does_not_spoil_the_next_one() {
    // Writes slot 0 and then asks for slot 1, which is not there.
    let lacking = bytes!("6001600055600154");
    let counter = bytes!("6000546001018060005560005260206000f3");
    let mut snapshot = state(&[(ONE, lacking), (OTHER, counter)]);
    snapshot.put_slot(ONE, U256::ZERO, U256::ZERO);
    snapshot.put_slot(OTHER, U256::ZERO, U256::ZERO);
    let mut questions = Questions::new(&snapshot, None);
    for _ in 0..2 {
        let missing = Missing::Slot(ONE, U256::from(1));
        assert_eq!(questions.ask(ONE, Vec::new()), Err(Stop::Missing(missing)));
        assert_eq!(answer(&mut questions, OTHER, &[]), [U256::from(1)]);
    }
}

#[test]
fn a_question_sees_the_block_that_a_run_sees() {
    // The base fee, who gets the fees, and the gas that the block has room for.
    let block = bytes!("48600052416020524560405260606000f3");
    let snapshot = state(&[(ONE, block)]);
    let asked = answer(&mut Questions::new(&snapshot, None), ONE, &[]);
    let End::Success(ran) = run(&snapshot, ONE).end else {
        panic!("it goes through");
    };
    let ran: Vec<_> = ran.chunks(32).map(U256::from_be_slice).collect();
    assert_eq!(asked, ran);
    let [fee, to, limit] = [
        U256::from(11),
        U256::from_be_slice(FEES.as_slice()),
        U256::from(36_000_000),
    ];
    assert_eq!(asked, [fee, to, limit]);
}

#[test]
fn a_question_may_take_the_same_gas_under_all_rules() {
    for rules in Rules::ALL {
        // The gas that is left after asking for it.
        let snapshot = under(rules, &[(ONE, bytes!("5a60005260206000f3"))]);
        let left = answer(&mut Questions::new(&snapshot, None), ONE, &[]);
        assert_eq!(left, [U256::from(29_999_998)], "{rules:?}");
    }
}

#[test]
fn calls_that_fail_within_a_run_are_noted_in_their_order() {
    // OTHER calls one that refuses; ONE calls OTHER, one that breaks off, one without having what it
    // would pay, and an addition of 1, 0, which is no point.
    let mut one = bytes!("6001600052").to_vec();
    for (to, value) in [(OTHER, 0), (BREAKS, 0), (SENDER, 1), (ADDITION, 0)] {
        one.extend(calls(to, value));
    }
    let accounts = [
        (ONE, one.into()),
        (OTHER, calls(REFUSES, 0).into()),
        (REFUSES, bytes!("60006000fd")),
        (BREAKS, bytes!("fe")),
    ];
    let done = run(&state(&accounts), ONE);
    assert!(matches!(done.end, End::Success(_)), "{:?}", done.end);
    let failed = |caller, to, halted| Failed { caller, to, halted };
    let noted = [
        failed(OTHER, REFUSES, false),
        failed(ONE, BREAKS, true),
        failed(ONE, SENDER, false),
        failed(ONE, ADDITION, true),
    ];
    assert_eq!(done.swallowed, noted);
}

#[test]
fn a_run_that_fails_has_swallowed_nothing() {
    let mut one = calls(REFUSES, 0);
    one.extend(bytes!("60006000fd"));
    let accounts = [(ONE, one.into()), (REFUSES, bytes!("60006000fd"))];
    let done = run(&state(&accounts), ONE);
    assert_eq!(done.end, End::Revert(Bytes::new()));
    assert_eq!(done.swallowed, []);
}
