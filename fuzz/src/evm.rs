//! What is to be signed for a chain: transactions, calldata and typed data.

use jiff::Timestamp;
use portcullis_evm::{
    Address,
    calldata::{Interface, read},
    explain::explain,
    names::Names,
    transaction::Transaction,
    typed::{self, Limits, PERMIT2},
};
use portcullis_firewall::strict;
use serde_json::{Value, json};

/// A signed transaction.
///
/// # Panics
/// When other bytes are read as the same transaction, or nobody's signature is taken.
#[must_use]
pub fn transaction(bytes: &[u8]) -> bool {
    let Ok(found) = Transaction::read(bytes) else {
        return false;
    };
    for other in others(bytes) {
        assert_ne!(
            Transaction::read(&other),
            Ok(found.clone()),
            "a second spelling"
        );
    }
    let kind = found.kind();
    let message = found.signing_bytes();
    assert!(kind == 0 || message.first() == Some(&kind));
    assert!(found.signed(&[0; 65]).is_err(), "nobody signed");
    true
}

/// Calldata behind a byte that says what is called.
///
/// # Panics
/// When other bytes are read as the same call, or a call has no words.
#[must_use]
pub fn calldata(bytes: &[u8]) -> bool {
    let Some((kind, data)) = bytes.split_first() else {
        return false;
    };
    let interface = Interface::ALL[usize::from(*kind) % Interface::ALL.len()];
    let call = match read(interface, data) {
        Ok(call) => call,
        Err(why) => {
            assert!(!why.code().is_empty() && !why.to_string().is_empty());
            return false;
        }
    };
    for other in others(data) {
        assert_ne!(
            read(interface, &other),
            Ok(call.clone()),
            "a second spelling"
        );
    }
    let words = explain(
        Address::ZERO,
        &call,
        &Names::default(),
        Timestamp::UNIX_EPOCH,
    );
    assert!(words.text().iter().all(|line| !line.trim().is_empty()));
    true
}

/// Typed data, as JSON.
///
/// # Panics
/// When what would be signed depends on how it is spelt, or a member more is let pass.
#[must_use]
pub fn typed_data(bytes: &[u8]) -> bool {
    let Ok(data) = strict::parse(bytes, &strict::Limits::default()) else {
        return false;
    };
    let Ok(right) = typed::read(&data) else {
        return false;
    };
    let again = strict::parse(data.to_string().as_bytes(), &strict::Limits::default());
    let again = again.expect("what was read can be written");
    assert_eq!(typed::read(&again), Ok(right.clone()), "another right");
    for path in ["", "/domain", "/message", "/types"] {
        let mut more = data.clone();
        let members = more.pointer_mut(path).and_then(Value::as_object_mut);
        members
            .expect("an object")
            .insert("one_more".to_owned(), json!(1));
        assert!(typed::read(&more).is_err(), "a member too many in `{path}`");
    }
    assert_eq!(right.message[..2], [0x19, 0x01]);
    let names = Names::default();
    assert!(!right.words(&names).is_empty());
    let limits = Limits {
        chain_id: 1,
        account: Address::ZERO,
        spenders: &[PERMIT2],
        names: &names,
    };
    let checked = right.check(&limits, Timestamp::UNIX_EPOCH);
    assert!(checked.is_err(), "no token has a name");
    true
}

/// Bytes beside some: longer, shorter, and with one bit the other way.
fn others(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut others = vec![
        [bytes, &[0]].concat(),
        [bytes, &[0; 32]].concat(),
        bytes[..bytes.len().saturating_sub(1)].to_vec(),
    ];
    for at in [
        0,
        bytes.len() / 3,
        bytes.len() / 2,
        bytes.len().saturating_sub(1),
    ] {
        let mut other = bytes.to_vec();
        if let Some(byte) = other.get_mut(at) {
            *byte ^= 1;
        }
        others.push(other);
    }
    others
}
