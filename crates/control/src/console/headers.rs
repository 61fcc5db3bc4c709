//! What every answer of the console says about itself, so that a browser allows little.

use crate::console::assets::{Asset, CACHE_CONTROL};
use axum::{
    http::{HeaderMap, HeaderName, HeaderValue, header},
    response::Response,
};

/// Only this origin's own files; no inline style or script; nothing may be made from text by a
/// script; nobody may frame it (CSP level 3, Trusted Types).
pub const CONTENT_SECURITY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
     img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; \
     base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/// Everything a page could ask for is off, but passkeys and the clipboard on this origin.
const PERMISSIONS: &str = "accelerometer=(), autoplay=(), browsing-topics=(), camera=(), \
     clipboard-read=(), clipboard-write=(self), display-capture=(), fullscreen=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), \
     publickey-credentials-create=(self), publickey-credentials-get=(self), usb=()";

/// Two years.
const STRICT_TRANSPORT: &str = "max-age=63072000; includeSubDomains";

/// What every answer has, page or asset.
const ALWAYS: [(HeaderName, &str); 7] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    ),
    (
        HeaderName::from_static("cross-origin-resource-policy"),
        "same-origin",
    ),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
];

/// The headers of a page. It is never kept by a browser or a proxy: it holds what one person may
/// see at one moment.
///
/// `public_url` is the address people use. HSTS is sent only when it is HTTPS; over plain HTTP
/// browsers ignore it.
#[must_use]
pub fn page_headers(public_url: &str) -> HeaderMap {
    let mut headers = always(public_url);
    set(
        &mut headers,
        header::CONTENT_TYPE,
        "text/html; charset=utf-8",
    );
    set(&mut headers, header::CACHE_CONTROL, "no-store");
    headers
}

/// The headers of an asset. It may be kept for good: its name changes with its bytes.
#[must_use]
pub fn asset_headers(asset: &Asset, public_url: &str) -> HeaderMap {
    let mut headers = always(public_url);
    set(&mut headers, header::CONTENT_TYPE, asset.media_type);
    set(&mut headers, header::CACHE_CONTROL, CACHE_CONTROL);
    headers
}

/// Whatever is answered says it too, also where a page forgot.
pub(super) fn guard(mut response: Response, public_url: &str) -> Response {
    for (name, value) in always(public_url) {
        if let Some(name) = name {
            response.headers_mut().entry(name).or_insert(value);
        }
    }
    response
}

fn always(public_url: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in ALWAYS {
        set(&mut headers, name, value);
    }
    let scheme = public_url.get(.."https://".len());
    if scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("https://")) {
        set(
            &mut headers,
            header::STRICT_TRANSPORT_SECURITY,
            STRICT_TRANSPORT,
        );
    }
    headers
}

fn set(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.insert(name, HeaderValue::from_static(value));
}

#[cfg(test)]
mod tests {
    use super::{asset_headers, page_headers};
    use crate::console::assets::STYLE;

    #[test]
    fn a_page_allows_nothing_inline_and_is_never_kept() {
        let headers = page_headers("http://127.0.0.1:8088");
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(!policy.contains("unsafe"));
        assert!(policy.starts_with("default-src 'none'"));
        assert_eq!(headers["cache-control"], "no-store");
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
    }

    #[test]
    fn strict_transport_is_told_only_over_https() {
        let has = |url| page_headers(url).contains_key("strict-transport-security");
        assert!(has("https://gate.example"));
        assert!(has("HTTPS://gate.example"));
        assert!(!has("http://gate.example"));
        assert!(!has(""));
    }

    #[test]
    fn an_asset_may_be_kept_for_good() {
        let headers = asset_headers(&STYLE, "");
        assert_eq!(headers["content-type"], "text/css; charset=utf-8");
        assert!(
            headers["cache-control"]
                .to_str()
                .unwrap()
                .contains("immutable")
        );
    }
}
