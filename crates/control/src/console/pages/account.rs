//! One's own account: passkeys, tokens and sign-ins.

use crate::console::{
    page::Section,
    parts::{
        badge::{self, Tone},
        button::{self, Call, submit},
        field::Field,
        form::{Form, Passkey as Ceremony, one_button, post},
        moment::{last, moment},
        notice::notice,
        table::{Row, table, words as column},
        words,
    },
    paths,
};
use jiff::Timestamp;
use maud::{Markup, html};

/// The part of the console this page belongs to.
pub const SECTION: Section = Section::Account;

/// What the page needs.
#[derive(Clone, Debug)]
pub struct Account {
    /// The moment the page is made.
    pub now: Timestamp,
    /// The token against forged requests.
    pub csrf: String,
    /// The options to register a passkey with, as JSON; empty when that is not possible.
    pub passkey_options: String,
    /// One's passkeys.
    pub passkeys: Vec<Passkey>,
    /// One's tokens for the API.
    pub tokens: Vec<Token>,
    /// A token that was just made: it is shown once, here; empty is none.
    pub new_token: String,
    /// Where one is signed in.
    pub sign_ins: Vec<SignedIn>,
}

/// One passkey.
#[derive(Clone, Debug)]
pub struct Passkey {
    /// Its id here.
    pub id: String,
    /// Its name, as its owner chose it.
    pub name: String,
    /// When it was registered.
    pub created_at: Timestamp,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// Its name, as its owner chose it.
    pub name: String,
    /// When it ends; `None` is never.
    pub expires_at: Option<Timestamp>,
    /// When it was last used.
    pub used_at: Option<Timestamp>,
}

/// One sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Its id.
    pub id: String,
    /// How: `password`, `passkey`, a provider.
    pub by: String,
    /// From where: the browser and the address, as they said.
    pub from: String,
    /// When.
    pub at: Timestamp,
    /// Whether it is the one this page is read with.
    pub is_this: bool,
}

/// The page's body.
#[must_use]
pub fn account(view: &Account) -> Markup {
    html! {
        div class="stack" {
            @if !view.new_token.is_empty() { (new_token(&view.new_token)) }
            (passkeys(view))
            (tokens(view))
            (sign_ins(view))
        }
    }
}

fn new_token(token: &str) -> Markup {
    notice(
        Tone::Good,
        &html! {
            strong { "This is your new token. It is not shown again." }
            div class="row" { code id="new-token" { (token) } (button::copy("new-token", "the token")) }
        },
    )
}

fn passkeys(view: &Account) -> Markup {
    let row = |one: &Passkey| Row {
        key: String::new(),
        cells: vec![
            words::line(&one.name),
            moment(one.created_at, view.now),
            last(one.used_at, view.now),
            remove(view, "passkeys", &one.id, &one.name),
        ],
    };
    let rows: Vec<Row> = view.passkeys.iter().map(row).collect();
    let columns = [
        column("Passkey"),
        column("Registered"),
        column("Last used"),
        column("Change"),
    ];
    html! {
        section class="card flush" aria-labelledby="passkeys" {
            header { h2 id="passkeys" { "Passkeys" } span class="quiet small" { "Destructive actions are approved with one." } }
            @if rows.is_empty() { p class="empty" { "None yet." } } @else { (table("Passkeys", &columns, &rows)) }
            @if !view.passkey_options.is_empty() { div class="filters" { (register(view)) } }
        }
    }
}

fn register(view: &Account) -> Markup {
    let path = paths::one(paths::ACCOUNT, "passkeys");
    let form = Form {
        path: &path,
        csrf: &view.csrf,
        passkey: Some(Ceremony::Create(&view.passkey_options)),
        ..Form::default()
    };
    let name = Field::new("passkey", "name", "Name of the new passkey").required();
    let body = html! {
        (name.draw())
        div { button type="submit" class="button needs-script" { "Register a passkey" } }
    };
    post(&form, &body)
}

fn tokens(view: &Account) -> Markup {
    let row = |one: &Token| Row {
        key: String::new(),
        cells: vec![
            html! { (words::line(&one.name)) div class="quiet small" { (words::code(&one.id)) } },
            last_or(one.expires_at, view.now),
            last(one.used_at, view.now),
            remove(view, "tokens", &one.id, &one.name),
        ],
    };
    let rows: Vec<Row> = view.tokens.iter().map(row).collect();
    let columns = [
        column("Token"),
        column("Ends"),
        column("Last used"),
        column("Change"),
    ];
    let path = paths::one(paths::ACCOUNT, "tokens");
    let form = Form {
        path: &path,
        csrf: &view.csrf,
        ..Form::default()
    };
    let name = Field::new("token", "name", "Name of the new token")
        .hint("It may do what you may do, until it ends.")
        .required();
    html! {
        section class="card flush" aria-labelledby="tokens" {
            header { h2 id="tokens" { "Tokens" } span class="quiet small" { "For the command line and the API." } }
            @if rows.is_empty() { p class="empty" { "None yet." } } @else { (table("Tokens", &columns, &rows)) }
            div class="filters" { (post(&form, &html! { (name.draw()) div { (submit(Call::Normal, "Make a token")) } })) }
        }
    }
}

fn sign_ins(view: &Account) -> Markup {
    let row = |one: &SignedIn| Row {
        key: String::new(),
        cells: vec![
            html! { (words::line(&one.from)) @if one.is_this { " " (badge::label(Tone::Accent, "This one")) } },
            words::line(&one.by),
            moment(one.at, view.now),
            html! { @if !one.is_this { (remove(view, "sign-ins", &one.id, &one.from)) } },
        ],
    };
    let rows: Vec<Row> = view.sign_ins.iter().map(row).collect();
    let columns = [
        column("From"),
        column("By"),
        column("When"),
        column("Change"),
    ];
    html! {
        section class="card flush" aria-labelledby="sign-ins" {
            header { h2 id="sign-ins" { "Where you are signed in" } }
            (table("Sign-ins", &columns, &rows))
        }
    }
}

fn last_or(ends: Option<Timestamp>, now: Timestamp) -> Markup {
    ends.map_or_else(|| html! { "never" }, |at| moment(at, now))
}

fn remove(view: &Account, list: &str, id: &str, name: &str) -> Markup {
    let form = Form {
        path: &paths::deed(&paths::one(paths::ACCOUNT, list), id, "remove"),
        csrf: &view.csrf,
        confirm: "It stops working at once.",
        ..Form::default()
    };
    let button = html! {
        button type="submit" class="button plain slim" { "Remove" span class="hush" { " " (words::line(name)) } }
    };
    one_button(&form, &button)
}
