//! One's own account: passkeys, tokens and sign-ins.

use crate::console::{
    page::Section,
    parts::{
        badge::{self, Tone},
        button::{self, Call, submit},
        field::{Field, Kind},
        form::{Form, Passkey as Ceremony, one_button, post},
        moment::moment,
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
    /// Whether one has a password, which must be shown to change it.
    pub has_password: bool,
    /// One's user in Slack; `None` when this gate is not connected to Slack.
    pub slack: Option<Slack>,
}

/// One's user in Slack.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Slack {
    /// The user's id there; empty while it is not linked.
    pub user: String,
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
}

/// One token.
#[derive(Clone, Debug)]
pub struct Token {
    /// Its id.
    pub id: String,
    /// Its name, as its owner chose it.
    pub name: String,
    /// When it was issued.
    pub created_at: Timestamp,
    /// When it ends; `None` is never.
    pub expires_at: Option<Timestamp>,
}

/// One sign-in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Its id.
    pub id: String,
    /// When.
    pub at: Timestamp,
    /// When it ends.
    pub expires_at: Option<Timestamp>,
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
            (password(view))
            (slack(view))
            (sign_ins(view))
        }
    }
}

fn password(view: &Account) -> Markup {
    let path = paths::one(paths::ACCOUNT, "password");
    let form = Form {
        path: &path,
        csrf: &view.csrf,
        ..Form::default()
    };
    let field = |name: &str, label: &str, complete: &str| {
        Field::new("password", name, label)
            .kind(Kind::Password)
            .autocomplete(complete)
            .required()
    };
    let old = field("old", "Your password now", "current-password");
    let new = field("new", "The new one", "new-password").hint("At least 15 characters.");
    let again = field("again", "The new one once more", "new-password");
    html! {
        section class="card flush" aria-labelledby="password" {
            header { h2 id="password" { "Password" } span class="quiet small" { "Changing it ends your other sign-ins." } }
            div class="filters" {
                (post(&form, &html! {
                    @if view.has_password { (old.draw()) }
                    (new.draw())
                    (again.draw())
                    div { (submit(Call::Normal, "Change the password")) }
                }))
            }
        }
    }
}

fn slack(view: &Account) -> Markup {
    let Some(slack) = &view.slack else {
        return html! {};
    };
    let path = paths::deed(paths::ACCOUNT, "slack", "remove");
    let form = Form {
        path: &path,
        csrf: &view.csrf,
        confirm: "You can no longer decide in Slack.",
        ..Form::default()
    };
    html! {
        section class="card stack" aria-labelledby="slack" {
            h2 id="slack" { "Slack" }
            @if slack.user.is_empty() {
                p { "Link your user in Slack to decide there." }
                p { (button::link(Call::Normal, paths::SLACK, "Link Slack")) }
            } @else {
                p { "You are " (words::code(&slack.user)) " in Slack." }
                (one_button(&form, &html! { button type="submit" class="button" { "Unlink Slack" } }))
            }
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
            remove(view, "passkeys", &one.id, &one.name),
        ],
    };
    let rows: Vec<Row> = view.passkeys.iter().map(row).collect();
    let columns = [column("Passkey"), column("Registered"), column("Change")];
    html! {
        section class="card flush" aria-labelledby="passkeys" {
            header {
                h2 id="passkeys" { "Passkeys" }
                span class="quiet small" {
                    "Destructive actions are approved with one."
                    @if !rows.is_empty() { " Sign in with one to change them." }
                }
            }
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
            moment(one.created_at, view.now),
            last_or(one.expires_at, view.now),
            remove(view, "tokens", &one.id, &one.name),
        ],
    };
    let rows: Vec<Row> = view.tokens.iter().map(row).collect();
    let columns = [
        column("Token"),
        column("Issued"),
        column("Ends"),
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
            html! { (words::code(&one.id)) @if one.is_this { " " (badge::label(Tone::Accent, "This one")) } },
            moment(one.at, view.now),
            last_or(one.expires_at, view.now),
            html! { @if !one.is_this { (remove(view, "sign-ins", &one.id, &one.id)) } },
        ],
    };
    let rows: Vec<Row> = view.sign_ins.iter().map(row).collect();
    let columns = [
        column("Sign-in"),
        column("Since"),
        column("Ends"),
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
