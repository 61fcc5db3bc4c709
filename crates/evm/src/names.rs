//! What addresses are called. Only what the operator wrote down counts: a token may call itself
//! anything.

use alloy_primitives::{Address, U256};
use std::collections::BTreeMap;

/// The most characters of a foreign text that are shown.
pub const FOREIGN_MAX_CHARS: usize = 120;

/// Names by address.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// The vault that acts.
    pub vault: Address,
    /// Tokens.
    pub tokens: BTreeMap<Address, TokenName>,
    /// Everything else, e.g. routers.
    pub places: BTreeMap<Address, String>,
}

/// How a token is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TokenName {
    /// Its symbol, e.g. `USDC`.
    pub symbol: String,
    /// How many decimals one whole of it has.
    pub decimals: u8,
}

impl Names {
    /// Somebody.
    #[must_use]
    pub fn party(&self, address: Address) -> String {
        if address == self.vault {
            return "this vault".to_owned();
        }
        if address.is_zero() {
            return "nobody, the zero address".to_owned();
        }
        let token = self.tokens.get(&address).map(|token| &token.symbol);
        match token.or_else(|| self.places.get(&address)) {
            Some(name) => format!("{name} ({address})"),
            None => format!("the unknown address {address}"),
        }
    }

    /// A token.
    #[must_use]
    pub fn token(&self, address: Address) -> String {
        match self.tokens.get(&address) {
            Some(token) => token.symbol.clone(),
            None => format!("the unverified token {address}"),
        }
    }

    /// An amount of a token.
    #[must_use]
    pub fn amount(&self, amount: U256, token: Address) -> String {
        match self.tokens.get(&token) {
            _ if amount == U256::MAX => format!("an unlimited amount of {}", self.token(token)),
            Some(known) => format!("{} {}", decimal(amount, known.decimals), known.symbol),
            None => format!(
                "{} smallest units of the unverified token {token}",
                whole(amount)
            ),
        }
    }
}

/// A whole number, with a comma before every three digits that follow.
#[must_use]
pub fn whole(amount: U256) -> String {
    let digits = amount.to_string();
    let mut shown = String::with_capacity(digits.len().saturating_mul(4) / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && digits.len().saturating_sub(at).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// A whole number as a decimal one.
#[must_use]
pub fn decimal(amount: U256, decimals: u8) -> String {
    let digits = amount.to_string();
    let places = usize::from(decimals);
    let padded = format!("{digits:0>width$}", width = places.saturating_add(1));
    let (whole, part) = padded.split_at(padded.len().saturating_sub(places));
    match part.trim_end_matches('0') {
        "" => whole.to_owned(),
        part => format!("{whole}.{part}"),
    }
}

/// A decimal number as a whole one, in units of the last of `decimals` places: the reverse of
/// [`decimal`]. Nothing for a text that is none, has more places, or is too large.
#[must_use]
pub fn units(text: &str, decimals: u8) -> Option<U256> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let plain = |digits: &str| digits.bytes().all(|byte| byte.is_ascii_digit());
    let places = usize::from(decimals);
    let dangling = text.ends_with('.');
    if whole.is_empty() || dangling || part.len() > places || !plain(whole) || !plain(part) {
        return None;
    }
    format!("{whole}{part:0<places$}").parse().ok()
}

/// A text that somebody else wrote, so that it can be shown: in quotation marks, bounded, without
/// anything that is not plainly visible.
#[must_use]
pub fn foreign(text: &str) -> String {
    let mut shown = String::from("\"");
    for (at, char) in text.chars().enumerate() {
        if at == FOREIGN_MAX_CHARS {
            shown.push('…');
            break;
        }
        match char {
            '"' | '\\' => {
                shown.push('\\');
                shown.push(char);
            }
            ' '..='~' => shown.push(char),
            _ => shown.extend(char.escape_unicode()),
        }
    }
    shown.push('"');
    shown
}

#[cfg(test)]
mod tests {
    use super::{decimal, foreign, units, whole};
    use alloy_primitives::U256;

    #[test]
    fn amounts_have_their_point_where_it_belongs() {
        for (amount, decimals, shown) in [
            (0_u64, 6, "0"),
            (1, 6, "0.000001"),
            (1_500_000, 6, "1.5"),
            (12, 0, "12"),
            (100, 2, "1"),
            (123_456, 2, "1234.56"),
        ] {
            assert_eq!(decimal(U256::from(amount), decimals), shown);
        }
        assert_eq!(decimal(U256::from(7), 40).len(), 42);
    }

    #[test]
    fn a_decimal_number_is_read_back() {
        for (text, decimals, amount) in [("0", 6, 0), ("1.5", 6, 1_500_000), ("12", 0, 12_u64)] {
            assert_eq!(units(text, decimals), Some(U256::from(amount)));
        }
        for text in [
            "",
            ".",
            "1.",
            ".5",
            "-1",
            "+1",
            "1e3",
            "1.2345678",
            "1,0",
            " 1",
            "0x1",
        ] {
            assert_eq!(units(text, 6), None, "{text}");
        }
        assert_eq!(units(&"9".repeat(90), 6), None);
    }

    #[test]
    fn whole_numbers_are_read_in_threes() {
        for (amount, shown) in [
            (0_u64, "0"),
            (999, "999"),
            (1_000, "1,000"),
            (1_234_567, "1,234,567"),
        ] {
            assert_eq!(whole(U256::from(amount)), shown);
        }
    }

    #[test]
    fn foreign_texts_are_quoted_and_bounded() {
        assert_eq!(foreign("ok"), "\"ok\"");
        assert_eq!(foreign("a\"b\\c\nd"), "\"a\\\"b\\\\c\\u{a}d\"");
        assert_eq!(foreign("\u{202e}x"), "\"\\u{202e}x\"");
        assert!(foreign(&"x".repeat(10_000)).chars().count() < 130);
    }
}
