//! Secrets that somebody typed in, at a service that knows them.

use super::{Counterpart, Deed, Desk, Stolen, desk::Now, remote::scope, suite};
use crate::secrets::Safe;
use portcullis_credentials::{
    Secrets,
    issuer::{KINDS, Provider},
    sealed::{Means, SealError, SealedStore},
};
use portcullis_firewall::{
    lease::LeaseError,
    outside::SecretName,
    ports::Issuer as _,
    scope::{Mode, Scope},
};
use portcullis_policy::id::PersonId;
use portcullis_testkit::{SeededEntropy, planted::must_hide};
use serde_json::json;
use std::{fs, sync::Arc};

pub(super) const VIEWER: &str = "glsa_viewer-marker/4711+";
pub(super) const EDITOR: &str = "glsa_editor-marker/4712+";
const KEY: &[u8] = b"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

pub(super) struct Chest {
    folder: tempfile::TempDir,
    master: Safe,
}

impl Chest {
    pub(super) fn new() -> Self {
        let chest = Self {
            folder: tempfile::tempdir().unwrap(),
            master: Safe::with(KEY),
        };
        chest.set("grafana-viewer", VIEWER);
        chest.set("grafana-editor", EDITOR);
        chest
    }

    fn store(&self, master: SecretName) -> SealedStore {
        SealedStore::new(&self.folder.path().join("sealed"), master, Secrets::new())
    }

    fn set(&self, name: &str, value: &str) -> u64 {
        set(&self.store(self.master.name()), name, value).unwrap()
    }
}

fn set(store: &SealedStore, name: &str, value: &str) -> Result<u64, SealError> {
    let entropy = SeededEntropy::new(value.len() as u64);
    let means = Means {
        clock: &Now,
        entropy: &entropy,
    };
    store.set(name, value.as_bytes(), means)
}

impl Counterpart for Chest {
    const NAME: &'static str = "sealed secrets";
    const ENDS: bool = false;
    const ENDS_WITHOUT_HANDLE: bool = false;

    fn provider(&self) -> Arc<dyn Provider> {
        let kind = KINDS.iter().find(|kind| kind.name == "sealed").unwrap();
        let folder = self.folder.path().join("sealed");
        kind.read(&json!({"folder": folder, "master_key": self.master.name()}))
            .unwrap()
    }

    fn scope(&self, mode: Mode) -> Scope {
        scope(
            mode,
            &json!({"read": "grafana-viewer", "write": "grafana-editor"}),
        )
    }

    async fn attempt(&self, stolen: &Stolen, deed: Deed) -> bool {
        match deed {
            Deed::Read => [VIEWER, EDITOR].contains(&stolen["value"].as_str()),
            Deed::Write => stolen["value"] == EDITOR,
            Deed::Neighbour => false,
        }
    }

    async fn minted(&self) -> usize {
        0
    }

    async fn exceed(&self) -> bool {
        false
    }

    async fn alive(&self) -> usize {
        0
    }
}

#[tokio::test]
async fn sealed_secrets_pass_the_suite() {
    suite(Chest::new()).await;
}

#[tokio::test]
async fn a_persons_own_secret_is_theirs_alone() {
    let chest = Chest::new();
    let desk = Desk::at(chest.provider());
    let mut ask = Desk::ask(&chest.scope(Mode::Read), Mode::Read);
    ask.personal = Some(PersonId::new("per_ada").unwrap());
    let absent = desk.issuers.mint(&ask).await.unwrap_err();
    let why = "there is no secret `grafana-viewer@per_ada`";
    assert_eq!(absent, LeaseError::Refused(why.to_owned()));
    chest.set("grafana-viewer@per_ada", "ada's own secret");
    let minted = desk.issuers.mint(&ask).await.unwrap();
    assert_eq!(desk.steal(&minted).await["value"], "ada's own secret");
    let sly = scope(Mode::Read, &json!({"read": "grafana-viewer@per_ada"}));
    let refused = desk.issuers.mint(&Desk::ask(&sly, Mode::Read)).await;
    assert_eq!(refused.unwrap_err().code(), "lease.scope");
}

#[test]
fn nothing_at_rest_shows_a_secret_and_nothing_can_be_put_in_its_place() {
    let chest = Chest::new();
    let store = chest.store(chest.master.name());
    let folder = chest.folder.path().join("sealed");
    let file = |name: &str| folder.join(format!("{name}.sealed"));
    for name in ["grafana-viewer", "grafana-editor"] {
        let text = String::from_utf8_lossy(&fs::read(file(name)).unwrap()).into_owned();
        must_hide("a file", &text, VIEWER);
        must_hide("a file", &text, EDITOR);
    }
    must_hide("the store", &format!("{store:?}"), VIEWER);
    let check = |store: &SealedStore| {
        let mut known = portcullis_screen::secrets::Secrets::new();
        store.register(&mut known).map(|()| known.len())
    };
    assert_eq!(check(&store), Ok(2));
    let before = fs::read(file("grafana-viewer")).unwrap();
    // In another's place, an old one in a new one's, one with another version, and damaged ones.
    fs::copy(file("grafana-editor"), file("grafana-viewer")).unwrap();
    let damaged = Err(SealError::Damaged("grafana-viewer".to_owned()));
    assert_eq!(check(&store), damaged);
    for at in 0..before.len() {
        let mut bytes = before.clone();
        bytes[at] ^= 1;
        fs::write(file("grafana-viewer"), bytes).unwrap();
        assert!(check(&store).is_err(), "byte {at}");
    }
    fs::write(file("grafana-viewer"), &before[..20]).unwrap();
    assert_eq!(check(&store), damaged);
    fs::write(file("grafana-viewer"), before).unwrap();
    assert_eq!(check(&store), Ok(2));
}

#[test]
fn secrets_are_set_listed_removed_and_sealed_with_another_key() {
    let chest = Chest::new();
    let store = chest.store(chest.master.name());
    assert_eq!(set(&store, "grafana-viewer", "another value"), Ok(2));
    let listed = |store: &SealedStore| {
        let all = store.list().unwrap().into_iter();
        all.map(|one| format!("{} {}", one.name, one.version))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed(&store), ["grafana-editor 1", "grafana-viewer 2"]);
    for name in ["", "../escape", ".hidden", "A", "a b", "a/b"] {
        assert_eq!(
            set(&store, name, "long enough"),
            Err(SealError::Name),
            "{name}"
        );
    }
    assert_eq!(set(&store, "short", "12345"), Err(SealError::Value));
    let long = "x".repeat(8_193);
    assert_eq!(set(&store, "long", &long), Err(SealError::Value));

    let other = Safe::with(b"/+7d3Lu6qZiHdmVUQzIhEP/u3cy7qpmId2ZVRDMiEQA=");
    let entropy = SeededEntropy::new(3);
    assert_eq!(store.rotate(&other.name(), &entropy), Ok(2));
    assert_eq!(store.rotate(&other.name(), &entropy), Ok(0));
    let mut known = portcullis_screen::secrets::Secrets::new();
    let name = "grafana-editor".to_owned();
    assert_eq!(store.register(&mut known), Err(SealError::OtherKey(name)));
    let moved = chest.store(other.name());
    assert_eq!(moved.register(&mut known), Ok(()));
    assert_eq!(listed(&moved), ["grafana-editor 1", "grafana-viewer 2"]);
    moved.remove("grafana-editor").unwrap();
    let gone = Err(SealError::Absent("grafana-editor".to_owned()));
    assert_eq!(moved.remove("grafana-editor"), gone);
    for key in [
        &b"short"[..],
        b"zz0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f",
    ] {
        let wrong = Safe::with(key);
        let store = chest.store(wrong.name());
        assert_eq!(set(&store, "one", "long enough"), Err(SealError::Key));
    }
}
