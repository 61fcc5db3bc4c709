//! Made-up views: with plain words to look at, or with one hostile word everywhere.

mod directory;
mod records;
pub(super) mod waiting;

use jiff::Timestamp;
use maud::Markup;
use portcullis_control::console::{
    page::{Flash, Page, Section, Who},
    pages::{
        account, agents, approval, approvals, audit,
        directory::{approver_lists, groups, people, permission_sets},
        feed, overview, policies, sign_in, simulator,
    },
};

/// The moment every sample is looked at.
pub(super) fn now() -> Timestamp {
    "2026-03-04T12:00:00Z".parse().unwrap()
}

/// So many seconds from then.
pub(super) fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(now().as_second() + seconds).unwrap()
}

/// Somebody who may open everything.
pub(super) fn who(name: &str) -> Who {
    Who {
        name: name.to_owned(),
        tenant: "acme".to_owned(),
        sections: Section::ALL.to_vec(),
        waiting: 3,
    }
}

/// Words that came from outside.
#[derive(Clone, Copy)]
pub(super) struct Outside(pub(super) Option<&'static str>);

impl Outside {
    /// The plain words, or the hostile one instead.
    pub(super) fn say(self, plain: &str) -> String {
        self.0.unwrap_or(plain).to_owned()
    }
}

/// Every page, by name, as a whole document.
pub(super) fn pages(words: Outside) -> Vec<(&'static str, Markup)> {
    let who = who(&words.say("Ann Archer"));
    let name = words.say("Indexer");
    let page = |section, title: &str, crumbs: &[_], body: Markup| {
        let flash = [Flash {
            tone: portcullis_control::console::parts::badge::Tone::Good,
            words: words.say("Saved."),
        }];
        let page = Page {
            title,
            section,
            who: &who,
            csrf: "csrf-token",
            crumbs,
            flash: &flash,
            deeds: maud::html! {},
            body,
        };
        page.render()
    };
    let waiting = |w| waiting::inbox(w);
    vec![
        ("sign-in", sign_in::sign_in(&waiting::sign_in(), &[])),
        (
            "approvals",
            page(
                approvals::SECTION,
                "Approvals",
                &[],
                approvals::approvals(&waiting(words)),
            ),
        ),
        (
            "approval",
            page(
                approval::SECTION,
                &name,
                &approval::crumbs(),
                approval::approval(&waiting::approval(words)),
            ),
        ),
        (
            "overview",
            page(
                overview::SECTION,
                "Overview",
                &[],
                overview::overview(&records::overview(words)),
            ),
        ),
        (
            "feed",
            page(
                feed::SECTION,
                "Activity",
                &[],
                feed::feed(&records::feed(words)),
            ),
        ),
        (
            "agents",
            page(
                agents::SECTION,
                "Agents",
                &[],
                agents::agents(&records::agents(words)),
            ),
        ),
        (
            "agent",
            page(
                agents::SECTION,
                &name,
                &agents::crumbs(),
                agents::agent(&records::agent(words)),
            ),
        ),
        (
            "audit",
            page(
                audit::SECTION,
                "Audit",
                &[],
                audit::audit(&records::audit(words)),
            ),
        ),
        (
            "record",
            page(
                audit::SECTION,
                "Record #41",
                &audit::crumbs(),
                audit::record(&records::record(words)),
            ),
        ),
        (
            "policies",
            page(
                policies::SECTION,
                "Policies",
                &[],
                policies::policies(&records::policies(words)),
            ),
        ),
        (
            "policy",
            page(
                policies::SECTION,
                &name,
                &policies::crumbs(),
                policies::policy(&records::policy(words)),
            ),
        ),
        (
            "simulator",
            page(
                simulator::SECTION,
                "Simulator",
                &[],
                simulator::simulator(&records::simulator(words)),
            ),
        ),
        (
            "people",
            page(
                people::SECTION,
                "People",
                &[],
                people::people(&directory::people(words)),
            ),
        ),
        (
            "person",
            page(
                people::SECTION,
                &name,
                &people::crumbs(),
                people::person(&directory::person(words)),
            ),
        ),
        (
            "groups",
            page(
                groups::SECTION,
                "Groups",
                &[],
                groups::groups(&directory::groups(words)),
            ),
        ),
        (
            "group",
            page(
                groups::SECTION,
                &name,
                &groups::crumbs(),
                groups::group(&directory::group(words)),
            ),
        ),
        (
            "permission sets",
            page(
                permission_sets::SECTION,
                "Permission sets",
                &[],
                permission_sets::permission_sets(&directory::permission_sets(words)),
            ),
        ),
        (
            "permission set",
            page(
                permission_sets::SECTION,
                &name,
                &permission_sets::crumbs(),
                permission_sets::permission_set(&directory::permission_set(words)),
            ),
        ),
        (
            "approver lists",
            page(
                approver_lists::SECTION,
                "Approver lists",
                &[],
                approver_lists::approver_lists(&directory::approver_lists(words)),
            ),
        ),
        (
            "account",
            page(
                account::SECTION,
                "Account",
                &[],
                account::account(&directory::account(words)),
            ),
        ),
    ]
}
