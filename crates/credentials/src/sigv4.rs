//! Signs a request with a secret access key, so that the key itself stays here.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>.

use hmac::{Hmac, KeyInit, Mac};
use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use std::fmt::Write as _;
use url::form_urlencoded;
use zeroize::Zeroizing;

const ALGORITHM: &str = "AWS4-HMAC-SHA256";
const DATE: HeaderName = HeaderName::from_static("x-amz-date");
const CONTENT: HeaderName = HeaderName::from_static("x-amz-content-sha256");
const TOKEN: HeaderName = HeaderName::from_static("x-amz-security-token");

/// An access key.
pub(crate) struct Keys<'k> {
    pub(crate) id: &'k [u8],
    pub(crate) secret: &'k [u8],
    pub(crate) token: Option<&'k [u8]>,
}

/// What a signature is for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'p> {
    pub(crate) service: &'p str,
    pub(crate) region: &'p str,
    pub(crate) at: Timestamp,
}

/// A request on its way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'r> {
    pub(crate) method: &'r str,
    /// With its query, as it stands in the first line.
    pub(crate) path: &'r str,
    pub(crate) body: &'r [u8],
}

/// Puts the date, the body's digest, the token and the signature among the headers, `host` already
/// among them.
///
/// Fails closed: a key that cannot stand in a header signs nothing.
pub(crate) fn sign(
    headers: &mut HeaderMap,
    wanted: Wanted<'_>,
    place: Place<'_>,
    keys: &Keys<'_>,
) -> Option<()> {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric();
    let id = std::str::from_utf8(keys.id).ok()?;
    if id.is_empty() || !keys.id.iter().all(plain) {
        return None;
    }
    let moment = place.at.strftime("%Y%m%dT%H%M%SZ").to_string();
    let content = hex(&Sha256::digest(wanted.body));
    headers.insert(DATE, HeaderValue::from_str(&moment).ok()?);
    headers.insert(CONTENT, HeaderValue::from_str(&content).ok()?);
    if let Some(token) = keys.token {
        let mut value = HeaderValue::from_bytes(token).ok()?;
        value.set_sensitive(true);
        headers.insert(TOKEN, value);
    }
    let (listed, names) = listed(headers)?;
    let canonical = Zeroizing::new(canonical(
        wanted,
        place.service,
        (&listed, &names),
        &content,
    ));
    let day = moment.get(..8)?;
    let scope = format!("{day}/{}/{}/aws4_request", place.region, place.service);
    let digest = hex(&Sha256::digest(canonical.as_bytes()));
    let text = format!("{ALGORITHM}\n{moment}\n{scope}\n{digest}");
    let signature = hex(&mac(&*key(keys.secret, day, place)?, text.as_bytes())?);
    let value = format!(
        "{ALGORITHM} Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
    );
    headers.insert(AUTHORIZATION, HeaderValue::from_str(&value).ok()?);
    Some(())
}

/// The canonical request.
fn canonical(
    wanted: Wanted<'_>,
    service: &str,
    (listed, names): (&str, &str),
    content: &str,
) -> String {
    let (path, query) = wanted.path.split_once('?').unwrap_or((wanted.path, ""));
    // Every service but S3 encodes the path once more.
    let path = match service {
        "s3" => path.to_owned(),
        _ => encoded(path.as_bytes(), true),
    };
    let query = canonical_query(query);
    let method = wanted.method;
    format!("{method}\n{path}\n{query}\n{listed}\n{names}\n{content}")
}

fn canonical_query(query: &str) -> String {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let mut pairs: Vec<(String, String)> = pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            (again(name), again(value))
        })
        .collect();
    pairs.sort();
    let pairs = pairs.iter().map(|(name, value)| format!("{name}={value}"));
    pairs.collect::<Vec<_>>().join("&")
}

/// A part of a query, encoded in the one way that is signed.
fn again(part: &str) -> String {
    // A plus stands for itself here; the decoder would make a blank of it.
    let part = part.replace('+', "%2B");
    let decoded = form_urlencoded::parse(part.as_bytes()).next();
    let decoded = decoded.map(|(name, _)| name.into_owned());
    encoded(decoded.unwrap_or_default().as_bytes(), false)
}

/// The headers that are signed, one a line, and their names.
fn listed(headers: &HeaderMap) -> Option<(Zeroizing<String>, String)> {
    let is_signed = |name: &&HeaderName| {
        **name == HOST || **name == CONTENT_TYPE || name.as_str().starts_with("x-amz-")
    };
    let mut names: Vec<&HeaderName> = headers.keys().filter(is_signed).collect();
    names.sort_unstable_by_key(|name| name.as_str());
    let mut lines = Zeroizing::new(String::new());
    for name in &names {
        let values = headers.get_all(*name).iter();
        let values: Option<Vec<&str>> = values
            .map(|value| std::str::from_utf8(value.as_bytes()).ok().map(str::trim))
            .collect();
        writeln!(lines, "{name}:{}", values?.join(",")).ok()?;
    }
    let names: Vec<&str> = names.iter().map(|name| name.as_str()).collect();
    Some((lines, names.join(";")))
}

/// RFC 3986: everything but the unreserved characters, and slashes in paths.
fn encoded(bytes: &[u8], is_path: bool) -> String {
    let mut text = String::with_capacity(bytes.len());
    for byte in bytes {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                text.push(char::from(*byte));
            }
            b'/' if is_path => text.push('/'),
            _ => {
                // Writing into a text never fails.
                let _ = write!(text, "%{byte:02X}");
            }
        }
    }
    text
}

/// The key for one day, one region and one service.
fn key(secret: &[u8], day: &str, place: Place<'_>) -> Option<Zeroizing<[u8; 32]>> {
    let mut first = Zeroizing::new(Vec::with_capacity(secret.len() + 4));
    first.extend_from_slice(b"AWS4");
    first.extend_from_slice(secret);
    let of_day = Zeroizing::new(mac(&first, day.as_bytes())?);
    let of_region = Zeroizing::new(mac(&*of_day, place.region.as_bytes())?);
    let of_service = Zeroizing::new(mac(&*of_region, place.service.as_bytes())?);
    Some(Zeroizing::new(mac(&*of_service, b"aws4_request")?))
}

fn mac(key: &[u8], message: &[u8]) -> Option<[u8; 32]> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).ok()?;
    mac.update(message);
    Some(mac.finalize().into_bytes().into())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a text never fails.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::{Keys, Place, Wanted, sign};
    use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HOST, HeaderMap, HeaderValue};

    #[test]
    fn the_signature_is_that_of_an_independent_signer() {
        // Made with botocore's `S3SigV4Auth` and `SigV4Auth` at a fixed moment.
        let cases = [
            (
                "s3",
                "GET",
                "/a%20b/c%2Bd?list-type=2&prefix=x%2Fy&empty=",
                "",
                S3,
            ),
            ("sts", "POST", "/", "Action=GetCallerIdentity", STS),
            ("execute-api", "PUT", "/p%20q/r?b=2&a=1&a=0", "{}", API),
        ];
        for (service, method, path, body, want) in cases {
            let mut headers = HeaderMap::new();
            headers.insert(HOST, HeaderValue::from_static("example.amazonaws.com"));
            if !body.is_empty() {
                let kind = "application/x-www-form-urlencoded";
                headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind));
            }
            let body = body.as_bytes();
            let wanted = Wanted { method, path, body };
            let at = "2026-04-10T14:32:01Z".parse().unwrap();
            let region = "eu-central-1";
            let place = Place {
                service,
                region,
                at,
            };
            let keys = Keys {
                id: b"AKIDEXAMPLE",
                secret: b"wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
                token: Some(b"a/token+that=is==long"),
            };
            sign(&mut headers, wanted, place, &keys).unwrap();
            let value = headers[AUTHORIZATION].to_str().unwrap();
            assert!(value.ends_with(want), "{service}: {value}");
        }
    }

    const S3: &str = "Signature=86c71d4fefed804ed456650e22f3e2ff495b2d2ef8c4742e719f95a4617277a8";
    const STS: &str = "Signature=fb197cf391decb6f337b80bb83e71290ed9e83993cd0d5eb5dfe6ee421b2e238";
    const API: &str = "Signature=339c175fde57c4fa8e7861131ed0f3a308705d35f9b64ba571f94706aa3684c7";
}
