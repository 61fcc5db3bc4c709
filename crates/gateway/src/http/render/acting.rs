//! What the gate did for an agent, and what it found that an action would do.

use super::{USUAL_BYTES, verdict};
use crate::wording::{hex, maybe};
use portcullis_door::request_id::RequestId;
use portcullis_firewall::{
    answer::Answer,
    canonical::Object,
    dry_run::Rehearsed,
    execution::{Execution, Stage},
    firewall::{Acted, Attended},
    order::{DryRun, Ended},
    turn::Noted,
};
use portcullis_policy::amount::Micros;
use serde_json::value::RawValue;

/// A verdict, and what was done on its strength.
pub(in crate::http) fn attended(attended: &Attended, id: &RequestId) -> Vec<u8> {
    reply(id, |object| {
        verdict(&mut object.object("decision"), &attended.answer, None);
        if let Some(run) = &attended.run {
            dry_run(object, run, true);
        }
        match (&attended.acted, &attended.earlier) {
            (Some(acted), _) => execution(object, acted),
            (None, Some(earlier)) => earlier_execution(object, earlier),
            (None, None) => {
                object.null("execution");
            }
        }
    })
}

/// What was done on the strength of an earlier verdict.
pub(in crate::http) fn acted(acted: &Acted, id: &RequestId) -> Vec<u8> {
    reply(id, |object| execution(object, acted))
}

/// What an action would do, with its verdict when it was judged just now.
pub(in crate::http) fn rehearsed(
    answer: Option<&Answer>,
    noted: Option<&Noted>,
    id: &RequestId,
) -> Vec<u8> {
    reply(id, |object| {
        if let Some(answer) = answer {
            verdict(&mut object.object("decision"), answer, None);
        }
        match noted {
            Some(noted) => dry_run(object, &noted.run, noted.agrees),
            None => {
                object.null("dry_run");
            }
        }
        if let Some(permit) = noted.and_then(|noted| noted.permit.as_deref()) {
            object.string("permit", permit);
        }
    })
}

fn reply(id: &RequestId, fill: impl FnOnce(&mut Object<'_>)) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(USUAL_BYTES);
    let mut object = Object::new(&mut bytes);
    fill(&mut object);
    object.string("request_id", id.as_str());
    object.end();
    bytes
}

fn execution(object: &mut Object<'_>, acted: &Acted) {
    let effect = &acted.effect;
    let mut object = object.object("execution");
    amount(&mut object, "cost_usd", effect.cost_usd);
    object.string("ended", ended(effect.result));
    amount(&mut object, "gpu_hours", effect.gpu_hours);
    object.string("hash", hex(&acted.sealed.hash.to_hex()));
    object.integer("outcome_seq", acted.sealed.seq);
    output(&mut object, &effect.output);
    object
        .integer("seq", acted.seq)
        .string("summary", &effect.summary)
        .boolean("truncated", effect.truncated);
    object.end();
}

/// What was done when the same request came first; what the target answered is not kept.
fn earlier_execution(object: &mut Object<'_>, earlier: &Execution) {
    object
        .object("execution")
        .string("ended", earlier.stage.as_str())
        .boolean("repeated", true)
        .integer("seq", earlier.seq)
        .string("summary", &earlier.summary);
}

/// What a target answered: JSON as JSON, anything else as text.
fn output(object: &mut Object<'_>, output: &[u8]) {
    let json: Option<&RawValue> = serde_json::from_slice(output).ok();
    match json {
        Some(json) => object.raw("output", json.get().as_bytes()),
        None if output.is_empty() => object.null("output"),
        None => object.string("output", &String::from_utf8_lossy(output)),
    };
}

fn dry_run(object: &mut Object<'_>, run: &Rehearsed, agrees: bool) {
    let found: &DryRun = &run.found;
    let mut object = object.object("dry_run");
    object
        .string("action_digest", hex(&run.action_digest.to_hex()))
        .boolean("agrees", agrees);
    let mut changes = object.array("changes");
    for change in &found.changes {
        changes.string(change);
    }
    changes.end();
    let mut checks = object.array("checks");
    for check in &found.checks {
        checks
            .object()
            .string("detail", &check.detail)
            .string("name", &check.name)
            .boolean("passed", check.passed);
    }
    checks.end();
    amount(&mut object, "cost_usd", found.cost_usd);
    object
        .string("dry_run_id", &run.id)
        .timestamp("fresh_until", run.fresh_until);
    amount(&mut object, "gpu_hours", found.gpu_hours);
    maybe(&mut object, "hold_id", run.hold.as_deref());
    object
        .timestamp("made_at", run.made_at)
        .boolean("passed", found.passed);
    maybe(&mut object, "plan", found.plan.as_deref());
    object.members("resources", &found.resources);
    match found.rows {
        Some(rows) => object.integer("rows", rows),
        None => object.null("rows"),
    };
    object.integer("seq", run.seq);
    object.end();
}

fn amount(object: &mut Object<'_>, key: &'static str, amount: Option<Micros>) {
    match amount {
        Some(amount) => object.number(key, amount.units()),
        None => object.null(key),
    };
}

const fn ended(result: Ended) -> &'static str {
    match result {
        Ended::Done => Stage::Done.as_str(),
        Ended::Failed => Stage::Failed.as_str(),
        Ended::Unknown => Stage::Unknown.as_str(),
    }
}
