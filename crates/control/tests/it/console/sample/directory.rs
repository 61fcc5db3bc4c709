//! Who there is, and what they may.

use super::{Outside, at, now};
use portcullis_control::console::{
    pages::{
        account::{Account, Passkey, SignedIn, Slack, Token},
        directory::{
            Entry, Listing,
            approver_lists::{ApproverList, ApproverLists},
            elevations::{Elevation, Elevations},
            groups::{Group, Groups, Line},
            people::{OnePerson, Person, Right},
            permission_sets::{Grant, OneSet, PermissionSet},
            sheet::{Part, Sheet},
            workspaces::Workspace,
        },
    },
    parts::{
        field::{Field, Kind, choices},
        pager::Pager,
    },
};
use portcullis_policy::tier::RiskTier;

fn entry(words: Outside, id: &str, name: &str) -> Entry {
    Entry {
        id: id.to_owned(),
        name: words.say(name),
    }
}

fn listing<T>(lines: Vec<T>) -> Listing<T> {
    Listing {
        search: String::new(),
        lines,
        pager: Pager {
            shown: 1,
            total: Some(1),
            ..Pager::default()
        },
    }
}

fn ann(words: Outside) -> Person {
    Person {
        entry: entry(words, "per_1", "Ann Archer"),
        email: words.say("ann@example.com"),
        roles: vec![words.say("operator"), words.say("architect in training")],
        is_active: true,
        ways: vec![words.say("password"), words.say("2 passkeys")],
        groups: vec![
            entry(words, "grp_1", "On call"),
            entry(words, "grp_2", "Engineers"),
        ],
    }
}

fn bob(words: Outside) -> Person {
    Person {
        entry: entry(words, "per_2", "Bob"),
        ..Person::default()
    }
}

pub(crate) fn people(words: Outside) -> Listing<Person> {
    listing(vec![ann(words), bob(words)])
}

pub(crate) fn person(words: Outside) -> OnePerson {
    OnePerson {
        now: now(),
        csrf: "csrf-token".to_owned(),
        person: ann(words),
        created_at: at(-900_000),
        known_since: at(-800_000),
        slack: words.say("U012AB3CD"),
        rights: vec![
            Right {
                words: words.say("In the whole tenant: read."),
                by: None,
            },
            Right {
                words: words
                    .say("In the workspace training it opens the scopes a for every agent."),
                by: Some((
                    entry(words, "grp_1", "On call"),
                    entry(words, "set_1", "Approve deploys"),
                )),
            },
        ],
        other_groups: vec![entry(words, "grp_3", "Finance")],
        may_change: true,
        is_self: false,
        invitation: "https://gate.example/console/invitation?code=pcl_sample".to_owned(),
        invitation_ends: Some(at(600_000)),
    }
}

pub(crate) fn groups(words: Outside) -> Groups {
    Groups {
        listing: listing(vec![Line {
            group: entry(words, "grp_1", "On call"),
            description: words.say("Who is woken at night."),
            people: 4,
            permission_sets: vec![],
        }]),
        waiting: 1,
    }
}

pub(crate) fn group(words: Outside) -> Group {
    Group {
        csrf: "csrf-token".to_owned(),
        group: entry(words, "grp_1", "On call"),
        description: words.say("Who is woken at night."),
        people: vec![entry(words, "per_1", "Ann Archer")],
        other_people: vec![entry(words, "per_2", "Bob")],
        permission_sets: vec![],
        other_sets: vec![entry(words, "set_1", "Approve deploys")],
        may_change: true,
    }
}

pub(crate) fn elevations(words: Outside) -> Elevations {
    let one = |id: &str, is_own| Elevation {
        id: id.to_owned(),
        person: entry(words, "per_1", "Ann Archer"),
        group: entry(words, "grp_1", "On call"),
        asked_at: at(-600),
        ends_at: at(80_000),
        is_own,
    };
    Elevations {
        now: now(),
        csrf: "csrf-token".to_owned(),
        lines: vec![one("elv_1", false), one("elv_2", true)],
        may_change: true,
    }
}

fn set(words: Outside) -> PermissionSet {
    let grant = |denies, agents: &[&str]| Grant {
        denies,
        workspace: words.say("web"),
        agents: agents.iter().map(|one| words.say(one)).collect(),
        scopes: vec![words.say("regex:cluster-[0-9]+"), words.say("cluster-a")],
    };
    PermissionSet {
        set: entry(words, "set_1", "Approve deploys"),
        description: words.say("For those on call."),
        grants: vec![grant(false, &["regex:.*"]), grant(true, &[])],
        groups: vec![entry(words, "grp_1", "On call")],
    }
}

pub(crate) fn permission_set(words: Outside) -> OneSet {
    OneSet {
        csrf: "csrf-token".to_owned(),
        set: set(words),
        may_change: true,
    }
}

pub(crate) fn permission_sets(words: Outside) -> Listing<PermissionSet> {
    listing(vec![set(words)])
}

pub(crate) fn sheet(words: Outside) -> Sheet {
    let name = Field::new("form", "name", "Name")
        .hint("Unique in the tenant.")
        .value(&words.say("Approve deploys"))
        .error(&words.say("is taken"))
        .required();
    let effect = Field::new("form", "entries[0].effect", "Effect")
        .kind(choices(&[("ALLOW", "Allow"), ("DENY", "Deny")]))
        .value("DENY");
    let agents = Field::new("form", "entries[0].agents", "Ids of agents")
        .kind(Kind::Text)
        .error(&words.say("the 2nd of them: it is none"));
    Sheet {
        csrf: "csrf-token".to_owned(),
        path: "/console/new/permission-set".to_owned(),
        parts: vec![
            Part {
                fields: vec![name],
                ..Part::default()
            },
            Part {
                legend: "Entry 1".to_owned(),
                hint: "One a line.".to_owned(),
                fields: vec![effect, agents],
                leave_out: Some(("entries[0].leave_out".to_owned(), false)),
            },
        ],
        error: words.say("It has too many entries."),
        call: "Make the set".to_owned(),
        more: "Add an entry".to_owned(),
        cancel: "/console/permission-sets".to_owned(),
    }
}

pub(crate) fn workspace(words: Outside) -> Workspace {
    Workspace {
        id: words.say("training"),
        short_name: words.say("TRAIN"),
        description: words.say("Where models are trained."),
        is_active: true,
        created_at: at(-900_000),
    }
}

pub(crate) fn workspaces(words: Outside) -> Listing<Workspace> {
    let idle = Workspace {
        is_active: false,
        ..workspace(words)
    };
    listing(vec![workspace(words), idle])
}

pub(crate) fn approver_lists(words: Outside) -> ApproverLists {
    let open = ApproverList {
        risk: RiskTier::HighWrite,
        is_open: true,
        groups: vec![],
        people: vec![],
        slack_users: vec![],
        unknown: vec![],
        required: 1,
        electors: vec![
            (entry(words, "per_1", "Ann Archer"), String::new()),
            (entry(words, "per_3", "Cem"), String::new()),
        ],
        owner_may: false,
        next: vec![words.say("the same people, in #leads, for 30 minutes")],
    };
    let named = ApproverList {
        risk: RiskTier::Destructive,
        is_open: false,
        groups: vec![entry(words, "grp_1", "On call")],
        people: vec![entry(words, "per_1", "Ann Archer")],
        slack_users: vec![words.say("U012AB3CD")],
        unknown: vec![words.say("person:Nobody")],
        required: 2,
        electors: vec![
            (entry(words, "per_1", "Ann Archer"), String::new()),
            (entry(words, "per_2", "Bob"), "is not active".to_owned()),
        ],
        owner_may: true,
        next: vec![],
    };
    ApproverLists {
        lists: vec![open, named],
        change: "/console/tenant-policy".to_owned(),
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
