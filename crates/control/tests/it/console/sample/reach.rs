//! What credentials are minted from, and whose own stand in.

use super::{Outside, at, now, work::actor};
use portcullis_control::console::{
    pages::{
        directory::{
            Listing,
            scopes::{OneScope, Place, Scope},
        },
        own_credentials::{Line, OwnCredentials},
    },
    parts::pager::Pager,
};
use portcullis_firewall::scope::Mode;

fn one(words: Outside) -> Scope {
    Scope {
        name: "cluster:staging".to_owned(),
        description: words.say("the pods of the staging cluster"),
        provider: words.say("staging"),
        environment: words.say("staging"),
        mode: Mode::Write,
        places: vec![
            Place {
                workspace: words.say("ops"),
                agents: Some(Mode::Read),
            },
            Place {
                workspace: words.say("lab"),
                agents: None,
            },
        ],
    }
}

pub(crate) fn scopes(words: Outside) -> Listing<Scope> {
    Listing {
        search: words.say("staging"),
        lines: vec![one(words)],
        pager: Pager {
            shown: 1,
            total: Some(1),
            ..Pager::default()
        },
    }
}

pub(crate) fn scope(words: Outside) -> OneScope {
    OneScope {
        now: now(),
        csrf: "csrf-token".to_owned(),
        scope: one(words),
        filters: words.say("{\n  \"namespaces\": [\n    \"shop\"\n  ]\n}"),
        revision: 3,
        added_by: actor(words, "Ann Archer", "/console/people/per_1"),
        added_at: at(-900_000),
        changed_at: at(-90_000),
        may_change: true,
    }
}

/// One that reaches all of its provider, and is for nowhere, for somebody who only looks.
pub(crate) fn bare(words: Outside) -> OneScope {
    OneScope {
        scope: Scope {
            description: String::new(),
            mode: Mode::Read,
            places: Vec::new(),
            ..one(words)
        },
        filters: String::new(),
        may_change: false,
        ..scope(words)
    }
}

pub(crate) fn own_credentials(_: Outside) -> OwnCredentials {
    let line = |scope: &str, is_on| Line {
        scope: scope.to_owned(),
        is_on,
        since: at(-600),
    };
    OwnCredentials {
        now: now(),
        csrf: "csrf-token".to_owned(),
        lines: vec![line("cluster:staging", true), line("orders", false)],
        others: vec!["reports".to_owned()],
    }
}
