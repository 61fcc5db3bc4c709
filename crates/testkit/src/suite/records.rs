//! Cases about reading along a chain.

use super::Outcome;
use crate::build::{ChainBuilder, moment, tenant};
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    ports::{Ledger, LedgerError},
    query::RecordQuery,
};
use portcullis_policy::tier::{Tier, Verdict};
use std::sync::Arc;

const MEBIBYTE: usize = 1 << 20;

/// How far apart records are where their times matter.
const APART_MS: i64 = 1_000;

/// The numbers of the records that a query of `acme` finds.
async fn found(ledger: &Arc<dyn Ledger>, query: RecordQuery) -> Result<Vec<u64>, LedgerError> {
    let records = ledger.records(&tenant("acme"), query).await?;
    Ok(records.iter().map(|record| record.seq).collect())
}

/// Writes records that a function shapes, each in its own batch.
async fn write(
    ledger: &Arc<dyn Ledger>,
    count: u64,
    shape: impl Fn(u64, &mut StoredRecord),
) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    for n in 1..=count {
        ledger
            .commit(chain.batch_with(|record| shape(n, record)))
            .await?;
    }
    Ok(())
}

fn all() -> RecordQuery {
    RecordQuery::after(0, 1_000)
}

/// Nothing is lost and nothing is changed.
pub async fn every_field_is_read_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let mut batch = chain.batch(1);
    batch.records.push(chain.record_with(|record| {
        record.kind = RecordKind::Outcome;
        record.agent = String::new();
        record.action_type = String::new();
        record.verdict = None;
        record.tier = None;
        record.payload = (0..=255).collect();
        record.effects = Vec::new();
    }));
    ledger.commit(batch.clone()).await?;
    assert_eq!(ledger.records(chain.tenant(), all()).await?, batch.records);
    for record in &batch.records {
        let one = ledger
            .records(chain.tenant(), RecordQuery::one(record.seq))
            .await?;
        assert_eq!(one.first(), Some(record));
        assert_eq!(one.len(), 1);
    }
    Ok(())
}

/// Every value of every enumeration has its own stored form.
pub async fn every_kind_verdict_and_tier_is_read_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let mut batch = chain.empty();
    for kind in RecordKind::ALL {
        batch
            .records
            .push(chain.record_with(|record| record.kind = kind));
    }
    for verdict in [Verdict::Cleared, Verdict::Held, Verdict::Blocked] {
        batch
            .records
            .push(chain.record_with(|record| record.verdict = Some(verdict)));
    }
    for tier in [Tier::A, Tier::B, Tier::C, Tier::X] {
        batch
            .records
            .push(chain.record_with(|record| record.tier = Some(tier)));
    }
    ledger.commit(batch.clone()).await?;
    assert_eq!(ledger.records(chain.tenant(), all()).await?, batch.records);
    Ok(())
}

/// The largest action has about this size.
pub async fn payloads_of_a_mebibyte_are_read_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let mut batch = chain.batch(1);
    for byte in 0..3 {
        batch.records.push(chain.record_with(|record| {
            record.payload = vec![byte; MEBIBYTE];
            record.effects = vec![byte; MEBIBYTE];
        }));
    }
    batch.records.push(chain.record());
    ledger.commit(batch.clone()).await?;
    assert_eq!(ledger.records(chain.tenant(), all()).await?, batch.records);
    let hashes = ledger.hashes(chain.tenant(), 1, 10).await?;
    assert_eq!(
        hashes,
        batch
            .records
            .iter()
            .map(|record| record.hash)
            .collect::<Vec<_>>()
    );
    Ok(())
}

/// Text is text, whatever is in it.
pub async fn text_of_any_script_is_read_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let texts = [
        "größe",
        "データ",
        "🏰",
        "a\u{0}b",
        "' OR 1=1 --",
        "\u{202e}nimda",
        "%_",
    ];
    let mut chain = ChainBuilder::new("acme");
    for text in texts {
        let batch = chain.batch_with(|record| {
            text.clone_into(&mut record.agent);
            text.clone_into(&mut record.action_type);
        });
        ledger.commit(batch).await?;
    }
    for (seq, text) in (1..).zip(texts) {
        let by_agent = RecordQuery {
            agent: Some(text.to_owned()),
            ..all()
        };
        assert_eq!(found(&ledger, by_agent).await?, [seq], "{text}");
        let by_type = RecordQuery {
            action_type: Some(text.to_owned()),
            ..all()
        };
        assert_eq!(found(&ledger, by_type).await?, [seq], "{text}");
    }
    Ok(())
}

/// Moments keep their milliseconds, before 1970 too.
pub async fn milliseconds_are_read_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let times = [
        -1_001,
        -1,
        0,
        1,
        999,
        1_775_831_521_007,
        253_370_764_800_999,
    ];
    write(&ledger, 7, |n, record| {
        let at = usize::try_from(n)
            .ok()
            .and_then(|n| times.get(n.saturating_sub(1)));
        record.at = at.map_or(record.at, |ms| moment(*ms));
    })
    .await?;
    let records = ledger.records(&tenant("acme"), all()).await?;
    let read: Vec<i64> = records
        .iter()
        .map(|record| record.at.as_millisecond())
        .collect();
    assert_eq!(read, times);
    Ok(())
}

/// From a number on upwards, or from a number down.
pub async fn lists_go_either_way_from_a_number(ledger: Arc<dyn Ledger>) -> Outcome {
    write(&ledger, 6, |_, _| ()).await?;
    let upwards = |beyond| RecordQuery { beyond, ..all() };
    let down = |beyond| RecordQuery {
        beyond,
        newest_first: true,
        ..all()
    };
    assert_eq!(found(&ledger, upwards(0)).await?, [1, 2, 3, 4, 5, 6]);
    assert_eq!(found(&ledger, upwards(4)).await?, [5, 6]);
    assert_eq!(found(&ledger, upwards(6)).await?, [0_u64; 0]);
    assert_eq!(found(&ledger, upwards(u64::MAX)).await?, [0_u64; 0]);
    assert_eq!(found(&ledger, down(0)).await?, [6, 5, 4, 3, 2, 1]);
    assert_eq!(found(&ledger, down(3)).await?, [2, 1]);
    assert_eq!(found(&ledger, down(1)).await?, [0_u64; 0]);
    assert_eq!(found(&ledger, down(u64::MAX)).await?, [6, 5, 4, 3, 2, 1]);
    Ok(())
}

/// Skipping counts matches, and comes before the limit.
pub async fn lists_skip_and_end(ledger: Arc<dyn Ledger>) -> Outcome {
    write(&ledger, 9, |n, record| {
        record.agent = format!("agent-{}", n % 2)
    })
    .await?;
    let page = |offset, limit| RecordQuery {
        offset,
        limit,
        newest_first: true,
        agent: Some("agent-1".to_owned()),
        ..RecordQuery::default()
    };
    assert_eq!(found(&ledger, page(0, 2)).await?, [9, 7]);
    assert_eq!(found(&ledger, page(2, 2)).await?, [5, 3]);
    assert_eq!(found(&ledger, page(4, 2)).await?, [1]);
    assert_eq!(found(&ledger, page(5, 2)).await?, [0_u64; 0]);
    assert_eq!(found(&ledger, page(0, 0)).await?, [0_u64; 0]);
    assert_eq!(found(&ledger, page(1, usize::MAX)).await?, [7, 5, 3, 1]);
    assert_eq!(
        found(&ledger, page(usize::MAX, usize::MAX)).await?,
        [0_u64; 0]
    );
    Ok(())
}

/// A record must match every filter.
pub async fn filters_combine(ledger: Arc<dyn Ledger>) -> Outcome {
    write(&ledger, 12, |n, record| {
        record.agent = format!("agent-{}", n % 2);
        record.action_type = format!("type-{}", n % 3);
        record.verdict = (n > 6).then_some(Verdict::Held);
        record.tier = if n % 4 == 0 { Some(Tier::B) } else { None };
        record.kind = if n == 12 {
            RecordKind::Outcome
        } else {
            RecordKind::Decision
        };
    })
    .await?;
    let mut query = all();
    query.agent = Some("agent-0".to_owned());
    assert_eq!(found(&ledger, query.clone()).await?, [2, 4, 6, 8, 10, 12]);
    query.verdict = Some(Verdict::Held);
    assert_eq!(found(&ledger, query.clone()).await?, [8, 10, 12]);
    query.tier = Some(Tier::B);
    assert_eq!(found(&ledger, query.clone()).await?, [8, 12]);
    query.action_type = Some("type-0".to_owned());
    assert_eq!(found(&ledger, query.clone()).await?, [12]);
    query.kind = Some(RecordKind::Decision);
    assert_eq!(found(&ledger, query.clone()).await?, [0_u64; 0]);
    query.action_type = Some("type-2".to_owned());
    assert_eq!(found(&ledger, query.clone()).await?, [8]);
    query.newest_first = true;
    assert_eq!(found(&ledger, query).await?, [8]);
    Ok(())
}

fn between(since: Option<i64>, until: Option<i64>, newest_first: bool) -> RecordQuery {
    let (since, until) = (since.map(moment), until.map(moment));
    RecordQuery {
        since,
        until,
        newest_first,
        ..all()
    }
}

/// From a moment on, and before a moment.
pub async fn times_bound_a_list(ledger: Arc<dyn Ledger>) -> Outcome {
    // Records 1 and 2 at 0 s, 3 and 4 at 1 s, and so on to 9 and 10 at 4 s.
    write(&ledger, 10, |n, record| {
        let step = i64::try_from(n.saturating_sub(1) / 2).unwrap_or(0);
        record.at = moment(step.saturating_mul(APART_MS));
    })
    .await?;
    let of = |since, until| found(&ledger, between(since, until, false));
    assert_eq!(of(Some(3_000), None).await?, [7, 8, 9, 10]);
    assert_eq!(of(Some(2_001), None).await?, [7, 8, 9, 10]);
    assert_eq!(of(Some(-5), None).await?, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
    assert_eq!(of(Some(4_001), None).await?, [0_u64; 0]);
    assert_eq!(of(None, Some(1_000)).await?, [1, 2]);
    assert_eq!(of(None, Some(1_001)).await?, [1, 2, 3, 4]);
    assert_eq!(of(None, Some(0)).await?, [0_u64; 0]);
    assert_eq!(of(Some(1_000), Some(3_000)).await?, [3, 4, 5, 6]);
    assert_eq!(of(Some(3_000), Some(1_000)).await?, [0_u64; 0]);
    let newest = between(Some(1_000), Some(3_000), true);
    assert_eq!(found(&ledger, newest.clone()).await?, [6, 5, 4, 3]);
    assert_eq!(
        found(
            &ledger,
            RecordQuery {
                beyond: 5,
                ..newest
            }
        )
        .await?,
        [4, 3]
    );
    Ok(())
}

/// Lists stay complete when times do not follow the numbers.
pub async fn times_bound_a_list_even_when_the_clock_went_back(ledger: Arc<dyn Ledger>) -> Outcome {
    let times = [5_000, 6_000, 1_000, 7_000, 2_000, 3_000];
    let mut chain = ChainBuilder::new("acme");
    for ms in times {
        ledger
            .commit(chain.batch_with(|record| record.at = moment(ms)))
            .await?;
    }
    let of = |since, until| found(&ledger, between(since, until, false));
    assert_eq!(of(Some(5_000), None).await?, [1, 2, 4]);
    assert_eq!(of(None, Some(3_000)).await?, [3, 5]);
    assert_eq!(of(Some(2_000), Some(6_000)).await?, [1, 5, 6]);
    Ok(())
}

/// Other people's words are no wildcards.
pub async fn a_filter_that_names_nothing_finds_nothing(ledger: Arc<dyn Ledger>) -> Outcome {
    write(&ledger, 3, |_, _| ()).await?;
    for agent in ["", "agent", "AGENT-1", "agent-1 ", "%"] {
        let query = RecordQuery {
            agent: Some(agent.to_owned()),
            ..all()
        };
        assert_eq!(found(&ledger, query).await?, [0_u64; 0], "{agent:?}");
    }
    let held = RecordQuery {
        verdict: Some(Verdict::Held),
        ..all()
    };
    assert_eq!(found(&ledger, held).await?, [0_u64; 0]);
    Ok(())
}

/// Effects come with their numbers, empty ones too.
pub async fn effects_follow_a_number(ledger: Arc<dyn Ledger>) -> Outcome {
    write(&ledger, 5, |n, record| {
        record.effects = if n == 4 {
            Vec::new()
        } else {
            n.to_le_bytes().to_vec()
        };
    })
    .await?;
    let acme = tenant("acme");
    let bytes = |n: u64| (n, n.to_le_bytes().to_vec());
    assert_eq!(ledger.effects(&acme, 0, 2).await?, [bytes(1), bytes(2)]);
    assert_eq!(
        ledger.effects(&acme, 2, 9).await?,
        [bytes(3), (4, Vec::new()), bytes(5)]
    );
    assert_eq!(ledger.effects(&acme, 5, 9).await?, []);
    assert_eq!(ledger.effects(&acme, u64::MAX, 9).await?, []);
    assert_eq!(ledger.effects(&acme, 0, 0).await?, []);
    assert_eq!(ledger.effects(&acme, 3, usize::MAX).await?.len(), 2);
    Ok(())
}

/// Hashes come in order from a number on.
pub async fn hashes_follow_a_number(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut chain = ChainBuilder::new("acme");
    let batch = chain.batch(5);
    ledger.commit(batch.clone()).await?;
    let acme = chain.tenant();
    let all: Vec<_> = batch.records.iter().map(|record| record.hash).collect();
    assert_eq!(ledger.hashes(acme, 1, usize::MAX).await?, all);
    assert_eq!(
        ledger.hashes(acme, 2, 3).await?,
        all.get(1..4).unwrap_or(&[])
    );
    assert_eq!(
        ledger.hashes(acme, 5, 9).await?,
        all.get(4..).unwrap_or(&[])
    );
    assert_eq!(ledger.hashes(acme, 6, 9).await?, []);
    assert_eq!(ledger.hashes(acme, u64::MAX, 9).await?, []);
    assert_eq!(ledger.hashes(acme, 1, 0).await?, []);
    Ok(())
}

/// The tenant is the isolation boundary.
pub async fn tenants_do_not_see_each_others_records(ledger: Arc<dyn Ledger>) -> Outcome {
    let mut ours = ChainBuilder::new("acme");
    let mut theirs = ChainBuilder::new("acme-2");
    for n in 1..=3 {
        ledger.commit(ours.batch(1)).await?;
        ledger
            .commit(theirs.batch_with(|record| record.payload = vec![n]))
            .await?;
    }
    for (chain, other) in [(&ours, &theirs), (&theirs, &ours)] {
        let records = ledger.records(chain.tenant(), all()).await?;
        let hashes = ledger.hashes(chain.tenant(), 1, 10).await?;
        assert_eq!(
            records.iter().map(|record| record.hash).collect::<Vec<_>>(),
            hashes
        );
        assert_eq!(hashes.last().copied(), chain.head().hash);
        assert!(
            other
                .head()
                .hash
                .is_some_and(|hash| !hashes.contains(&hash))
        );
        assert_eq!(ledger.effects(chain.tenant(), 0, 10).await?.len(), 3);
    }
    assert_eq!(ledger.records(&tenant("ACME"), all()).await?, []);
    Ok(())
}
