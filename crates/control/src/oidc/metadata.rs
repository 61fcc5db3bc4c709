//! What the issuer says of itself (OpenID Connect Discovery 1.0, section 3).

use super::{error::OidcError, provider::Provider};
use portcullis_firewall::outside::{Credential, SecretName};
use serde::Deserialize;
use serde_json::Value;

const WHAT: &str = "description";

/// The parts of it that matter here.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Metadata {
    issuer: String,
    pub(super) authorization_endpoint: String,
    pub(super) token_endpoint: String,
    pub(super) jwks_uri: String,
    /// Whether callbacks always say who answers (RFC 9207, section 3).
    #[serde(default)]
    pub(super) authorization_response_iss_parameter_supported: bool,
    #[serde(default = "basic")]
    token_endpoint_auth_methods_supported: Vec<String>,
}

/// What holds when the issuer does not say.
fn basic() -> Vec<String> {
    vec!["client_secret_basic".to_owned()]
}

impl Metadata {
    /// Reads a description.
    ///
    /// *Fails closed:* one that names another issuer, or an address that must not be called, is
    /// refused.
    ///
    /// # Errors
    /// [`OidcError::Malformed`], [`OidcError::WrongIssuer`] and [`OidcError::WrongAddress`].
    pub(super) fn read(value: &Value, provider: &Provider) -> Result<Self, OidcError> {
        let read = Self::deserialize(value).map_err(|_| OidcError::Malformed(WHAT))?;
        if read.issuer != provider.issuer {
            return Err(OidcError::WrongIssuer(WHAT));
        }
        provider.must_allow(&read.authorization_endpoint, "authorization_endpoint")?;
        provider.must_allow(&read.token_endpoint, "token_endpoint")?;
        provider.must_allow(&read.jwks_uri, "jwks_uri")?;
        Ok(read)
    }

    /// How the client secret goes along: in a header where the issuer takes it.
    pub(super) fn credential(&self, client_id: &str, secret: &SecretName) -> Credential {
        let methods = &self.token_endpoint_auth_methods_supported;
        let takes = |method: &str| methods.iter().any(|one| one == method);
        if takes("client_secret_post") && !takes("client_secret_basic") {
            Credential::FormField {
                name: "client_secret".to_owned(),
                secret: secret.clone(),
            }
        } else {
            Credential::Basic {
                user: client_id.to_owned(),
                secret: secret.clone(),
            }
        }
    }
}
