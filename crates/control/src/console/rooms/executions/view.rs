//! Executions as pages draw them, and what records tell of one.

use crate::{
    console::{
        pages::executions::{Line, Outcome},
        rooms::{
            names::{Agents, People},
            telling::Telling,
        },
    },
    rights::Gate,
};
use jiff::Timestamp;
use portcullis_firewall::{
    batch::{RecordKind, StoredRecord},
    effects::Pledge,
    error::GateError,
    execution::Execution,
    principal::Principal,
    query::RecordQuery,
};
use portcullis_policy::facts::{Span, Unit};

/// How many records of the agent are looked through for those about one action.
const LOOKED_THROUGH: usize = 2_000;

/// An execution in a line.
pub(super) fn line(execution: Execution, agents: &Agents) -> Line {
    Line {
        record: execution.seq,
        stage: execution.stage,
        agent: agents.actor(execution.agent_id.as_str()),
        action: execution.action_type,
        target: execution.target,
        summary: execution.summary,
        started_at: execution.started_at,
        due_at: execution.due_at,
    }
}

/// What records tell of an execution besides what is kept of it.
#[derive(Default)]
pub(super) struct Trail {
    /// The hold that people released.
    pub(super) hold: String,
    /// Looks after the first.
    pub(super) looks: Vec<(Timestamp, bool)>,
    /// What was told of its end.
    pub(super) outcomes: Vec<Outcome>,
}

/// Reads the records after the decision that name it.
///
/// # Errors
/// As [`portcullis_firewall::firewall::Firewall::records`].
pub(super) async fn trail(
    gate: &Gate,
    caller: &Principal,
    execution: &Execution,
    people: &People,
) -> Result<Trail, GateError> {
    let of = |kind| RecordQuery {
        beyond: execution.seq,
        agent: Some(execution.agent_id.to_string()),
        kind: Some(kind),
        limit: LOOKED_THROUGH,
        ..RecordQuery::default()
    };
    let mut trail = Trail::default();
    let kinds = [
        RecordKind::PermitRedeemed,
        RecordKind::DryRun,
        RecordKind::Outcome,
    ];
    for kind in kinds {
        for record in gate.records(caller, of(kind)).await? {
            let told = Telling::of(&record);
            if told.number("parent_seq") != Some(execution.seq) {
                continue;
            }
            match kind {
                RecordKind::Outcome => trail.outcomes.push(outcome(&record, &told, people)),
                RecordKind::DryRun => trail.looks.push((record.at, told.is("agrees"))),
                _ => told.text("hold_id").clone_into(&mut trail.hold),
            }
        }
    }
    // The first look is the dry run itself.
    trail.looks = trail.looks.split_off(trail.looks.len().min(1));
    Ok(trail)
}

fn outcome(record: &StoredRecord, told: &Telling, people: &People) -> Outcome {
    let by = told.text("actor");
    Outcome {
        record: record.seq,
        at: record.at,
        result: told.text("outcome").to_owned(),
        effect: told.text("effect").to_owned(),
        settled: told
            .read::<Vec<Pledge>>("settled")
            .unwrap_or_default()
            .iter()
            .map(settled)
            .collect(),
        by: by.starts_with("person:").then(|| people.actor(by, by)),
        lease: told.text("lease_id").to_owned(),
        output_bytes: told.number("output_bytes"),
    }
}

/// What was really spent of one budget.
fn settled((budget, spent): &Pledge) -> String {
    let amount = match budget.unit {
        Unit::Usd => format!("{:.2} USD", spent.units()),
        Unit::GpuHours => format!("{:.1} GPU-hours", spent.units()),
    };
    let whose = if budget.scope.is_empty() {
        "the tenant"
    } else {
        &budget.scope
    };
    let over = match budget.span {
        Span::Day(day) => format!("{}-{:02}-{:02}", day / 10_000, day / 100 % 100, day % 100),
        Span::Month(month) => format!("{}-{:02}", month / 100, month % 100),
    };
    format!("{amount} of {whose}, {over}")
}
