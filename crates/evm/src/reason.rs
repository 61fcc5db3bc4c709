//! Why a transaction failed, as the contract put it.

use std::fmt;

use alloy_primitives::{Bytes, U256};
use alloy_sol_types::{Panic, Revert, SolError};

/// The most characters of a contract's text that are shown.
const MOST_SHOWN: usize = 200;

/// What a failed transaction left behind.
///
/// The words are the contract's own, and so possibly hostile: they are shown in back-ticks, cut and
/// without control characters, and never acted upon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// A plain string, such as `dh23`.
    Text(String),
    /// The compiler's own check number, such as 0x11 for an overflow.
    Panic(U256),
    /// A typed error: its selector and its encoded fields.
    Typed([u8; 4], Bytes),
    /// Nothing at all.
    Empty,
    /// It did not revert, it stopped: out of gas or an instruction that must not be.
    Halt(String),
}

impl Reason {
    /// Reads what a revert returned. Anything that is not exactly a string or a check number stays
    /// bytes.
    #[must_use]
    pub fn read(bytes: &Bytes) -> Self {
        if bytes.is_empty() {
            return Self::Empty;
        }
        if let Ok(text) = Revert::abi_decode_validate(bytes) {
            return Self::Text(text.reason);
        }
        if let Ok(panic) = Panic::abi_decode_validate(bytes) {
            return Self::Panic(panic.code);
        }
        match bytes.split_first_chunk::<4>() {
            Some((selector, fields)) => Self::Typed(*selector, bytes.slice_ref(fields)),
            None => Self::Typed([0; 4], bytes.clone()),
        }
    }

    /// The plain string, if it is one.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::Panic(_) | Self::Typed(..) | Self::Empty | Self::Halt(_) => None,
        }
    }

    /// The typed error of this kind, if it is one.
    #[must_use]
    pub fn typed<E: SolError>(&self) -> Option<E> {
        match self {
            Self::Typed(selector, fields) if *selector == E::SELECTOR => {
                E::abi_decode_raw_validate(fields).ok()
            }
            Self::Typed(..) | Self::Text(_) | Self::Panic(_) | Self::Empty | Self::Halt(_) => None,
        }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(text) => {
                let plain = text.chars().filter(|c| !c.is_control() && *c != '`');
                let shown: String = plain.take(MOST_SHOWN).collect();
                write!(f, "`{shown}`")
            }
            Self::Panic(code) => write!(f, "check {code:#x} of the compiler"),
            Self::Typed(selector, fields) => {
                let hex = alloy_primitives::hex::encode(selector);
                write!(f, "error 0x{hex} with {} bytes", fields.len())
            }
            Self::Empty => f.write_str("no reason"),
            Self::Halt(why) => write!(f, "stopped: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, U256};
    use alloy_sol_types::{Panic, Revert, SolError};

    use super::Reason;

    #[test]
    fn a_string_a_check_and_bytes_are_told_apart() {
        let text = Revert::from("dh23").abi_encode();
        assert_eq!(Reason::read(&text.into()), Reason::Text("dh23".to_owned()));
        let panic = Panic::from(0x11_u64).abi_encode();
        assert_eq!(Reason::read(&panic.into()), Reason::Panic(U256::from(0x11)));
        assert_eq!(Reason::read(&Bytes::new()), Reason::Empty);
        let typed = Reason::read(&Bytes::from_static(&[1, 2, 3, 4, 5]));
        assert_eq!(typed, Reason::Typed([1, 2, 3, 4], Bytes::from_static(&[5])));
    }

    #[test]
    fn a_torn_string_stays_bytes() {
        let mut text = Revert::from("dh23").abi_encode();
        text.truncate(40);
        assert!(matches!(Reason::read(&text.into()), Reason::Typed(..)));
    }

    #[test]
    fn hostile_words_are_cut_and_quoted() {
        let words = format!("a`\n{}", "x".repeat(500));
        let shown = Reason::Text(words).to_string();
        assert_eq!(shown.chars().count(), 202, "{shown}");
        assert!(!shown.contains('\n'));
    }
}
