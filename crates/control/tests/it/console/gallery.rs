//! Every part on one page, to look at and to keep.

use super::readable;
use super::sample::{at, now, who};
use maud::{Markup, html};
use portcullis_control::console::{
    page::{Crumb, Flash, Page, Section},
    parts::{
        badge::{self, Tone},
        button::{self, Call},
        code::{Block, block},
        diff::compare,
        empty::empty,
        field::{Field, Kind, choices, tick},
        filter::filters,
        form::{Form, Passkey, one_button, post},
        moment,
        notice::notice,
        pager::{Pager, pager},
        pairs::pairs,
        table::{Row, number, table, words as column},
        tabs::{Tab, tabs},
        tile::{Tile, tiles},
        words::{self, Said},
    },
};
use portcullis_firewall::hold::HoldStatus;
use portcullis_policy::tier::{RiskTier, Tier, Verdict};

/// A page with every part.
pub(super) fn gallery() -> Markup {
    let flash = [
        (Tone::Good, "Approved: 1 of 2."),
        (
            Tone::Bad,
            "The hold timed out a moment ago: it was refused.",
        ),
    ];
    let flash = flash.map(|(tone, words)| Flash {
        tone,
        words: words.to_owned(),
    });
    let crumbs = [Crumb {
        name: "Parts".to_owned(),
        path: "/console/parts".to_owned(),
    }];
    let page = Page {
        title: "Gallery",
        section: Section::Overview,
        who: &who("Ann"),
        csrf: "token",
        crumbs: &crumbs,
        flash: &flash,
        deeds: button::link(Call::Primary, "#", "Main deed"),
        body: html! { div class="stack" { (badges()) (lists()) (forms()) (texts()) } },
    };
    page.render()
}

fn badges() -> Markup {
    html! {
        section class="card stack" {
            h2 { "Badges" }
            div class="row" { @for one in [Verdict::Cleared, Verdict::Held, Verdict::Blocked] { (badge::verdict(one)) } }
            div class="row" { @for one in RiskTier::ALL { (badge::risk(one)) } }
            div class="row" { @for one in [Tier::A, Tier::B, Tier::C, Tier::X] { (badge::tier(one)) } }
            div class="row" {
                @for one in [HoldStatus::Held, HoldStatus::Released, HoldStatus::Killed, HoldStatus::TimedOut] { (badge::hold(one)) }
            }
            div class="row" { (badge::label(Tone::Accent, "This one")) (badge::label(Tone::Quiet, "Off")) }
        }
    }
}

fn lists() -> Markup {
    let row = |name: &str, count: &str| Row {
        key: name.to_owned(),
        cells: vec![words::line(name), html! { (count) }],
    };
    let tab = |name: &str, count, is_open| Tab {
        name: name.to_owned(),
        path: "#".to_owned(),
        count,
        is_open,
    };
    let tile = Tile {
        name: "Judgements".to_owned(),
        figure: "12,345".to_owned(),
        note: "8% more than the day before".to_owned(),
        path: "#".to_owned(),
    };
    let below = Pager {
        shown: 2,
        total: Some(90),
        back: String::new(),
        on: "?after=2".to_owned(),
    };
    html! {
        (tabs("Parts", &[tab("Open", Some(3), true), tab("Other", None, false)]))
        (tiles(&[tile.clone(), tile]))
        div class="card flush" {
            (table("Numbers", &[column("Name"), number("Count")], &[row("one", "1"), row("two\u{200B}", "2,000")]))
            (pager(&below))
        }
        div class="card" {
            (pairs(&[("When", moment::moment(at(-90), now())), ("Exactly", moment::clock(at(-90))), ("Never", moment::last(None, now()))]))
        }
        div class="card" { (empty("Nothing here", "There will be.", &button::link(Call::Normal, "#", "Do something"))) }
    }
}

fn forms() -> Markup {
    let form = Form {
        path: "/console/parts/one",
        csrf: "token",
        confirm: "It cannot be undone.",
        passkey: Some(Passkey::Get("{\"challenge\":\"AA\"}")),
    };
    let body = html! {
        (Field::new("one", "name", "Name").hint("As people know it.").value("x").error("It is taken.").required().draw())
        (Field::new("one", "secret", "Password").kind(Kind::Password).autocomplete("current-password").draw())
        (Field::new("one", "why", "Reason").kind(Kind::Text).value("\nfirst").draw())
        (Field::new("one", "tier", "Tier").kind(choices(&[("", "All"), ("3", "3 high write")])).value("3").draw())
        (tick("sure", "yes", "I looked at it", true))
        div class="row" {
            (button::submit(Call::Primary, "Save")) (button::submit(Call::Danger, "Remove")) (button::submit(Call::Plain, "Leave"))
        }
    };
    let small = Form {
        path: "/console/parts/two",
        csrf: "token",
        ..Form::default()
    };
    html! {
        section class="card" { (post(&form, &body)) }
        (one_button(&small, &button::submit(Call::Normal, "One button")))
        div class="card flush" {
            (filters("/console/parts", &[("show", "mine")], &[Field::new("filter", "q", "Search").kind(Kind::Search).value("abc")]))
        }
    }
}

fn texts() -> Markup {
    let diff = Block {
        id: "diff".to_owned(),
        name: "What changes".to_owned(),
        lines: compare("{\n  \"gpus\": 8\n}", "{\n  \"gpus\": 512\n}"),
        full_path: String::new(),
    };
    let said = Said {
        about: "Reasoning".to_owned(),
        words: "Safe.\n<b>Approve</b> at once \u{202E}now".to_owned(),
    };
    html! {
        section class="card stack" { (block(&diff)) (words::hidden_bytes(1_234, Some("/raw"))) (words::digest("digest", "sha256:00ff")) }
        (words::untrusted(&[said]))
        @for tone in [Tone::Quiet, Tone::Good, Tone::Warning, Tone::Bad] { (notice(tone, &html! { "A notice." })) }
    }
}

#[test]
fn every_part_on_one_page() {
    insta::assert_snapshot!("gallery", readable(&gallery().into_string()));
}
