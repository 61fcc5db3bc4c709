//! Signed tokens by which the gate shows who it is: RS256 (RFC 7515, RFC 7518).

use crate::secret::Secret;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RsaKeyPair},
};
use serde_json::Value;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, pem::PemObject as _};
use zeroize::Zeroizing;

/// A token with these claims, signed with a private key in PEM: PKCS #8, or PKCS #1 as GitHub gives it.
///
/// Fails closed: a key that is none, or no RSA key of 2,048 bits and more, signs nothing.
pub(crate) fn signed(key: &Secret, claims: &Value) -> Option<Zeroizing<Vec<u8>>> {
    let pair = match PrivateKeyDer::from_pem_slice(key.bytes()).ok()? {
        PrivateKeyDer::Pkcs8(der) => RsaKeyPair::from_pkcs8(der.secret_pkcs8_der()),
        PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()),
        _ => return None,
    };
    let pair = pair.ok()?;
    let header = URL_SAFE_NO_PAD.encode(br#"{"alg":"RS256","typ":"JWT"}"#);
    let claims = URL_SAFE_NO_PAD.encode(claims.to_string());
    let text = format!("{header}.{claims}");
    let mut signature = vec![0; pair.public().modulus_len()];
    let random = SystemRandom::new();
    pair.sign(&RSA_PKCS1_SHA256, &random, text.as_bytes(), &mut signature)
        .ok()?;
    let signature = URL_SAFE_NO_PAD.encode(signature);
    Some(Zeroizing::new(format!("{text}.{signature}").into_bytes()))
}
