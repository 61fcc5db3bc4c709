//! Replaces comments and literals by spaces, line for line.

use super::is_word_char;

/// `source` with nothing but code in it, every line where it was.
pub(super) fn blank(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let hidden = hidden_length(rest);
        if hidden > 0 {
            let (gone, after) = split(rest, hidden);
            out.push(' ');
            out.extend(gone.chars().filter(|c| *c == '\n'));
            rest = after;
            continue;
        }
        // A whole word at once, so that the `r` of `for"` never begins a raw text.
        let length = if is_word_char(first) {
            rest.find(|c| !is_word_char(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        let (kept, after) = split(rest, length);
        out.push_str(kept);
        rest = after;
    }
    out
}

/// How many bytes of a comment or literal `rest` begins with; 0 for code.
fn hidden_length(rest: &str) -> usize {
    if rest.starts_with("//") {
        return rest.find('\n').unwrap_or(rest.len());
    }
    if rest.starts_with("/*") {
        return block_comment(rest);
    }
    if rest.starts_with('\'') || rest.starts_with("b'") {
        return character(rest);
    }
    text(rest)
}

fn block_comment(rest: &str) -> usize {
    let mut depth = 0_usize;
    let mut previous = ' ';
    for (place, c) in rest.char_indices() {
        match (previous, c) {
            ('/', '*') => (depth, previous) = (depth + 1, ' '),
            ('*', '/') if depth == 1 => return place + 1,
            ('*', '/') => (depth, previous) = (depth.saturating_sub(1), ' '),
            _ => previous = c,
        }
    }
    rest.len()
}

/// A character literal; 0 when the quote begins a lifetime.
fn character(rest: &str) -> usize {
    let prefix = rest.len() - rest.trim_start_matches('b').len();
    let mut inside = rest.char_indices().skip(prefix + 1);
    match inside.next() {
        Some((_, '\\')) => {
            inside.next();
            inside
                .find(|(_, c)| *c == '\'')
                .map_or(0, |(place, _)| place + 1)
        }
        _ => inside
            .next()
            .filter(|(_, c)| *c == '\'')
            .map_or(0, |(place, _)| place + 1),
    }
}

/// A text literal of any kind; 0 when there is none.
fn text(rest: &str) -> usize {
    let kind = rest.trim_start_matches(['b', 'c']);
    let body = kind.strip_prefix('r').unwrap_or(kind);
    let raw = body.len() < kind.len();
    let hashes = body.len() - body.trim_start_matches('#').len();
    if rest.len() - kind.len() > 1 || (hashes > 0 && !raw) {
        return 0;
    }
    let Some(inside) = body.trim_start_matches('#').strip_prefix('"') else {
        return 0;
    };
    let opening = rest.len() - inside.len();
    let closing = if raw {
        let end = format!("\"{}", "#".repeat(hashes));
        inside.find(&end).map(|place| place + end.len())
    } else {
        escaped_end(inside)
    };
    opening + closing.unwrap_or(inside.len())
}

/// Where a text with escapes ends, its closing quote included.
fn escaped_end(inside: &str) -> Option<usize> {
    let mut escaped = false;
    for (place, c) in inside.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(place + 1),
            _ => {}
        }
    }
    None
}

fn split(rest: &str, length: usize) -> (&str, &str) {
    rest.split_at_checked(length).unwrap_or((rest, ""))
}
