//! Checkpoints as signed notes.

use portcullis_firewall::{
    merkle::NodeHash,
    note::{Checkpoint, NoteError, read_verifier_key, verifier_key},
    sign::{PublicKey, SigningKey},
};
use proptest::prelude::*;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    seed: String,
    public_key: String,
    verifier_key: String,
    origin: String,
    size: u64,
    root: NodeHash,
    note: String,
    witnessed: String,
}

fn vector() -> Vector {
    serde_saphyr::from_str(include_str!("../../../../conformance/records/note.yaml")).unwrap()
}

fn key(vector: &Vector) -> SigningKey {
    let mut seed = [0; 32];
    hex::decode_to_slice(&vector.seed, &mut seed).unwrap();
    SigningKey::from_seed(&seed)
}

fn checkpoint(vector: &Vector) -> Checkpoint {
    Checkpoint {
        origin: vector.origin.clone(),
        size: vector.size,
        root: vector.root,
    }
}

#[test]
fn the_published_note_comes_out_the_same() {
    let vector = vector();
    let key = key(&vector);
    assert_eq!(key.public_key().to_string(), vector.public_key);
    assert_eq!(checkpoint(&vector).sign(&key), vector.note);
    for note in [&vector.note, &vector.witnessed] {
        assert_eq!(
            Checkpoint::verify(note, &key.public_key()),
            Ok(checkpoint(&vector))
        );
    }
}

#[test]
fn the_verifier_key_reads_back_to_the_same_key() {
    let vector = vector();
    let public = key(&vector).public_key();
    assert_eq!(verifier_key(&vector.origin, &public), vector.verifier_key);
    assert_eq!(
        read_verifier_key(&vector.verifier_key),
        Ok((vector.origin, public))
    );
}

#[test]
fn other_spellings_of_a_verifier_key_are_refused() {
    let good = vector().verifier_key;
    let (name, rest) = good.split_once('+').unwrap();
    for bad in [
        String::new(),
        name.to_owned(),
        format!("+{rest}"),
        format!("other+{rest}"),
        format!("{good} "),
        format!(" {good}"),
        format!("{good}="),
        good.replace("+cb3b", "+CB3B"),
        good.replace("+cb3b", "+cb3c"),
        good.replace("+AQ", "+BA"),
        good.replace(".example", ". example"),
        good[..good.len() - 4].to_owned(),
    ] {
        assert_eq!(read_verifier_key(&bad), Err(NoteError::Key), "{bad}");
    }
}

#[test]
fn a_note_by_another_key_is_unsigned() {
    let vector = vector();
    let other = SigningKey::from_seed(&[9; 32]);
    let verify = |note: &str, key: &PublicKey| Checkpoint::verify(note, key).unwrap_err();
    assert_eq!(
        verify(&vector.note, &other.public_key()),
        NoteError::Unsigned
    );
    let foreign = checkpoint(&vector).sign(&other);
    assert_eq!(
        verify(&foreign, &key(&vector).public_key()),
        NoteError::Unsigned
    );
}

#[test]
fn one_false_signature_spoils_the_note() {
    let vector = vector();
    let public = key(&vector).public_key();
    let (text, line) = vector.note.split_once("\n\n").unwrap();
    let smaller = Checkpoint {
        size: 22,
        ..checkpoint(&vector)
    }
    .sign(&key(&vector));
    let (_, wrong_line) = smaller.split_once("\n\n").unwrap();
    for lines in [format!("{line}{wrong_line}"), format!("{wrong_line}{line}")] {
        let note = format!("{text}\n\n{lines}");
        assert_eq!(Checkpoint::verify(&note, &public), Err(NoteError::Unsigned));
    }
}

#[test]
fn other_forms_of_a_note_are_malformed() {
    let vector = vector();
    let (key, good) = (key(&vector), &vector.note);
    let long = format!("{good}{}", good.lines().last().unwrap().repeat(500));
    for bad in [
        String::new(),
        "\n".to_owned(),
        "\n\n".to_owned(),
        good.trim_end().to_owned(),
        format!("{good}\n"),
        format!("\n{good}"),
        good.replace('\n', "\r\n"),
        good.replace('\u{2014}', "-"),
        good.replace("\u{2014} ", "\u{2014}  "),
        good.replace("\n\n", "\n"),
        good.replace("\n\n", "\n\n\n"),
        good.replace("\n23\n", "\n023\n"),
        good.replace("\n23\n", "\n+23\n"),
        good.replace("\n23\n", "\n\n"),
        good.replace("\n23\n", "\n-1\n"),
        good.replace("\n23\n", "\n18446744073709551616\n"),
        good.replace("98k=\n", "98k\n"),
        good.replace("98k=\n", "98l=\n"),
        good.replace("98k=\n", "98k=\nextension\n"),
        good.replace("portcullis", "port cullis"),
        long,
    ] {
        assert_eq!(
            Checkpoint::verify(&bad, &key.public_key()),
            Err(NoteError::Malformed),
            "{bad}"
        );
    }
}

proptest! {
    #[test]
    fn what_is_signed_is_read_back(size: u64, root: [u8; 32], seed: [u8; 32]) {
        let checkpoint = Checkpoint {
            origin: "gate.example/ten_1".to_owned(),
            size,
            root: NodeHash::new(root),
        };
        let key = SigningKey::from_seed(&seed);
        let note = checkpoint.sign(&key);
        prop_assert_eq!(Checkpoint::verify(&note, &key.public_key()), Ok(checkpoint));
    }

    #[test]
    fn no_changed_note_passes(at in any::<prop::sample::Index>(), with in any::<char>()) {
        let vector = vector();
        let mut chars: Vec<char> = vector.note.chars().collect();
        let at = at.index(chars.len());
        prop_assume!(chars[at] != with);
        chars[at] = with;
        let note: String = chars.into_iter().collect();
        prop_assert!(Checkpoint::verify(&note, &key(&vector).public_key()).is_err());
    }
}
