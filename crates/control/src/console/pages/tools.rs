//! Tools of MCP servers: which ones agents may use, and which wait for somebody to read them.

mod one;

pub use one::{OneTool, Wait, crumbs, tool};

use crate::console::{
    figure,
    page::Section,
    parts::{
        actor::Actor,
        badge::{self, Tone},
        button::Call,
        deed::Deed,
        empty::empty,
        field::{Choice, Field, Kind, choices},
        filter::filters,
        icon::Icon,
        moment::moment,
        notice::notice,
        pager::{Pager, pager},
        table::{Row, number, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};
use portcullis_firewall::{tool::ToolStatus, visible::visible_line};

/// The part of the console these pages belong to.
pub const SECTION: Section = Section::Tools;

/// What the list needs.
#[derive(Clone, Debug)]
pub struct Tools {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// What is asked for.
    pub filter: Filter,
    /// How many tools wait to be read, of all.
    pub waiting: u64,
    /// The servers.
    pub servers: Vec<Server>,
    /// The tools of this page.
    pub lines: Vec<Line>,
    /// Before and after.
    pub pager: Pager,
    /// Whether the reader may remove servers.
    pub may_change: bool,
}

/// What is asked for; empty is all.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Filter {
    /// What was searched for.
    pub search: String,
    /// A server, as `?server=`.
    pub server: String,
    /// `waiting`, or a status by its name, as `?state=`.
    pub state: String,
}

/// A server behind the gate.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Server {
    /// Its name.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// How many tools were seen of it.
    pub tools: u64,
    /// How many of these wait.
    pub waiting: u64,
}

/// Where a server is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Place {
    /// In the operator's file.
    File,
    /// At an address, since somebody added it.
    Added {
        /// The address.
        url: String,
        /// Who added it.
        by: Actor,
        /// When.
        at: Timestamp,
    },
    /// Behind the gate no more; its tools were seen once.
    Gone,
}

/// One tool.
#[derive(Clone, Debug)]
pub struct Line {
    /// Whose it is.
    pub server: String,
    /// What its server calls it.
    pub name: String,
    /// Whether it may be used.
    pub status: ToolStatus,
    /// The digest of the definition in use; empty when none is.
    pub digest: String,
    /// Who accepted that, and when.
    pub accepted: Option<(Actor, Timestamp)>,
    /// How many things people should know before they accept what waits.
    pub warnings: u64,
    /// When it was seen for the first time.
    pub seen_at: Timestamp,
}

/// Where the page of a tool is.
fn path(line: &Line) -> String {
    paths::one(&paths::one(paths::TOOLS, &line.server), &line.name)
}

/// Whether a tool may be used.
fn state(status: ToolStatus) -> Markup {
    match status {
        ToolStatus::Pinned => badge::drawn(Tone::Good, Icon::Check, "Accepted"),
        ToolStatus::New => badge::drawn(Tone::Warning, Icon::Pause, "New: nobody accepted it"),
        ToolStatus::Changed => badge::drawn(Tone::Bad, Icon::Warning, "Changed: taken away"),
    }
}

/// The body of the list.
#[must_use]
pub fn tools(view: &Tools) -> Markup {
    let columns = [
        column("Tool"),
        column("State"),
        column("Definition in use"),
        column("Accepted by"),
        column("First seen"),
    ];
    let rows: Vec<Row> = view.lines.iter().map(|line| row(line, view.now)).collect();
    html! {
        div class="stack" {
            @if view.waiting > 0 { (waiting(view.waiting)) }
            div class="card flush" {
                (filters(paths::TOOLS, &[], &fields(view)))
                @if rows.is_empty() { (empty("No tools", "What the MCP servers behind the gate offer is listed here when it was seen for the first time.", &html! {})) }
                @else { (table("Tools", &columns, &rows)) }
                (pager(&view.pager))
            }
            (servers(view))
        }
    }
}

fn waiting(number: u64) -> Markup {
    let path = paths::with_query(paths::TOOLS, &[("state", "waiting")]);
    let (waits, them) = if number == 1 {
        ("waits", "it")
    } else {
        ("wait", "them")
    };
    notice(
        Tone::Warning,
        &html! {
            strong { (figure::count(number, "tool")) " " (waits) " for somebody to read " (them) "." }
            " No agent may use what nobody accepted. "
            a href=(path) { "Show these alone" } "."
        },
    )
}

fn fields(view: &Tools) -> [Field; 3] {
    let states = choices(&[
        ("", "All"),
        ("waiting", "New or changed"),
        ("new", "New"),
        ("changed", "Changed"),
        ("pinned", "Accepted"),
    ]);
    let server = |one: &Server| Choice {
        value: one.name.clone(),
        name: visible_line(&one.name).into_owned(),
    };
    let mut servers = vec![Choice {
        value: String::new(),
        name: "All".to_owned(),
    }];
    servers.extend(view.servers.iter().map(server));
    [
        Field::new("filter", "q", "Search")
            .kind(Kind::Search)
            .value(&view.filter.search),
        Field::new("filter", "server", "Server")
            .kind(Kind::Choice(servers))
            .value(&view.filter.server),
        Field::new("filter", "state", "State")
            .kind(states)
            .value(&view.filter.state),
    ]
}

fn row(line: &Line, now: Timestamp) -> Row {
    Row {
        key: format!("{}/{}", line.server, line.name),
        cells: vec![
            html! {
                a class="lead" href=(path(line)) { (words::line(&line.name)) }
                div class="quiet small" { "of " (words::line(&line.server)) }
            },
            html! {
                (state(line.status))
                @if line.warnings > 0 { div class="small" { (figure::count(line.warnings, "warning")) } }
            },
            html! {
                @if line.digest.is_empty() { span class="quiet" { "none" } }
                @else { code { (words::line(&line.digest.chars().take(12).collect::<String>())) "…" } }
            },
            html! {
                @if let Some((by, at)) = &line.accepted { (by.draw()) div class="quiet small" { (moment(*at, now)) } }
                @else { span class="quiet" { "nobody" } }
            },
            moment(line.seen_at, now),
        ],
    }
}

fn servers(view: &Tools) -> Markup {
    let row = |server: &Server| Row {
        key: String::new(),
        cells: vec![
            html! { strong { (words::line(&server.name)) } },
            place(&server.place, view.now),
            html! { (figure::full(server.tools)) },
            html! { (figure::full(server.waiting)) },
            html! { @if view.may_change && matches!(server.place, Place::Added { .. }) { (remove(view, server)) } },
        ],
    };
    let rows: Vec<Row> = view.servers.iter().map(row).collect();
    let columns = [
        column("Server"),
        column("Where"),
        number("Tools"),
        number("Waiting"),
        column("Deed"),
    ];
    html! {
        section class="card flush" aria-labelledby="servers" {
            header { h2 id="servers" { "Servers behind the gate" } }
            @if rows.is_empty() { p class="empty" { "None." } } @else { (table("Servers behind the gate", &columns, &rows)) }
        }
    }
}

fn place(place: &Place, now: Timestamp) -> Markup {
    match place {
        Place::File => html! { span class="quiet" { "in the operator's file" } },
        Place::Gone => html! { span class="quiet" { "behind the gate no more" } },
        Place::Added { url, by, at } => html! {
            (words::code(url))
            div class="quiet small" { "added by " (by.draw()) " " (moment(*at, now)) }
        },
    }
}

fn remove(view: &Tools, server: &Server) -> Markup {
    Deed {
        path: paths::deed(paths::MCP_SERVERS, &server.name, "remove"),
        csrf: &view.csrf,
        call: Call::Danger,
        words: "Remove",
        whom: &server.name,
        confirm: "Its tools are there no more from now on. What is being carried out goes on to its end.",
    }
    .draw()
}
