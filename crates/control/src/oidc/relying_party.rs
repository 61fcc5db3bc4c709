//! The gate as the one that relies on an issuer's word.

use super::{
    begun::{Begun, Callback},
    claims::{Expected, is_same},
    error::OidcError,
    form,
    identity::Identity,
    issuer::{Issuer, is_young},
    metadata::Metadata,
    post::{self, Asked},
    provider::Provider,
    token::Token,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use portcullis_firewall::{
    outside::{Courier, Credential, Method, Parcel},
    ports::{Entropy, EntropyError},
};
use serde_json::Value;
use std::sync::Arc;

/// How long a person may be at the issuer's.
const SIGN_IN_SECONDS: i64 = 600;

const TOKENS: Asked = Asked {
    what: "token answer",
    max_bytes: 128 << 10,
};

/// The gate in the eyes of one issuer.
#[derive(Debug)]
pub struct RelyingParty {
    issuer: Issuer,
}

impl RelyingParty {
    /// Relies on an issuer; nothing is asked before somebody signs in.
    #[must_use]
    pub fn new(provider: Provider, courier: Arc<dyn Courier>) -> Self {
        Self {
            issuer: Issuer::new(provider, courier),
        }
    }

    /// The issuer as it was set up.
    #[must_use]
    pub const fn provider(&self) -> &Provider {
        &self.issuer.provider
    }

    /// Begins a sign-in; the browser is to come back to `redirect_uri` within ten minutes.
    ///
    /// # Errors
    /// [`OidcError`] when the issuer cannot be asked about itself, or there is no randomness.
    pub async fn begin(
        &self,
        now: Timestamp,
        redirect_uri: &str,
        entropy: &dyn Entropy,
    ) -> Result<Begun, OidcError> {
        let (state, nonce, verifier) = (drawn(entropy)?, drawn(entropy)?, drawn(entropy)?);
        let endpoint = &self.issuer.metadata(now).await?.authorization_endpoint;
        let challenge = ring::digest::digest(&ring::digest::SHA256, verifier.as_bytes());
        let query = form::fields(&[
            ("response_type", "code"),
            ("client_id", &self.provider().client_id),
            ("redirect_uri", redirect_uri),
            ("scope", &self.provider().scope()),
            ("state", &state),
            ("nonce", &nonce),
            ("code_challenge", &URL_SAFE_NO_PAD.encode(challenge)),
            ("code_challenge_method", "S256"),
        ]);
        let joint = if endpoint.contains('?') { '&' } else { '?' };
        Ok(Begun {
            issuer: self.provider().issuer.clone(),
            url: format!("{endpoint}{joint}{query}"),
            redirect_uri: redirect_uri.to_owned(),
            state,
            nonce,
            verifier,
            at: now,
        })
    }

    /// Finishes a sign-in with what the browser has come back with. The caller forgets `begun`
    /// first, so that it is used once.
    ///
    /// *Fails closed:* whatever is missing, late, of another sign-in or of another issuer is an
    /// error, and so is everything that cannot be asked.
    ///
    /// # Errors
    /// [`OidcError`] with the first thing that does not hold.
    pub async fn finish(
        &self,
        now: Timestamp,
        callback: &Callback,
        begun: &Begun,
    ) -> Result<Identity, OidcError> {
        self.check_begun(now, callback, begun)?;
        let metadata = self.issuer.metadata(now).await?;
        self.check_issuer(callback, &metadata)?;
        if let Some(word) = &callback.error {
            return Err(post::declined(word).unwrap_or(OidcError::Malformed("error")));
        }
        let code = callback.code.as_deref().filter(|code| !code.is_empty());
        let code = code.ok_or(OidcError::Malformed("code"))?;
        let parcel = self.exchange(&metadata, code, begun);
        let answer = post::ask(&*self.issuer.courier, parcel, TOKENS).await?;
        let word = |name| answer.get(name).and_then(Value::as_str);
        // Some issuers say no with status 200.
        let declined = || word("error").and_then(post::declined);
        let token = word("id_token")
            .ok_or_else(|| declined().unwrap_or(OidcError::Malformed(TOKENS.what)))?;
        self.verify(now, token, Some(&begun.nonce), word("access_token"))
            .await
    }

    /// Checks an ID token that came another way, e.g. from a browser that has signed in already.
    ///
    /// *Fails closed:* as [`Self::finish`]. Without a nonce a token may be shown again until it
    /// expires: then the caller must know where it comes from.
    ///
    /// # Errors
    /// [`OidcError`] with the first thing that does not hold.
    pub async fn verify_id_token(
        &self,
        now: Timestamp,
        token: &str,
        nonce: Option<&str>,
    ) -> Result<Identity, OidcError> {
        self.verify(now, token, nonce, None).await
    }

    fn check_begun(
        &self,
        now: Timestamp,
        callback: &Callback,
        begun: &Begun,
    ) -> Result<(), OidcError> {
        let state = callback.state.as_deref();
        if begun.issuer != self.provider().issuer
            || !state.is_some_and(|state| is_same(state, &begun.state))
        {
            return Err(OidcError::WrongState);
        }
        if is_young(begun.at, now, SIGN_IN_SECONDS) {
            Ok(())
        } else {
            Err(OidcError::TooLate)
        }
    }

    /// RFC 9207, section 2.4: who answers must be who was asked, and must say so if it can.
    fn check_issuer(&self, callback: &Callback, metadata: &Metadata) -> Result<(), OidcError> {
        let fits = match &callback.iss {
            Some(iss) => *iss == self.provider().issuer,
            None => !metadata.authorization_response_iss_parameter_supported,
        };
        fits.then_some(()).ok_or(OidcError::WrongIssuer("callback"))
    }

    fn exchange(&self, metadata: &Metadata, code: &str, begun: &Begun) -> Parcel {
        let client_id = &self.provider().client_id;
        let secret = self.provider().client_secret.as_ref();
        let credential = secret.map(|secret| metadata.credential(client_id, secret));
        let mut fields = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", begun.redirect_uri.as_str()),
            ("code_verifier", begun.verifier.as_str()),
        ];
        // Said once: the header has it where there is one (RFC 6749, section 2.3).
        if !matches!(credential, Some(Credential::Basic { .. })) {
            fields.push(("client_id", client_id));
        }
        let form = "application/x-www-form-urlencoded".to_owned();
        let endpoint = &metadata.token_endpoint;
        let mut parcel = self.issuer.parcel(Method::Post, endpoint);
        parcel.headers.push(("content-type".to_owned(), form));
        parcel.body = form::fields(&fields).into_bytes();
        parcel.credential = credential;
        parcel
    }

    async fn verify(
        &self,
        now: Timestamp,
        token: &str,
        nonce: Option<&str>,
        access_token: Option<&str>,
    ) -> Result<Identity, OidcError> {
        let token = Token::read(token, &self.provider().algorithms)?;
        let expected = Expected {
            issuer: &self.provider().issuer,
            client_id: &self.provider().client_id,
            algorithm: token.algorithm,
            nonce,
            access_token,
        };
        let claims = self.issuer.claims(now, &token).await?;
        expected.check(&claims, now)?;
        Identity::of(claims, self.provider().groups_claim.as_deref())
    }
}

/// 256 random bits as text.
fn drawn(entropy: &dyn Entropy) -> Result<String, EntropyError> {
    let mut bytes = [0; 32];
    entropy.fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
