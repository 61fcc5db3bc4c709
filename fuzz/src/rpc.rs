//! What a wallet library sends to the gate as to a node of a chain.

use crate::{calldata, transaction, typed_data};
use portcullis_evm::{calldata::Interface, hex};
use portcullis_firewall::outside::Wish;
use portcullis_gateway::rpc::{Asked, Body, Fault, read, wish};
use serde_json::{Value, json};

/// A body: one request, or several. What is in it to be signed is looked at further.
///
/// # Panics
/// When a request that was read means something else once it is written again, or a refusal has no code.
#[must_use]
pub fn rpc(bytes: &[u8]) -> bool {
    match read(bytes) {
        Err(fault) => {
            has_code(&fault);
            false
        }
        Ok(Body::One(asked)) => one(asked),
        Ok(Body::Many(many)) => many.into_iter().fold(false, |any, asked| any | one(asked)),
    }
}

fn one(asked: Result<Asked, (Value, Fault)>) -> bool {
    match asked {
        Err((id, fault)) => {
            assert!(id.is_null() || id.is_string() || id.is_number());
            has_code(&fault);
            false
        }
        Ok(asked) => {
            means_the_same(&asked);
            match wish(&asked) {
                Ok(wish) => inside(wish),
                Err(fault) => has_code(&fault),
            }
            true
        }
    }
}

fn means_the_same(asked: &Asked) {
    let written = json!({
        "jsonrpc": "2.0", "id": asked.id, "method": asked.method, "params": asked.params,
    });
    let again = read(written.to_string().as_bytes());
    assert_eq!(again, Ok(Body::One(Ok(asked.clone()))), "another request");
}

fn has_code(fault: &Fault) {
    let shown = fault.shown();
    assert!(
        shown["code"].is_i64() && shown["message"].is_string(),
        "{shown}"
    );
}

/// Whether it passes is not what the door says; it has to hold all the same.
fn inside(wish: Wish) {
    match wish {
        Wish::Raw(raw) => {
            let _ = hex::decode(raw).is_ok_and(|bytes| transaction(&bytes));
        }
        Wish::TypedData(_, data) => {
            let _ = typed_data(data.to_string().as_bytes());
        }
        Wish::Send(fields) => {
            let data = fields
                .get("data")
                .and_then(Value::as_str)
                .unwrap_or_default();
            let kind = Interface::ALL
                .iter()
                .position(|one| *one == Interface::Vault);
            let kind = kind
                .and_then(|kind| u8::try_from(kind).ok())
                .unwrap_or_default();
            let _ =
                hex::decode(data).is_ok_and(|data| calldata(&[&[kind], data.as_slice()].concat()));
        }
    }
}
