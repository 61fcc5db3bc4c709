//! Made-up views: with plain words to look at, or with one hostile word everywhere.

mod directory;
mod records;
mod rules;
pub(super) mod waiting;

use jiff::Timestamp;
use maud::Markup;
use portcullis_control::console::{
    page::{Crumb, Flash, Page, Section, Who},
    pages::{
        account, agents, approval, approvals, audit,
        directory::{approver_lists, groups, people, permission_sets},
        draft, feed, overview, policies, settings, sign_in, simulator, tenant_policy,
    },
    parts::badge::Tone,
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
    let mut all = vec![("sign-in", sign_in::sign_in(&waiting::sign_in(), &[]))];
    let bodies = [work(words), rules(words), people_and_rights(words)].concat();
    all.extend(bodies.into_iter().map(|page| (page.0, framed(words, page))));
    all
}

/// A page without its frame: name, part, the way to it, body.
type Body = (&'static str, Section, Vec<Crumb>, Markup);

fn framed(words: Outside, (name, section, crumbs, body): Body) -> Markup {
    let flash = [Flash {
        tone: Tone::Good,
        words: words.say("Saved."),
    }];
    let page = Page {
        title: &words.say(name),
        section,
        who: &who(&words.say("Ann Archer")),
        csrf: "csrf-token",
        crumbs: &crumbs,
        flash: &flash,
        deeds: feed::live(),
        body,
    };
    page.render()
}

fn work(words: Outside) -> Vec<Body> {
    let inbox = approvals::approvals(&waiting::inbox(words));
    let hold = approval::approval(&waiting::approval(words));
    let overview = overview::overview(&records::overview(words));
    let feed = feed::feed(&records::feed(words));
    let agents = agents::agents(&records::agents(words));
    let agent = agents::agent(&records::agent(words));
    vec![
        ("approvals", approvals::SECTION, vec![], inbox),
        ("approval", approval::SECTION, approval::crumbs(), hold),
        ("overview", overview::SECTION, vec![], overview),
        ("feed", feed::SECTION, vec![], feed),
        ("agents", agents::SECTION, vec![], agents),
        ("agent", agents::SECTION, agents::crumbs(), agent),
    ]
}

fn rules(words: Outside) -> Vec<Body> {
    let audit = audit::audit(&records::audit(words));
    let record = audit::record(&records::record(words));
    let policies = policies::policies(&rules::policies(words));
    let policy = policies::policy(&rules::policy(words));
    let draft = draft::draft(&rules::draft(words));
    let tenant_policy = tenant_policy::tenant_policy(&rules::tenant_policy(words));
    let settings = settings::settings(&rules::settings(words));
    let simulator = simulator::simulator(&rules::simulator(words));
    let way = policies::crumbs_to(&words.say("Night freeze"), "/console/policies/pol_1");
    vec![
        ("audit", audit::SECTION, vec![], audit),
        ("record", audit::SECTION, audit::crumbs(), record),
        ("policies", policies::SECTION, vec![], policies),
        ("policy", policies::SECTION, policies::crumbs(), policy),
        ("draft", policies::SECTION, way, draft),
        ("tenant policy", policies::SECTION, vec![], tenant_policy),
        ("settings", policies::SECTION, vec![], settings),
        ("simulator", simulator::SECTION, vec![], simulator),
    ]
}

fn people_and_rights(words: Outside) -> Vec<Body> {
    let people = people::people(&directory::people(words));
    let person = people::person(&directory::person(words));
    let groups = groups::groups(&directory::groups(words));
    let group = groups::group(&directory::group(words));
    let sets = permission_sets::permission_sets(&directory::permission_sets(words));
    let set = permission_sets::permission_set(&directory::permission_set(words));
    let lists = approver_lists::approver_lists(&directory::approver_lists(words));
    let account = account::account(&directory::account(words));
    vec![
        ("people", people::SECTION, vec![], people),
        ("person", people::SECTION, people::crumbs(), person),
        ("groups", groups::SECTION, vec![], groups),
        ("group", groups::SECTION, groups::crumbs(), group),
        ("permission sets", permission_sets::SECTION, vec![], sets),
        (
            "permission set",
            permission_sets::SECTION,
            permission_sets::crumbs(),
            set,
        ),
        ("approver lists", approver_lists::SECTION, vec![], lists),
        ("account", account::SECTION, vec![], account),
    ]
}
