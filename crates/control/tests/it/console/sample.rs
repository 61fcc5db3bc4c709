//! Made-up views: with plain words to look at, or with one hostile word everywhere.

mod directory;
mod doing;
mod offered;
mod reach;
mod records;
mod rules;
pub(super) mod waiting;
mod work;

use jiff::Timestamp;
use maud::Markup;
use portcullis_control::console::{
    page::{Crumb, Flash, Page, Section, Who},
    pages::{
        account, agents, approval, approvals, audit,
        directory::{
            approver_lists, elevations, groups, people, permission_sets, scopes, sheet, workspaces,
        },
        draft, executions, feed, leases, overview, own_credentials, policies, sessions, settings,
        sign_in, simulator, tenant_policy, tools,
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
    let bodies = [
        work(words),
        pieces(words),
        rules(words),
        people_and_rights(words),
    ]
    .concat();
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

/// Pieces of work, and what they are done with.
fn pieces(words: Outside) -> Vec<Body> {
    let all = sessions::sessions(&work::sessions(words));
    let open = sessions::session(&work::session(words));
    let over = sessions::session(&work::session_over(words));
    let ledger = leases::leases(&work::leases(words));
    let offered = tools::tools(&offered::tools(words));
    let changed = tools::tool(&offered::changed(words));
    let new = tools::tool(&offered::new(words));
    let (way, tools_way) = (sessions::crumbs, tools::crumbs);
    let carried_out = executions::executions(&doing::executions(words));
    let done = executions::execution(&doing::done(words));
    let unknown = executions::execution(&doing::unknown(words));
    let done_way = executions::crumbs;
    vec![
        ("sessions", sessions::SECTION, vec![], all),
        ("session", sessions::SECTION, way(), open),
        ("session over", sessions::SECTION, way(), over),
        ("leases", leases::SECTION, vec![], ledger),
        ("tools", tools::SECTION, vec![], offered),
        ("tool", tools::SECTION, tools_way(), changed),
        ("tool new", tools::SECTION, tools_way(), new),
        ("executions", executions::SECTION, vec![], carried_out),
        ("execution", executions::SECTION, done_way(), done),
        (
            "execution unknown",
            executions::SECTION,
            done_way(),
            unknown,
        ),
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
    let waiting = elevations::elevations(&directory::elevations(words));
    let sets = permission_sets::permission_sets(&directory::permission_sets(words));
    let set = permission_sets::permission_set(&directory::permission_set(words));
    let form = sheet::sheet(&directory::sheet(words));
    let places = workspaces::workspaces(&directory::workspaces(words));
    let place = workspaces::workspace(&directory::workspace(words), now());
    let lists = approver_lists::approver_lists(&directory::approver_lists(words));
    let account = account::account(&directory::account(words));
    let reaches = scopes::scopes(&reach::scopes(words));
    let one_scope = scopes::scope(&reach::scope(words));
    let bare = scopes::scope(&reach::bare(words));
    let own = own_credentials::own_credentials(&reach::own_credentials(words));
    let sets_crumbs = permission_sets::crumbs;
    vec![
        ("people", people::SECTION, vec![], people),
        ("person", people::SECTION, people::crumbs(), person),
        ("groups", groups::SECTION, vec![], groups),
        ("group", groups::SECTION, groups::crumbs(), group),
        ("elevations", elevations::SECTION, vec![], waiting),
        ("permission sets", permission_sets::SECTION, vec![], sets),
        (
            "permission set",
            permission_sets::SECTION,
            sets_crumbs(),
            set,
        ),
        ("sheet", permission_sets::SECTION, sets_crumbs(), form),
        ("workspaces", workspaces::SECTION, vec![], places),
        (
            "workspace",
            workspaces::SECTION,
            workspaces::crumbs(),
            place,
        ),
        ("approver lists", approver_lists::SECTION, vec![], lists),
        ("account", account::SECTION, vec![], account),
        ("scopes", scopes::SECTION, vec![], reaches),
        ("scope", scopes::SECTION, scopes::crumbs(), one_scope),
        ("scope bare", scopes::SECTION, scopes::crumbs(), bare),
        ("own credentials", own_credentials::SECTION, vec![], own),
    ]
}
