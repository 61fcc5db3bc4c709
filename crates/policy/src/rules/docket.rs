//! The policies that apply to one action.

use super::{
    ScopeMode,
    index::{Bucket, Matching},
    shelves::{Kind, Shelf},
};
use smallvec::SmallVec;

/// The policies to hear about one action, bucket by bucket.
#[derive(Debug)]
pub(super) struct Docket<'r> {
    buckets: Matching<'r>,
    /// The types whose tenant-wide policies give way to the agent's own; bits of [`Kind`].
    shadowed: u8,
}

impl<'r> Docket<'r> {
    /// Puts the policies of these buckets on the docket.
    ///
    /// In [`ScopeMode::Override`] the agent's own policies stand in for tenant-wide ones of their
    /// type, if they apply to this very action and are more than recorded.
    pub(super) fn of(buckets: Matching<'r>, mode: ScopeMode) -> Self {
        let own = buckets.iter().filter(|bucket| bucket.scoped);
        let shadowed = match mode {
            ScopeMode::Strict => 0,
            ScopeMode::Override => own.fold(0, |bits, bucket| bits | bucket.binding),
        };
        Self { buckets, shadowed }
    }

    /// The entries of one type.
    pub(super) fn entries<E>(
        &self,
        kind: Kind,
        shelf: &'r Shelf<E>,
    ) -> impl Iterator<Item = &'r E> {
        let buckets = self
            .buckets
            .iter()
            .filter(move |bucket| self.hears(bucket, kind));
        buckets.flat_map(move |bucket| shelf.of(bucket.span(kind)))
    }

    /// How many policies of one type are heard.
    pub(super) fn count(&self, kind: Kind) -> usize {
        let buckets = self
            .buckets
            .iter()
            .filter(|bucket| self.hears(bucket, kind));
        buckets.map(|bucket| bucket.span(kind).len()).sum()
    }

    /// The types of which both the agent and the tenant have an enforced policy; bits of [`Kind`].
    pub(super) fn contested(&self) -> u8 {
        let of = |scoped: bool| {
            let buckets = self
                .buckets
                .iter()
                .filter(move |bucket| bucket.scoped == scoped);
            buckets.fold(0, |bits, bucket| bits | bucket.binding)
        };
        of(true) & of(false)
    }

    /// Whether the agent's own policies of a type stand in for the tenant's.
    pub(super) const fn overrides(&self, kind: Kind) -> bool {
        self.shadowed & kind.bit() != 0
    }

    /// The places of all policies heard.
    pub(super) fn places(&self, shelf: &'r Shelf<u32>) -> SmallVec<[u32; 16]> {
        let mut places = SmallVec::new();
        for bucket in &self.buckets {
            if bucket.scoped || self.shadowed == 0 {
                places.extend_from_slice(shelf.of(bucket.places));
                continue;
            }
            let mut rest = shelf.of(bucket.places);
            for kind in Kind::ALL {
                let (these, others) = rest
                    .split_at_checked(bucket.span(kind).len())
                    .unwrap_or_default();
                if self.hears(bucket, kind) {
                    places.extend_from_slice(these);
                }
                rest = others;
            }
        }
        places
    }

    /// The places of all policies of one type, those that give way included, by whether they are
    /// the agent's own.
    pub(super) fn places_of(
        &self,
        kind: Kind,
        scoped: bool,
        shelf: &'r Shelf<u32>,
    ) -> impl Iterator<Item = u32> {
        let buckets = self
            .buckets
            .iter()
            .filter(move |bucket| bucket.scoped == scoped);
        buckets.flat_map(move |bucket| {
            let before: usize = Kind::ALL
                .iter()
                .take(kind as usize)
                .map(|kind| bucket.span(*kind).len())
                .sum();
            shelf
                .of(bucket.places)
                .iter()
                .skip(before)
                .take(bucket.span(kind).len())
                .copied()
        })
    }

    const fn hears(&self, bucket: &Bucket, kind: Kind) -> bool {
        bucket.scoped || !self.overrides(kind)
    }
}
