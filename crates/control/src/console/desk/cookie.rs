//! The two cookies of the console (RFC 6265bis).

use axum::http::{HeaderMap, header};

/// How long a browser keeps a sign-in, in seconds: as long as the firewall does.
const SIGN_IN_SECONDS: u32 = 12 * 3_600;
/// How long it keeps an errand, in seconds.
const ERRAND_SECONDS: u32 = 900;

/// The name of the sign-in's cookie. Over TLS no other host and no page without TLS can set it.
pub(super) const fn sign_in(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-portcullis"
    } else {
        "portcullis"
    }
}

/// The name of the errand's cookie.
pub(super) const fn errand(is_secure: bool) -> &'static str {
    if is_secure {
        "__Host-portcullis-errand"
    } else {
        "portcullis-errand"
    }
}

/// The value of a cookie.
///
/// Fails closed: one that comes twice is none, as somebody else may have set one of them.
pub(super) fn read<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    let lines = headers.get_all(header::COOKIE).iter();
    let mut found = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(own, _)| *own == name)
        .map(|(_, value)| value);
    let first = found.next();
    first.filter(|_| found.next().is_none())
}

/// A sign-in goes along with nothing that another site began.
pub(super) fn set_sign_in(is_secure: bool, secret: &str) -> String {
    set(
        sign_in(is_secure),
        secret,
        "Strict",
        SIGN_IN_SECONDS,
        is_secure,
    )
}

pub(super) fn unset_sign_in(is_secure: bool) -> String {
    set(sign_in(is_secure), "", "Strict", 0, is_secure)
}

/// An errand must survive the way back from an identity provider, which is another site.
pub(super) fn set_errand(is_secure: bool, id: &str) -> String {
    set(errand(is_secure), id, "Lax", ERRAND_SECONDS, is_secure)
}

fn set(name: &str, value: &str, same_site: &str, seconds: u32, is_secure: bool) -> String {
    let secure = if is_secure { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite={same_site}; Max-Age={seconds}{secure}")
}

#[cfg(test)]
mod tests {
    use super::{read, set_sign_in};
    use axum::http::{HeaderMap, HeaderValue, header};

    fn headers(lines: &[&'static str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(header::COOKIE, HeaderValue::from_static(line));
        }
        headers
    }

    #[test]
    fn a_cookie_that_comes_twice_is_none() {
        assert_eq!(
            read(&headers(&["a=1; portcullis=x"]), "portcullis"),
            Some("x")
        );
        assert_eq!(
            read(&headers(&["portcullis=x; portcullis=y"]), "portcullis"),
            None
        );
        assert_eq!(
            read(&headers(&["portcullis=x", "portcullis=x"]), "portcullis"),
            None
        );
        assert_eq!(read(&headers(&["portcullisx=1"]), "portcullis"), None);
    }

    #[test]
    fn scripts_and_other_sites_never_get_it() {
        let cookie = set_sign_in(true, "s");
        for word in ["__Host-", "HttpOnly", "SameSite=Strict", "Secure", "Path=/"] {
            assert!(cookie.contains(word), "{cookie}");
        }
    }
}
