//! Cases about documents.

use super::Outcome;
use crate::build::{ChainBuilder, document, moment, tenant};
use portcullis_firewall::{
    batch::{Document, DocumentKind},
    ports::{Ledger, LedgerError},
    query::DocumentQuery,
};
use std::sync::Arc;

const MEBIBYTE: usize = 1 << 20;

/// The ids of the holds that a query of `acme` finds.
async fn found(ledger: &Arc<dyn Ledger>, query: DocumentQuery) -> Result<Vec<String>, LedgerError> {
    let documents = ledger.documents(&tenant("acme"), query).await?;
    Ok(documents.into_iter().map(|document| document.id).collect())
}

/// Puts documents of `acme`, which has no records.
async fn put(ledger: &Arc<dyn Ledger>, documents: impl IntoIterator<Item = Document>) -> Outcome {
    let mut batch = ChainBuilder::new("acme").empty();
    batch.documents.extend(documents);
    ledger.commit(batch).await
}

/// A hold with what lists look at: id, status, agent and time.
fn hold((id, status, agent, ms): (&str, &str, &str, i64)) -> Document {
    Document {
        status: status.to_owned(),
        agent: agent.to_owned(),
        at: moment(ms),
        ..document(DocumentKind::Hold, id)
    }
}

/// Six holds of three statuses; `d` and `e` are of the same moment.
fn six_holds() -> impl Iterator<Item = Document> {
    [
        ("a", "HELD", "agent-1", 5_000),
        ("b", "RELEASED", "agent-2", 1_000),
        ("c", "HELD", "agent-2", 3_000),
        ("e", "KILLED", "agent-1", 2_000),
        ("d", "HELD", "agent-1", 2_000),
        ("f", "RELEASED", "agent-1", 4_000),
    ]
    .into_iter()
    .map(hold)
}

fn holds() -> DocumentQuery {
    DocumentQuery::all(DocumentKind::Hold)
}

/// Every field of every kind.
pub async fn a_document_is_read_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let shaped = DocumentKind::ALL.map(|kind| Document {
        status: "größe 🏰".to_owned(),
        agent: "agent-1".to_owned(),
        at: moment(1_775_831_521_007),
        body: (0..=255).collect(),
        ..document(kind, "pol_1@7")
    });
    put(&ledger, shaped.clone()).await?;
    for document in shaped {
        let read = ledger
            .document(&tenant("acme"), document.kind, &document.id)
            .await?;
        assert_eq!(read.as_ref(), Some(&document));
        let listed = ledger
            .documents(&tenant("acme"), DocumentQuery::all(document.kind))
            .await?;
        assert_eq!(listed, [document]);
    }
    Ok(())
}

/// There is one form at a time.
pub async fn a_document_is_replaced_by_its_latest_form(ledger: Arc<dyn Ledger>) -> Outcome {
    put(&ledger, [hold(("a", "HELD", "agent-1", 1_000))]).await?;
    let latest = Document {
        body: b"{}".to_vec(),
        ..hold(("a", "RELEASED", "agent-2", 9_000))
    };
    put(&ledger, [latest.clone()]).await?;
    let read = ledger
        .document(&tenant("acme"), DocumentKind::Hold, "a")
        .await?;
    assert_eq!(read.as_ref(), Some(&latest));
    assert_eq!(ledger.documents(&tenant("acme"), holds()).await?, [latest]);
    Ok(())
}

/// A removal ends a document, and it may be put again.
pub async fn a_removed_document_is_gone(ledger: Arc<dyn Ledger>) -> Outcome {
    put(&ledger, six_holds()).await?;
    let mut batch = ChainBuilder::new("acme").empty();
    batch.remove(DocumentKind::Hold, "a");
    batch.remove(DocumentKind::Hold, "c");
    ledger.commit(batch).await?;
    assert_eq!(
        ledger
            .document(&tenant("acme"), DocumentKind::Hold, "a")
            .await?,
        None
    );
    assert_eq!(found(&ledger, holds()).await?, ["f", "d", "e", "b"]);
    put(&ledger, [hold(("a", "HELD", "agent-1", 5_000))]).await?;
    assert_eq!(found(&ledger, holds()).await?, ["a", "f", "d", "e", "b"]);
    Ok(())
}

/// Ending what has ended is no error.
pub async fn a_document_may_be_removed_that_is_not_there(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut batch = ChainBuilder::new("acme").empty();
    batch.remove(DocumentKind::Permit, "gone");
    ledger.commit(batch).await?;
    assert_eq!(
        ledger
            .document(&tenant("acme"), DocumentKind::Permit, "gone")
            .await?,
        None
    );
    Ok(())
}

/// The same id may stand for many things.
pub async fn kinds_and_tenants_do_not_mix(ledger: Arc<dyn Ledger>) -> Outcome {
    put(
        &ledger,
        [
            document(DocumentKind::Hold, "x"),
            document(DocumentKind::Permit, "x"),
        ],
    )
    .await?;
    let mut theirs = ChainBuilder::new("other").empty();
    theirs.put(Document {
        body: b"theirs".to_vec(),
        ..document(DocumentKind::Hold, "x")
    });
    ledger.commit(theirs).await?;
    let mut removal = ChainBuilder::new("acme").empty();
    removal.remove(DocumentKind::Hold, "x");
    ledger.commit(removal).await?;
    let of = |tenant_name, kind| {
        let ledger = &ledger;
        async move { ledger.document(&tenant(tenant_name), kind, "x").await }
    };
    assert_eq!(of("acme", DocumentKind::Hold).await?, None);
    assert!(of("acme", DocumentKind::Permit).await?.is_some());
    let body = of("other", DocumentKind::Hold)
        .await?
        .map(|document| document.body);
    assert_eq!(body.as_deref(), Some(b"theirs".as_slice()));
    assert_eq!(of("other", DocumentKind::Permit).await?, None);
    Ok(())
}

/// One batch, one moment.
pub async fn records_and_documents_are_written_together_or_not_at_all(
    ledger: Arc<dyn Ledger>,
) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let mut batch = chain.batch(2);
    batch.put(hold(("a", "HELD", "agent-1", 1_000)));
    batch.put(hold(("b", "HELD", "agent-1", 2_000)));
    ledger.commit(batch.clone()).await?;
    let mut stale = batch;
    stale.remove(DocumentKind::Hold, "a");
    stale.put(hold(("c", "HELD", "agent-1", 3_000)));
    assert_eq!(ledger.commit(stale).await, Err(LedgerError::Moved));
    assert_eq!(found(&ledger, holds()).await?, ["b", "a"]);
    let mut next = chain.batch(1);
    next.remove(DocumentKind::Hold, "a");
    next.put(hold(("b", "RELEASED", "agent-1", 2_000)));
    next.put(hold(("c", "HELD", "agent-1", 3_000)));
    ledger.commit(next).await?;
    assert_eq!(found(&ledger, holds()).await?, ["c", "b"]);
    assert_eq!(ledger.head(chain.tenant()).await?, *chain.head());
    Ok(())
}

/// The order is one across all statuses.
pub async fn lists_are_newest_first_then_by_id(ledger: Arc<dyn Ledger>) -> Outcome {
    put(&ledger, six_holds()).await?;
    assert_eq!(
        found(&ledger, holds()).await?,
        ["a", "f", "c", "d", "e", "b"]
    );
    Ok(())
}

/// A document must match every filter, and have one of the statuses.
pub async fn lists_filter_by_status_agent_and_time(ledger: Arc<dyn Ledger>) -> Outcome {
    put(&ledger, six_holds()).await?;
    put(&ledger, [document(DocumentKind::Permit, "p")]).await?;
    let held = DocumentQuery::with_status(DocumentKind::Hold, "HELD");
    assert_eq!(found(&ledger, held.clone()).await?, ["a", "c", "d"]);
    let two = ["KILLED", "RELEASED", "KILLED"].map(str::to_owned).to_vec();
    let ended = DocumentQuery {
        statuses: two,
        ..holds()
    };
    assert_eq!(found(&ledger, ended.clone()).await?, ["f", "e", "b"]);
    let agent = Some("agent-1".to_owned());
    assert_eq!(
        found(&ledger, DocumentQuery { agent, ..ended }).await?,
        ["f", "e"]
    );
    let since = DocumentQuery {
        since: Some(moment(2_000)),
        ..holds()
    };
    assert_eq!(
        found(&ledger, since.clone()).await?,
        ["a", "f", "c", "d", "e"]
    );
    let both = DocumentQuery {
        until: Some(moment(4_000)),
        ..since
    };
    assert_eq!(found(&ledger, both).await?, ["c", "d", "e"]);
    let until = DocumentQuery {
        until: Some(moment(3_000)),
        ..held
    };
    assert_eq!(found(&ledger, until).await?, ["d"]);
    let unknown = DocumentQuery::with_status(DocumentKind::Hold, "held");
    assert_eq!(found(&ledger, unknown).await?, Vec::<String>::new());
    Ok(())
}

/// Lists follow the latest form.
pub async fn a_changed_document_moves_in_its_lists(ledger: Arc<dyn Ledger>) -> Outcome {
    put(&ledger, six_holds()).await?;
    put(&ledger, [hold(("a", "RELEASED", "agent-1", 500))]).await?;
    let held = DocumentQuery::with_status(DocumentKind::Hold, "HELD");
    assert_eq!(found(&ledger, held).await?, ["c", "d"]);
    let released = DocumentQuery::with_status(DocumentKind::Hold, "RELEASED");
    assert_eq!(found(&ledger, released).await?, ["f", "b", "a"]);
    Ok(())
}

/// Pages of a list join without gap or overlap.
pub async fn lists_of_documents_skip_and_end(ledger: Arc<dyn Ledger>) -> Outcome {
    put(&ledger, six_holds()).await?;
    let page = |offset, limit| {
        found(
            &ledger,
            DocumentQuery {
                offset,
                limit,
                ..holds()
            },
        )
    };
    assert_eq!(page(0, 2).await?, ["a", "f"]);
    assert_eq!(page(2, 3).await?, ["c", "d", "e"]);
    assert_eq!(page(5, 3).await?, ["b"]);
    assert_eq!(page(6, 3).await?, Vec::<String>::new());
    assert_eq!(page(0, 0).await?, Vec::<String>::new());
    assert_eq!(page(4, usize::MAX).await?, ["e", "b"]);
    Ok(())
}

/// A frozen action may be this large.
pub async fn bodies_of_a_mebibyte_are_read_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let large = Document {
        body: vec![7; MEBIBYTE],
        ..document(DocumentKind::Frozen, "x")
    };
    put(
        &ledger,
        [large.clone(), document(DocumentKind::Frozen, "y")],
    )
    .await?;
    let read = ledger
        .document(&tenant("acme"), DocumentKind::Frozen, "x")
        .await?;
    assert_eq!(read, Some(large));
    Ok(())
}

/// In order, each once; one that has nothing left is none.
pub async fn tenants_are_those_that_have_something(ledger: Arc<dyn Ledger>) -> Outcome {
    assert_eq!(ledger.tenants().await?, []);
    ledger.commit(ChainBuilder::new("zeta").batch(2)).await?;
    put(&ledger, [document(DocumentKind::Agent, "agent-1")]).await?;
    let mut both = ChainBuilder::new("both").batch(1);
    both.put(document(DocumentKind::Tenant, "both"));
    ledger.commit(both).await?;
    assert_eq!(
        ledger.tenants().await?,
        ["acme", "both", "zeta"].map(tenant)
    );
    let mut removal = ChainBuilder::new("acme").empty();
    removal.remove(DocumentKind::Agent, "agent-1");
    ledger.commit(removal).await?;
    assert_eq!(ledger.tenants().await?, ["both", "zeta"].map(tenant));
    Ok(())
}
