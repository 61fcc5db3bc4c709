//! Texts in headers, which hold plain characters alone (MCP 2026-07-28, transports).

use base64::{Engine, engine::general_purpose::STANDARD};

/// How a header says what it cannot say in plain characters.
const CODED: (&str, &str) = ("=?base64?", "?=");

/// What a header says; `None` when it cannot be read.
pub(super) fn decoded(text: &str) -> Option<String> {
    let (head, tail) = CODED;
    let coded = text.strip_prefix(head);
    let Some(coded) = coded.and_then(|rest| rest.strip_suffix(tail)) else {
        return Some(text.to_owned());
    };
    let bytes = STANDARD.decode(coded).ok()?;
    String::from_utf8(bytes).ok()
}

/// A text as a header says it.
pub(super) fn header_text(text: &str) -> String {
    let (head, tail) = CODED;
    let is_plain = text.bytes().all(|byte| (0x20..0x7f).contains(&byte))
        && text.trim() == text
        && !text.starts_with(head);
    if is_plain {
        text.to_owned()
    } else {
        format!("{head}{}{tail}", STANDARD.encode(text))
    }
}

#[cfg(test)]
mod tests {
    use super::{decoded, header_text};

    #[test]
    fn names_survive_headers() {
        for name in ["files__read", "", " a", "n\u{e9}e", "=?base64?x?=", "a\nb"] {
            let header = header_text(name);
            assert!(header.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
            assert_eq!(decoded(&header).as_deref(), Some(name));
        }
        assert_eq!(decoded("=?base64?%%?="), None);
        assert_eq!(decoded("=?base64?SGVsbG8?="), None, "without its padding");
        assert_eq!(decoded("=?base64?YQ==").as_deref(), Some("=?base64?YQ=="));
    }
}
