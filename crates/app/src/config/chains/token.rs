//! Tokens in the addresses of nodes: many who serve nodes give each customer a path or a query of
//! their own, and repeat it when they refuse.

/// Shorter parts of an address are no tokens.
const LEAST_CHARS: usize = 20;

/// Every part of an address behind its host that may be a token, as it is written and as it is read.
///
/// A name may be taken for one, which then is hidden in texts: better than the other way round.
pub(super) fn in_address(url: &str) -> Vec<String> {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let rest = rest.find(['/', '?', '#']).and_then(|at| rest.get(at..));
    let parts = rest
        .unwrap_or_default()
        .split(['/', '?', '#', '&', '=', ';']);
    let mut tokens = Vec::new();
    for part in parts.filter(|part| may_be_token(part)) {
        tokens.push(part.to_owned());
        let read = form_urlencoded::parse(part.as_bytes()).next();
        let read = read.map(|(read, _)| read.into_owned());
        tokens.extend(read.filter(|read| read != part));
    }
    tokens
}

fn may_be_token(part: &str) -> bool {
    let has = |is: fn(char) -> bool| part.chars().any(is);
    part.chars().count() >= LEAST_CHARS
        && has(|char| char.is_ascii_digit())
        && has(|char| char.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::in_address;

    #[test]
    fn a_token_stands_behind_the_host() {
        const TOKEN: &str = "4f9c2b7e8d1a4c3f9e6b5a2d7c8f1e0a";
        for (address, found) in [
            (format!("https://node.example.com/v3/{TOKEN}"), vec![TOKEN]),
            (
                format!("https://node.example.com/{TOKEN}/archive/"),
                vec![TOKEN],
            ),
            (
                format!("https://node.example.com?key={TOKEN}&chain=base"),
                vec![TOKEN],
            ),
            (format!("https://node.example.com/#{TOKEN}"), vec![TOKEN]),
            (format!("https://{TOKEN}.example.com"), Vec::new()),
            (
                format!("https://{TOKEN}.example.com/v3/ethereum"),
                Vec::new(),
            ),
            (
                "https://node.example.com/a-rather-long-name-of-a-chain".to_owned(),
                Vec::new(),
            ),
            ("http://127.0.0.1:8545".to_owned(), Vec::new()),
            (String::new(), Vec::new()),
        ] {
            assert_eq!(in_address(&address), found, "{address}");
        }
        let coded = in_address("https://node.example.com/?key=a1%2Fb2%3Dc3-d4-e5-f6-g7-h8");
        assert_eq!(
            coded,
            ["a1%2Fb2%3Dc3-d4-e5-f6-g7-h8", "a1/b2=c3-d4-e5-f6-g7-h8"]
        );
    }
}
