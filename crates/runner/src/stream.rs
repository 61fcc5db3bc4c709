//! What a command says, while it runs.
//!
//! Every piece is screened and made visible before anybody hears it.

mod plain;
mod teller;

pub(crate) use teller::{Kept, Teller};
