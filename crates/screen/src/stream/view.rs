//! The part of a stream that is at hand.

/// Text, and where in the whole it lies.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub text: &'a [u8],
    /// Where it begins.
    pub base: u64,
    /// Whether nothing comes after it.
    pub over: bool,
}

impl<'a> View<'a> {
    /// All of a text.
    pub(crate) const fn whole(text: &'a [u8]) -> Self {
        Self {
            text,
            base: 0,
            over: true,
        }
    }

    /// Where it ends in the whole.
    pub(super) const fn end(self) -> u64 {
        self.base + self.text.len() as u64
    }

    /// Where a place of the whole lies in the text.
    pub(super) fn place(self, at: u64) -> usize {
        usize::try_from(at.saturating_sub(self.base)).unwrap_or(usize::MAX)
    }
}
