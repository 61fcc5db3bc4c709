//! What a command says, while it runs.
//!
//! Every piece is screened and made visible before anybody hears it.

mod plain;
mod teller;

pub(crate) use teller::{Kept, Teller};

use portcullis_policy::id::TenantId;
use std::fmt;

/// Screens what is shown while a command runs.
pub trait Screens: fmt::Debug + Send + Sync {
    /// Begins a text of a tenant's; `None` when it cannot be screened, and then nobody hears it
    /// before it is over and screened as a whole.
    fn begin(&self, tenant: &TenantId) -> Option<Box<dyn Sieve>>;
}

/// A text that is being screened, cut anywhere.
pub trait Sieve: fmt::Debug + Send {
    /// Takes the next bytes, and gives those that may be shown.
    fn push(&mut self, bytes: &[u8]) -> Vec<u8>;

    /// The rest of the text.
    fn finish(self: Box<Self>) -> Vec<u8>;
}

impl Sieve for portcullis_screen::stream::Stream {
    fn push(&mut self, bytes: &[u8]) -> Vec<u8> {
        Self::push(self, bytes).bytes
    }

    fn finish(self: Box<Self>) -> Vec<u8> {
        Self::finish(*self).0.bytes
    }
}
