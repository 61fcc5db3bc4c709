//! Whatever is done to a chain of records, it shows.

use portcullis_firewall::chain::{
    BreakKind, FIRST_PREV, Hash, Sealed, SealedError, Verifier, Walk, join, seal, split,
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    records: Vec<Vector>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vector {
    payload: String,
    prev: String,
    hash: Hash,
    sealed: String,
}

fn vectors() -> Vec<Vector> {
    let text = include_str!("../../../../conformance/records/chain.yaml");
    serde_saphyr::from_str::<Vectors>(text).unwrap().records
}

fn chain(length: u64) -> Vec<Sealed> {
    let mut prev = None;
    let link = |seq| {
        let payload = format!(r#"{{"agent_id":"agt_{seq}","seq":{seq},"verdict":"CLEARED"}}"#);
        let hash = seal(payload.as_bytes(), prev.as_ref());
        Sealed {
            seq,
            payload: payload.into_bytes(),
            prev: prev.replace(hash),
            hash,
        }
    };
    (1..=length).map(link).collect()
}

fn walk_with(mut verifier: Verifier, records: &[Sealed]) -> Walk {
    for record in records {
        verifier.check(
            record.seq,
            &record.payload,
            record.prev.as_ref(),
            &record.hash,
        );
    }
    verifier.walk()
}

fn walk(records: &[Sealed]) -> Walk {
    walk_with(Verifier::from_start(), records)
}

/// Where a chain breaks, and how.
fn broken(records: &[Sealed]) -> Option<(u64, BreakKind)> {
    let walk = walk(records);
    assert_eq!(walk.valid, walk.first_invalid_seq.is_none());
    walk.first_invalid_seq.zip(walk.error_kind)
}

#[test]
fn the_published_vectors_come_out_the_same() {
    let mut prev: Option<Hash> = None;
    for (vector, seq) in vectors().into_iter().zip(1..) {
        assert_eq!(
            vector.prev,
            prev.map_or_else(|| FIRST_PREV.to_owned(), |hash| hash.to_string())
        );
        let hash = seal(vector.payload.as_bytes(), prev.as_ref());
        assert_eq!(hash, vector.hash);
        let sealed = join(vector.payload.as_bytes(), seq, prev.as_ref(), &hash);
        assert_eq!(String::from_utf8(sealed).unwrap(), vector.sealed);
        let payload = vector.payload.into_bytes();
        assert_eq!(
            split(vector.sealed.as_bytes()),
            Ok(Sealed {
                seq,
                payload,
                prev,
                hash
            })
        );
        prev = Some(hash);
    }
    assert!(prev.is_some());
}

#[test]
fn a_whole_chain_is_found_whole() {
    let records = chain(5);
    assert_eq!(
        walk(&records),
        Walk {
            valid: true,
            records_checked: 5,
            first_seq: Some(1),
            last_seq: Some(5),
            head_hash: Some(records[4].hash),
            first_invalid_seq: None,
            error_kind: None,
        }
    );
}

#[test]
fn a_chain_without_records_is_whole() {
    let walk = walk(&[]);
    assert!(walk.valid);
    assert_eq!(
        (walk.records_checked, walk.first_seq, walk.head_hash),
        (0, None, None)
    );
}

#[test]
fn a_walk_is_written_as_the_audit_answers_it() {
    let mut records = chain(3);
    records.remove(1);
    let mut json = serde_json::to_value(walk(&records)).unwrap();
    assert_eq!(json["head_hash"], records[0].hash.to_string());
    json["head_hash"] = Value::Null;
    assert_eq!(
        json,
        json!({
            "valid": false, "records_checked": 2, "first_seq": 1, "last_seq": 1,
            "head_hash": null, "first_invalid_seq": 3, "error_kind": "gap",
        })
    );
}

#[test]
fn every_byte_of_every_record_counts() {
    let records = chain(4);
    for at in 0..records.len() {
        let seq = records[at].seq;
        for byte in 0..records[at].payload.len() {
            let mut records = records.clone();
            records[at].payload[byte] ^= 0x20;
            assert_eq!(
                broken(&records),
                Some((seq, BreakKind::HashMismatch)),
                "{seq} {byte}"
            );
        }
        for byte in 0..32 {
            let flip = |hash: Hash| {
                let mut bytes = *hash.as_bytes();
                bytes[byte] ^= 1;
                Hash::new(bytes)
            };
            let mut changed = records.clone();
            changed[at].hash = flip(changed[at].hash);
            assert_eq!(broken(&changed), Some((seq, BreakKind::HashMismatch)));
            let mut changed = records.clone();
            changed[at].prev = changed[at].prev.map(flip);
            let found = (at > 0).then_some((seq, BreakKind::PrevMismatch));
            assert_eq!(broken(&changed), found);
        }
    }
}

#[test]
fn a_record_sealed_anew_breaks_the_next_one() {
    let mut records = chain(4);
    records[1].payload = br#"{"seq":2,"verdict":"CLEARED"}"#.to_vec();
    records[1].hash = seal(&records[1].payload, records[1].prev.as_ref());
    assert_eq!(broken(&records), Some((3, BreakKind::PrevMismatch)));
}

#[test]
fn a_front_cut_off_shows_even_when_numbered_anew() {
    let records = chain(4);
    assert_eq!(broken(&records[1..]), Some((2, BreakKind::Gap)));
    let mut renumbered = records[1..].to_vec();
    renumbered.iter_mut().for_each(|record| record.seq -= 1);
    assert_eq!(broken(&renumbered), Some((1, BreakKind::PrevMismatch)));
    renumbered[0].prev = None;
    assert_eq!(broken(&renumbered), Some((1, BreakKind::HashMismatch)));
}

#[test]
fn a_walk_from_the_middle_trusts_only_what_came_before() {
    let records = chain(5);
    let from = |seq, records: &[Sealed]| walk_with(Verifier::from(seq), records);
    let found = from(3, &records[2..]);
    assert!(found.valid);
    assert_eq!((found.first_seq, found.last_seq), (Some(3), Some(5)));
    assert_eq!(from(3, &records[3..]).error_kind, Some(BreakKind::Gap));
    assert_eq!(
        from(3, &records[1..]).error_kind,
        Some(BreakKind::Duplicate)
    );
    assert!(from(0, &records).valid, "there is no record 0");
    let mut changed = records;
    changed[3].prev = None;
    assert_eq!(from(3, &changed[2..]).first_invalid_seq, Some(4));
}

#[test]
fn rereading_finds_payloads_that_were_never_canonical() {
    for payload in [
        r#"{"seq":1, "verdict":"CLEARED"}"#,
        r#"{"verdict":"CLEARED","seq":1}"#,
        r#"{"seq":1,"verdict":"BLOCKED","verdict":"CLEARED"}"#,
        r#"{"seq":1.0}"#,
        r#"{"seq":2}"#,
        r#"{"seq":"1"}"#,
        "[]",
        "",
    ] {
        let record = Sealed {
            seq: 1,
            payload: payload.as_bytes().to_vec(),
            prev: None,
            hash: seal(payload.as_bytes(), None),
        };
        let strictly = walk_with(
            Verifier::from_start().rereading(),
            std::slice::from_ref(&record),
        );
        assert_eq!(
            strictly.error_kind,
            Some(BreakKind::HashMismatch),
            "{payload}"
        );
        assert!(walk(&[record]).valid, "the hash itself fits");
    }
    assert!(walk_with(Verifier::from_start().rereading(), &chain(3)).valid);
}

fn exported(records: &[Sealed]) -> Vec<Vec<u8>> {
    let line = |r: &Sealed| join(&r.payload, r.seq, r.prev.as_ref(), &r.hash);
    records.iter().map(line).collect()
}

fn walk_lines(lines: &[Vec<u8>]) -> Walk {
    let mut verifier = Verifier::from_start().rereading();
    for line in lines {
        verifier.check_json(line);
    }
    verifier.walk()
}

#[test]
fn an_export_is_checked_as_it_stands() {
    let records = chain(4);
    let lines = exported(&records);
    assert_eq!(walk_lines(&lines), walk(&records));
    let mut torn = lines;
    torn[2].truncate(20);
    let found = walk_lines(&torn);
    assert_eq!(
        (
            found.records_checked,
            found.first_invalid_seq,
            found.error_kind
        ),
        (3, Some(3), Some(BreakKind::HashMismatch))
    );
}

#[test]
fn what_is_no_sealed_record_is_refused_by_name() {
    let line = String::from_utf8(exported(&chain(1)).remove(0)).unwrap();
    let error = |text: String| split(text.as_bytes()).unwrap_err();
    assert_eq!(error("[]".to_owned()), SealedError::NoObject);
    assert_eq!(error("null".to_owned()), SealedError::NoObject);
    for name in ["hash", "prev_hash", "seq"] {
        let without = line.replacen(&format!("\"{name}\""), "\"other\"", 1);
        assert_eq!(error(without), SealedError::Member(name));
    }
    let moved = line.replace("\"chain_position\":1", "\"chain_position\":2");
    assert_eq!(error(moved), SealedError::Member("chain_position"));
    let upper = line.replacen("\"prev_hash\":\"0\"", "\"prev_hash\":\"AA\"", 1);
    assert_eq!(error(upper), SealedError::Member("prev_hash"));
    let twice = line.replacen('{', r#"{"verdict":"BLOCKED","#, 1);
    assert_eq!(error(twice).code(), "json.duplicate_key");
    assert_eq!(join(b"[1]", 1, None, &Hash::new([0; 32])), b"null");
}

#[test]
fn amounts_beyond_exact_numbers_can_still_be_checked() {
    let payload = br#"{"budget":18446744073709552000,"seq":1}"#.to_vec();
    let hash = seal(&payload, None);
    let line = join(&payload, 1, None, &hash);
    assert_eq!(split(&line).unwrap().payload, payload);
    assert!(walk_lines(&[line]).valid);
}

proptest! {
    #[test]
    fn removing_a_record_shows(length in 2_u64..20, at in any::<prop::sample::Index>()) {
        let mut records = chain(length);
        // Taking the last one away leaves a shorter, whole chain: checkpoints show that.
        let at = at.index(records.len() - 1);
        records.remove(at);
        prop_assert_eq!(broken(&records), Some((at as u64 + 2, BreakKind::Gap)));
    }

    #[test]
    fn swapping_two_records_shows(
        length in 2_u64..20,
        (a, b) in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let mut records = chain(length);
        let (a, b) = (a.index(records.len()), b.index(records.len()));
        prop_assume!(a != b);
        records.swap(a, b);
        let (first, other) = (a.min(b), a.max(b));
        prop_assert_eq!(broken(&records), Some((other as u64 + 1, BreakKind::Gap)));
        // Numbers moved along with the places hide nothing.
        records[first].seq = first as u64 + 1;
        records[other].seq = other as u64 + 1;
        prop_assert_eq!(broken(&records), Some((first as u64 + 1, BreakKind::PrevMismatch)));
    }

    #[test]
    fn repeating_a_record_shows(length in 1_u64..20, at in any::<prop::sample::Index>()) {
        let mut records = chain(length);
        let at = at.index(records.len());
        records.insert(at, records[at].clone());
        prop_assert_eq!(broken(&records), Some((at as u64 + 1, BreakKind::Duplicate)));
    }

    #[test]
    fn any_byte_of_an_export_counts_or_says_the_same(
        (line, byte) in any::<(prop::sample::Index, prop::sample::Index)>(),
        with in any::<u8>(),
    ) {
        let records = chain(3);
        let mut lines = exported(&records);
        let line = line.index(lines.len());
        let byte = byte.index(lines[line].len());
        lines[line][byte] = with;
        if walk_lines(&lines).valid {
            prop_assert_eq!(split(&lines[line]).unwrap(), records[line].clone());
        } else {
            prop_assert_ne!(&lines, &exported(&records));
        }
    }
}
