//! Pieces of work: sessions, and what was minted for them.

use super::{Outside, at, now};
use portcullis_control::console::{
    pages::{
        leases::{End, Filter, Lease, Leases, Life, Why},
        sessions::{Line, OneSession, Scope, Sessions, State, Work},
    },
    parts::{actor::Actor, pager::Pager},
};
use portcullis_firewall::{kept_lease::LeaseStage, scope::Mode};
use portcullis_policy::tier::Verdict;

pub(super) fn actor(words: Outside, name: &str, path: &str) -> Actor {
    Actor {
        name: words.say(name),
        path: path.to_owned(),
    }
}

fn ann(words: Outside) -> Actor {
    actor(words, "Ann Archer", "/console/people/per_1")
}

fn bot(words: Outside) -> Actor {
    actor(words, "ops-bot", "/console/agents/agt_1")
}

fn line(words: Outside, id: &str, state: State) -> Line {
    Line {
        id: id.to_owned(),
        state,
        agent: bot(words),
        workspace: words.say("ops"),
        ticket: words.say("OPS-17"),
        scopes: vec![
            (words.say("cluster:staging"), Mode::Read),
            (words.say("orders"), Mode::Write),
        ],
        opened_by: Some(ann(words)),
        opened_at: at(-3_600),
        ends_at: at(600),
        leases: 2,
        unended: 1,
    }
}

pub(crate) fn sessions(words: Outside) -> Sessions {
    let own = Line {
        opened_by: None,
        ticket: String::new(),
        leases: 0,
        unended: 0,
        ends_at: at(-60),
        ..line(words, "ses_2", State::TimeOver)
    };
    Sessions {
        now: now(),
        shows_all: true,
        search: words.say("ops"),
        agent: words.say("ops-bot"),
        lines: vec![
            line(words, "ses_1", State::Open),
            own,
            line(words, "ses_3", State::Closing),
            line(words, "ses_4", State::Closed),
        ],
        pager: Pager {
            shown: 4,
            total: Some(4),
            ..Pager::default()
        },
    }
}

fn lease(words: Outside, id: &str, stage: LeaseStage) -> Lease {
    Lease {
        id: id.to_owned(),
        stage,
        session: "ses_1".to_owned(),
        agent: bot(words),
        workspace: words.say("ops"),
        scope: words.say("orders"),
        provider: words.say("orders-roles"),
        mode: Mode::Write,
        personal: None,
        why: Why {
            record: 41,
            action: words.say("orders.close"),
            target: words.say("orders"),
            hold: "esc_1".to_owned(),
        },
        request: words.say("{\n  \"tables\": [\n    \"public.orders\"\n  ]\n}"),
        granted: words.say("{\n  \"update\": [\n    \"public.orders\"\n  ]\n}"),
        life: Life {
            asked_at: at(-120),
            granted_at: Some(at(-119)),
            ends_at: at(180),
            expires_at: Some(at(3_780)),
            longer_by_seconds: 3_600,
        },
        ending: String::new(),
        end: None,
        tries: 0,
        failure: String::new(),
    }
}

/// One of each stage, those that could not be ended first.
fn every_lease(words: Outside) -> Vec<Lease> {
    let unended = Lease {
        ending: words.say("its action has ended"),
        tries: 3,
        failure: words.say("the provider does not answer: timeout"),
        ..lease(words, "lse_1", LeaseStage::Ending)
    };
    let asked = Lease {
        granted: String::new(),
        life: Life {
            granted_at: None,
            expires_at: None,
            longer_by_seconds: 0,
            ..lease(words, "", LeaseStage::Asked).life
        },
        ..lease(words, "lse_2", LeaseStage::Asked)
    };
    let own = Lease {
        personal: Some(ann(words)),
        mode: Mode::Read,
        ..lease(words, "lse_3", LeaseStage::Granted)
    };
    let end = |is_dead, delay_ms| {
        Some(End {
            how: words.say("DROP ROLE"),
            is_dead,
            at: at(-30),
            delay_ms,
        })
    };
    let fading = Lease {
        ending: words.say("the session was closed"),
        end: end(false, None),
        ..lease(words, "lse_4", LeaseStage::Fading)
    };
    let measured = Lease {
        ending: words.say("its action has ended"),
        end: end(true, Some(120)),
        request: String::new(),
        granted: String::new(),
        ..lease(words, "lse_5", LeaseStage::Ended)
    };
    let unmeasured = Lease {
        end: end(true, None),
        ..lease(words, "lse_6", LeaseStage::Ended)
    };
    vec![unended, asked, own, fading, measured, unmeasured]
}

pub(crate) fn leases(words: Outside) -> Leases {
    Leases {
        now: now(),
        filter: Filter {
            state: "all".to_owned(),
            provider: words.say("orders-roles"),
            agent: words.say("ops-bot"),
            session: words.say("ses_1"),
        },
        unended: 1,
        lines: every_lease(words),
        pager: Pager {
            shown: 6,
            total: Some(6),
            ..Pager::default()
        },
    }
}

pub(crate) fn session(words: Outside) -> OneSession {
    let work = |record, verdict, outcome: &str| Work {
        record,
        at: at(-100),
        verdict,
        action: words.say("orders.close"),
        target: words.say("orders"),
        scope: words.say("orders"),
        outcome: outcome.to_owned(),
        effect: words.say("1 row"),
    };
    OneSession {
        now: now(),
        csrf: "csrf-token".to_owned(),
        line: line(words, "ses_1", State::Open),
        until: at(25_000),
        end: None,
        scopes: vec![
            // A name from outside can stand in a form only as its scope would be named.
            Scope {
                name: "orders".to_owned(),
                mode: Mode::Write,
                given_by: Some(ann(words)),
            },
            Scope {
                name: "cluster:staging".to_owned(),
                mode: Mode::Read,
                given_by: None,
            },
        ],
        leases: every_lease(words),
        work: vec![
            work(41, Verdict::Cleared, "succeeded"),
            work(40, Verdict::Blocked, ""),
            work(39, Verdict::Held, ""),
        ],
        has_more_work: true,
        may_change: true,
    }
}

/// One that is over, with one scope, for somebody who only looks.
pub(crate) fn session_over(words: Outside) -> OneSession {
    OneSession {
        line: Line {
            ends_at: at(-10),
            ..line(words, "ses_4", State::Closed)
        },
        end: Some((ann(words), words.say("done"))),
        leases: Vec::new(),
        work: Vec::new(),
        has_more_work: false,
        may_change: false,
        ..session(words)
    }
}
