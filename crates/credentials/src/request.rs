//! Makes HTTP requests of parcels, and puts the secrets in.

use crate::{
    secret::Secret,
    secrets::Secrets,
    sigv4::{self, Keys, Wanted},
    target::{Place, Target},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use http_body_util::Full;
use hyper::{
    Request,
    body::Bytes,
    header::{
        AUTHORIZATION, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, COOKIE, EXPECT, HOST, HeaderMap,
        HeaderName, HeaderValue, PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
        USER_AGENT,
    },
};
use portcullis_firewall::outside::{Credential, Method, OutsideError, Parcel, SecretName};
use url::form_urlencoded::{byte_serialize, parse};
use zeroize::Zeroizing;

/// What a composer may not set: credentials come by their names alone, and how a message is framed
/// is for the one who frames it.
const KEPT: &[HeaderName] = &[
    AUTHORIZATION,
    CONNECTION,
    CONTENT_LENGTH,
    COOKIE,
    EXPECT,
    HOST,
    PROXY_AUTHORIZATION,
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

const UNFIT_HEADER: &str = "its credential's header is not usable";
const FORM: &str = "application/x-www-form-urlencoded";

/// The request that a parcel stands for.
///
/// Fails closed: without its secret nothing is sent.
pub(crate) fn request(
    parcel: Parcel,
    target: &Target,
    secrets: &Secrets,
) -> Result<Request<Full<Bytes>>, OutsideError> {
    let place = &target.place;
    let mut headers = headers(&parcel, target)?;
    let method = match parcel.method {
        Method::Get if !parcel.body.is_empty() => {
            return Err(place.forbidden("a GET has no body"));
        }
        Method::Get => hyper::Method::GET,
        Method::Post => hyper::Method::POST,
        Method::Put => hyper::Method::PUT,
        Method::Patch => hyper::Method::PATCH,
        Method::Delete => hyper::Method::DELETE,
    };
    let mut body = Bytes::from(parcel.body);
    match parcel.credential {
        None => {}
        Some(Credential::Bearer(name)) => {
            let value = bearer(&secrets.read(&name)?).ok_or_else(|| unfit(&name))?;
            headers.insert(AUTHORIZATION, value);
        }
        Some(Credential::Basic { user, secret }) => {
            let value = basic(&user, &secrets.read(&secret)?).ok_or_else(|| unfit(&secret))?;
            headers.insert(AUTHORIZATION, value);
        }
        Some(Credential::Login { user, secret }) => {
            let value = login(&user, &secrets.read(&secret)?).ok_or_else(|| unfit(&secret))?;
            headers.insert(AUTHORIZATION, value);
        }
        Some(Credential::Header { name, secret }) => {
            let header = own_header(&name).ok_or_else(|| place.forbidden(UNFIT_HEADER))?;
            let value = whole(&secrets.read(&secret)?).ok_or_else(|| unfit(&secret))?;
            headers.insert(header, value);
        }
        Some(Credential::FormField { name, secret }) => {
            check_form(&method, &mut headers, &body, &name).map_err(|why| place.forbidden(why))?;
            body = with_field(&body, &name, &secrets.read(&secret)?);
        }
        Some(Credential::FormFields(fields)) => {
            for (name, secret) in fields {
                check_form(&method, &mut headers, &body, &name)
                    .map_err(|why| place.forbidden(why))?;
                body = with_field(&body, &name, &secrets.read(&secret)?);
            }
        }
        Some(ref credential @ Credential::Aws { .. }) => {
            let wanted = Wanted {
                method: method.as_str(),
                path: &target.path_and_query(),
                body: &body,
            };
            signed(&mut headers, wanted, (credential, place), secrets)?;
        }
    }
    finish(place, method, target, headers, body)
}

fn finish(
    place: &Place,
    method: hyper::Method,
    target: &Target,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Request<Full<Bytes>>, OutsideError> {
    let built = Request::builder()
        .method(method)
        .uri(target.path_and_query())
        .body(Full::new(body));
    let mut request = built.map_err(|_| place.forbidden("its path is not usable"))?;
    *request.headers_mut() = headers;
    Ok(request)
}

fn headers(parcel: &Parcel, target: &Target) -> Result<HeaderMap, OutsideError> {
    let place = &target.place;
    let mut headers = HeaderMap::new();
    for (name, value) in &parcel.headers {
        let name = HeaderName::from_bytes(name.as_bytes())
            .map_err(|_| place.forbidden("a header's name is not usable"))?;
        if KEPT.contains(&name) {
            return Err(place.forbidden(format_args!("the header `{name}` is not a composer's")));
        }
        let value = HeaderValue::from_str(value)
            .map_err(|_| place.forbidden(format_args!("the header `{name}` is not usable")))?;
        headers.append(name, value);
    }
    let host = HeaderValue::from_str(&target.host_header());
    headers.insert(HOST, host.map_err(|_| place.forbidden("it is no name"))?);
    headers
        .entry(USER_AGENT)
        .or_insert(HeaderValue::from_static("portcullis"));
    Ok(headers)
}

/// RFC 6750, 2.1.
fn bearer(secret: &Secret) -> Option<HeaderValue> {
    if !secret.bytes().iter().all(u8::is_ascii_graphic) {
        return None;
    }
    authorization(b"Bearer ", secret.bytes())
}

/// RFC 7617, with both parts form-encoded first (RFC 6749, 2.3.1).
fn basic(user: &str, secret: &Secret) -> Option<HeaderValue> {
    let secret = encoded(secret.bytes());
    pair(encoded(user.as_bytes()).as_bytes(), secret.as_bytes())
}

/// RFC 7617, with both parts as they are.
fn login(user: &str, secret: &Secret) -> Option<HeaderValue> {
    let mut bytes = user.bytes().chain(secret.bytes().iter().copied());
    if user.contains(':') || bytes.any(|byte| byte.is_ascii_control()) {
        return None;
    }
    pair(user.as_bytes(), secret.bytes())
}

fn pair(user: &[u8], secret: &[u8]) -> Option<HeaderValue> {
    let mut pair = Zeroizing::new(Vec::with_capacity(user.len() + secret.len() + 1));
    pair.extend_from_slice(user);
    pair.push(b':');
    pair.extend_from_slice(secret);
    let mut coded = Zeroizing::new(String::with_capacity(pair.len() * 2 + 4));
    STANDARD.encode_string(pair.as_slice(), &mut coded);
    authorization(b"Basic ", coded.as_bytes())
}

/// A header that a secret may stand in by itself: none that frames the message.
fn own_header(name: &str) -> Option<HeaderName> {
    let name = HeaderName::from_bytes(name.as_bytes()).ok()?;
    (name == AUTHORIZATION || !KEPT.contains(&name)).then_some(name)
}

fn whole(secret: &Secret) -> Option<HeaderValue> {
    let plain = |byte: &u8| byte.is_ascii_graphic() || *byte == b' ';
    if !secret.bytes().iter().all(plain) {
        return None;
    }
    authorization(b"", secret.bytes())
}

fn authorization(scheme: &[u8], rest: &[u8]) -> Option<HeaderValue> {
    let mut value = Zeroizing::new(Vec::with_capacity(scheme.len() + rest.len()));
    value.extend_from_slice(scheme);
    value.extend_from_slice(rest);
    let mut value = HeaderValue::from_maybe_shared(Bytes::from_owner(value)).ok()?;
    value.set_sensitive(true);
    Some(value)
}

/// Signs the whole request.
///
/// Fails closed: where nobody knows the time, nothing is signed.
fn signed(
    headers: &mut HeaderMap,
    wanted: Wanted<'_>,
    (credential, place): (&Credential, &Place),
    secrets: &Secrets,
) -> Result<(), OutsideError> {
    let unsigned = || place.forbidden("nothing is signed here");
    let Credential::Aws {
        key_id,
        key,
        token,
        service,
        region,
    } = credential
    else {
        return Err(unsigned());
    };
    let of = sigv4::Place {
        service,
        region,
        at: secrets.now().ok_or_else(unsigned)?,
    };
    let (id, secret) = (secrets.read(key_id)?, secrets.read(key)?);
    let token = token.as_ref().map(|token| secrets.read(token));
    let token = token.transpose()?;
    let keys = Keys {
        id: id.bytes(),
        secret: secret.bytes(),
        token: token.as_ref().map(Secret::bytes),
    };
    sigv4::sign(headers, wanted, of, &keys).ok_or_else(|| unfit(key))
}

/// Whether one more field can be told from the rest of the body.
fn check_form(
    method: &hyper::Method,
    headers: &mut HeaderMap,
    body: &[u8],
    name: &str,
) -> Result<(), &'static str> {
    if *method != hyper::Method::POST {
        return Err("only a POST has a form");
    }
    let kind = headers
        .entry(CONTENT_TYPE)
        .or_insert(HeaderValue::from_static(FORM));
    if kind != FORM {
        return Err("the body is no form");
    }
    if name.is_empty() || parse(body).any(|(known, _)| known == name) {
        return Err("the form has that field already");
    }
    Ok(())
}

fn with_field(body: &[u8], name: &str, secret: &Secret) -> Bytes {
    let name = encoded(name.as_bytes());
    let value = encoded(secret.bytes());
    let mut form = Zeroizing::new(Vec::with_capacity(
        body.len() + name.len() + value.len() + 2,
    ));
    form.extend_from_slice(body);
    if !form.is_empty() {
        form.push(b'&');
    }
    form.extend_from_slice(name.as_bytes());
    form.push(b'=');
    form.extend_from_slice(value.as_bytes());
    Bytes::from_owner(form)
}

/// Form-encoded, in one allocation.
fn encoded(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(bytes.len() * 3));
    for piece in byte_serialize(bytes) {
        text.push_str(piece);
    }
    text
}

/// The secret cannot stand where it must.
fn unfit(name: &SecretName) -> OutsideError {
    let name = name.as_str();
    tracing::warn!(secret = name, "a secret has characters that cannot be sent");
    OutsideError::NoSecret(name.to_owned())
}
