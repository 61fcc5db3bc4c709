//! How the story looks on a terminal.

use crate::output::{clean::one_line, painted, style};
use anstyle::Style;

/// The widest a line gets, in characters.
const WIDTH: usize = 98;
/// Where texts begin.
const MARGIN: usize = 14;

/// A heading.
pub(super) fn heading(text: &str) -> String {
    format!("\n{}\n", painted(style::STRONG, text))
}

/// The title of an act.
pub(super) fn title(number: usize, text: &str) -> String {
    let number = painted(style::FAINT, &format!("{number:>2}"));
    format!("\n {number}  {}\n", painted(style::STRONG, text))
}

/// A name before a text that is wrapped beside it.
pub(super) fn fact(name: &str, name_style: Style, text: &str) -> String {
    let gap = MARGIN.saturating_sub(4 + name.chars().count());
    let mut out = format!("    {}{:gap$}", painted(name_style, name), "");
    for (at, line) in wrapped(&one_line(text), WIDTH - MARGIN).iter().enumerate() {
        if at > 0 {
            out.push_str(&format!("\n{:MARGIN$}", ""));
        }
        out.push_str(line);
    }
    out.push('\n');
    out
}

/// A text in lines of at most so many characters.
pub(super) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        match lines.last_mut() {
            Some(line) if line.chars().count() + 1 + word.chars().count() <= width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_wrapped_between_words() {
        assert_eq!(wrapped("aa bb cc", 5), ["aa bb", "cc"]);
        assert_eq!(wrapped("aaaaaaa b", 5), ["aaaaaaa", "b"]);
        assert_eq!(wrapped("", 5), [""]);
    }
}
