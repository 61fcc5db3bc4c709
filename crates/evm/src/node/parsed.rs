//! The values of Ethereum's JSON-RPC, read strictly.

use super::Told;
use crate::{
    snapshot::{Block, Log},
    source::SourceError,
};
use alloy_primitives::{Address, B256, Bytes, U256, hex};
use serde_json::Value;

/// A value that a node gave.
#[derive(Clone, Copy, Debug)]
pub(super) struct Parsed<'a>(pub(super) &'a Value);

impl<'a> Parsed<'a> {
    pub(super) fn member(self, name: &str) -> Told<Self> {
        let found: Option<&'a Value> = self.0.get(name);
        let missing = || SourceError::Unusable(format!("`{name}` is missing"));
        found.map(Self).ok_or_else(missing)
    }

    pub(super) fn number(self) -> Told<u64> {
        let digits = self.digits()?;
        u64::from_str_radix(digits, 16).map_err(|_| bad("a number"))
    }

    pub(super) fn wide(self) -> Told<u128> {
        let digits = self.digits()?;
        u128::from_str_radix(digits, 16).map_err(|_| bad("a number"))
    }

    /// A quantity or a word; nodes write slots as either.
    pub(super) fn word(self) -> Told<U256> {
        let digits = self.digits()?;
        U256::from_str_radix(digits, 16).map_err(|_| bad("a word"))
    }

    pub(super) fn bytes(self) -> Told<Bytes> {
        let digits = self.hex()?;
        let bytes = hex::decode(digits).map_err(|_| bad("bytes"))?;
        Ok(bytes.into())
    }

    pub(super) fn hash(self) -> Told<B256> {
        let bytes = self.bytes()?;
        B256::try_from(bytes.as_ref()).map_err(|_| bad("a hash"))
    }

    pub(super) fn items(self) -> Told<impl Iterator<Item = Parsed<'a>>> {
        let items = self.0.as_array().ok_or_else(|| bad("a list"))?;
        Ok(items.iter().map(Parsed))
    }

    pub(super) fn log(self) -> Told<Log> {
        let topics = self.member("topics")?.items()?;
        Ok(Log {
            address: self.member("address")?.address()?,
            topics: topics.map(Self::hash).collect::<Told<_>>()?,
            data: self.member("data")?.bytes()?,
        })
    }

    pub(super) fn address(self) -> Told<Address> {
        let bytes = self.bytes()?;
        Address::try_from(bytes.as_ref()).map_err(|_| bad("an address"))
    }

    pub(super) fn block(self) -> Told<Block> {
        Ok(Block {
            number: self.member("number")?.number()?,
            hash: self.member("hash")?.hash()?,
            time: self.member("timestamp")?.number()?,
            base_fee: self.member("baseFeePerGas")?.number()?,
            gas_limit: self.member("gasLimit")?.number()?,
            beneficiary: self.member("miner")?.address()?,
            randomness: self.member("mixHash")?.hash()?,
        })
    }

    fn digits(self) -> Told<&'a str> {
        let digits = self.hex()?;
        let plain = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
        if digits.is_empty() || digits.len() > 64 || !plain {
            return Err(bad("a number"));
        }
        Ok(digits)
    }

    fn hex(self) -> Told<&'a str> {
        let text = self.0.as_str().and_then(|text| text.strip_prefix("0x"));
        text.ok_or_else(|| bad("a text that begins with `0x`"))
    }
}

fn bad(expected: &str) -> SourceError {
    SourceError::Unusable(format!("expected {expected}"))
}
