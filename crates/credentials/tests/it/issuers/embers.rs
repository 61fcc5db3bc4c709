//! Tokens that only their holder can end, and a gate that was killed while it held them.

use super::{
    Counterpart, Deed, Desk, Stolen,
    desk::Now,
    remote::{About, Remote},
    remotes::{Exchange, GitHub},
};
use crate::secrets::Safe;
use portcullis_credentials::{Secrets, embers::Embers, issuer::Provider, sealed::SealedStore};
use portcullis_firewall::{
    lease::{LeaseAsk, LeaseError},
    outside::SecretName,
    ports::Issuer as _,
    scope::Mode,
};
use portcullis_testkit::{SeededEntropy, planted::must_hide};
use serde_json::json;
use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

const KEY: &[u8] = b"202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f";
const OTHER: &[u8] = b"/+7d3Lu6qZiHdmVUQzIhEP/u3cy7qpmId2ZVRDMiEQA=";

/// A folder that outlives gates, and its key.
struct Hearth {
    folder: tempfile::TempDir,
    master: Safe,
}

impl Hearth {
    fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            master: Safe::with(KEY),
        }
    }

    fn folder(&self) -> PathBuf {
        self.folder.path().join("embers")
    }

    /// A gate that knows nothing but what lies here.
    fn desk(&self, provider: Arc<dyn Provider>) -> Desk {
        desk(&self.folder(), self.master.name(), provider)
    }

    fn files(&self) -> Vec<PathBuf> {
        let files = fs::read_dir(self.folder()).into_iter().flatten();
        files.map(|file| file.unwrap().path()).collect()
    }

    fn file(&self) -> PathBuf {
        let files = self.files();
        assert_eq!(files.len(), 1, "{files:?}");
        files[0].clone()
    }
}

fn desk(folder: &Path, master: SecretName, provider: Arc<dyn Provider>) -> Desk {
    Desk::fitted(provider, None, |tools| {
        let store = SealedStore::new(folder, master, Secrets::new());
        let entropy = Arc::clone(&tools.entropy);
        tools.embers = Some(Embers::new(store, Arc::new(Now), entropy));
    })
}

/// What a gate minted that was killed right after it.
async fn left_behind<A: About>(remote: &Remote<A>, hearth: &Hearth) -> (LeaseAsk, Stolen) {
    let desk = hearth.desk(remote.provider());
    let ask = Desk::ask(&remote.scope(Mode::Write), Mode::Write);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    assert!(remote.attempt(&stolen, Deed::Write).await);
    (ask, stolen)
}

async fn is_ended_by_the_next_gate<A: About>() {
    let (remote, hearth) = (Remote::<A>::start(), Hearth::new());
    let (ask, stolen) = left_behind(&remote, &hearth).await;
    let file = hearth.file();
    let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
    must_hide("a file", &text, &stolen["token"]);
    must_hide("its name", &file.display().to_string(), &stolen["token"]);

    // It is in its hands for ending it and for nothing else, and hidden meanwhile and after.
    let next = hearth.desk(remote.provider());
    let revoked = next.issuers.revoke(&ask, None).await.unwrap();
    assert!(revoked.dead, "{revoked:?}");
    assert!(!remote.attempt(&stolen, Deed::Read).await, "it is refused");
    assert_eq!(remote.alive().await, 0);
    assert_eq!(hearth.files(), Vec::<PathBuf>::new(), "nothing is left");
    assert_eq!(next.strongbox.live(), 0);
    next.hides(&stolen);
    let again = next.issuers.revoke(&ask, None).await.unwrap();
    assert!(again.dead, "{again:?}");
    let said = format!("{revoked:?} {again:?} {:?} {:?}", next.issuers, next.tools);
    must_hide("what is said", &said, &stolen["token"]);
}

async fn goes_when_it_ends_in_time<A: About>() {
    let (remote, hearth) = (Remote::<A>::start(), Hearth::new());
    let desk = hearth.desk(remote.provider());
    let ask = Desk::ask(&remote.scope(Mode::Read), Mode::Read);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    hearth.file();
    let revoked = desk.issuers.revoke(&ask, Some(&minted.handle)).await;
    assert!(revoked.unwrap().dead);
    assert_eq!(hearth.files(), Vec::<PathBuf>::new());
    assert!(remote.exceed().await);
    let ask = Desk::ask(&remote.scope(Mode::Read), Mode::Read);
    let refused = desk.issuers.mint(&ask).await.unwrap_err();
    assert_eq!(refused.code(), "lease.exceeded", "{refused}");
    assert_eq!(hearth.files(), Vec::<PathBuf>::new());
    assert_eq!((remote.alive().await, desk.strongbox.live()), (0, 0));
}

async fn is_given_back_when_it_cannot_be_sealed<A: About>() {
    let (remote, hearth) = (Remote::<A>::start(), Hearth::new());
    let ask = Desk::ask(&remote.scope(Mode::Write), Mode::Write);
    let (nowhere, no_key) = (hearth.folder.path().join("taken"), Safe::with(b"short"));
    fs::write(&nowhere, "a file").unwrap();
    for (minted, desk) in [
        desk(&nowhere, hearth.master.name(), remote.provider()),
        desk(&hearth.folder(), no_key.name(), remote.provider()),
    ]
    .into_iter()
    .enumerate()
    {
        let refused = desk.issuers.mint(&ask).await.unwrap_err();
        assert_eq!(refused.code(), "lease.unsealed", "{refused}");
        assert_eq!(remote.minted().await, minted + 1);
        assert_eq!((remote.alive().await, desk.strongbox.live()), (0, 0));
    }
}

async fn is_not_ended_with_what_was_tampered_with<A: About>() {
    let (remote, hearth) = (Remote::<A>::start(), Hearth::new());
    let (ask, stolen) = left_behind(&remote, &hearth).await;
    let file = hearth.file();
    let whole = fs::read(&file).unwrap();
    let (other_ask, _) = left_behind(&remote, &hearth).await;
    let others = hearth.files().into_iter().find(|one| *one != file);
    let others = fs::read(others.unwrap()).unwrap();
    let mut flipped = whole.clone();
    *flipped.last_mut().unwrap() ^= 1;
    for wrong in [&others, &flipped, &whole[..whole.len() / 2], b"", b"\n\n"] {
        fs::write(&file, wrong).unwrap();
        let next = hearth.desk(remote.provider());
        let revoked = next.issuers.revoke(&ask, None).await.unwrap();
        assert!(!revoked.dead, "{revoked:?}");
        assert!(
            revoked.how.contains("was changed or is damaged"),
            "{revoked:?}"
        );
        assert!(!file.exists(), "what holds nothing is not kept");
        assert_eq!(next.strongbox.live(), 0);
    }
    assert!(
        remote.attempt(&stolen, Deed::Read).await,
        "it lives, as was said"
    );
    let next = hearth.desk(remote.provider());
    assert!(next.issuers.revoke(&other_ask, None).await.unwrap().dead);
}

async fn waits_for_its_key<A: About>() {
    let (remote, hearth) = (Remote::<A>::start(), Hearth::new());
    let (ask, stolen) = left_behind(&remote, &hearth).await;
    let other = Safe::with(OTHER);
    let strange = desk(&hearth.folder(), other.name(), remote.provider());
    for key in [OTHER, b"short"] {
        other.change(key);
        let refused = strange.issuers.revoke(&ask, None).await.unwrap_err();
        assert_eq!(refused.code(), "lease.unsealed", "{refused}");
        assert!(remote.attempt(&stolen, Deed::Read).await);
        hearth.file();
    }
    other.change(KEY);
    assert!(strange.issuers.revoke(&ask, None).await.unwrap().dead);
    assert!(!remote.attempt(&stolen, Deed::Read).await);
}

async fn moves_to_another_key<A: About>() {
    let (remote, hearth) = (Remote::<A>::start(), Hearth::new());
    let (ask, stolen) = left_behind(&remote, &hearth).await;
    let other = Safe::with(OTHER);
    let store = SealedStore::new(&hearth.folder(), hearth.master.name(), Secrets::new());
    assert_eq!(store.rotate(&other.name(), &SeededEntropy::new(9)), Ok(1));
    let next = desk(&hearth.folder(), other.name(), remote.provider());
    assert!(next.issuers.revoke(&ask, None).await.unwrap().dead);
    assert!(!remote.attempt(&stolen, Deed::Read).await);
}

async fn all<A: About>() {
    is_ended_by_the_next_gate::<A>().await;
    goes_when_it_ends_in_time::<A>().await;
    is_given_back_when_it_cannot_be_sealed::<A>().await;
    is_not_ended_with_what_was_tampered_with::<A>().await;
    waits_for_its_key::<A>().await;
    moves_to_another_key::<A>().await;
}

#[tokio::test]
async fn tokens_of_github_end_after_a_kill() {
    all::<GitHub>().await;
}

#[tokio::test]
async fn exchanged_tokens_end_after_a_kill() {
    all::<Exchange>().await;
}

/// The exchange with something else in its settings.
fn exchange(remote: &Remote<Exchange>, key: &str, value: serde_json::Value) -> Arc<dyn Provider> {
    let mut settings = Exchange::settings(remote.program.address());
    settings["reach"] = json!("anywhere");
    settings[key] = value;
    remote.program.provider("oauth", settings)
}

#[tokio::test]
async fn a_token_that_cannot_be_ended_now_is_ended_later_also_by_another_gate() {
    let (remote, hearth) = (Remote::<Exchange>::start(), Hearth::new());
    let away = exchange(&remote, "revocation_endpoint", json!("http://127.0.0.1:1/"));
    let desk = hearth.desk(Arc::clone(&away));
    let ask = Desk::ask(&remote.scope(Mode::Write), Mode::Write);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    let stolen = desk.steal(&minted).await;
    let refused = desk.issuers.revoke(&ask, Some(&minted.handle)).await;
    assert_eq!(refused.unwrap_err().code(), "lease.unanswered");
    drop(desk);
    let next = hearth.desk(away);
    for _ in 0..2 {
        let refused = next.issuers.revoke(&ask, None).await;
        assert_eq!(refused.unwrap_err().code(), "lease.unanswered");
        assert_eq!(next.strongbox.live(), 1, "hidden in texts meanwhile");
        next.hides(&stolen);
    }
    hearth.file();
    let right = hearth.desk(remote.provider());
    assert!(right.issuers.revoke(&ask, None).await.unwrap().dead);
    assert_eq!(hearth.files(), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_can_be_neither_sealed_nor_given_back_is_tried_again() {
    let (remote, hearth) = (Remote::<Exchange>::start(), Hearth::new());
    let away = exchange(&remote, "revocation_endpoint", json!("http://127.0.0.1:1/"));
    fs::write(hearth.folder(), "a file").unwrap();
    let desk = hearth.desk(away);
    let ask = Desk::ask(&remote.scope(Mode::Write), Mode::Write);
    let refused = desk.issuers.mint(&ask).await.unwrap_err();
    let LeaseError::Unanswered(why) = &refused else {
        panic!("nobody may think that nothing was minted: {refused}")
    };
    assert!(why.contains("it is not ended yet"), "{why}");
    assert_eq!((remote.alive().await, desk.strongbox.live()), (1, 1));
    let refused = desk.issuers.revoke(&ask, None).await.unwrap_err();
    assert_eq!(refused.code(), "lease.unanswered");
}

#[tokio::test]
async fn where_nothing_is_revoked_nothing_is_kept() {
    let (remote, hearth) = (Remote::<Exchange>::start(), Hearth::new());
    let desk = hearth.desk(exchange(&remote, "revocation_endpoint", json!(null)));
    let ask = Desk::ask(&remote.scope(Mode::Write), Mode::Write);
    let minted = desk.issuers.mint(&ask).await.unwrap();
    assert!(!hearth.folder().exists());
    let revoked = desk
        .issuers
        .revoke(&ask, Some(&minted.handle))
        .await
        .unwrap();
    assert_eq!(
        (revoked.dead, revoked.how.as_str()),
        (false, "the server revokes no tokens")
    );
}
