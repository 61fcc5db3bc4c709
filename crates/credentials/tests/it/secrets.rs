//! Where secrets come from, and where they never go.

use portcullis_credentials::{SecretFault, Secrets};
use portcullis_firewall::outside::{Keyring, OutsideError, SecretName};
use std::{fs, os::unix::fs::PermissionsExt, path::PathBuf};
use tempfile::TempDir;

/// A folder with one secret in it.
pub(crate) struct Safe {
    folder: TempDir,
}

impl Safe {
    pub(crate) fn with(secret: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let safe = Self { folder };
        safe.change(secret);
        safe.open_to(0o600);
        safe
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("secret")
    }

    pub(crate) fn name(&self) -> SecretName {
        SecretName::new(&format!("file:{}", self.path().display()))
    }

    pub(crate) fn change(&self, secret: &[u8]) {
        fs::write(self.path(), secret).unwrap();
    }

    fn open_to(&self, mode: u32) {
        fs::set_permissions(self.path(), fs::Permissions::from_mode(mode)).unwrap();
    }

    fn fault(&self) -> Option<SecretFault> {
        Secrets::new().check(&self.name()).err()
    }
}

fn mac(name: &SecretName, message: &[u8]) -> String {
    hex::encode(Secrets::new().mac(name, message).unwrap())
}

#[test]
fn the_code_is_that_of_the_standard() {
    // RFC 4231, cases 1, 2 and 6: a short key, a shorter one, and one longer than a block.
    let cases: [(&[u8], &[u8], &str); 3] = [
        (
            &[0x0b; 20],
            b"Hi There",
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7",
        ),
        (
            b"Jefe",
            b"what do ya want for nothing?",
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
        ),
        (
            &[0xaa; 131],
            b"Test Using Larger Than Block-Size Key - Hash Key First",
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54",
        ),
    ];
    for (key, message, expected) in cases {
        assert_eq!(mac(&Safe::with(key).name(), message), expected);
    }
}

#[test]
fn a_variable_and_a_file_are_one_secret() {
    let path = std::env::var_os("PATH").unwrap();
    let safe = Safe::with(path.as_encoded_bytes());
    assert_eq!(
        mac(&SecretName::new("env:PATH"), b"m"),
        mac(&safe.name(), b"m")
    );
}

#[test]
fn one_line_break_at_the_end_is_not_part_of_it() {
    let plain = mac(&Safe::with(b"hush").name(), b"m");
    assert_eq!(mac(&Safe::with(b"hush\n").name(), b"m"), plain);
    assert_eq!(mac(&Safe::with(b"hush\r\n").name(), b"m"), plain);
    for other in [&b"hush\n\n"[..], b"hush ", b"\nhush", b"hush\r"] {
        assert_ne!(mac(&Safe::with(other).name(), b"m"), plain);
    }
}

#[test]
fn a_changed_secret_holds_from_the_next_use_on() {
    let safe = Safe::with(b"old");
    let secrets = Secrets::new();
    let before = secrets.mac(&safe.name(), b"m").unwrap();
    safe.change(b"new");
    assert_ne!(secrets.mac(&safe.name(), b"m").unwrap(), before);
    fs::remove_file(safe.path()).unwrap();
    assert!(secrets.mac(&safe.name(), b"m").is_err());
}

#[test]
fn what_everybody_may_read_or_write_is_no_secret() {
    let safe = Safe::with(b"hush");
    for (mode, fault) in [
        (0o400, None),
        (0o640, None),
        (0o604, Some(SecretFault::Open)),
        (0o644, Some(SecretFault::Open)),
        (0o602, Some(SecretFault::Open)),
        (0o666, Some(SecretFault::Open)),
    ] {
        safe.open_to(mode);
        assert_eq!(safe.fault(), fault, "{mode:o}");
    }
}

#[test]
fn what_is_no_secret_is_told_at_once() {
    assert_eq!(Safe::with(b"").fault(), Some(SecretFault::Empty));
    assert_eq!(Safe::with(b"\n").fault(), Some(SecretFault::Empty));
    assert_eq!(Safe::with(&[b'x'; 64 * 1024]).fault(), None);
    assert_eq!(
        Safe::with(&[b'x'; 64 * 1024 + 1]).fault(),
        Some(SecretFault::Length)
    );
    let folder = tempfile::tempdir().unwrap();
    let folder = format!("file:{}", folder.path().display());
    for (name, fault) in [
        ("env:NOBODY_SETS_THIS", SecretFault::Absent),
        ("env:", SecretFault::Form),
        ("env:A=B", SecretFault::Form),
        ("env:A B", SecretFault::Form),
        ("file:/nobody/has/this", SecretFault::Absent),
        ("file:relative", SecretFault::Form),
        ("file:", SecretFault::Form),
        ("file:/dev/zero", SecretFault::Kind),
        (&folder, SecretFault::Kind),
        ("", SecretFault::Form),
        ("ENV:PATH", SecretFault::Form),
        ("xoxb-hush", SecretFault::Form),
    ] {
        assert_eq!(
            Secrets::new().check(&SecretName::new(name)),
            Err(fault),
            "{name}"
        );
    }
}

#[test]
fn an_error_names_the_secret_but_not_one_in_the_place_of_a_name() {
    let secrets = Secrets::new();
    let absent = secrets.mac(&SecretName::new("env:NOBODY_SETS_THIS"), b"");
    assert_eq!(
        absent,
        Err(OutsideError::NoSecret("env:NOBODY_SETS_THIS".to_owned()))
    );
    let misplaced = secrets.mac(&SecretName::new("xoxb-hush"), b"").unwrap_err();
    assert!(!format!("{misplaced} {misplaced:?}").contains("hush"));
}
