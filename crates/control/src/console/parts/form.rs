//! Forms that change something: they post, and carry the token that only our own pages know.

use maud::{Markup, html};

/// What a form needs besides its fields.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Form<'v> {
    /// Where it is sent.
    pub path: &'v str,
    /// The token against forged requests.
    pub csrf: &'v str,
    /// What is asked before it is sent; empty asks nothing.
    pub confirm: &'v str,
    /// The options of a passkey ceremony, as JSON (WebAuthn level 3, §5.1.8 and §5.1.9); without
    /// them no passkey is used.
    pub passkey: Option<Passkey<'v>>,
}

/// A passkey ceremony: the browser's answer comes back in the field `credential`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Passkey<'v> {
    /// Make a new one; the options are a `PublicKeyCredentialCreationOptionsJSON`.
    Create(&'v str),
    /// Use one; the options are a `PublicKeyCredentialRequestOptionsJSON`.
    Get(&'v str),
}

/// A form that posts.
#[must_use]
pub fn post(form: &Form<'_>, body: &Markup) -> Markup {
    let (kind, options) = match form.passkey {
        None => (None, None),
        Some(Passkey::Create(options)) => (Some("create"), Some(options)),
        Some(Passkey::Get(options)) => (Some("get"), Some(options)),
    };
    html! {
        form class="stack" method="post" action=(form.path) data-passkey=[kind] data-options=[options]
            data-confirm=[(!form.confirm.is_empty()).then_some(form.confirm)] {
            input type="hidden" name="csrf" value=(form.csrf);
            @if kind.is_some() { input type="hidden" name="credential" value=""; }
            (body)
            @if kind.is_some() {
                p class="error" role="alert" data-note {}
                noscript { p class="hint" { "A passkey needs JavaScript. Everything else here works without it." } }
            }
        }
    }
}

/// A form that is one button.
#[must_use]
pub fn one_button(form: &Form<'_>, button: &Markup) -> Markup {
    html! {
        form class="inline" method="post" action=(form.path)
            data-confirm=[(!form.confirm.is_empty()).then_some(form.confirm)] {
            input type="hidden" name="csrf" value=(form.csrf);
            (button)
        }
    }
}
