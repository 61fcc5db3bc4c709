//! What is checked offline: exported records, permits and checkpoints.
//!
//! Signatures keep mutations out, so hostile bytes are tried twice: as they are, and signed with
//! the key that is trusted, as if it had been tricked into signing them.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::Timestamp;
use portcullis_firewall::{
    chain::{self, Verifier},
    note::{self, Checkpoint},
    permit,
    sign::{PublicKey, SigningKey},
};
use std::sync::LazyLock;

/// The key of the vectors in `conformance/records/`.
static KEY: LazyLock<SigningKey> =
    LazyLock::new(|| SigningKey::from_seed(&std::array::from_fn(|at| at as u8)));
static PUBLIC_KEY: LazyLock<PublicKey> = LazyLock::new(|| KEY.public_key());

/// 2026-04-10T14:32:02Z, within the life of the permit in the corpus.
const NOW: i64 = 1_775_831_522;

/// Lines of an export.
///
/// # Panics
/// When a record that was taken apart is not put together again as the same record, or a chain
/// counts as whole with a record changed.
#[must_use]
pub fn chain(bytes: &[u8]) -> bool {
    let mut verifier = Verifier::from_start().rereading();
    let mut fits = true;
    for line in bytes.split(|b| *b == b'\n').filter(|line| !line.is_empty()) {
        if let Ok(sealed) = chain::split(line) {
            let joined = chain::join(
                &sealed.payload,
                sealed.seq,
                sealed.prev.as_ref(),
                &sealed.hash,
            );
            assert_eq!(chain::split(&joined).as_ref(), Ok(&sealed));
            sealed_anew(&sealed.payload);
        }
        fits &= verifier.check_json(line);
    }
    let walk = verifier.walk();
    assert_eq!(walk.valid, fits);
    assert_eq!(walk.valid, walk.first_invalid_seq.is_none());
    assert_eq!(walk.valid, walk.error_kind.is_none());
    assert!(walk.last_seq.unwrap_or(0) <= walk.records_checked);
    fits && walk.records_checked > 0
}

/// A record sealed as the first of a chain is found whole, and broken with one bit changed.
fn sealed_anew(payload: &[u8]) {
    let hash = chain::seal(payload, None);
    let whole = |payload: &[u8]| Verifier::from_start().check(1, payload, None, &hash);
    assert!(whole(payload));
    let mut changed = payload.to_vec();
    if let Some(byte) = changed.first_mut() {
        *byte ^= 1;
    }
    assert!(!whole(&changed));
}

/// A permit token, or claims.
///
/// # Panics
/// When a permit is accepted in a spelling that minting would not give it.
#[must_use]
pub fn permit(bytes: &[u8]) -> bool {
    let signature = KEY.sign(&[b"portcullis permit v1\n", bytes].concat());
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    let tricked = format!("pcp1.{}.{}", encode(bytes), encode(signature.as_bytes()));
    let signed = permit_text(&tricked);
    std::str::from_utf8(bytes).is_ok_and(permit_text) | signed
}

fn permit_text(token: &str) -> bool {
    let now = Timestamp::from_second(NOW).expect("a moment");
    match permit::verify(token, &PUBLIC_KEY, now) {
        Ok(permit) => {
            assert_eq!(
                permit::mint(&KEY, permit.claims()),
                token,
                "a second spelling"
            );
            assert!(permit.claims().expires_at > now);
            true
        }
        Err(error) => {
            assert!(error.code().starts_with("permit."));
            false
        }
    }
}

/// A checkpoint as a signed note, the text of one, or a verifier key.
///
/// # Panics
/// When a note or a key is accepted in a second spelling.
#[must_use]
pub fn note(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    if let Ok((name, key)) = note::read_verifier_key(text) {
        assert_eq!(note::verifier_key(&name, &key), text, "a second spelling");
        return true;
    }
    note_text(text) | tricked(text).is_some_and(|note| note_text(&note))
}

fn note_text(text: &str) -> bool {
    let Ok(checkpoint) = Checkpoint::verify(text, &PUBLIC_KEY) else {
        return false;
    };
    let signed = checkpoint.sign(&KEY);
    let (body, signature) = signed.rsplit_once("\n\n").expect("a note");
    assert!(
        text.starts_with(&format!("{body}\n\n")),
        "a second spelling"
    );
    assert!(text.contains(signature), "accepted without its signature");
    true
}

/// A note over any text, signed in the name of its first line.
fn tricked(text: &str) -> Option<String> {
    let name = text.split('\n').next()?;
    let key = note::verifier_key(name, &PUBLIC_KEY);
    let (hash, _) = key.strip_prefix(name)?.strip_prefix('+')?.split_once('+')?;
    let hash = u32::from_str_radix(hash, 16).ok()?;
    let text = text
        .split_once("\n\n")
        .map_or(text, |(body, _)| body)
        .trim_end_matches('\n');
    let text = format!("{text}\n");
    let mut bytes = hash.to_be_bytes().to_vec();
    bytes.extend_from_slice(KEY.sign(text.as_bytes()).as_bytes());
    let signature = base64::engine::general_purpose::STANDARD.encode(bytes);
    Some(format!("{text}\n\u{2014} {name} {signature}\n"))
}
