//! Whether a script of `sed` only prints, deletes and substitutes lines.

/// Whether a script is one plain command: `s/…/…/`, `p`, `d` or `q`, with an address or without.
///
/// Fails closed: all else, several commands among it, is more than plain.
pub(super) fn is_plain(script: &str) -> bool {
    match script.strip_prefix('s') {
        Some(rest) => substitutes(rest),
        None => {
            let address = script.trim_end_matches(['p', 'd', 'q', '=']);
            script.len().saturating_sub(address.len()) == 1 && is_address(address)
        }
    }
}

/// Lines by number, from and to, or by a plain pattern.
fn is_address(address: &str) -> bool {
    if let Some(pattern) = address
        .strip_prefix('/')
        .and_then(|rest| rest.strip_suffix('/'))
    {
        return !pattern.contains(['/', '\\', '\n', ';', '}', '{']);
    }
    address
        .chars()
        .all(|char| char.is_ascii_digit() || char == ',' || char == '$')
}

/// `s` and a delimiter, a pattern, a replacement, and flags that do no more than choose.
fn substitutes(rest: &str) -> bool {
    let Some(delimiter) = rest.chars().next().filter(|char| "/|#,:!@".contains(*char)) else {
        return false;
    };
    let parts: Vec<_> = rest.split(delimiter).collect();
    let [_, pattern, replacement, flags] = parts.as_slice() else {
        return false;
    };
    let plain = |part: &str| !part.contains('\n') && !part.ends_with('\\');
    plain(pattern)
        && plain(replacement)
        && flags
            .chars()
            .all(|flag| flag.is_ascii_digit() || "gpiI".contains(flag))
}

#[cfg(test)]
mod tests {
    use super::is_plain;

    #[test]
    fn plain_scripts_are_plain() {
        for script in [
            "s/a/b/", "s/a/b/g", "s|a|b|2p", "5p", "$p", "1,5d", "/x y/p", "p", "q",
        ] {
            assert!(is_plain(script), "{script}");
        }
    }

    #[test]
    fn all_else_is_more() {
        for script in [
            "",
            "s/a/b/e",
            "s/a/b/w f",
            "s/a/b/;e",
            "w f",
            "e",
            "1e rm x",
            "r f",
            "s/a/b",
            "s",
            "p;w f",
            "/x/w f",
            "/x/e/p",
            "s/a/b\n/",
            "s/a\\/b/",
            "$!N",
            "y/a/b/",
            "pp",
        ] {
            assert!(!is_plain(script), "{script}");
        }
    }
}
