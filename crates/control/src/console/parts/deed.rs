//! A deed on one thing: a form that is one button.

use crate::console::parts::{
    button::{Call, submit, submit_about},
    form::{Form, one_button},
};
use maud::Markup;

/// A form that is one button.
#[derive(Clone, Debug)]
pub struct Deed<'v> {
    /// Where it posts to.
    pub path: String,
    /// The token against forged requests.
    pub csrf: &'v str,
    /// How much it calls.
    pub call: Call,
    /// What it says.
    pub words: &'static str,
    /// Whom it is about, where a page has several of its kind; may be empty.
    pub whom: &'v str,
    /// What is asked before; empty asks nothing.
    pub confirm: &'static str,
}

impl Deed<'_> {
    /// Draws it.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let form = Form {
            path: &self.path,
            csrf: self.csrf,
            confirm: self.confirm,
            ..Form::default()
        };
        let button = if self.whom.is_empty() {
            submit(self.call, self.words)
        } else {
            submit_about(self.call, self.words, self.whom)
        };
        one_button(&form, &button)
    }
}
