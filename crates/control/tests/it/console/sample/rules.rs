//! The rules, and what they would say.

use super::{Outside, at, now};
use portcullis_control::console::{
    charts::bars::Bar,
    pages::{
        draft::{Draft, Moved, Review},
        policies::{Filter, Mode, OnePolicy, Policies, Policy, Version},
        settings::{Entry, Settings},
        simulator::{Found, Outcome, Simulator},
        tenant_policy::{self, TenantPolicy},
    },
    parts::{
        change::Change,
        conflict::{Conflict, Named},
        diff::compare,
        faults::Fault,
        pager::Pager,
        versions::{Pick, Seal},
    },
};
use portcullis_policy::tier::{RiskTier, Tier, Verdict};

fn one_policy(words: Outside) -> Policy {
    Policy {
        id: "pol_1".to_owned(),
        name: words.say("Night freeze"),
        kind: words.say("time_window"),
        mode: Mode::Enforced,
        agent: Some(("agt_1".to_owned(), words.say("Indexer"))),
        version: 4,
        evaluations: 400,
        fired: 40,
        fired_at: Some(at(-500)),
        verdicts: [0, 38, 2],
    }
}

pub(crate) fn policies(words: Outside) -> Policies {
    let everyone = Policy {
        mode: Mode::LogOnly,
        agent: None,
        id: "pol_2".to_owned(),
        ..one_policy(words)
    };
    let off = Policy {
        mode: Mode::Off,
        agent: None,
        id: "pol_3".to_owned(),
        evaluations: 0,
        fired: 0,
        fired_at: None,
        verdicts: [0; 3],
        ..one_policy(words)
    };
    Policies {
        now: now(),
        filter: Filter {
            agent: words.say("Indexer"),
            ..Filter::default()
        },
        lines: vec![one_policy(words), everyone, off],
        rates: vec![Bar {
            name: words.say("Night freeze"),
            count: 40,
            whole: 400,
        }],
        pager: Pager::default(),
        may_change: true,
    }
}

fn seal(words: Outside) -> Seal {
    Seal {
        record: 31,
        by: words.say("Ann Archer"),
        at: at(-90_000),
    }
}

fn pick() -> Pick {
    Pick {
        version: 4,
        against: 3,
        all: vec![4, 3, 2, 1],
    }
}

pub(crate) fn policy(words: Outside) -> OnePolicy {
    OnePolicy {
        now: now(),
        csrf: "csrf-token".to_owned(),
        policy: one_policy(words),
        words: vec![words.say("An action in production outside these times waits for people:")],
        uses: Some((3, 100)),
        text: compare("\"end\": \"05:00\"", &words.say("\"end\": \"06:00\"")),
        pick: pick(),
        versions: vec![Version {
            number: 4,
            name: words.say("Night freeze"),
            mode: Mode::Enforced,
            seal: seal(words),
        }],
        pager: Pager::default(),
        may_change: true,
    }
}

fn conflict(words: Outside) -> Conflict {
    Conflict {
        kind: words.say("tier_conflict"),
        winner: Named {
            id: "pol_1".to_owned(),
            name: words.say("Night freeze"),
        },
        losers: vec![Named {
            id: String::new(),
            name: words.say("This draft"),
        }],
        words: words.say("They give code_deploy different tiers."),
        why: words.say("restricts more"),
    }
}

fn change(words: Outside) -> Change {
    Change {
        path: words.say("budgets.daily_usd"),
        before: Some(words.say("100")),
        after: Some(words.say("500")),
        loosens: true,
    }
}

fn fault(words: Outside) -> Fault {
    Fault {
        path: words.say("config.windows[0].period"),
        words: words.say("`soon` is not a period such as `1s`, `5m`, `1h` or `1d`"),
    }
}

/// A draft to which everything happened at once.
pub(crate) fn draft(words: Outside) -> Draft {
    Draft {
        now: now(),
        csrf: "csrf-token".to_owned(),
        path: "/console/policies/pol_1/edit".to_owned(),
        back: "/console/policies/pol_1".to_owned(),
        label: "Policy as JSON",
        hint: "One policy, as the HTTP API takes it.",
        text: words.say("{\n  \"type\": \"time_window\"\n}"),
        version: Some(4),
        policy: "pol_1".to_owned(),
        can_be_tried: true,
        faults: vec![fault(words)],
        review: Some(Review {
            digest: "77aa".to_owned(),
            words: vec![words.say("An action outside these times is refused:")],
            conflicts: Some(vec![conflict(words)]),
            changes: Some(vec![change(words)]),
            lines: compare("a", &words.say("b")),
        }),
        moved: Some(Moved {
            number: 4,
            by: words.say("Bob"),
            at: at(-60),
            lines: compare("a", &words.say("c")),
        }),
        save: "Save as a new version",
        beginnings: vec![(
            "Rate limit",
            "/console/policies/new?type=rate_limit".to_owned(),
        )],
    }
}

pub(crate) fn tenant_policy(words: Outside) -> TenantPolicy {
    TenantPolicy {
        now: now(),
        version: 5,
        facts: vec![("Time zone", words.say("Europe/Berlin"))],
        text: compare("version: 1", &words.say("version: 1\nactions: []")),
        pick: pick(),
        changes: Some(vec![
            change(words),
            Change {
                path: words.say("actions[data_read]"),
                before: Some(words.say("allowed")),
                ..Change::default()
            },
        ]),
        versions: vec![tenant_policy::Version {
            number: 4,
            seal: seal(words),
        }],
        pager: Pager::default(),
        may_change: true,
    }
}

pub(crate) fn settings(words: Outside) -> Settings {
    let entry = |name, value: &str| Entry {
        name,
        value: words.say(value),
        error: String::new(),
    };
    Settings {
        now: now(),
        csrf: "csrf-token".to_owned(),
        audit_only_until: Some(at(90_000)),
        mode_set: Some((words.say("Ann Archer"), at(-90_000))),
        fields: vec![
            entry("mode", "AUDIT_ONLY"),
            Entry {
                error: words.say("Must be in the future."),
                ..entry("mode_expires_at", "2026-01-01")
            },
            entry("scope_mode", "strict"),
            entry("permit_seconds", "300"),
        ],
        seen: words.say("{}"),
        moved: compare("a", &words.say("b")),
        may_change: true,
    }
}

pub(crate) fn simulator(words: Outside) -> Simulator {
    let outcome = |verdict, tier| Outcome {
        verdict,
        tier,
        risk: RiskTier::HighWrite,
        reasons: vec![(words.say("policy.time"), words.say("It is night."))],
        fired: vec![Named {
            id: "pol_1".to_owned(),
            name: words.say("Night freeze"),
        }],
        conflicts: vec![conflict(words)],
    };
    Simulator {
        csrf: "csrf-token".to_owned(),
        agent: words.say("Indexer"),
        agent_error: words.say("There is no such agent."),
        action: words.say("{\n  \"action\": \"code_deploy\"\n}"),
        draft: words.say("{}"),
        replaces: "pol_1".to_owned(),
        policies: vec![Named {
            id: "pol_1".to_owned(),
            name: words.say("Night freeze"),
        }],
        faults: vec![fault(words)],
        found: Some(Found {
            conflicts: Some(vec![conflict(words)]),
            outcome: Some(outcome(Verdict::Blocked, Tier::C)),
            now: Some(outcome(Verdict::Held, Tier::B)),
        }),
    }
}
