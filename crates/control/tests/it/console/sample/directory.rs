//! Who there is, and what they may.

use super::{Outside, at, now};
use portcullis_control::console::{
    pages::{
        account::{Account, Passkey, SignedIn, Slack, Token},
        directory::{
            Entry,
            approver_lists::{ApproverList, ApproverLists},
            groups::{Group, Groups, Line},
            people::{OnePerson, People, Person},
            permission_sets::{Grant, PermissionSet, PermissionSets},
        },
    },
    parts::pager::Pager,
};
use portcullis_policy::tier::RiskTier;

fn entry(words: Outside, id: &str, name: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        name: words.say(name),
    }
}

fn ann(words: Outside) -> Person {
    Person {
        id: "usr_1".to_owned(),
        name: words.say("Ann Archer"),
        email: words.say("ann@example.com"),
        is_enabled: true,
        groups: vec![
            entry(words, "grp_1", "On call"),
            entry(words, "grp_2", "Engineers"),
        ],
        passkeys: 2,
        linked: vec![words.say("Slack")],
        seen_at: Some(at(-7_200)),
    }
}

pub(crate) fn people(words: Outside) -> People {
    People {
        now: now(),
        search: String::new(),
        lines: vec![ann(words)],
        pager: Pager::default(),
    }
}

pub(crate) fn person(words: Outside) -> OnePerson {
    OnePerson {
        now: now(),
        csrf: "csrf-token".to_owned(),
        person: ann(words),
        other_groups: vec![entry(words, "grp_3", "Finance")],
        may_change: true,
    }
}

pub(crate) fn groups(words: Outside) -> Groups {
    Groups {
        search: String::new(),
        lines: vec![Line {
            group: entry(words, "grp_1", "On call"),
            source: words.say("here"),
            people: 4,
            permission_sets: vec![],
        }],
        pager: Pager::default(),
    }
}

pub(crate) fn group(words: Outside) -> Group {
    Group {
        csrf: "csrf-token".to_owned(),
        group: entry(words, "grp_1", "On call"),
        source: words.say("here"),
        people: vec![entry(words, "usr_1", "Ann Archer")],
        other_people: vec![entry(words, "usr_2", "Bob")],
        permission_sets: vec![],
        other_sets: vec![entry(words, "set_1", "Approve deploys")],
        may_change_people: true,
        may_change_sets: false,
    }
}

pub(crate) fn permission_set(words: Outside) -> PermissionSet {
    PermissionSet {
        set: entry(words, "set_1", "Approve deploys"),
        description: words.say("For those on call."),
        grants: vec![Grant {
            deed: words.say("approve"),
            workspaces: words.say("web"),
            scopes: String::new(),
            agents: String::new(),
        }],
        groups: vec![entry(words, "grp_1", "On call")],
    }
}

pub(crate) fn permission_sets(words: Outside) -> PermissionSets {
    PermissionSets {
        search: String::new(),
        lines: vec![permission_set(words)],
        pager: Pager::default(),
    }
}

pub(crate) fn approver_lists(words: Outside) -> ApproverLists {
    ApproverLists {
        search: String::new(),
        lines: vec![ApproverList {
            actions: words.say("allocation.*"),
            risk: Some(RiskTier::Destructive),
            groups: vec![entry(words, "grp_1", "On call")],
            people: vec![],
            required: 2,
            able: 1,
        }],
        pager: Pager::default(),
    }
}

pub(crate) fn account(words: Outside) -> Account {
    let sign_in = |id: &str, is_this| SignedIn {
        id: id.to_owned(),
        at: at(-600),
        expires_at: Some(at(42_000)),
        is_this,
    };
    Account {
        now: now(),
        csrf: "csrf-token".to_owned(),
        passkey_options: "{\"challenge\":\"AAAA\"}".to_owned(),
        passkeys: vec![Passkey {
            id: "pk_1".to_owned(),
            name: words.say("Laptop"),
            created_at: at(-900_000),
        }],
        tokens: vec![Token {
            id: "tok_1".to_owned(),
            name: words.say("CI"),
            created_at: at(-5),
            expires_at: Some(at(86_400)),
        }],
        new_token: "pcl_sample".to_owned(),
        sign_ins: vec![sign_in("ses_1", true), sign_in("ses_2", false)],
        has_password: true,
        slack: Some(Slack {
            user: words.say("U012AB3CD"),
        }),
    }
}
