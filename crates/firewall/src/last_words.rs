//! What may be told of a panic: where it was, and words that were written into the program.
//!
//! Words that are put together while the gate runs may hold what it had in its hands, a credential
//! among it, and a panic is told by nobody who knows how to redact.

use std::{
    any::Any,
    backtrace::{Backtrace, BacktraceStatus},
    io::Write as _,
    panic::{self, PanicHookInfo},
};

/// In the place of words that nobody may read.
const LEFT_OUT: &str = "its words are left out, for they may hold a secret";

/// Has every panic of this process told on standard error as [`told`] says.
pub fn keep_to_oneself() {
    panic::set_hook(Box::new(|what| {
        let mut line = told(what);
        let trace = Backtrace::capture();
        if trace.status() == BacktraceStatus::Captured {
            line = format!("{line}\n{trace}");
        }
        // Without a standard error nobody is told.
        let _ = writeln!(std::io::stderr().lock(), "{line}");
    }));
}

/// What may be told of a panic.
///
/// *Fails closed:* what is no text of the program's own is left out.
#[must_use]
pub fn told(what: &PanicHookInfo<'_>) -> String {
    let place = what
        .location()
        .map_or_else(|| "nobody knows where".to_owned(), ToString::to_string);
    format!("a panic at {place}: {}", words(what.payload()))
}

fn words(payload: &(dyn Any + Send)) -> &str {
    payload.downcast_ref::<&'static str>().unwrap_or(&LEFT_OUT)
}

#[cfg(test)]
mod tests {
    use super::{LEFT_OUT, words};

    #[test]
    fn only_what_stands_in_the_program_is_told() {
        assert_eq!(words(&"the lane is gone"), "the lane is gone");
        assert_eq!(words(&"a token: tok_1".to_owned()), LEFT_OUT);
        assert_eq!(words(&7), LEFT_OUT);
    }
}
