//! Whether a request comes from a page of this console.

use axum::http::{HeaderMap, HeaderName, header};
use subtle::ConstantTimeEq;

/// What browsers say of where a request began (Fetch Metadata).
const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whether a deed was asked for by a page of ours, as far as the browser says.
///
/// Fails closed: a header that says something else refuses, whatever the other says.
pub(in crate::console) fn is_ours(headers: &HeaderMap, public_url: &str) -> bool {
    let said = |name: &HeaderName| headers.get_all(name).iter().collect::<Vec<_>>();
    let site = said(&SEC_FETCH_SITE);
    let from_here = site.iter().all(|site| *site == "same-origin");
    // Pages send no referrer, so that browsers may say `null` of their own forms.
    let origin = said(&header::ORIGIN);
    let ours = origin
        .iter()
        .all(|said| *said == "null" || *said == origin_of(public_url));
    from_here && ours
}

fn origin_of(public_url: &str) -> &str {
    origin(public_url)
}

/// The scheme, host and port of an address.
pub(super) fn origin(url: &str) -> &str {
    let after = url.find("://").map_or(0, |at| at.saturating_add(3));
    let rest = url.get(after..).unwrap_or_default();
    let end = rest
        .find('/')
        .map_or(url.len(), |at| after.saturating_add(at));
    url.get(..end).unwrap_or(url)
}

/// The host of an address, without its port.
pub(super) fn host(url: &str) -> &str {
    let origin = origin(url);
    let host = origin.rsplit("://").next().unwrap_or(origin);
    match host.strip_prefix('[') {
        Some(v6) => v6.split(']').next().unwrap_or(v6),
        None => host.split(':').next().unwrap_or(host),
    }
}

/// Whether two secrets are the same, in the same time for every wrong one.
pub(in crate::console) fn strictly_same(one: &str, other: &str) -> bool {
    !one.is_empty() && bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::{host, is_ours, origin};
    use axum::http::HeaderMap;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair =
            |(name, value): &(&'static str, &str)| (name.parse().unwrap(), value.parse().unwrap());
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn an_address_is_taken_apart() {
        assert_eq!(
            origin("https://gate.example:8443/x"),
            "https://gate.example:8443"
        );
        assert_eq!(host("https://gate.example:8443/x"), "gate.example");
        assert_eq!(host("http://127.0.0.1:8088"), "127.0.0.1");
        assert_eq!(host("http://[::1]:8088"), "::1");
    }

    #[test]
    fn what_another_site_asks_for_is_not_ours() {
        let url = "https://gate.example";
        let ours = |pairs: &[(&'static str, &str)]| is_ours(&headers(pairs), url);
        assert!(ours(&[]));
        assert!(ours(&[("sec-fetch-site", "same-origin"), ("origin", url)]));
        assert!(ours(&[
            ("sec-fetch-site", "same-origin"),
            ("origin", "null")
        ]));
        for site in ["cross-site", "same-site", "none", ""] {
            assert!(
                !ours(&[("sec-fetch-site", site), ("origin", url)]),
                "{site}"
            );
        }
        for origin in [
            "https://evil.example",
            "http://gate.example",
            "https://gate.example.evil",
        ] {
            assert!(!ours(&[("origin", origin)]), "{origin}");
        }
    }
}
