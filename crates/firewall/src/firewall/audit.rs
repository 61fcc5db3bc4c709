//! Checking the chain, and proving what is in it.

use super::{Firewall, entry::may_read};
use crate::{
    chain::{Hash, Verifier, Walk},
    error::GateError,
    merkle::{self, Frontier, NodeHash},
    note::{self, Checkpoint},
    principal::Principal,
    query::RecordQuery,
    turn::Sealed,
};
use portcullis_policy::id::TenantId;
use serde::Serialize;

/// How many records are read at once.
const PAGE: usize = 2_000;

/// What a check of the whole chain, or a part of it, found.
#[derive(Clone, Debug, Serialize)]
pub struct Verification {
    /// What the walk over the records found.
    #[serde(flatten)]
    pub walk: Walk,
    /// The root of the Merkle tree, when the walk began at the first record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub root: Option<NodeHash>,
    /// Whether records that were sealed since the gate opened are missing at the end.
    pub truncated: bool,
}

impl Verification {
    /// Whether nothing is wrong.
    #[must_use]
    pub const fn is_good(&self) -> bool {
        self.walk.valid && !self.truncated
    }
}

/// Proof that one record is in the tree.
#[derive(Clone, Debug, Serialize)]
pub struct InclusionProof {
    /// The record.
    pub seq: u64,
    /// Its place in the tree, from 0.
    pub leaf_index: u64,
    /// Its hash.
    pub record_hash: Hash,
    /// The size of the tree.
    pub tree_size: u64,
    /// The root of the tree.
    pub root_hash: NodeHash,
    /// The siblings, from the leaf up.
    pub hashes: Vec<NodeHash>,
}

/// Proof that a tree is the beginning of a later one.
#[derive(Clone, Debug, Serialize)]
pub struct ConsistencyProof {
    /// The size of the earlier tree.
    pub from_size: u64,
    /// Its root.
    pub from_root: NodeHash,
    /// The size of the later tree.
    pub to_size: u64,
    /// Its root.
    pub to_root: NodeHash,
    /// The hashes.
    pub hashes: Vec<NodeHash>,
}

impl Firewall {
    /// Walks the chain from one record to another (all of it by default) and finds the first
    /// record that does not fit. `progress` is told how many are done, of how many.
    ///
    /// Fails closed: when something is wrong, the tenant's verdicts stop until a person
    /// acknowledges it.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key; [`GateError::Unavailable`] when the ledger is
    /// away.
    pub async fn verify(
        &self,
        principal: &Principal,
        (from, to): (Option<u64>, Option<u64>),
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Verification, GateError> {
        may_read(principal)?;
        let head = self
            .on_lane(principal, |turn| Ok(turn.state.head.seq))
            .await?;
        let span = (from.unwrap_or(1).max(1), to.unwrap_or(head).min(head));
        self.walk(&principal.tenant, span, progress).await
    }

    /// Walks every tenant's chain, from the last record whose break a person acknowledged. To be
    /// called when the gate starts and now and then.
    ///
    /// Fails closed: a tenant whose chain does not verify gets no verdicts until a person
    /// acknowledges it.
    ///
    /// # Errors
    /// The first failure; the other tenants are walked all the same.
    pub async fn verify_all(&self) -> Result<(), GateError> {
        let mut first = Ok(());
        for tenant in self.tenants() {
            first = first.and(self.verify_tenant(&tenant).await);
        }
        first
    }

    async fn verify_tenant(&self, tenant: &TenantId) -> Result<(), GateError> {
        let span = self
            .in_turn(tenant, |turn| {
                let state = &turn.state;
                Ok((state.tenant.acknowledged_seq.max(1), state.head.seq))
            })
            .await?;
        self.walk(tenant, span, &mut |_, _| {}).await.map(drop)
    }

    /// Walks a part of a chain, and stops the tenant's verdicts when it does not fit.
    async fn walk(
        &self,
        tenant: &TenantId,
        (first, last): (u64, u64),
        progress: &mut (dyn FnMut(u64, u64) + Send),
    ) -> Result<Verification, GateError> {
        let mut verifier = Verifier::from(first);
        let mut frontier = Frontier::default();
        let mut after = first - 1;
        while after < last {
            let query = RecordQuery::after(after, PAGE);
            let records = self.ledger.records(tenant, query).await?;
            let mut fits = !records.is_empty();
            for record in records.iter().filter(|record| record.seq <= last) {
                fits &= verifier.check(
                    record.seq,
                    &record.payload,
                    record.prev.as_ref(),
                    &record.hash,
                );
                frontier.push(&record.hash);
            }
            if !fits {
                break;
            }
            after = records.last().map_or(last, |record| record.seq);
            progress(after.min(last), last);
        }
        let walk = verifier.walk();
        let truncated = walk.valid && first <= last && walk.last_seq != Some(last);
        let root = (first == 1 && walk.valid).then(|| frontier.root());
        let verification = Verification {
            walk,
            root,
            truncated,
        };
        self.stop_if_broken(tenant, &verification).await?;
        Ok(verification)
    }

    async fn stop_if_broken(
        &self,
        tenant: &TenantId,
        verification: &Verification,
    ) -> Result<(), GateError> {
        if verification.is_good() {
            return Ok(());
        }
        let after_last = verification
            .walk
            .last_seq
            .map_or(1, |seq| seq.saturating_add(1));
        let broken = verification.walk.first_invalid_seq.unwrap_or(after_last);
        self.in_turn(tenant, move |turn| {
            if broken > turn.state.tenant.acknowledged_seq {
                turn.stop(broken)?;
            }
            Ok(())
        })
        .await
    }

    /// Proves that a record is in the tree as it is now.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key; [`GateError::NotFound`].
    pub async fn inclusion(
        &self,
        principal: &Principal,
        seq: u64,
    ) -> Result<InclusionProof, GateError> {
        may_read(principal)?;
        inclusion_in(&self.hashes(principal, None).await?, seq)
    }

    /// Proves that the log at one size is the beginning of the log at a later size.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key; [`GateError::Invalid`] for sizes that are not
    /// in order or not reached.
    pub async fn consistency(
        &self,
        principal: &Principal,
        from: u64,
        to: Option<u64>,
    ) -> Result<ConsistencyProof, GateError> {
        may_read(principal)?;
        let hashes = self.hashes(principal, to).await?;
        let to = to.unwrap_or(hashes.len() as u64);
        if hashes.len() as u64 != to {
            return Err(GateError::invalid("to", "the log is not that long"));
        }
        let size = usize::try_from(from)
            .ok()
            .filter(|size| (1..=hashes.len()).contains(size));
        let size =
            size.ok_or_else(|| GateError::invalid("from", "expected 1 to the later size"))?;
        let earlier = hashes.get(..size).unwrap_or_default();
        Ok(ConsistencyProof {
            from_size: from,
            from_root: merkle::root(earlier),
            to_size: to,
            to_root: merkle::root(&hashes),
            hashes: merkle::consistency(&hashes, size),
        })
    }

    /// The hashes of the first records.
    async fn hashes(
        &self,
        principal: &Principal,
        size: Option<u64>,
    ) -> Result<Vec<Hash>, GateError> {
        let head = self
            .on_lane(principal, |turn| Ok(turn.state.head.seq))
            .await?;
        let count = usize::try_from(size.unwrap_or(head).min(head)).unwrap_or(usize::MAX);
        Ok(self.ledger.hashes(&principal.tenant, 1, count).await?)
    }

    /// The tree as it is now, as a signed note to be kept elsewhere.
    ///
    /// # Errors
    /// [`GateError::Forbidden`] for an agent's key.
    pub async fn checkpoint(&self, principal: &Principal) -> Result<String, GateError> {
        may_read(principal)?;
        let origin = self.origin(principal);
        let (size, root) = self
            .on_lane(principal, |turn| {
                Ok((turn.state.frontier.size(), turn.state.frontier.root()))
            })
            .await?;
        Ok(Checkpoint { origin, size, root }.sign(&self.house.signing_key))
    }

    /// The hashes of every record, and a signed note over just these.
    pub(super) async fn tree(
        &self,
        principal: &Principal,
    ) -> Result<(Vec<Hash>, String), GateError> {
        let hashes = self.hashes(principal, None).await?;
        let checkpoint = Checkpoint {
            origin: self.origin(principal),
            size: hashes.len() as u64,
            root: merkle::root(&hashes),
        };
        Ok((hashes, checkpoint.sign(&self.house.signing_key)))
    }

    /// The key that verifies this tenant's checkpoints.
    #[must_use]
    pub fn checkpoint_key(&self, principal: &Principal) -> String {
        note::verifier_key(
            &self.origin(principal),
            &self.house.signing_key.public_key(),
        )
    }

    /// The name of a tenant's log.
    fn origin(&self, principal: &Principal) -> String {
        format!("{}/{}", self.house.origin, principal.tenant)
    }

    /// Acknowledges a broken chain.
    ///
    /// # Errors
    /// As [`crate::turn::Turn::acknowledge`].
    pub async fn acknowledge(&self, principal: &Principal, why: &str) -> Result<Sealed, GateError> {
        let (caller, why) = (principal.clone(), why.to_owned());
        self.on_lane(principal, move |turn| turn.acknowledge(&caller, &why))
            .await
    }
}

/// The proof that a record is in the tree over these hashes.
pub(super) fn inclusion_in(hashes: &[Hash], seq: u64) -> Result<InclusionProof, GateError> {
    let missing = || GateError::NotFound("record", seq.to_string());
    let index = seq.checked_sub(1).ok_or_else(missing)?;
    let place = usize::try_from(index).map_err(|_| missing())?;
    let record_hash = *hashes.get(place).ok_or_else(missing)?;
    Ok(InclusionProof {
        seq,
        leaf_index: index,
        record_hash,
        tree_size: hashes.len() as u64,
        root_hash: merkle::root(hashes),
        hashes: merkle::inclusion(hashes, place),
    })
}
