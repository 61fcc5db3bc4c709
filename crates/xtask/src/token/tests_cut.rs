//! Cuts out what is compiled for tests alone.

use super::Token;
use std::{iter::Peekable, vec::IntoIter};

type Tokens = Peekable<IntoIter<Token>>;

/// What begins an item; anything else after an attribute is a field, a variant or an arm.
const ITEM_WORDS: &[&str] = &[
    "async",
    "const",
    "enum",
    "extern",
    "fn",
    "impl",
    "let",
    "macro_rules",
    "mod",
    "pub",
    "static",
    "struct",
    "trait",
    "type",
    "unsafe",
    "use",
];

/// `tokens` without the items under `#[cfg(test)]`; nothing when all of the file is.
#[must_use]
pub fn without_tests(tokens: Vec<Token>) -> Vec<Token> {
    let mut kept = Vec::with_capacity(tokens.len());
    let mut rest = tokens.into_iter().peekable();
    while let Some(token) = rest.next() {
        if !token.is("#") {
            kept.push(token);
            continue;
        }
        let inner = rest.next_if(|next| next.is("!"));
        let attribute = bracketed(&mut rest);
        if !only_tests(&attribute) {
            kept.push(token);
            kept.extend(inner);
            kept.extend(attribute);
        } else if inner.is_some() {
            return Vec::new();
        } else {
            skip_item(&mut rest);
        }
    }
    kept
}

/// The tokens of `[…]`, brackets included.
fn bracketed(rest: &mut Tokens) -> Vec<Token> {
    let mut taken = Vec::new();
    let mut depth = 0_usize;
    while let Some(token) = rest.next_if(|next| depth > 0 || next.is("[")) {
        depth = match token.text.as_str() {
            "[" => depth + 1,
            "]" => depth.saturating_sub(1),
            _ => depth,
        };
        taken.push(token);
        if depth == 0 {
            break;
        }
    }
    taken
}

fn only_tests(attribute: &[Token]) -> bool {
    let has = |word: &str| attribute.iter().any(|token| token.is(word));
    attribute.get(1).is_some_and(|token| token.is("cfg"))
        && has("test")
        && !has("not")
        && !has("any")
}

fn skip_item(rest: &mut Tokens) {
    while rest.next_if(|next| next.is("#")).is_some() {
        bracketed(rest);
    }
    let item = rest
        .peek()
        .is_some_and(|next| ITEM_WORDS.contains(&next.text.as_str()));
    let mut depth = 0_usize;
    while let Some(next) = rest.peek() {
        match next.text.as_str() {
            // The end of what holds the field: not ours to take.
            ")" | "]" | "}" if depth == 0 => return,
            "(" | "[" | "{" => depth += 1,
            ")" | "]" => depth -= 1,
            "}" => {
                depth -= 1;
                if depth == 0 {
                    rest.next();
                    rest.next_if(|after| after.is(",") && !item);
                    return;
                }
            }
            ";" if depth == 0 => {
                rest.next();
                return;
            }
            "," if depth == 0 && !item => {
                rest.next();
                return;
            }
            _ => {}
        }
        rest.next();
    }
}
