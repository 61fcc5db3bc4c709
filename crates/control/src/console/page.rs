//! The frame around every page: where one is, who one is, and what just happened.

use crate::console::{
    assets::{MARK, SCRIPT, STYLE},
    figure,
    parts::{
        badge::Tone,
        button::{Call, link, submit},
        form::{Form, one_button},
        icon::Icon,
        notice::flash,
        words,
    },
    paths,
};
use maud::{DOCTYPE, Markup, html};
use portcullis_firewall::visible::{Layout, visible_line};

/// A part of the console, as the navigation has it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Section {
    /// Numbers at a glance.
    Overview,
    /// Holds that wait for people.
    Approvals,
    /// Judgements as they are made.
    Activity,
    /// Agents.
    Agents,
    /// Pieces of work.
    Sessions,
    /// Credentials that were minted.
    Leases,
    /// What the gate carries out.
    Executions,
    /// Policies and the tenant's limits.
    Policies,
    /// The test simulator.
    Simulator,
    /// Tools of MCP servers.
    Tools,
    /// The sealed records.
    Audit,
    /// People.
    People,
    /// Groups.
    Groups,
    /// Permission sets.
    PermissionSets,
    /// Workspaces.
    Workspaces,
    /// What credentials are minted from.
    Scopes,
    /// Lists of who may approve what.
    ApproverLists,
    /// One's own tokens and passkeys.
    Account,
    /// One's own credentials in the place of shared ones.
    OwnCredentials,
}

/// The navigation, in its groups.
const NAVIGATION: &[(&str, &[Section])] = &[
    (
        "Work",
        &[
            Section::Overview,
            Section::Approvals,
            Section::Activity,
            Section::Agents,
            Section::Sessions,
            Section::Leases,
            Section::Executions,
        ],
    ),
    (
        "Rules",
        &[
            Section::Policies,
            Section::Simulator,
            Section::Tools,
            Section::Audit,
        ],
    ),
    (
        "Directory",
        &[
            Section::People,
            Section::Groups,
            Section::PermissionSets,
            Section::Workspaces,
            Section::Scopes,
            Section::ApproverLists,
        ],
    ),
    ("You", &[Section::Account, Section::OwnCredentials]),
];

impl Section {
    /// Every part.
    pub const ALL: [Self; 19] = [
        Self::Overview,
        Self::Approvals,
        Self::Activity,
        Self::Agents,
        Self::Sessions,
        Self::Leases,
        Self::Executions,
        Self::Policies,
        Self::Simulator,
        Self::Tools,
        Self::Audit,
        Self::People,
        Self::Groups,
        Self::PermissionSets,
        Self::Workspaces,
        Self::Scopes,
        Self::ApproverLists,
        Self::Account,
        Self::OwnCredentials,
    ];

    /// Its name, its address and its drawing.
    const fn face(self) -> (&'static str, &'static str, Icon) {
        match self {
            Self::Overview => ("Overview", paths::OVERVIEW, Icon::Chart),
            Self::Approvals => ("Approvals", paths::APPROVALS, Icon::Inbox),
            Self::Activity => ("Activity", paths::FEED, Icon::Pulse),
            Self::Agents => ("Agents", paths::AGENTS, Icon::Agent),
            Self::Sessions => ("Sessions", paths::SESSIONS, Icon::Hourglass),
            Self::Leases => ("Leases", paths::LEASES, Icon::Clock),
            Self::Executions => ("Executions", paths::EXECUTIONS, Icon::Play),
            Self::Tools => ("Tools", paths::TOOLS, Icon::Tool),
            Self::Scopes => ("Scopes", paths::SCOPES, Icon::Reach),
            Self::OwnCredentials => ("Own credentials", paths::OWN_CREDENTIALS, Icon::Key),
            Self::Policies => ("Policies", paths::POLICIES, Icon::Rules),
            Self::Simulator => ("Simulator", paths::SIMULATOR, Icon::Flask),
            Self::Audit => ("Audit", paths::AUDIT, Icon::Document),
            Self::People => ("People", paths::PEOPLE, Icon::Person),
            Self::Groups => ("Groups", paths::GROUPS, Icon::People),
            Self::PermissionSets => ("Permission sets", paths::PERMISSION_SETS, Icon::Key),
            Self::Workspaces => ("Workspaces", paths::WORKSPACES, Icon::Document),
            Self::ApproverLists => ("Approver lists", paths::APPROVER_LISTS, Icon::Check),
            Self::Account => ("Account", paths::ACCOUNT, Icon::Person),
        }
    }
}

/// Who is signed in.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Who {
    /// Their name.
    pub name: String,
    /// The tenant they see.
    pub tenant: String,
    /// The parts of the console they may open; the others are not shown.
    pub sections: Vec<Section>,
    /// How many holds wait that they may decide.
    pub waiting: u64,
}

/// One step on the way to a page.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Crumb {
    /// Its name.
    pub name: String,
    /// Its address.
    pub path: String,
}

/// The answer to what a person just did.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Flash {
    /// Whether it went well.
    pub tone: Tone,
    /// What happened, in a sentence.
    pub words: String,
}

/// A page.
#[derive(Clone, Debug)]
pub struct Page<'v> {
    /// Its title, which is also its heading.
    pub title: &'v str,
    /// The part it belongs to.
    pub section: Section,
    /// Who reads it.
    pub who: &'v Who,
    /// The token against forged requests.
    pub csrf: &'v str,
    /// The way to it; empty for the page of a part itself.
    pub crumbs: &'v [Crumb],
    /// What just happened.
    pub flash: &'v [Flash],
    /// What can be done on the page as a whole; may be empty.
    pub deeds: Markup,
    /// What is on it.
    pub body: Markup,
}

impl Page<'_> {
    /// The whole document.
    #[must_use]
    pub fn render(&self) -> Markup {
        document(
            self.title,
            &html! {
                a class="skip" href="#main" { "Skip to the content" }
                div class="shell" {
                    (self.rail())
                    (self.bar())
                    div {
                        main class="main" id="main" tabindex="-1" {
                            @if !self.crumbs.is_empty() { (self.way()) }
                            div class="head" { h1 { (words::shown(self.title, Layout::Line)) } div class="row" { (self.deeds) } }
                            @for one in self.flash { (flash(one.tone, &one.words)) }
                            (self.body)
                        }
                        (foot())
                    }
                }
                (dialogs())
            },
        )
    }

    /// The navigation beside the page, where there is room.
    fn rail(&self) -> Markup {
        html! {
            header class="rail" { (brand()) (self.navigation()) (self.person()) }
        }
    }

    /// The navigation above the page, where there is little; it unfolds without scripts.
    fn bar(&self) -> Markup {
        html! {
            header class="bar" {
                (brand())
                details class="menu" {
                    summary {
                        (Icon::Menu.draw()) "Menu"
                        @if self.who.waiting > 0 { (waiting(self.who.waiting)) }
                    }
                    div class="sheet" { (self.navigation()) (self.person()) }
                }
            }
        }
    }

    fn navigation(&self) -> Markup {
        let may = |section: &&Section| self.who.sections.contains(section);
        html! {
            nav class="nav" aria-label="Console" {
                @for (group, sections) in NAVIGATION {
                    @if sections.iter().any(|section| may(&section)) {
                        h2 { (group) }
                        ul { @for section in sections.iter().filter(may) { li { (self.entry(*section)) } } }
                    }
                }
            }
        }
    }

    fn entry(&self, section: Section) -> Markup {
        let (name, path, icon) = section.face();
        let here = if self.crumbs.is_empty() {
            "page"
        } else {
            "true"
        };
        let current = (section == self.section).then_some(here);
        html! {
            a href=(path) aria-current=[current] {
                (icon.draw()) (name)
                @if section == Section::Approvals && self.who.waiting > 0 { (waiting(self.who.waiting)) }
            }
        }
    }

    fn person(&self) -> Markup {
        let form = Form {
            path: paths::SIGN_OUT,
            csrf: self.csrf,
            ..Form::default()
        };
        html! {
            div class="who" {
                div { strong { (words::line(&self.who.name)) } span class="quiet small" { (words::line(&self.who.tenant)) } }
                div class="row" {
                    (one_button(&form, &submit(Call::Normal, "Sign out")))
                    button type="button" class="button plain slim needs-script" data-theme-next {
                        "Theme: " span data-theme-name { "system" }
                    }
                }
            }
        }
    }

    fn way(&self) -> Markup {
        html! {
            nav class="crumbs" aria-label="Way to this page" {
                ol { @for crumb in self.crumbs { li { a href=(crumb.path) { (words::line(&crumb.name)) } } } }
            }
        }
    }
}

/// A page without navigation, for people who are not signed in.
#[must_use]
pub fn alone(title: &str, flashes: &[Flash], body: &Markup) -> Markup {
    document(
        title,
        &html! {
            main class="alone" id="main" {
                (brand())
                @if !flashes.is_empty() { div { @for one in flashes { (flash(one.tone, &one.words)) } } }
                (body)
            }
        },
    )
}

/// A page that says why there is no other: not found, not allowed, broken.
#[must_use]
pub fn dead_end(title: &str, words: &str) -> Markup {
    let body = html! {
        div class="card stack" { h1 { (title) } p { (words) } (link(Call::Normal, paths::OVERVIEW, "To the overview")) }
    };
    alone(title, &[], &body)
}

fn document(title: &str, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex, nofollow";
                meta name="color-scheme" content="light dark";
                title { (visible_line(title)) " · Portcullis" }
                link rel="icon" type="image/svg+xml" href=(MARK.path());
                link rel="stylesheet" href=(STYLE.path());
                script src=(SCRIPT.path()) {}
            }
            body { (body) p class="hush" id="announce" role="status" {} }
        }
    }
}

fn brand() -> Markup {
    html! { a class="brand" href=(paths::OVERVIEW) { (Icon::Gate.draw()) "Portcullis" } }
}

fn waiting(number: u64) -> Markup {
    html! { span class="count" { (figure::short(number)) span class="hush" { " waiting" } } }
}

fn foot() -> Markup {
    html! {
        footer class="foot" {
            span { "Portcullis " (env!("CARGO_PKG_VERSION")) }
            a href="/docs" { "API" }
            span class="needs-script" { "Press " kbd { "?" } " for keys" }
        }
    }
}

/// What only the script opens.
fn dialogs() -> Markup {
    let keys = [
        ("j / k", "Next, previous entry"),
        ("Enter", "Open it"),
        ("a", "To the button that approves"),
        ("r", "To the button that rejects"),
        ("/", "Search"),
        ("?", "This list"),
    ];
    html! {
        dialog id="keys" aria-labelledby="keys-title" {
            h2 id="keys-title" { "Keys" }
            dl class="pairs" { @for (key, deed) in keys { div { dt { kbd { (key) } } dd { (deed) } } } }
            div class="row" { button type="button" class="button" data-close { "Close" } }
        }
        dialog id="sure" aria-labelledby="sure-title" {
            form method="dialog" {
                h2 id="sure-title" { "Are you sure?" }
                p data-words {}
                div class="row" {
                    button class="button" value="no" autofocus { "Cancel" }
                    button class="button primary" value="yes" { "Go on" }
                }
            }
        }
    }
}
