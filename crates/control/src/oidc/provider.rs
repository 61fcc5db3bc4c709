//! An issuer as an operator has set it up.

use super::{algorithm::Algorithm, error::OidcError};
use portcullis_firewall::outside::{Reach, SecretName};
use serde::{Deserialize, Serialize};

/// Whom to ask, and as whom.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provider {
    /// The issuer's own name for itself, e.g. `https://accounts.google.com`; compared exactly.
    pub issuer: String,
    /// What the issuer knows the gate by.
    pub client_id: String,
    /// The client's secret; without one PKCE alone binds the code to the gate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_secret: Option<SecretName>,
    /// What to ask for besides `openid`.
    #[serde(default = "usual_scopes")]
    pub scopes: Vec<String>,
    /// The claim that lists a person's groups, e.g. `groups`; without one nobody has any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups_claim: Option<String>,
    /// How tokens may be signed.
    #[serde(default = "every_algorithm")]
    pub algorithms: Vec<Algorithm>,
    /// Where the issuer may be.
    #[serde(default)]
    pub reach: Reach,
}

impl Provider {
    /// A public issuer, asked for a person's name and mail address.
    #[must_use]
    pub fn new(issuer: &str, client_id: &str) -> Self {
        Self {
            issuer: issuer.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            scopes: usual_scopes(),
            groups_claim: None,
            algorithms: every_algorithm(),
            reach: Reach::Public,
        }
    }

    /// `openid` and the rest, each once.
    pub(super) fn scope(&self) -> String {
        let more = self.scopes.iter().filter(|scope| *scope != "openid");
        more.fold("openid".to_owned(), |all, scope| all + " " + scope)
    }

    /// Where the issuer describes itself (OpenID Connect Discovery 1.0, section 4).
    ///
    /// # Errors
    /// [`OidcError::WrongAddress`] when the issuer's name is no address.
    pub(super) fn discovery_url(&self) -> Result<String, OidcError> {
        let base = self.issuer.strip_suffix('/').unwrap_or(&self.issuer);
        if base.contains('?') {
            return Err(OidcError::WrongAddress("issuer"));
        }
        self.must_allow(base, "issuer")?;
        Ok(format!("{base}/.well-known/openid-configuration"))
    }

    /// Checks an address before anybody is sent there.
    ///
    /// *Fails closed:* without TLS only where the operator said so; never with a user name, a
    /// fragment, or a character that an address does not have.
    ///
    /// # Errors
    /// [`OidcError::WrongAddress`].
    pub(super) fn must_allow(&self, url: &str, what: &'static str) -> Result<(), OidcError> {
        let plain = match self.reach {
            Reach::Public => None,
            Reach::Anywhere => url.strip_prefix("http://"),
        };
        let rest = url.strip_prefix("https://").or(plain);
        let fits = rest.is_some_and(|rest| {
            let host = rest.split(['/', '?']).next().unwrap_or_default();
            let clean = |byte: u8| byte.is_ascii_graphic() && !b"\"#<>\\^`{|}".contains(&byte);
            !host.is_empty() && !host.contains('@') && rest.bytes().all(clean)
        });
        fits.then_some(()).ok_or(OidcError::WrongAddress(what))
    }
}

fn usual_scopes() -> Vec<String> {
    ["openid", "email", "profile"].map(str::to_owned).to_vec()
}

fn every_algorithm() -> Vec<Algorithm> {
    Algorithm::ALL.to_vec()
}

#[cfg(test)]
mod tests {
    use super::Provider;
    use portcullis_firewall::outside::Reach;

    #[test]
    fn nobody_is_sent_to_an_address_that_is_none() {
        let mut provider = Provider::new("https://issuer.test", "gate");
        for (url, fits) in [
            ("https://issuer.test/authorize?tenant=a", true),
            ("https://issuer.test:8443", true),
            ("http://issuer.test/", false),
            ("https://", false),
            ("https:///path", false),
            ("https://user@issuer.test/", false),
            ("https://issuer.test/#fragment", false),
            ("https://issuer.test/a b", false),
            ("https://issuer.test/\r\nlocation: x", false),
            ("javascript:alert(1)", false),
        ] {
            assert_eq!(provider.must_allow(url, "page").is_ok(), fits, "{url}");
        }
        provider.reach = Reach::Anywhere;
        assert!(
            provider
                .must_allow("http://localhost:8080/", "page")
                .is_ok()
        );
        assert!(provider.must_allow("ftp://localhost/", "page").is_err());
    }

    #[test]
    fn the_discovery_address_follows_from_the_issuer() {
        for (issuer, url) in [
            (
                "https://a.test",
                Some("https://a.test/.well-known/openid-configuration"),
            ),
            (
                "https://a.test/",
                Some("https://a.test/.well-known/openid-configuration"),
            ),
            (
                "https://a.test/b",
                Some("https://a.test/b/.well-known/openid-configuration"),
            ),
            ("https://a.test/?b", None),
            ("a.test", None),
        ] {
            let provider = Provider::new(issuer, "gate");
            assert_eq!(provider.discovery_url().ok().as_deref(), url, "{issuer}");
        }
    }
}
