//! Where a record is: its tenant's number and its own in one key.

use rusqlite::{
    Error, Result,
    types::{ToSql, ToSqlOutput, Value},
};
use std::ops::RangeInclusive;

const SEQ_BITS: u32 = 40;
const SEQ_MAX: i64 = (1 << SEQ_BITS) - 1;
const TENANT_MAX: i64 = (1 << (63 - SEQ_BITS)) - 1;

/// A tenant's number in the file.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct TenantNumber(i64);

impl TenantNumber {
    /// Takes a number that SQLite gave.
    ///
    /// # Errors
    /// When no key can hold it.
    pub(crate) const fn new(number: i64) -> Result<Self> {
        if number < 0 || number > TENANT_MAX {
            return Err(Error::IntegralValueOutOfRange(0, number));
        }
        Ok(Self(number))
    }

    /// The key of a record.
    ///
    /// # Errors
    /// When the number is too large for a key.
    pub(crate) fn place(self, seq: u64) -> Result<i64> {
        match i64::try_from(seq) {
            Ok(seq) if seq <= SEQ_MAX => Ok((self.0 << SEQ_BITS) | seq),
            _ => Err(Error::ToSqlConversionFailure(
                "a record's number is too large".into(),
            )),
        }
    }

    /// The keys of the records `first..=last`; bounds beyond any record are cut.
    pub(crate) fn places(self, first: u64, last: u64) -> RangeInclusive<i64> {
        let cut = |seq: u64| i64::try_from(seq).map_or(SEQ_MAX, |seq| seq.min(SEQ_MAX));
        let base = self.0 << SEQ_BITS;
        (base | cut(first))..=(base | cut(last))
    }
}

impl ToSql for TenantNumber {
    fn to_sql(&self) -> Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl From<TenantNumber> for Value {
    fn from(tenant: TenantNumber) -> Self {
        Self::Integer(tenant.0)
    }
}

/// The record's number in a key.
pub(crate) const fn seq(place: i64) -> u64 {
    (place & SEQ_MAX).unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_holds_both_numbers() {
        let tenant = TenantNumber::new(7).unwrap();
        let place = tenant.place(123_456_789_012).unwrap();
        assert_eq!(seq(place), 123_456_789_012);
        assert_eq!(place >> SEQ_BITS, 7);
    }

    #[test]
    fn the_places_of_two_tenants_do_not_overlap() {
        let first = TenantNumber::new(1).unwrap().places(0, u64::MAX);
        let second = TenantNumber::new(2).unwrap().places(0, u64::MAX);
        assert!(first.end() < second.start());
    }

    #[test]
    fn numbers_that_do_not_fit_are_refused() {
        assert!(TenantNumber::new(TENANT_MAX).is_ok());
        assert!(TenantNumber::new(TENANT_MAX + 1).is_err());
        assert!(TenantNumber::new(-1).is_err());
        let tenant = TenantNumber::new(TENANT_MAX).unwrap();
        assert!(tenant.place(SEQ_MAX as u64).unwrap() > 0);
        assert!(tenant.place(SEQ_MAX as u64 + 1).is_err());
    }
}
