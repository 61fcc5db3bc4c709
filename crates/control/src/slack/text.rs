//! Texts cut to what Slack takes, and words of others that stay words.

/// A text that fits, and how many of its bytes are left away.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Fitted {
    /// What fits.
    pub(super) text: String,
    /// The bytes of the rest.
    pub(super) hidden_bytes: usize,
}

/// What stands for the rest of a text.
const MORE: char = '…';

/// The beginning of a text that takes at most `most` bytes of JSON, the sign for the rest included.
///
/// Slack counts characters; bytes are never fewer, so what fits here fits there.
pub(super) fn fit(text: &str, most: usize) -> Fitted {
    let whole = text.chars().map(cost).fold(0, usize::saturating_add);
    if whole <= most {
        return Fitted {
            text: text.to_owned(),
            hidden_bytes: 0,
        };
    }
    let mut room = most.saturating_sub(cost(MORE));
    let mut fitted = String::new();
    for letter in text.chars() {
        let Some(left) = room.checked_sub(cost(letter)) else {
            break;
        };
        room = left;
        fitted.push(letter);
    }
    let hidden_bytes = text.len().saturating_sub(fitted.len());
    fitted.push(MORE);
    Fitted {
        text: fitted,
        hidden_bytes,
    }
}

/// The bytes a letter takes in JSON.
pub(super) fn cost(letter: char) -> usize {
    match letter {
        '"' | '\\' | '\n' | '\r' | '\t' => 2,
        letter if letter.is_control() => 6,
        letter => letter.len_utf8(),
    }
}

/// A text for where Slack looks for its own marks: the three characters that begin one are escaped.
///
/// Source: <https://docs.slack.dev/messaging/formatting-message-text#escaping>.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::{escape, fit};
    use proptest::prelude::*;

    #[test]
    fn marks_become_words() {
        assert_eq!(
            escape("<!channel> & <@U1>"),
            "&lt;!channel&gt; &amp; &lt;@U1&gt;"
        );
    }

    #[test]
    fn what_is_left_away_is_counted() {
        let fitted = fit("abcdefgh", 6);
        assert_eq!((fitted.text.as_str(), fitted.hidden_bytes), ("abc…", 5));
        assert_eq!(fit("abcdef", 6).hidden_bytes, 0);
        assert_eq!(fit("", 0).hidden_bytes, 0);
    }

    proptest! {
        #[test]
        fn what_fits_fits_as_json(text in ".{0,60}", most in 3_usize..80) {
            let fitted = fit(&text, most);
            let json = serde_json::to_string(&fitted.text).unwrap();
            prop_assert!(json.len() <= most + 2, "{json}");
            prop_assert_eq!(fitted.hidden_bytes == 0, fitted.text == text);
        }
    }
}
