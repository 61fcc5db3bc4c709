use super::*;
use portcullis_firewall::sign::SigningKey;
use std::{fs, io::Write};

/// A chain of so many records as JSON lines, with the hashes.
fn chain_of(count: u64) -> (Vec<Vec<u8>>, Vec<Hash>) {
    let mut prev = None;
    let mut hashes = Vec::new();
    let lines = (1..=count)
        .map(|seq| {
            let payload = format!(r#"{{"seq":{seq},"text":"record {seq}"}}"#);
            let hash = chain::seal(payload.as_bytes(), prev.as_ref());
            let line = chain::join(payload.as_bytes(), seq, prev.as_ref(), &hash);
            prev = Some(hash);
            hashes.push(hash);
            line
        })
        .collect();
    (lines, hashes)
}

fn walk(lines: &[Vec<u8>], checkpoint: Option<&Checkpoint>) -> FileWalk {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for line in lines {
        file.write_all(line).unwrap();
        file.write_all(b"\n").unwrap();
    }
    let found = walk_file(file.path(), checkpoint, |_, _| ()).unwrap();
    fs::remove_file(file.path()).unwrap();
    found
}

fn noted(hashes: &[Hash]) -> Checkpoint {
    let root = merkle::root(hashes);
    Checkpoint {
        origin: "test/log".to_owned(),
        size: hashes.len() as u64,
        root,
    }
}

#[test]
fn a_whole_export_fits_its_checkpoint() {
    let (lines, hashes) = chain_of(7);
    let found = walk(&lines, Some(&noted(&hashes)));
    assert!(found.is_good());
    assert_eq!(found.walk.records_checked, 7);
    assert_eq!(found.root, Some(merkle::root(&hashes)));
    // An older checkpoint fits as well.
    assert!(walk(&lines, Some(&noted(&hashes[..3]))).is_good());
}

#[test]
fn a_changed_byte_is_found_where_it_is() {
    let (mut lines, _) = chain_of(5);
    let text = String::from_utf8(lines[2].clone()).unwrap();
    lines[2] = text.replace("record 3", "record 8").into_bytes();
    let found = walk(&lines, None);
    assert!(!found.is_good());
    assert_eq!(found.walk.first_invalid_seq, Some(3));
}

#[test]
fn a_missing_end_shows_against_a_checkpoint_alone() {
    let (lines, hashes) = chain_of(5);
    assert!(walk(&lines[..4], None).is_good());
    assert!(!walk(&lines[..4], Some(&noted(&hashes))).is_good());
}

#[test]
fn a_line_that_is_no_record_is_a_break() {
    let (mut lines, _) = chain_of(2);
    lines.push(b"{}".to_vec());
    let found = walk(&lines, None);
    assert!(!found.is_good());
    assert!(found.unreadable.unwrap().starts_with("line 3"));
}

#[test]
fn an_inclusion_convinces_only_of_its_own_record() {
    let (lines, hashes) = chain_of(6);
    let checkpoint = noted(&hashes);
    let proof = |index: usize| Inclusion {
        seq: index as u64 + 1,
        leaf_index: index as u64,
        record_hash: hashes[index],
        tree_size: 6,
        root_hash: merkle::root(&hashes),
        hashes: merkle::inclusion(&hashes, index),
    };
    for (index, line) in lines.iter().enumerate() {
        proof(index).convinces(line, &checkpoint).unwrap();
        assert!(proof((index + 1) % 6).convinces(line, &checkpoint).is_err());
    }
    let mut forged = proof(2);
    forged.hashes[0] = merkle::empty_root();
    assert!(forged.convinces(&lines[2], &checkpoint).is_err());
}

#[test]
fn a_checkpoint_is_believed_when_its_key_signed_it() {
    let (_, hashes) = chain_of(3);
    let key = SigningKey::from_seed(&[7; 32]);
    let note = noted(&hashes).sign(&key);
    let told = note::verifier_key("test/log", &key.public_key());
    assert_eq!(checkpoint(&note, &told).unwrap().size, 3);
    let other = note::verifier_key("test/log", &SigningKey::from_seed(&[8; 32]).public_key());
    assert!(checkpoint(&note, &other).is_err());
    assert!(checkpoint(&note.replace("\n3\n", "\n4\n"), &told).is_err());
}
