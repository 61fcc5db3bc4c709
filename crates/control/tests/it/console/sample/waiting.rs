//! What waits for people.

use super::{Outside, at, now};
use portcullis_control::console::{
    pages::{
        approval::{Affected, Approval, Budget, Choice, Confidence, Vote, Why},
        approvals::{Inbox, Line, Shown},
        sign_in::{Provider, SignIn},
    },
    parts::{actor::Actor, diff::compare, dry_run::DryRun, pager::Pager, words::Said},
};
use portcullis_firewall::hold::HoldStatus;
use portcullis_policy::tier::{RiskTier, Tier};

pub(crate) fn sign_in() -> SignIn {
    SignIn {
        csrf: "csrf-token".to_owned(),
        has_password: true,
        asks_tenant: true,
        tenant: "acme".to_owned(),
        name: "ann".to_owned(),
        error: "Name or password is not right.".to_owned(),
        providers: vec![Provider {
            name: "Acme".to_owned(),
            path: "/console/sign-in/oidc/acme".to_owned(),
        }],
        passkey_options: "{\"challenge\":\"AAAA\"}".to_owned(),
        next: "/console/approvals".to_owned(),
    }
}

fn line(words: Outside, number: i64) -> Line {
    Line {
        id: format!("esc_{number}"),
        action: words.say("allocation.release"),
        target: words.say("cluster-a/team-vision"),
        environment: words.say("production"),
        agent: words.say("indexer"),
        risk: if number % 2 == 0 {
            RiskTier::Destructive
        } else {
            RiskTier::HighWrite
        },
        why: words.say("An action of risk tier 4 waits for two people."),
        approvals: 1,
        approvals_required: 2,
        created_at: at(-60 * number),
        timeout_at: at(1_800 - 800 * number),
        status: HoldStatus::Held,
    }
}

pub(crate) fn inbox(words: Outside) -> Inbox {
    inbox_of(words, 2)
}

/// An inbox of so many holds.
pub(crate) fn inbox_of(words: Outside, many: i64) -> Inbox {
    Inbox {
        now: now(),
        shown: Shown::Mine,
        mine: 2,
        waiting: 5,
        lines: (1..=many).map(|number| line(words, number)).collect(),
        search: String::new(),
        risk: "4".to_owned(),
        pager: Pager {
            shown: 2,
            total: Some(5),
            back: String::new(),
            on: "/console/approvals?after=esc_2".to_owned(),
        },
    }
}

pub(crate) fn approval(words: Outside) -> Approval {
    Approval {
        now: now(),
        csrf: "csrf-token".to_owned(),
        id: "esc_7".to_owned(),
        status: HoldStatus::Held,
        action: words.say("allocation.release"),
        target: words.say("cluster-a/team-vision"),
        environment: words.say("production"),
        agent: "agt_1".to_owned(),
        agent_name: words.say("indexer"),
        on_behalf_of: words.say("Bob"),
        credential: words.say("cluster:staging, to write, in session ses_1"),
        digest: "sha256:9f2c4a61d0e7b358".to_owned(),
        requests: ("pca1.yes".to_owned(), "pca1.no".to_owned()),
        record: 41,
        tier: Tier::B,
        risk: RiskTier::Destructive,
        why: vec![Why {
            code: words.say("tier.approval_required"),
            words: words.say("An action of risk tier 4 waits for two people."),
            policy: Some(("pol_1".to_owned(), words.say("Releases are destructive"))),
        }],
        parameters: compare(
            "{\n  \"gpus\": 128\n}",
            &format!("{{\n  \"gpus\": {}\n}}", words.say("0")),
        ),
        parameters_hidden_bytes: 12,
        command: Vec::new(),
        hidden_parts: 0,
        cost: words.say("$ 0.00"),
        dry_run: Some(dry_run(words)),
        affected: vec![Affected {
            name: words.say("train-resnet"),
            owner: words.say("vision"),
            effect: words.say("stopped, 64 GPUs"),
        }],
        budgets: vec![Budget {
            name: words.say("GPU hours, today"),
            used_permille: 1_204,
            left: words.say("0 h"),
        }],
        confidence: confidence(words),
        said: said(words),
        votes: vec![Vote {
            by: Actor {
                name: words.say("Cem"),
                path: "/console/people/per_1".to_owned(),
            },
            way: "slack",
            is_yes: true,
            at: at(-30),
            reason: words.say("checked with the team"),
        }],
        ending: None,
        approvals_required: 2,
        approvers: vec![words.say("group:oncall"), words.say("Ann Archer")],
        created_at: at(-120),
        timeout_at: at(1_680),
        may_read: true,
        choice: Choice::Decide {
            passkey_options: "{\"challenge\":\"AAAA\"}".to_owned(),
            error: "Say why.".to_owned(),
        },
    }
}

fn dry_run(words: Outside) -> DryRun {
    DryRun {
        has_passed: false,
        effects: vec![words.say("2 jobs are stopped")],
        checks: vec![
            (words.say("nobody trains on it"), false),
            (words.say("checkpoint is fresh"), true),
        ],
        plan: words.say("drain, then stop"),
        at: at(-50),
    }
}

fn confidence(words: Outside) -> Vec<Confidence> {
    vec![
        Confidence {
            name: words.say("incident"),
            value: Some(0.9),
        },
        Confidence {
            name: words.say("fix"),
            value: None,
        },
    ]
}

fn said(words: Outside) -> Vec<Said> {
    let said = |about: &str, plain: &str| Said {
        about: about.to_owned(),
        words: words.say(plain),
    };
    vec![
        said("Reasoning", "Nobody uses it.\nTrust me."),
        said("Evidence", "gpu_util = 0"),
    ]
}
