//! Pages of lists: which one is asked for, and how one is cut.

use super::query::{Pairs, Question};
use portcullis_firewall::{batch::DocumentKind, query::DocumentQuery};
use utoipa::IntoParams;

/// The most entries on one page.
pub(crate) const LIMIT_MAX: u64 = 200;
/// The entries on a page, unless the query says otherwise.
const LIMIT_USUAL: u64 = 50;

/// The documentation of a page's parameters.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "only described: `Paging` reads them")]
pub(crate) struct PagingParams {
    /// How many entries at most, 1 to 200.
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: Option<u64>,
    /// How many entries to skip.
    #[param(minimum = 0, default = 0)]
    offset: Option<u64>,
    /// Which page, from 1; another way to say `offset`.
    #[param(minimum = 1)]
    page: Option<u64>,
}

/// Which page of a list is asked for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Paging {
    /// At most so many entries.
    pub limit: usize,
    /// Skip so many first.
    pub offset: usize,
}

impl Question for Paging {
    fn read(pairs: &mut Pairs) -> Self {
        let limit = pairs.take::<u64>("limit").unwrap_or(LIMIT_USUAL);
        let offset = pairs.take::<u64>("offset");
        let page = pairs.take::<u64>("page");
        if !(1..=LIMIT_MAX).contains(&limit) {
            pairs
                .faults
                .add("limit", format!("expected 1 to {LIMIT_MAX}"));
        }
        if page == Some(0) {
            pairs.faults.add("page", "pages begin at 1");
        }
        if offset.is_some() && page.is_some() {
            pairs
                .faults
                .add("page", "says the same as `offset`; give only one");
        }
        let skipped = page.map(|page| page.saturating_sub(1).saturating_mul(limit));
        Self {
            limit: whole(limit),
            offset: whole(offset.or(skipped).unwrap_or(0)),
        }
    }
}

fn whole(number: u64) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

/// One page of a list.
#[derive(Debug)]
pub(crate) struct Cut<T> {
    /// Its entries.
    pub items: Vec<T>,
    /// Which page it is.
    pub paging: Paging,
    /// Whether there are entries after it.
    pub has_more: bool,
    /// How many entries all pages have together, when that is known.
    pub total: Option<usize>,
}

impl Paging {
    /// The page of a list that is there as a whole.
    pub(crate) fn cut<T>(self, all: Vec<T>) -> Cut<T> {
        let total = all.len();
        let mut page = self.cut_rest(all.into_iter().skip(self.offset));
        page.total = Some(total);
        page
    }

    /// What to ask the ledger for: this page, and one entry more to see whether there is another.
    pub(crate) fn documents(self, kind: DocumentKind) -> DocumentQuery {
        DocumentQuery {
            offset: self.offset,
            limit: self.limit.saturating_add(1),
            ..DocumentQuery::all(kind)
        }
    }

    /// The page of a list whose first `offset` entries were skipped already.
    pub(crate) fn cut_rest<T>(self, mut rest: impl Iterator<Item = T>) -> Cut<T> {
        let items: Vec<T> = rest.by_ref().take(self.limit).collect();
        Cut {
            items,
            paging: self,
            has_more: rest.next().is_some(),
            total: None,
        }
    }
}

impl<T> Cut<T> {
    /// The page with every entry in another form.
    pub(crate) fn map<U>(self, form: impl FnMut(T) -> U) -> Cut<U> {
        Cut {
            items: self.items.into_iter().map(form).collect(),
            paging: self.paging,
            has_more: self.has_more,
            total: self.total,
        }
    }
}

/// Declares a page on the wire: the list under its own name, and where it stands.
macro_rules! page {
    ($(#[$meta:meta])* $vis:vis struct $name:ident { $list:ident: $item:ty }) => {
        $(#[$meta])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        $vis struct $name {
            /// The entries of this page.
            pub $list: Vec<$item>,
            /// The most entries of a page.
            pub limit: usize,
            /// How many entries come before this page.
            pub offset: usize,
            /// Whether there are entries after this page.
            pub has_more: bool,
            /// How many entries there are on all pages, when that is known.
            #[serde(skip_serializing_if = "Option::is_none")]
            pub total: Option<usize>,
        }

        impl<T> From<$crate::intake::page::Cut<T>> for $name
        where
            $item: From<T>,
        {
            fn from(cut: $crate::intake::page::Cut<T>) -> Self {
                let cut = cut.map(<$item>::from);
                Self {
                    $list: cut.items,
                    limit: cut.paging.limit,
                    offset: cut.paging.offset,
                    has_more: cut.has_more,
                    total: cut.total,
                }
            }
        }
    };
}

pub(crate) use page;
