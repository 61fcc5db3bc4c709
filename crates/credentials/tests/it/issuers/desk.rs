//! A gate that mints at one provider, and somebody who steals from it.

use super::Stolen;
use crate::server::{Answer, Server};
use jiff::Timestamp;
use portcullis_credentials::{
    CourierSettings, Databases, HttpCourier, Secrets,
    issuer::{Provider, Tools, sealed::Chest},
    issuers::{Entry, Issuers},
    strongbox::Strongbox,
};
use portcullis_firewall::{
    firewall::Screens,
    lease::{LeaseAsk, Minted},
    outside::{Courier, Credential, Method, OutsideError, Parcel, Reach, SecretName},
    ports::{Clock, Issuer},
    scope::{Mode, Scope},
};
use portcullis_testkit::{SeededEntropy, lease_ask, planted, tenant};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// The time of this machine: real providers look at it.
#[derive(Debug)]
pub(crate) struct Now;

impl Clock for Now {
    #[expect(clippy::disallowed_methods, reason = "the servers' clocks run as well")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_millisecond(now.as_millisecond()).unwrap()
    }
}

/// A gate with one provider.
pub(crate) struct Desk {
    pub(crate) issuers: Arc<Issuers>,
    pub(crate) strongbox: Strongbox,
    pub(crate) courier: Arc<dyn Courier>,
    pub(crate) tools: Tools,
    screens: Screens,
}

/// No two leases of one run have one id.
static NEXT: AtomicU64 = AtomicU64::new(1);

impl Desk {
    pub(crate) fn at(provider: Arc<dyn Provider>) -> Self {
        Self::with_own(provider, None)
    }

    /// The same where people have secrets of their own.
    pub(crate) fn with_own(provider: Arc<dyn Provider>, own: Option<Chest>) -> Self {
        Self::fitted(provider, own, |_| ())
    }

    /// The same with some other tools.
    pub(crate) fn fitted(
        provider: Arc<dyn Provider>,
        own: Option<Chest>,
        fit: impl FnOnce(&mut Tools),
    ) -> Self {
        let screens = Screens::default();
        let strongbox = Strongbox::new(screens.clone(), Arc::new(Now));
        let mut tools = tools(&strongbox);
        fit(&mut tools);
        let strongbox = tools.strongbox.clone();
        let entry = Entry {
            name: "here".to_owned(),
            kind: "any",
            tenants: BTreeSet::from([tenant("acme")]),
            provider,
            own,
        };
        Self {
            issuers: Arc::new(Issuers::new(vec![entry], &tools)),
            strongbox,
            courier: Arc::clone(&tools.courier),
            tools,
            screens,
        }
    }

    /// For a quarter of an hour.
    pub(crate) fn ask(scope: &Scope, mode: Mode) -> LeaseAsk {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let number = (u128::from(std::process::id()) << 64) | u128::from(number);
        LeaseAsk {
            mode,
            ..lease_ask(scope.clone(), number, Now.now())
        }
    }

    /// The credential in the clear: whoever is called with it sees it.
    pub(crate) async fn steal(&self, minted: &Minted) -> Stolen {
        let mut stolen: Stolen = minted.open.iter().cloned().collect();
        for (part, name) in &minted.secrets {
            let secret = self.reveal(name).await.unwrap();
            stolen.insert(part.clone(), secret);
        }
        stolen
    }

    async fn reveal(&self, name: &SecretName) -> Result<String, OutsideError> {
        let mut server = Server::plain(Answer::empty()).await;
        let parcel = Parcel {
            method: Method::Get,
            url: server.url("/"),
            headers: Vec::new(),
            body: Vec::new(),
            credential: Some(Credential::Header {
                name: "x-shown".to_owned(),
                secret: name.clone(),
            }),
            reach: Reach::Anywhere,
        };
        self.courier.send(parcel).await?;
        let heard = server.heard().concat();
        let mut lines = heard.lines();
        let shown = lines.find_map(|line| line.strip_prefix("x-shown: "));
        Ok(shown.unwrap().to_owned())
    }

    /// Whether none of its parts can be used here any more.
    pub(crate) async fn is_forgotten(&self, minted: &Minted) -> bool {
        for (_, name) in &minted.secrets {
            if self.reveal(name).await.is_ok() {
                return false;
            }
        }
        true
    }

    /// Neither what is said of a credential nor any text of its tenant shows it.
    pub(crate) fn shows_nothing(&self, ask: &LeaseAsk, minted: &Minted, stolen: &Stolen) {
        let asked = self.issuers.asks(ask).unwrap();
        let said = format!(
            "{minted:?} {asked:?} {:?} {:?}",
            self.issuers, self.strongbox
        );
        for (part, _) in &minted.secrets {
            planted::must_hide("what is said", &said, &stolen[part]);
        }
        self.hides(stolen);
    }

    /// The texts of the tenant do not show its secret parts.
    pub(crate) fn hides(&self, stolen: &Stolen) {
        for secret in ["password", "token", "secret_access_key", "value"] {
            stolen
                .get(secret)
                .iter()
                .for_each(|one| self.hides_text(one));
        }
    }

    /// The texts of the tenant do not show a secret, however it is written.
    pub(crate) fn hides_text(&self, secret: &str) {
        let screen = self.screens.of(&tenant("acme")).unwrap();
        for form in planted::forms(secret) {
            let shown = screen.redact(&form).text.into_owned();
            assert!(!shown.contains(&form), "a secret is shown");
        }
    }
}

pub(crate) fn tools(strongbox: &Strongbox) -> Tools {
    let secrets = Secrets::with(strongbox.clone());
    let settings = CourierSettings::default();
    Tools {
        courier: Arc::new(HttpCourier::new(&settings, secrets.clone()).unwrap()),
        databases: Arc::new(Databases::new(None, secrets.clone()).unwrap()),
        secrets,
        strongbox: strongbox.clone(),
        embers: None,
        clock: Arc::new(Now),
        entropy: Arc::new(SeededEntropy::new(u64::from(std::process::id()))),
    }
}
