//! Signing in: password, single sign-on, passkey. Whichever ways are configured are offered.

use crate::console::{
    page::{Flash, alone},
    parts::{
        button::{Call, link, submit},
        field::{Field, Kind},
        form::{Form, Passkey, post},
    },
    paths,
};
use maud::{Markup, html};

/// What the page needs.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct SignIn {
    /// The token against forged requests.
    pub csrf: String,
    /// Whether a name and a password are taken.
    pub has_password: bool,
    /// Whether there are several tenants, so that one must be named.
    pub asks_tenant: bool,
    /// The tenant that was tried.
    pub tenant: String,
    /// The name that was tried, to be tried again.
    pub name: String,
    /// What was wrong; never which of name and password it was.
    pub error: String,
    /// Single sign-on: each provider's name and where signing in there begins.
    pub providers: Vec<Provider>,
    /// The options of a passkey ceremony as JSON; empty is no passkeys.
    pub passkey_options: String,
    /// Where to go after signing in: a path of this console, checked by the caller.
    pub next: String,
}

/// A provider of single sign-on.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Provider {
    /// Its name, as people know it.
    pub name: String,
    /// Where signing in there begins.
    pub path: String,
}

/// The page. It is a whole document, as nobody is signed in.
#[must_use]
pub fn sign_in(view: &SignIn, flashes: &[Flash]) -> Markup {
    let body = html! {
        div class="card stack" {
            h1 { "Sign in" }
            @if !view.error.is_empty() { p class="error" role="alert" { (view.error) } }
            @for provider in &view.providers {
                (link(Call::Normal, &provider.path, &format!("Continue with {}", provider.name)))
            }
            @if !view.passkey_options.is_empty() { (passkey(view)) }
            @if view.has_password && !(view.providers.is_empty() && view.passkey_options.is_empty()) {
                p class="quiet small" { "Or with a password:" }
            }
            @if view.has_password { (password(view)) }
            @if !view.has_password && view.providers.is_empty() && view.passkey_options.is_empty() {
                p { "No way to sign in is configured. Whoever runs this gate sets one up." }
            }
        }
        p class="quiet small" { "Agents do not sign in here. Every attempt is recorded." }
    };
    alone("Sign in", flashes, &body)
}

fn password(view: &SignIn) -> Markup {
    let form = Form {
        path: paths::SIGN_IN,
        csrf: &view.csrf,
        ..Form::default()
    };
    let name = Field::new("sign-in", "name", "Name")
        .value(&view.name)
        .autocomplete("username webauthn")
        .required();
    let password = Field::new("sign-in", "password", "Password")
        .kind(Kind::Password)
        .autocomplete("current-password")
        .required();
    let tenant = Field::new("sign-in", "tenant", "Tenant")
        .value(&view.tenant)
        .autocomplete("organization")
        .required();
    let fields = html! {
        (next(view))
        @if view.asks_tenant { (tenant.draw()) }
        (name.draw())
        (password.draw())
        (submit(Call::Primary, "Sign in"))
    };
    post(&form, &fields)
}

fn passkey(view: &SignIn) -> Markup {
    let form = Form {
        path: paths::SIGN_IN_PASSKEY,
        csrf: &view.csrf,
        passkey: Some(Passkey::Get(&view.passkey_options)),
        ..Form::default()
    };
    let button = html! {
        (next(view))
        button type="submit" class="button wide needs-script" { "Use a passkey" }
    };
    post(&form, &button)
}

fn next(view: &SignIn) -> Markup {
    html! { input type="hidden" name="next" value=(view.next); }
}
