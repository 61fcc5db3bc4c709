//! Cases about making batches durable.

use super::Outcome;
use crate::build::{ChainBuilder, document};
use portcullis_firewall::{
    batch::{Batch, DocumentKind, Head},
    ports::{Ledger, LedgerError},
    query::RecordQuery,
};
use std::sync::Arc;
use tokio::task::JoinSet;

/// Commits everything at the same moment and gathers the answers, in any order.
async fn at_once(
    ledger: &Arc<dyn Ledger>,
    batches: impl IntoIterator<Item = Batch>,
) -> Vec<Result<(), LedgerError>> {
    let mut tasks = JoinSet::new();
    for batch in batches {
        let ledger = Arc::clone(ledger);
        tasks.spawn(async move { ledger.commit(batch).await });
    }
    tasks.join_all().await
}

/// A chain that nobody wrote to ends at nothing.
pub async fn a_chain_without_records_has_no_head(ledger: Arc<dyn Ledger>) -> Outcome {
    let chain = ChainBuilder::new("acme");
    assert_eq!(ledger.head(chain.tenant()).await?, Head::EMPTY);
    assert_eq!(
        ledger
            .records(chain.tenant(), RecordQuery::after(0, 10))
            .await?,
        []
    );
    assert_eq!(ledger.hashes(chain.tenant(), 1, 10).await?, []);
    assert_eq!(ledger.effects(chain.tenant(), 0, 10).await?, []);
    Ok(())
}

/// The head is the last record of the last batch.
pub async fn a_batch_moves_the_head(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    for count in [1, 3, 2] {
        ledger.commit(chain.batch(count)).await?;
        assert_eq!(ledger.head(chain.tenant()).await?, *chain.head());
    }
    assert_eq!(chain.head().seq, 6);
    Ok(())
}

/// Neither records nor documents of a refused batch are there.
pub async fn a_batch_for_another_head_is_refused_and_leaves_no_trace(
    ledger: Arc<dyn Ledger>,
) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(chain.batch(2)).await?;
    let mut ahead = chain.clone();
    drop(ahead.record());
    let mut wrong_hash = chain.clone().batch(1);
    wrong_hash.expected.hash = None;
    for mut batch in [
        ahead.batch(1),
        ChainBuilder::new("acme").batch(1),
        wrong_hash,
    ] {
        batch.put(document(DocumentKind::Hold, "hold-1"));
        assert_eq!(ledger.commit(batch).await, Err(LedgerError::Moved));
    }
    assert_eq!(ledger.head(chain.tenant()).await?, *chain.head());
    assert_eq!(
        ledger
            .document(chain.tenant(), DocumentKind::Hold, "hold-1")
            .await?,
        None
    );
    Ok(())
}

/// A batch that is sent again does not fit any more.
pub async fn the_same_batch_twice_is_written_once(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let batch = chain.batch(1);
    ledger.commit(batch.clone()).await?;
    assert_eq!(ledger.commit(batch).await, Err(LedgerError::Moved));
    assert_eq!(ledger.head(chain.tenant()).await?.seq, 1);
    Ok(())
}

/// Numbers that do not follow each other are a fault of the asker, not a moved head.
pub async fn a_batch_with_a_gap_is_refused_and_leaves_no_trace(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let mut batch = chain.batch(3);
    batch.records.remove(1);
    batch.put(document(DocumentKind::Hold, "hold-1"));
    let answer = ledger.commit(batch).await;
    assert!(
        matches!(answer, Err(LedgerError::Unavailable(_))),
        "{answer:?}"
    );
    assert_eq!(ledger.head(chain.tenant()).await?, Head::EMPTY);
    assert_eq!(ledger.tenants().await?, []);
    Ok(())
}

/// Every record names the one before it.
pub async fn a_batch_that_names_another_record_before_it_is_refused(
    ledger: Arc<dyn Ledger>,
) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    ledger.commit(chain.batch(1)).await?;
    let head = chain.head().clone();
    let answer = ledger
        .commit(chain.batch_with(|record| record.prev = None))
        .await;
    assert!(
        matches!(answer, Err(LedgerError::Unavailable(_))),
        "{answer:?}"
    );
    assert_eq!(ledger.head(chain.tenant()).await?, head);
    Ok(())
}

/// Documents are written for a known state of the chain, like records.
pub async fn a_batch_of_documents_alone_needs_the_head(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let mut early = chain.empty();
    early.put(document(DocumentKind::Key, "key-1"));
    ledger.commit(chain.batch(1)).await?;
    assert_eq!(ledger.commit(early).await, Err(LedgerError::Moved));
    let mut late = chain.empty();
    late.put(document(DocumentKind::Key, "key-2"));
    ledger.commit(late).await?;
    assert_eq!(
        ledger
            .document(chain.tenant(), DocumentKind::Key, "key-1")
            .await?,
        None
    );
    assert!(
        ledger
            .document(chain.tenant(), DocumentKind::Key, "key-2")
            .await?
            .is_some()
    );
    assert_eq!(ledger.head(chain.tenant()).await?, *chain.head());
    Ok(())
}

/// A batch without anything is a question about the head.
pub async fn an_empty_batch_needs_the_head_and_changes_nothing(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let empty = chain.empty();
    ledger.commit(empty.clone()).await?;
    assert_eq!(ledger.tenants().await?, []);
    ledger.commit(chain.batch(1)).await?;
    assert_eq!(ledger.commit(empty).await, Err(LedgerError::Moved));
    ledger.commit(chain.empty()).await?;
    assert_eq!(ledger.head(chain.tenant()).await?, *chain.head());
    Ok(())
}

/// However many try, each state of the chain has one successor.
pub async fn of_those_who_commit_at_once_one_wins_each_head(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    for _ in 0..10 {
        let rival = |n: usize| {
            chain
                .clone()
                .batch_with(|record| record.payload = format!("rival {n}").into_bytes())
        };
        let answers = at_once(&ledger, (0..8).map(rival)).await;
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 1);
        assert!(
            answers
                .iter()
                .all(|answer| matches!(answer, Ok(()) | Err(LedgerError::Moved)))
        );
        let head = ledger.head(chain.tenant()).await?;
        assert_eq!(head.seq, chain.head().seq.saturating_add(1));
        chain = ChainBuilder::after("acme", head);
    }
    let records = ledger
        .records(chain.tenant(), RecordQuery::after(0, 100))
        .await?;
    assert_eq!(records.len(), 10);
    assert!(
        records
            .iter()
            .zip(records.iter().skip(1))
            .all(|(a, b)| b.prev == Some(a.hash))
    );
    Ok(())
}

/// The chains of tenants are independent.
pub async fn tenants_commit_at_once_and_none_hinders_another(ledger: Arc<dyn Ledger>) -> Outcome {
    let name = |n: usize| format!("tenant-{n:02}");
    let mut chains: Vec<_> = (0..20).map(|n| ChainBuilder::new(&name(n))).collect();
    for _ in 0..5 {
        let answers = at_once(&ledger, chains.iter_mut().map(|chain| chain.batch(2))).await;
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    }
    for chain in &chains {
        assert_eq!(ledger.head(chain.tenant()).await?, *chain.head());
    }
    assert_eq!(ledger.tenants().await?.len(), 20);
    Ok(())
}

/// What is written together may fail apart.
pub async fn a_refused_batch_does_not_hinder_its_neighbours(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut good: Vec<_> = (0..10)
        .map(|n| ChainBuilder::new(&format!("good-{n}")))
        .collect();
    let stale = (0..10).map(|n| {
        let mut chain = ChainBuilder::new(&format!("stale-{n}"));
        drop(chain.record());
        chain.batch(1)
    });
    let mixed = good.iter_mut().map(|chain| chain.batch(1)).zip(stale);
    let answers = at_once(&ledger, mixed.flat_map(|(good, stale)| [good, stale])).await;
    let moved = |answer: &&Result<(), LedgerError>| **answer == Err(LedgerError::Moved);
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 10);
    assert_eq!(answers.iter().filter(moved).count(), 10);
    let tenants = ledger.tenants().await?;
    assert_eq!(tenants.len(), 10);
    assert!(
        tenants
            .iter()
            .all(|tenant| tenant.as_str().starts_with("good-"))
    );
    Ok(())
}

/// An answer means that everybody sees it from now on.
pub async fn whoever_was_answered_reads_what_was_written(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut tasks = JoinSet::new();
    for n in 0..4 {
        let ledger = Arc::clone(&ledger);
        tasks.spawn(async move {
            let mut chain = ChainBuilder::new(&format!("tenant-{n}"));
            for _ in 0..50 {
                ledger.commit(chain.batch(1)).await?;
                assert_eq!(ledger.head(chain.tenant()).await?, *chain.head());
            }
            Outcome::Ok(())
        });
    }
    tasks.join_all().await.into_iter().collect()
}
