//! Approver lists: who may approve which actions.

use super::{Entry, List, several};
use crate::console::{
    page::Section,
    parts::{
        badge,
        pager::Pager,
        table::{Row, words as column},
        words,
    },
    paths,
};
use maud::{Markup, html};
use portcullis_policy::tier::RiskTier;

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::ApproverLists;

/// What the page needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ApproverLists {
    /// What was searched for; may be empty.
    pub search: String,
    /// The lists of this page.
    pub lines: Vec<ApproverList>,
    /// Before and after.
    pub pager: Pager,
}

/// Who may approve what.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ApproverList {
    /// The actions it is for, as the tenant policy writes them.
    pub actions: String,
    /// The risk tier it is for; `None` is every tier that asks people.
    pub risk: Option<RiskTier>,
    /// The groups.
    pub groups: Vec<Entry>,
    /// The people.
    pub people: Vec<Entry>,
    /// How many different people must approve.
    pub required: u8,
    /// How many people could, right now: fewer than required is a dead end.
    pub able: u64,
}

/// The page's body.
#[must_use]
pub fn approver_lists(view: &ApproverLists) -> Markup {
    let columns = [
        column("Actions"),
        column("Risk"),
        column("Groups"),
        column("People"),
        column("Required"),
    ];
    let list = List {
        name: "Approver lists",
        path: paths::APPROVER_LISTS,
        search: &view.search,
        columns: &columns,
        rows: view.lines.iter().map(row).collect(),
        pager: &view.pager,
        nothing: "Without a list, any operator may approve. The tenant policy keeps the lists.",
    };
    list.draw()
}

fn row(list: &ApproverList) -> Row {
    let risk = list.risk.map_or_else(|| html! { "3 and 4" }, badge::risk);
    Row {
        key: String::new(),
        cells: vec![
            words::code(&list.actions),
            risk,
            several(paths::GROUPS, &list.groups),
            several(paths::PEOPLE, &list.people),
            html! {
                (list.required) " of " (list.able)
                @if list.able < u64::from(list.required) { div class="error" { "Too few: every such action times out" } }
            },
        ],
    }
}
