//! Lists, in as many dimensions as they have (`array_send`).

use super::{read as read_member, take};
use serde_json::Value;
use tokio_postgres::types::Type;

/// The most dimensions that PostgreSQL has (`MAXDIM`).
const MOST_DIMENSIONS: i32 = 6;

/// A list of one type.
pub(super) fn read(member: &Type, bytes: &[u8]) -> Option<Value> {
    let mut bytes = bytes;
    let dimensions = i32::from_be_bytes(take(&mut bytes)?);
    if !(0..=MOST_DIMENSIONS).contains(&dimensions) {
        return None;
    }
    // Whether there are nulls, and what the members are: both are known.
    let _: [u8; 8] = take(&mut bytes)?;
    let mut lengths = Vec::new();
    for _ in 0..dimensions {
        let length = i32::from_be_bytes(take(&mut bytes)?);
        lengths.push(usize::try_from(length).ok()?);
        let _lower_bound: [u8; 4] = take(&mut bytes)?;
    }
    if lengths.is_empty() {
        return Some(Value::Array(Vec::new()));
    }
    // Every member takes four bytes at least: lengths that promise more are not believed.
    let members = lengths
        .iter()
        .try_fold(1_usize, |product, length| product.checked_mul(*length))?;
    if members == 0 || members > bytes.len() / 4 {
        return None;
    }
    level(member, &lengths, &mut bytes)
}

fn level(member: &Type, lengths: &[usize], bytes: &mut &[u8]) -> Option<Value> {
    let Some((length, deeper)) = lengths.split_first() else {
        return one(member, bytes);
    };
    let items = (0..*length).map(|_| level(member, deeper, bytes));
    items.collect::<Option<_>>().map(Value::Array)
}

fn one(member: &Type, bytes: &mut &[u8]) -> Option<Value> {
    let length = i32::from_be_bytes(take(bytes)?);
    if length == -1 {
        return Some(Value::Null);
    }
    let (item, rest) = bytes.split_at_checked(usize::try_from(length).ok()?)?;
    *bytes = rest;
    Some(read_member(member, item))
}
