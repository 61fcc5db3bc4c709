//! What stands in a row, as JSON.
//!
//! Numbers that JSON's readers would round are texts. What has no form here is told by its type and
//! its bytes; casting it to text in the statement gives more.

mod list;
mod number;
mod time;

use serde_json::{Value, json};
use std::{error::Error, fmt::Write as _};
use tokio_postgres::types::{FromSql, Kind, Type};

/// The largest whole number that every reader of JSON understands (RFC 8259, 6).
const MOST_WHOLE: u64 = (1 << 53) - 1;

/// One place of a row.
#[derive(Debug)]
pub(super) struct Cell(pub(super) Value);

impl<'a> FromSql<'a> for Cell {
    fn from_sql(kind: &Type, bytes: &'a [u8]) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(read(kind, bytes)))
    }

    fn from_sql_null(_: &Type) -> Result<Self, Box<dyn Error + Sync + Send>> {
        Ok(Self(Value::Null))
    }

    fn accepts(_: &Type) -> bool {
        true
    }
}

fn read(kind: &Type, bytes: &[u8]) -> Value {
    known(kind, bytes).unwrap_or_else(|| json!({"type": kind.name(), "bytes": hex(bytes)}))
}

/// The binary form of a value (PostgreSQL, 55.7 and the `*_send` function of each type).
fn known(kind: &Type, bytes: &[u8]) -> Option<Value> {
    match kind.kind() {
        Kind::Enum(_) => return text(bytes),
        Kind::Domain(inner) => return Some(read(inner, bytes)),
        Kind::Array(member) => return list::read(member, bytes),
        _ => {}
    }
    match *kind {
        Type::BOOL => Some(Value::Bool(bytes.first()? != &0)),
        Type::INT2 => Some(whole(i16::from_be_bytes(bytes.try_into().ok()?).into())),
        Type::INT4 => Some(whole(i32::from_be_bytes(bytes.try_into().ok()?).into())),
        Type::INT8 => Some(whole(i64::from_be_bytes(bytes.try_into().ok()?))),
        Type::OID => Some(whole(u32::from_be_bytes(bytes.try_into().ok()?).into())),
        // By its text, for the nearest number of twice the size is another one.
        Type::FLOAT4 => Some(broken(
            &f32::from_be_bytes(bytes.try_into().ok()?).to_string(),
        )),
        Type::FLOAT8 => Some(broken(
            &f64::from_be_bytes(bytes.try_into().ok()?).to_string(),
        )),
        Type::NUMERIC => number::read(bytes).map(Value::String),
        Type::TEXT
        | Type::VARCHAR
        | Type::BPCHAR
        | Type::NAME
        | Type::XML
        | Type::UNKNOWN
        | Type::CHAR => text(bytes),
        Type::JSON => serde_json::from_slice(bytes).ok(),
        Type::JSONB => {
            let (version, bytes) = bytes.split_first()?;
            serde_json::from_slice(bytes).ok().filter(|_| *version == 1)
        }
        Type::UUID => uuid(bytes),
        Type::BYTEA => Some(Value::String(format!("\\x{}", hex(bytes)))),
        Type::DATE => time::date(bytes).map(Value::String),
        Type::TIME => time::time(bytes).map(Value::String),
        Type::TIMESTAMP => time::timestamp(bytes).map(Value::String),
        Type::TIMESTAMPTZ => time::moment(bytes).map(Value::String),
        Type::INTERVAL => time::interval(bytes).map(Value::String),
        Type::VOID => Some(Value::Null),
        _ => None,
    }
}

fn whole(number: i64) -> Value {
    if number.unsigned_abs() > MOST_WHOLE {
        Value::String(number.to_string())
    } else {
        Value::from(number)
    }
}

/// A number, or a text where JSON has no number for it.
fn broken(written: &str) -> Value {
    let number: Option<f64> = written.parse().ok();
    let number = number.and_then(serde_json::Number::from_f64);
    number.map_or_else(|| Value::String(written.to_owned()), Value::Number)
}

fn text(bytes: &[u8]) -> Option<Value> {
    let text = std::str::from_utf8(bytes).ok()?;
    Some(Value::String(text.to_owned()))
}

fn hex(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

fn uuid(bytes: &[u8]) -> Option<Value> {
    let bytes: [u8; 16] = bytes.try_into().ok()?;
    let mut out = String::with_capacity(36);
    for (place, byte) in bytes.iter().enumerate() {
        if matches!(place, 4 | 6 | 8 | 10) {
            out.push('-');
        }
        out.push_str(&hex(std::slice::from_ref(byte)));
    }
    Some(Value::String(out))
}

/// The next `N` bytes.
fn take<const N: usize>(bytes: &mut &[u8]) -> Option<[u8; N]> {
    let (first, rest) = bytes.split_first_chunk::<N>()?;
    *bytes = rest;
    Some(*first)
}
