//! Everything that is looked for in a text.

use super::{form::NEEDS, formats::Formats, registered::Registered, view::View};
use crate::{rule::table::LOOK_BACK, wanted::Wanted, weave::Part};

/// How far before what is undecided the text may be looked at again.
pub(super) const KEPT: usize = if NEEDS > LOOK_BACK { NEEDS } else { LOOK_BACK };

/// How far a text has been looked through.
#[derive(Default)]
pub(crate) struct Search {
    registered: Registered,
    formats: Formats,
}

impl Search {
    /// Adds what it finds, and says before which place nothing more will begin.
    pub(crate) fn advance(
        &mut self,
        wanted: &Wanted,
        view: View<'_>,
        add: &mut impl FnMut(Part),
    ) -> u64 {
        let formats = self.formats.advance(wanted, view, &mut *add);
        let registered = self.registered.advance(wanted, view, add);
        formats.min(registered)
    }

    /// Where the parts begin whose end has not come.
    pub(super) fn unended(&self) -> &[u64] {
        self.formats.unended()
    }
}
