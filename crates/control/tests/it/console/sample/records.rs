//! What was judged, and by which rules.

use super::{Outside, at, now};
use portcullis_control::console::{
    charts::{bars::Bar, columns::Class, verdicts::Span},
    pages::{
        agents::{Agent, AgentHold, AgentViolation, Agents, OneAgent, State},
        audit::{self, Audit, Chain, Record},
        feed::{self, Feed},
        overview::{Overview, Range},
    },
    parts::{actor::Actor, pager::Pager, tile::Tile},
};
use portcullis_firewall::hold::HoldStatus;
use portcullis_policy::tier::{RiskTier, Verdict};

pub(crate) fn overview(words: Outside) -> Overview {
    let bar = |name: &str, count, whole| Bar {
        name: words.say(name),
        count,
        whole,
    };
    Overview {
        range: Range::Day,
        warnings: vec![words.say("The budget “GPU hours” is used to 92%.")],
        tiles: vec![Tile {
            name: words.say("Judgements"),
            figure: words.say("1,204"),
            note: words.say("3 a minute"),
            path: "/console/activity".to_owned(),
        }],
        verdicts: (0..24)
            .map(|hour| Span {
                name: format!("{hour:02}:00"),
                cleared: 40 + hour * 7 % 31,
                held: hour % 5,
                blocked: hour * 3 % 11,
            })
            .collect(),
        tiers: vec![bar("0 observe", 900, 0), bar("4 destructive", 4, 0)],
        ages: ["< 1", "1–5", "5–15", "15–30"]
            .iter()
            .zip([12, 30, 9, 2])
            .map(|(name, count)| Class {
                name: format!("{name} min"),
                count,
            })
            .collect(),
        policies: vec![bar("Night freeze", 40, 400), bar("Spend cap", 3, 1_204)],
    }
}

pub(crate) fn feed(words: Outside) -> Feed {
    let reason = |code: &str, text: &str| (words.say(code), words.say(text));
    let line = |record, verdict, risk| feed::Line {
        record,
        at: at(-10),
        verdict,
        risk,
        action: words.say("workloads.submit"),
        target: words.say("cluster-a"),
        environment: words.say("production"),
        agent: words.say("indexer"),
        reasons: vec![
            reason(
                "budget.exceeded",
                "The budget “GPU hours” has 3 left; 128 are asked for.",
            ),
            reason("tier.approval_required", "People decide about risk tier 3."),
        ],
        hold: "esc_7".to_owned(),
    };
    Feed {
        now: now(),
        filter: feed::Filter {
            verdict: "BLOCKED".to_owned(),
            ..feed::Filter::default()
        },
        lines: vec![
            line(42, Verdict::Blocked, RiskTier::HighWrite),
            line(41, Verdict::Cleared, RiskTier::Observe),
        ],
        pager: Pager::default(),
    }
}

fn one_agent(words: Outside) -> Agent {
    Agent {
        id: words.say("indexer"),
        name: words.say("Indexer"),
        owner: words.say("Bob"),
        owner_id: "per_2".to_owned(),
        state: State::Active,
        seen_at: Some(at(-3)),
        verdicts: [1_100, 97, 7],
    }
}

pub(crate) fn agents(words: Outside) -> Agents {
    Agents {
        now: now(),
        search: String::new(),
        state: "active".to_owned(),
        lines: vec![one_agent(words)],
        pager: Pager::default(),
    }
}

pub(crate) fn agent(words: Outside) -> OneAgent {
    OneAgent {
        now: now(),
        csrf: "csrf-token".to_owned(),
        agent: one_agent(words),
        by_hour: vec![3, 9, 4, 0, 12],
        facts: vec![(words.say("Type"), words.say("general"))],
        holds: vec![AgentHold {
            id: "esc_7".to_owned(),
            what: words.say("workloads.submit on cluster-a"),
            status: HoldStatus::Held,
            at: at(-60),
        }],
        violations: vec![AgentViolation {
            record: 40,
            kind: words.say("CHAM_VIOLATION"),
            reason: words.say("It is night."),
            is_open: true,
            at: at(-70),
        }],
        owner_typed: words.say("Rob"),
        owner_error: words.say("There is nobody of this name."),
        may_change: true,
    }
}

fn line(words: Outside) -> audit::Line {
    audit::Line {
        record: 41,
        at: at(-4_000),
        kind: words.say("decision"),
        verdict: Some(Verdict::Held),
        actor: Actor::plain(words.say("indexer")),
        what: words.say("allocation.release on cluster-a"),
        hash: words.say("9f2c4a61d0e7b3589f2c4a61d0e7b358"),
    }
}

pub(crate) fn audit(words: Outside) -> Audit {
    Audit {
        now: now(),
        chain: Chain::Holds {
            size: 42,
            root: words.say("51be"),
        },
        csrf: "csrf-token".to_owned(),
        filter: audit::Filter {
            from: "soon".to_owned(),
            from_error: "Expected a day, such as 2026-01-31.".to_owned(),
            ..audit::Filter::default()
        },
        lines: vec![line(words)],
        pager: Pager::default(),
        may_export: true,
    }
}

pub(crate) fn record(words: Outside) -> Record {
    Record {
        now: now(),
        line: line(words),
        prev_hash: words.say("0"),
        json: words.say("{\n  \"seq\": 41\n}"),
        size: 42,
    }
}
