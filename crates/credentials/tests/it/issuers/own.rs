//! People's own secrets at a provider, in the place of the shared ones.

use super::{
    Counterpart as _, Deed, Desk,
    desk::Now,
    remote::{About, Remote},
    remotes::{Aws, Cluster, Exchange},
};
use crate::secrets::Safe;
use portcullis_credentials::{
    Secrets,
    issuer::{Provider, sealed::Chest},
    sealed::{Means, SealedStore},
};
use portcullis_firewall::{
    lease::{LeaseAsk, LeaseError},
    ports::Issuer as _,
    scope::Mode,
};
use portcullis_policy::id::PersonId;
use portcullis_testkit::{SeededEntropy, planted::must_hide};
use std::sync::Arc;

const KEY: &[u8] = b"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
const NOBODYS: &str = "a-secret-that-opens-nothing/4711+";

/// A provider, and the own secrets of Ada at it.
pub(super) struct Place<A> {
    pub(super) remote: Remote<A>,
    keys: &'static [&'static str],
    folder: tempfile::TempDir,
    master: Safe,
    nobodys: Safe,
}

impl<A: About> Place<A> {
    pub(super) fn open() -> Self {
        let remote = Remote::start();
        Self {
            keys: remote.provider().own_keys(),
            remote,
            folder: tempfile::tempdir().unwrap(),
            master: Safe::with(KEY),
            nobodys: Safe::with(NOBODYS.as_bytes()),
        }
    }

    /// The provider with the shared secrets as they should be.
    fn shared(&self) -> Arc<dyn Provider> {
        self.remote.provider()
    }

    /// The same with shared secrets that open nothing.
    pub(super) fn shut(&self) -> Arc<dyn Provider> {
        let own = self.keys.iter().map(|key| (*key, self.nobodys.name()));
        self.shared().with_own(&own.collect()).unwrap()
    }

    pub(super) fn chest(&self) -> Chest {
        Chest {
            folder: self.folder.path().join("own"),
            master_key: self.master.name(),
        }
    }

    fn store(&self) -> SealedStore {
        let chest = self.chest();
        SealedStore::new(&chest.folder, chest.master_key, Secrets::new())
    }

    pub(super) fn secret(&self, key: &str) -> &str {
        let told = &self.remote.program.told["secrets"][key];
        told.as_str().unwrap()
    }

    /// Ada's own are those that the provider knows.
    pub(super) fn set(&self) {
        for (key, seed) in self.keys.iter().zip(1..) {
            let entropy = SeededEntropy::new(seed);
            let means = Means {
                clock: &Now,
                entropy: &entropy,
            };
            let name = format!("{key}@per_ada");
            let secret = self.secret(key).as_bytes();
            self.store().set(&name, secret, means).unwrap();
        }
    }

    pub(super) fn ask(&self, mode: Mode, person: Option<&str>) -> LeaseAsk {
        LeaseAsk {
            personal: person.map(|person| PersonId::new(person).unwrap()),
            ..Desk::ask(&self.remote.scope(Mode::Write), mode)
        }
    }
}

async fn theirs<A: About>() {
    let place = Place::<A>::open();
    place.set();
    let desk = Desk::with_own(place.shut(), Some(place.chest()));
    let mint = async |person| desk.issuers.mint(&place.ask(Mode::Write, person)).await;
    mint(None).await.unwrap_err();
    let absent = mint(Some("per_bob")).await.unwrap_err();
    let why = format!("there is no secret `{}@per_bob`", place.keys[0]);
    assert_eq!(absent, LeaseError::Refused(why));

    let ask = place.ask(Mode::Write, Some("per_ada"));
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    assert!(place.remote.attempt(&stolen, Deed::Write).await);
    assert!(!place.remote.attempt(&stolen, Deed::Neighbour).await);
    desk.shows_nothing(&ask, &minted, &stolen);
    for key in place.keys {
        desk.hides_text(place.secret(key));
        let said = format!("{minted:?} {:?}", desk.issuers);
        must_hide("what is said", &said, place.secret(key));
    }
    let revoked = desk.issuers.revoke(&ask, Some(&minted.handle)).await;
    assert!(revoked.unwrap().dead);
    assert!(!place.remote.attempt(&stolen, Deed::Read).await);
}

/// What a person's secret does not end any more, the shared one does.
async fn ends_without_it<A: About>() {
    let place = Place::<A>::open();
    place.set();
    let desk = Desk::with_own(place.shared(), Some(place.chest()));
    let ask = place.ask(Mode::Read, Some("per_ada"));
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    for key in place.keys {
        place.store().remove(&format!("{key}@per_ada")).unwrap();
    }
    let gone = desk
        .issuers
        .mint(&place.ask(Mode::Read, Some("per_ada")))
        .await;
    assert_eq!(
        gone.unwrap_err().code(),
        "lease.refused",
        "and nobody else's is used"
    );
    let revoked = desk.issuers.revoke(&ask, Some(&minted.handle)).await;
    assert!(revoked.unwrap().dead);
    assert!(!place.remote.attempt(&stolen, Deed::Read).await);
}

#[tokio::test]
async fn sessions_at_aws_are_assumed_with_a_persons_own_key() {
    theirs::<Aws>().await;
    ends_without_it::<Aws>().await;
}

#[tokio::test]
async fn service_accounts_are_made_with_a_persons_own_token() {
    theirs::<Cluster>().await;
    ends_without_it::<Cluster>().await;
}

#[tokio::test]
async fn a_persons_own_token_is_exchanged() {
    theirs::<Exchange>().await;
    ends_without_it::<Exchange>().await;
}

#[tokio::test]
async fn without_a_place_for_them_nobody_has_any() {
    let place = Place::<Cluster>::open();
    let desk = Desk::at(place.shared());
    let ask = place.ask(Mode::Read, Some("per_ada"));
    let refused = desk.issuers.mint(&ask).await.unwrap_err();
    assert_eq!(refused.code(), "lease.too_much");
}
