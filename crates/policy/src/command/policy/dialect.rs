//! What other dialects of regular expressions have, and this one has not or reads differently.
//!
//! The patterns of others are those of .NET or PCRE. What is refused here would be an error anyway,
//! or worse: would be taken, and mean something else.

use std::{iter::Peekable, str::Chars};

/// What cannot be taken of a pattern, and where; `None` when it means the same everywhere.
pub(super) fn stranger(pattern: &str) -> Option<String> {
    let mut reader = Reader {
        chars: pattern.chars().peekable(),
        place: 0,
        in_class: false,
        counted: false,
    };
    let (what, place) = reader.read()?;
    Some(format!(
        "{what}, at character {place}, is not taken: patterns are those of Rust's `regex`, which takes \
         linear time, not those of .NET or PCRE"
    ))
}

struct Reader<'p> {
    chars: Peekable<Chars<'p>>,
    /// The number of characters read.
    place: usize,
    in_class: bool,
    /// Whether a count such as `*` has just ended.
    counted: bool,
}

impl Reader<'_> {
    fn read(&mut self) -> Option<(&'static str, usize)> {
        while let Some(char) = self.next() {
            let place = self.place;
            let counted = std::mem::take(&mut self.counted);
            let found = match char {
                '\\' => self.read_escape(),
                _ if self.in_class => self.read_in_class(char),
                '[' => {
                    self.open_class();
                    None
                }
                '(' if self.peek() == Some('?') => self.read_group(),
                '+' if counted => Some("a possessive count"),
                '*' | '+' | '?' | '}' => {
                    self.counted = true;
                    None
                }
                '{' if self.peek() == Some(',') => Some("a count without a least number"),
                _ => None,
            };
            if let Some(what) = found {
                return Some((what, place));
            }
        }
        None
    }

    fn open_class(&mut self) {
        self.in_class = true;
        self.take('^');
        // The first character may be a bracket that closes nothing.
        self.take(']');
    }

    fn read_in_class(&mut self, char: char) -> Option<&'static str> {
        let next = self.peek();
        match char {
            ']' => {
                self.in_class = false;
                None
            }
            '[' if next == Some(':') => {
                while self.peek().is_some_and(|next| next != ']') {
                    self.next();
                }
                self.next();
                None
            }
            '[' => Some("a class within a class"),
            '&' | '-' | '~' if next == Some(char) => Some("a set operation"),
            _ => None,
        }
    }

    fn read_escape(&mut self) -> Option<&'static str> {
        let char = self.next()?;
        match char {
            '0'..='9' => Some("a back-reference or an octal number"),
            'k' | 'g' => Some("a back-reference"),
            'p' | 'P' => Some("a class of Unicode"),
            'b' if self.peek() == Some('{') => Some("an edge of a word in braces"),
            _ if self.in_class => None,
            'G' | 'Z' | 'K' | '<' | '>' => Some("an anchor that others read differently"),
            'Q' | 'E' => Some("a quotation"),
            'R' | 'X' | 'h' | 'H' | 'N' | 'C' => Some("a class of PCRE"),
            'c' | 'e' | 'o' => Some("an escape that others read differently"),
            _ => None,
        }
    }

    /// What stands behind `(?`.
    fn read_group(&mut self) -> Option<&'static str> {
        self.next();
        match self.peek()? {
            '=' => Some("a look-ahead"),
            '!' => Some("a negative look-ahead"),
            '>' => Some("an atomic group"),
            '(' => Some("a conditional group"),
            '#' => Some("a comment"),
            '|' => Some("a branch reset"),
            '\'' => Some("a group named in quotes"),
            'R' | '&' | '+' | '0'..='9' => Some("a recursion"),
            '<' => {
                self.next();
                match self.peek() {
                    Some('=') => Some("a look-behind"),
                    Some('!') => Some("a negative look-behind"),
                    _ => None,
                }
            }
            'P' => {
                self.next();
                (self.peek() != Some('<')).then_some("a back-reference or a recursion")
            }
            _ => self.read_flags(),
        }
    }

    fn read_flags(&mut self) -> Option<&'static str> {
        while let Some(char) = self.peek() {
            match char {
                ':' | ')' => return None,
                'i' | 'm' | 's' | '-' => drop(self.next()),
                _ => return Some("a flag that others read differently"),
            }
        }
        None
    }

    fn next(&mut self) -> Option<char> {
        let char = self.chars.next()?;
        self.place = self.place.saturating_add(1);
        Some(char)
    }

    fn peek(&mut self) -> Option<char> {
        self.chars.peek().copied()
    }

    fn take(&mut self, char: char) {
        if self.peek() == Some(char) {
            self.next();
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::command::policy::Pattern;

    #[test]
    fn what_means_the_same_everywhere_is_taken() {
        for pattern in [
            "delete",
            "rm -rf",
            "^kubectl (get|describe) .*",
            "^aws .* (describe|list|get)-.*",
            r"^a\.b\s+\d+\w*$",
            "(?i)DROP TABLE",
            "(?:a|b){2,3}?",
            "(?<name>a)",
            "(?P<name>a)",
            "[^]a-z_-]",
            "[[:alpha:]]+",
            r"[\w.-]+\b",
            "a{2,}",
        ] {
            assert!(
                Pattern::compile(pattern).is_ok(),
                "{pattern}: {:?}",
                Pattern::compile(pattern)
            );
        }
    }

    #[test]
    fn other_dialects_are_refused_by_name_and_place() {
        for (pattern, what, place) in [
            ("^kubectl (?!delete)", "a negative look-ahead", 10),
            ("a(?=b)", "a look-ahead", 2),
            ("(?<=a)b", "a look-behind", 1),
            ("(?<!a)b", "a negative look-behind", 1),
            (r"(a)\1", "a back-reference", 4),
            (r"(?<n>a)\k<n>", "a back-reference", 8),
            ("(?>a)", "an atomic group", 1),
            ("(?(1)a|b)", "a conditional group", 1),
            ("(?#a)", "a comment", 1),
            ("(?P=n)", "a back-reference", 1),
            ("a(?R)", "a recursion", 2),
            ("a*+", "a possessive count", 3),
            ("a{1,2}+", "a possessive count", 7),
            ("[a-z-[aeiou]]", "a class within a class", 6),
            ("[a-z&&[b]]", "a set operation", 5),
            (r"\Ga", "an anchor", 1),
            (r"a\Z", "an anchor", 2),
            (r"\<a", "an anchor", 1),
            (r"\Qa\E", "a quotation", 1),
            (r"\p{IsGreek}", "a class of Unicode", 1),
            (r"\h", "a class of PCRE", 1),
            ("(?x) a", "a flag", 1),
            ("(?n)a", "a flag", 1),
            ("a{,3}", "a count without", 2),
        ] {
            let message = Pattern::compile(pattern).unwrap_err();
            assert!(message.starts_with(what), "{pattern}: {message}");
            assert!(
                message.contains(&format!("at character {place}, is not taken")),
                "{pattern}: {message}"
            );
            assert!(message.contains(".NET"), "{pattern}: {message}");
        }
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for (pattern, wanted) in [
            ("", "is blank"),
            (" ", "is blank"),
            (
                "a(b",
                "is no regular expression: unclosed group, at character 2",
            ),
            (
                "[a",
                "is no regular expression: unclosed character class, at character 1",
            ),
            (&"a".repeat(513), "a pattern has at most 512 bytes"),
            (r"(\w{200}){200}", "is too large"),
        ] {
            let message = Pattern::compile(pattern).unwrap_err();
            assert!(message.starts_with(wanted), "{pattern}: {message}");
        }
    }
}
