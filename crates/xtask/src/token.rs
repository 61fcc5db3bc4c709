//! Rust source as words and signs, without comments and literals.
//!
//! It is no parser: it knows just enough to see imports and declarations, and never mistakes a
//! comment, a text or a test for code.

mod blank;
mod tests_cut;

pub use tests_cut::without_tests;

/// A word, `::`, or one sign.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    /// How it is written.
    pub text: String,
    /// The line it stands in, from 1.
    pub line: usize,
}

impl Token {
    /// Whether it is written like this.
    #[must_use]
    pub fn is(&self, text: &str) -> bool {
        self.text == text
    }

    /// Whether it is a word rather than a sign.
    #[must_use]
    pub fn is_word(&self) -> bool {
        self.text.starts_with(is_word_char)
    }
}

/// All tokens of `source`.
#[must_use]
pub fn tokens(source: &str) -> Vec<Token> {
    let code = blank::blank(source);
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        let mut rest = line.trim_start();
        while let Some(length) = next_length(rest) {
            let (text, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
            found.push(Token {
                text: text.to_owned(),
                line: number + 1,
            });
            rest = after.trim_start();
        }
    }
    found
}

/// The bytes of the token that `rest` begins with.
fn next_length(rest: &str) -> Option<usize> {
    let first = rest.chars().next()?;
    if is_word_char(first) {
        return Some(rest.find(|c| !is_word_char(c)).unwrap_or(rest.len()));
    }
    Some(if rest.starts_with("::") {
        2
    } else {
        first.len_utf8()
    })
}

pub(crate) fn is_word_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::{tokens, without_tests};

    fn words(source: &str) -> String {
        let all: Vec<String> = tokens(source).into_iter().map(|token| token.text).collect();
        all.join(" ")
    }

    fn kept(source: &str) -> String {
        let all: Vec<String> = without_tests(tokens(source))
            .into_iter()
            .map(|token| token.text)
            .collect();
        all.join(" ")
    }

    #[test]
    fn comments_and_literals_are_gone() {
        assert_eq!(words("a // crate::b\n/* c /* d */ e */ f"), "a f");
        assert_eq!(
            words(r##"let a = "x \" // y"; b(r#"c "d" "#, br"e\", 'f', '\'', b'"');"##),
            { "let a = ; b ( , , , , ) ;" }
        );
    }

    #[test]
    fn lifetimes_and_raw_names_are_not_literals() {
        assert_eq!(
            words("fn f<'a>(x: &'a str) {}"),
            "fn f < ' a > ( x : & ' a str ) { }"
        );
        assert_eq!(words("r#type::new()"), "r # type :: new ( )");
    }

    #[test]
    fn lines_are_kept() {
        let found = tokens("a\n/*\n\n*/ b\n\"x\ny\" c");
        let lines: Vec<usize> = found.iter().map(|token| token.line).collect();
        assert_eq!(lines, [1, 4, 6]);
    }

    #[test]
    fn tests_are_cut_out() {
        assert_eq!(
            kept("#[cfg(test)]\nmod tests { use crate::a; }\nb();"),
            "b ( ) ;"
        );
        assert_eq!(kept("#[cfg(test)] #[path = \"x\"] mod tests; b"), "b");
        assert_eq!(
            kept("#[cfg(test)] fn f<A, B>(a: [u8; 2]) -> A { g(a) } b"),
            "b"
        );
        assert_eq!(kept("S { #[cfg(test)] a: X, b: Y }"), "S { b : Y }");
        assert_eq!(kept("#![cfg(test)]\nuse crate::a;"), "");
    }

    #[test]
    fn what_is_not_only_for_tests_stays() {
        assert_eq!(
            kept("#[cfg(not(test))] mod a;"),
            "# [ cfg ( not ( test ) ) ] mod a ;"
        );
        assert_eq!(
            kept("#[cfg(feature = \"test\")] mod a;"),
            "# [ cfg ( feature = ) ] mod a ;"
        );
    }
}
