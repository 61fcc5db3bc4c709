use super::{Embers, name};
use crate::{
    sealed::{SealError, SealedStore, make_key},
    secrets::Secrets,
};
use portcullis_firewall::{lease::LeaseAsk, outside::SecretName, ports::Clock as _};
use portcullis_testkit::{FakeClock, SeededEntropy, lease_ask, planted::must_hide, scope, tenant};
use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf, sync::Arc};
use zeroize::Zeroizing;

const TOKEN: &str = "ghs_planted-token/4711+abc";

struct Hearth {
    folder: tempfile::TempDir,
    embers: Embers,
}

impl Hearth {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let key = folder.path().join("embers.key");
        let entropy = SeededEntropy::new(1);
        make_key(&key, &entropy).unwrap();
        let key = SecretName::new(&format!("file:{}", key.display()));
        let store = SealedStore::new(&folder.path().join("embers"), key, Secrets::new());
        let embers = Embers::new(store, Arc::new(FakeClock::default()), Arc::new(entropy));
        Self { folder, embers }
    }

    fn file(&self, ask: &LeaseAsk) -> PathBuf {
        let file = format!("embers/{}.sealed", name(ask));
        self.folder.path().join(file)
    }

    async fn seal(&self, ask: &LeaseAsk) -> Result<(), SealError> {
        let token = Zeroizing::new(TOKEN.as_bytes().to_vec());
        self.embers.seal(ask, token).await
    }

    async fn open(&self, ask: &LeaseAsk) -> Result<Option<String>, SealError> {
        let token = self.embers.open(ask).await?;
        Ok(token.map(|token| String::from_utf8(token.to_vec()).unwrap()))
    }
}

fn ask(number: usize) -> LeaseAsk {
    lease_ask(scope(), number, FakeClock::default().now())
}

#[tokio::test]
async fn a_token_is_kept_for_its_owner_alone_and_goes_for_good() {
    let (hearth, ask) = (Hearth::new(), ask(1));
    assert_eq!(hearth.open(&ask).await, Ok(None));
    hearth.seal(&ask).await.unwrap();
    let (key, file) = (hearth.folder.path().join("embers.key"), hearth.file(&ask));
    let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let folder = hearth.folder.path().join("embers");
    assert_eq!(
        (mode(folder.clone()), mode(file.clone()), mode(key)),
        (0o700, 0o600, 0o600)
    );
    let text = String::from_utf8_lossy(&fs::read(&file).unwrap()).into_owned();
    must_hide("a file", &text, TOKEN);
    must_hide("what is said", &format!("{:?}", hearth.embers), TOKEN);
    assert_eq!(hearth.open(&ask).await, Ok(Some(TOKEN.to_owned())));
    // A write that was broken off has left something as well.
    fs::copy(&file, file.with_extension("new")).unwrap();
    hearth.embers.discard(&ask).await.unwrap();
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
    assert_eq!(hearth.open(&ask).await, Ok(None));
    assert_eq!(hearth.embers.discard(&ask).await, Ok(()), "twice is fine");
}

#[tokio::test]
async fn a_file_in_the_place_of_another_lease_tenant_or_provider_holds_nothing() {
    let (hearth, mine) = (Hearth::new(), ask(1));
    hearth.seal(&mine).await.unwrap();
    let mut of_tenant = mine.clone();
    of_tenant.tenant = tenant("other");
    let mut of_provider = mine.clone();
    "there".clone_into(&mut of_provider.scope.provider);
    // The same words, divided in another way.
    let mut shifted = mine.clone();
    shifted.tenant = tenant("acmeh");
    "ere".clone_into(&mut shifted.scope.provider);
    for other in [ask(2), of_tenant, of_provider, shifted] {
        assert_eq!(hearth.open(&other).await, Ok(None));
        fs::copy(hearth.file(&mine), hearth.file(&other)).unwrap();
        let damaged = SealError::Damaged(name(&other));
        assert_eq!(hearth.open(&other).await, Err(damaged));
    }
    assert_eq!(hearth.open(&mine).await, Ok(Some(TOKEN.to_owned())));
}

#[tokio::test]
async fn a_file_that_was_changed_holds_nothing_and_one_that_is_none_is_not_waited_for() {
    let (hearth, ask) = (Hearth::new(), ask(1));
    hearth.seal(&ask).await.unwrap();
    let file = hearth.file(&ask);
    let whole = fs::read(&file).unwrap();
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        bytes[at] ^= 1;
        fs::write(&file, bytes).unwrap();
        let opened = hearth.open(&ask).await;
        let other_key = SealError::OtherKey(name(&ask));
        let damaged = SealError::Damaged(name(&ask));
        assert!(
            opened == Err(damaged) || opened == Err(other_key),
            "byte {at}"
        );
    }
    let damaged = Err(SealError::Damaged(name(&ask)));
    for wrong in [&[][..], &whole[..whole.len() - 1], &[b'x'; 20_000]] {
        fs::write(&file, wrong).unwrap();
        assert_eq!(hearth.open(&ask).await, damaged);
    }
    fs::remove_file(&file).unwrap();
    rustix::fs::mknodat(
        rustix::fs::CWD,
        &file,
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    assert_eq!(hearth.open(&ask).await, damaged);
}

#[test]
fn a_key_is_made_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("embers.key");
    make_key(&path, &SeededEntropy::new(1)).unwrap();
    let first = fs::read(&path).unwrap();
    make_key(&path, &SeededEntropy::new(2)).unwrap();
    assert_eq!(fs::read(&path).unwrap(), first);
    assert_eq!(first.len(), 64);
    let none = folder.path().join("nowhere/embers.key");
    let made = make_key(&none, &SeededEntropy::new(1));
    assert!(matches!(made, Err(SealError::Folder(_))), "{made:?}");
}
