//! The tree over the records, against its definition in RFC 6962.

use portcullis_firewall::{
    chain::Hash,
    merkle::{
        Frontier, NodeHash, ProofError, consistency, empty_root, inclusion, leaf, leaf_of, node,
        root, verify_consistency, verify_inclusion,
    },
};
use proptest::prelude::*;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    reference: Reference,
    roots: Vec<NodeHash>,
    inclusion: Vec<Inclusion>,
    consistency: Vec<Consistency>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reference {
    leaves: Vec<String>,
    roots: Vec<NodeHash>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Inclusion {
    index: usize,
    size: usize,
    hashes: Vec<NodeHash>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Consistency {
    old: usize,
    new: usize,
    hashes: Vec<NodeHash>,
}

fn vectors() -> Vectors {
    serde_saphyr::from_str(include_str!("../../../../conformance/records/merkle.yaml")).unwrap()
}

/// The hashes of the first records: that of record n is `SHA-256("record n")`.
fn records(count: usize) -> Vec<Hash> {
    let hash = |n: usize| Hash::new(Sha256::digest(format!("record {n}")).into());
    (1..=count).map(hash).collect()
}

/// The definition: a list is cut at the largest power of two below its length.
fn plain_root(leaves: &[NodeHash]) -> NodeHash {
    match leaves {
        [] => empty_root(),
        [only] => *only,
        _ => {
            let mut cut = 1;
            while cut * 2 < leaves.len() {
                cut *= 2;
            }
            node(&plain_root(&leaves[..cut]), &plain_root(&leaves[cut..]))
        }
    }
}

fn flipped(hash: &NodeHash) -> NodeHash {
    let mut bytes = *hash.as_bytes();
    bytes[0] ^= 1;
    NodeHash::new(bytes)
}

#[test]
fn the_reference_roots_come_out_the_same() {
    let reference = vectors().reference;
    let mut frontier = Frontier::default();
    assert_eq!(frontier.root(), reference.roots[0]);
    for (leaf, root) in reference.leaves.iter().zip(&reference.roots[1..]) {
        frontier.push_leaf(leaf_of(&hex::decode(leaf).unwrap()));
        assert_eq!(frontier.root(), *root);
    }
    assert_eq!(frontier.size(), 8);
}

#[test]
fn the_published_trees_and_proofs_come_out_the_same() {
    let vectors = vectors();
    for (size, expected) in vectors.roots.iter().enumerate() {
        assert_eq!(root(&records(size)), *expected);
    }
    for Inclusion {
        index,
        size,
        hashes,
    } in vectors.inclusion
    {
        assert_eq!(
            inclusion(&records(size), index),
            hashes,
            "{index} of {size}"
        );
    }
    for Consistency { old, new, hashes } in vectors.consistency {
        assert_eq!(consistency(&records(new), old), hashes, "{old} to {new}");
    }
}

#[test]
fn every_way_to_the_root_leads_to_the_same_root() {
    let all = records(70);
    let leaves: Vec<NodeHash> = all.iter().map(leaf).collect();
    let mut frontier = Frontier::default();
    for size in 0..=all.len() {
        let expected = plain_root(&leaves[..size]);
        assert_eq!(root(&all[..size]), expected, "{size}");
        assert_eq!(frontier.root(), expected, "{size}");
        let kept = serde_json::to_string(&frontier).unwrap();
        assert_eq!(serde_json::from_str::<Frontier>(&kept).unwrap(), frontier);
        if let Some(record) = all.get(size) {
            frontier.push(record);
        }
    }
}

#[test]
fn every_record_of_every_tree_is_proved_and_no_other_is() {
    let all = records(70);
    for size in 1..=all.len() {
        let tree = &all[..size];
        let top = root(tree);
        for index in 0..size {
            let proof = inclusion(tree, index);
            let check = |record: &Hash, index: usize, size: usize| {
                verify_inclusion(record, (index as u64, size as u64), &proof, &top)
            };
            assert_eq!(
                check(&tree[index], index, size),
                Ok(()),
                "{index} of {size}"
            );
            assert!(
                check(&all[(index + 1) % 70], index, size).is_err(),
                "{index} of {size}"
            );
            // All other places of a small tree, the next one of a large tree.
            let others = if size <= 20 {
                0..size
            } else {
                index + 1..size.min(index + 2)
            };
            for other in others.filter(|other| *other != index) {
                assert!(
                    check(&tree[index], other, size).is_err(),
                    "{other} for {index} of {size}"
                );
            }
        }
    }
}

#[test]
fn every_tree_is_the_beginning_of_every_later_one() {
    let all = records(70);
    let roots: Vec<NodeHash> = (0..=all.len()).map(|size| root(&all[..size])).collect();
    for new in 0..=all.len() {
        for old in 0..=new {
            let proof = consistency(&all[..new], old);
            let check = |old_root: &NodeHash, new_root: &NodeHash| {
                verify_consistency((old as u64, old_root), (new as u64, new_root), &proof)
            };
            assert_eq!(check(&roots[old], &roots[new]), Ok(()), "{old} to {new}");
            assert!(
                check(&flipped(&roots[old]), &roots[new]).is_err(),
                "{old} to {new}"
            );
            if old > 0 {
                assert!(
                    check(&roots[old], &flipped(&roots[new])).is_err(),
                    "{old} to {new}"
                );
            }
        }
    }
}

#[test]
fn a_tree_of_other_records_is_no_continuation() {
    let all = records(12);
    for old in 1..12 {
        let mut forked = all.clone();
        forked[old - 1] = Hash::new([9; 32]);
        let proof = consistency(&forked, old);
        let old_root = root(&all[..old]);
        let found = verify_consistency((old as u64, &old_root), (12, &root(&forked)), &proof);
        assert_eq!(found, Err(ProofError::WrongRoot), "{old}");
    }
}

#[test]
fn proofs_for_impossible_places_are_refused() {
    let tree = records(5);
    let top = root(&tree);
    let at = |place| verify_inclusion(&tree[0], place, &inclusion(&tree, 0), &top);
    assert_eq!(at((5, 5)), Err(ProofError::OutOfRange));
    assert_eq!(at((0, 0)), Err(ProofError::OutOfRange));
    assert_eq!(at((u64::MAX, u64::MAX)), Err(ProofError::OutOfRange));
    assert_eq!(at((u64::MAX - 1, u64::MAX)), Err(ProofError::WrongLength));
    let backwards = verify_consistency((5, &top), (4, &root(&tree[..4])), &[]);
    assert_eq!(backwards, Err(ProofError::OutOfRange));
    let larger = verify_consistency((5, &top), (u64::MAX, &top), &[top]);
    assert_eq!(larger, Err(ProofError::WrongLength));
    assert_eq!(inclusion(&tree, 5), []);
    assert_eq!(consistency(&tree, 6), []);
}

#[test]
fn a_leaf_is_never_taken_for_a_node() {
    let tree = records(2);
    let (left, right) = (leaf(&tree[0]), leaf(&tree[1]));
    let joined = [left.as_bytes().as_slice(), right.as_bytes()].concat();
    assert_ne!(leaf_of(&joined), node(&left, &right));
}

#[test]
fn a_frontier_that_does_not_fit_its_size_is_not_read() {
    let peak = "00".repeat(32);
    let read = |size: u64, peaks: usize| {
        let json = json!({"size": size, "peaks": vec![&peak; peaks]});
        serde_json::from_value::<Frontier>(json).map_err(|error| error.to_string())
    };
    assert!(read(6, 2).is_ok());
    let expected = "expected 2 peaks for a tree of 6 leaves, not 3".to_owned();
    assert_eq!(read(6, 3), Err(expected));
    assert!(read(0, 1).is_err());
    assert!(read(u64::MAX, 63).is_err());
}

proptest! {
    #[test]
    fn a_changed_proof_convinces_nobody(
        size in 2_usize..300,
        (index, at) in any::<(prop::sample::Index, prop::sample::Index)>(),
    ) {
        let tree = records(size);
        let index = index.index(size);
        let (proof, top) = (inclusion(&tree, index), root(&tree));
        let check = |proof: &[NodeHash]| {
            verify_inclusion(&tree[index], (index as u64, size as u64), proof, &top)
        };
        prop_assert_eq!(check(&proof), Ok(()));
        let at = at.index(proof.len());
        let mut changed = proof.clone();
        changed[at] = flipped(&changed[at]);
        prop_assert_eq!(check(&changed), Err(ProofError::WrongRoot));
        let mut shorter = proof.clone();
        shorter.remove(at);
        prop_assert!(check(&shorter).is_err());
        let mut longer = proof;
        longer.insert(at, top);
        prop_assert!(check(&longer).is_err());
    }

    #[test]
    fn a_changed_consistency_proof_convinces_nobody(
        (old, more) in (1_usize..150, 1_usize..150),
        at in any::<prop::sample::Index>(),
    ) {
        let tree = records(old + more);
        let (first, last) = (root(&tree[..old]), root(&tree));
        let proof = consistency(&tree, old);
        let check = |proof: &[NodeHash]| {
            verify_consistency((old as u64, &first), ((old + more) as u64, &last), proof)
        };
        prop_assert_eq!(check(&proof), Ok(()));
        let at = at.index(proof.len());
        let mut changed = proof.clone();
        changed[at] = flipped(&changed[at]);
        prop_assert_eq!(check(&changed), Err(ProofError::WrongRoot));
        let mut shorter = proof.clone();
        shorter.remove(at);
        prop_assert!(check(&shorter).is_err());
        let mut longer = proof;
        longer.push(last);
        prop_assert!(check(&longer).is_err());
    }
}
