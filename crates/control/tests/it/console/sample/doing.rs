//! What the gate carried out or tried.

use super::{Outside, at, now, work::actor};
use portcullis_control::console::{
    pages::executions::{Executions, Line, OneExecution, Outcome, Resolve},
    parts::{
        dry_run::DryRun,
        field::{Field, Kind, choices},
        pager::Pager,
    },
};
use portcullis_firewall::execution::Stage;

const DIGEST: &str = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

fn line(words: Outside, record: u64, stage: Stage) -> Line {
    Line {
        record,
        stage,
        agent: actor(words, "ops-bot", "/console/agents/agt_1"),
        action: words.say("orders.close"),
        target: words.say("orders"),
        summary: words.say("1 row"),
        started_at: at(-300),
        due_at: at(600),
    }
}

pub(crate) fn executions(words: Outside) -> Executions {
    let late = Line {
        due_at: at(-1),
        summary: String::new(),
        ..line(words, 43, Stage::Started)
    };
    Executions {
        now: now(),
        state: String::new(),
        agent: words.say("ops-bot"),
        unknown: 1,
        lines: vec![
            line(words, 44, Stage::Unknown),
            late,
            line(words, 42, Stage::Started),
            line(words, 41, Stage::Done),
            line(words, 40, Stage::Failed),
        ],
        pager: Pager {
            shown: 5,
            total: Some(5),
            ..Pager::default()
        },
    }
}

fn outcome(words: Outside, record: u64, result: &str) -> Outcome {
    Outcome {
        record,
        at: at(-200),
        result: result.to_owned(),
        effect: words.say("1 row"),
        settled: vec![words.say("7.00 USD of the tenant, 2026-03-04")],
        by: None,
        lease: words.say("lse_5"),
        output_bytes: Some(1_200),
    }
}

/// One that was done, as it was foreseen.
pub(crate) fn done(words: Outside) -> OneExecution {
    OneExecution {
        now: now(),
        csrf: "csrf-token".to_owned(),
        line: line(words, 41, Stage::Done),
        digest: DIGEST.to_owned(),
        hold: "esc_1".to_owned(),
        dry_run: Some(DryRun {
            has_passed: true,
            effects: vec![words.say("1 row")],
            checks: vec![(words.say("statement: one update"), true)],
            plan: words.say("Update on orders"),
            at: at(-400),
        }),
        looks: vec![(at(-310), true)],
        outcomes: vec![outcome(words, 45, "succeeded")],
        resolve: None,
    }
}

/// One of which nobody can tell, with a form that was sent wrong once.
pub(crate) fn unknown(words: Outside) -> OneExecution {
    let done = [("", "Choose"), ("true", "It was done")];
    let field = |name, label| Field::new("resolve", name, label);
    let nobody = Outcome {
        settled: Vec::new(),
        lease: String::new(),
        output_bytes: None,
        ..outcome(words, 46, "unknown")
    };
    let person = Outcome {
        by: Some(actor(words, "Ann Archer", "/console/people/per_1")),
        ..outcome(words, 47, "failed")
    };
    OneExecution {
        line: line(words, 44, Stage::Unknown),
        hold: String::new(),
        dry_run: None,
        looks: vec![(at(-310), false)],
        outcomes: vec![nobody, person],
        resolve: Some(Resolve {
            fields: vec![
                field("done", "What became of it").kind(choices(&done)),
                field("reason", "How you know")
                    .kind(Kind::Text)
                    .value(&words.say("looked at the table"))
                    .error(&words.say("is required")),
            ],
        }),
        ..self::done(words)
    }
}
