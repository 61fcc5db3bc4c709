//! Fields of forms: a label, a hint, what was wrong with it, and the field that they describe.

use maud::{Markup, html};
use portcullis_firewall::visible::{visible_block, visible_line};

/// What kind of field it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum Kind {
    /// One line.
    #[default]
    Line,
    /// One line that nobody may read over a shoulder.
    Password,
    /// One line to search with; the key `/` leads here.
    Search,
    /// Several lines.
    Text,
    /// Several lines of code.
    Code,
    /// One of several.
    Choice(Vec<Choice>),
}

/// One of several values.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub name: String,
}

/// A field. Its id is made of the form's name and its own, so that two forms of one page may have
/// fields of one name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Field {
    /// The form it is in.
    pub form: String,
    /// Its name in what is sent.
    pub name: String,
    /// What it is, in words.
    pub label: String,
    /// What helps to fill it in; may be empty.
    pub hint: String,
    /// What was wrong with what was sent; may be empty.
    pub error: String,
    /// What is in it.
    pub value: String,
    /// Whether it must be filled in.
    pub is_required: bool,
    /// What a browser may fill it in with (HTML `autocomplete`); empty is nothing.
    pub autocomplete: String,
    /// Its kind.
    pub kind: Kind,
}

impl Field {
    /// An empty line.
    #[must_use]
    pub fn new(form: &str, name: &str, label: &str) -> Self {
        Self {
            form: form.to_owned(),
            name: name.to_owned(),
            label: label.to_owned(),
            ..Self::default()
        }
    }

    /// The same, of another kind.
    #[must_use]
    pub fn kind(self, kind: Kind) -> Self {
        Self { kind, ..self }
    }

    /// The same, with a hint.
    #[must_use]
    pub fn hint(self, hint: &str) -> Self {
        let hint = hint.to_owned();
        Self { hint, ..self }
    }

    /// The same, with what is in it.
    #[must_use]
    pub fn value(self, value: &str) -> Self {
        let value = value.to_owned();
        Self { value, ..self }
    }

    /// The same, with what was wrong.
    #[must_use]
    pub fn error(self, error: &str) -> Self {
        let error = error.to_owned();
        Self { error, ..self }
    }

    /// The same, filled in by the browser.
    #[must_use]
    pub fn autocomplete(self, autocomplete: &str) -> Self {
        let autocomplete = autocomplete.to_owned();
        Self {
            autocomplete,
            ..self
        }
    }

    /// The same, to be filled in.
    #[must_use]
    pub fn required(self) -> Self {
        Self {
            is_required: true,
            ..self
        }
    }

    /// The field with everything around it.
    #[must_use]
    pub fn draw(&self) -> Markup {
        let id = format!("{}-{}", self.form, self.name);
        html! {
            div class="field" {
                label for=(id) { (self.label) }
                @if !self.hint.is_empty() { span class="hint" id={ (id) "-hint" } { (self.hint) } }
                (self.input(&id))
                @if !self.error.is_empty() { span class="error" id={ (id) "-error" } { (visible_line(&self.error)) } }
            }
        }
    }

    fn input(&self, id: &str) -> Markup {
        let described = self.described_by(id);
        let invalid = (!self.error.is_empty()).then_some("true");
        let complete = if self.autocomplete.is_empty() {
            "off"
        } else {
            &self.autocomplete
        };
        let name = &self.name;
        let target = (self.kind == Kind::Search).then_some("search");
        match &self.kind {
            Kind::Line | Kind::Password | Kind::Search => html! {
                // What cannot be seen is written out: nobody sends on what they did not see.
                input class="input" id=(id) name=(name) type=(self.type_word()) value=(visible_line(&self.value))
                    autocomplete=(complete) aria-describedby=[described] aria-invalid=[invalid]
                    required[self.is_required] data-key-target=[target] autocapitalize="none" spellcheck="false";
            },
            Kind::Text | Kind::Code => html! {
                textarea class=(if self.kind == Kind::Code { "input code" } else { "input" }) id=(id) name=(name)
                    autocomplete=(complete) aria-describedby=[described] aria-invalid=[invalid]
                    required[self.is_required] spellcheck=(if self.kind == Kind::Code { "false" } else { "true" }) {
                    // The first line feed of a text area is not part of it (HTML §13.1.2.5).
                    "\n" (visible_block(&self.value))
                }
            },
            Kind::Choice(choices) => html! {
                select class="input" id=(id) name=(name) aria-describedby=[described] aria-invalid=[invalid]
                    required[self.is_required] {
                    @for choice in choices {
                        option value=(choice.value) selected[choice.value == self.value] { (choice.name) }
                    }
                }
            },
        }
    }

    const fn type_word(&self) -> &'static str {
        match self.kind {
            Kind::Password => "password",
            Kind::Search => "search",
            Kind::Line | Kind::Text | Kind::Code | Kind::Choice(_) => "text",
        }
    }

    fn described_by(&self, id: &str) -> Option<String> {
        let parts = [("hint", &self.hint), ("error", &self.error)];
        let ids: Vec<String> = parts
            .into_iter()
            .filter(|(_, words)| !words.is_empty())
            .map(|(part, _)| format!("{id}-{part}"))
            .collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// One of several values; the first is what is sent, the second what is read.
#[must_use]
pub fn choices(pairs: &[(&str, &str)]) -> Kind {
    let choice = |(value, name): &(&str, &str)| Choice {
        value: (*value).to_owned(),
        name: (*name).to_owned(),
    };
    Kind::Choice(pairs.iter().map(choice).collect())
}

/// A box to tick.
#[must_use]
pub fn tick(name: &str, value: &str, words: &str, is_ticked: bool) -> Markup {
    html! {
        label class="choice" {
            input type="checkbox" name=(name) value=(value) checked[is_ticked];
            span { (words) }
        }
    }
}
