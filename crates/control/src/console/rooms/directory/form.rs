//! A form on a page of its own: shown, and shown again with what was wrong and what was typed.

use crate::console::{
    page::{Crumb, Section},
    pages::directory::sheet::{Part, Sheet, sheet},
    parts::field::{Choice, Field, Kind},
    rooms::{
        answer::{Answer, Body, Refused, back},
        fields::Fields,
        seat::Seated,
    },
};
use axum::http::StatusCode;
use maud::html;
use portcullis_door::reply::Refusal;
use portcullis_firewall::{error::GateError, visible::visible_line, workspace::Workspace};

/// What is in the fields of a form: what somebody sent, else what there is.
pub(super) enum Filled<'f> {
    /// Sent.
    Sent(&'f Fields),
    /// As things are, by the name of the field.
    Known(Vec<(String, String)>),
}

impl Filled<'_> {
    /// Nothing yet.
    pub(super) const fn blank() -> Self {
        Self::Known(Vec::new())
    }

    /// What is in a field.
    pub(super) fn of(&self, name: &str) -> &str {
        match self {
            Self::Sent(sent) => sent.verbatim(name),
            Self::Known(known) => {
                let found = known.iter().find(|(own, _)| own == name);
                found.map_or("", |(_, value)| value)
            }
        }
    }

    /// A field of a form, filled in.
    pub(super) fn line(&self, name: &str, label: &str) -> Field {
        Field::new("form", name, label).value(self.of(name))
    }
}

/// The page of a form.
pub(super) struct FormPage<'v> {
    pub title: &'v str,
    pub section: Section,
    pub crumbs: Vec<Crumb>,
    /// Where it is sent.
    pub path: String,
    /// Where it leads to do nothing.
    pub cancel: String,
    pub call: &'v str,
    pub more: &'v str,
    pub parts: Vec<Part>,
}

impl FormPage<'_> {
    /// The form.
    pub(super) fn ask(self, seat: &Seated) -> Answer {
        self.show(seat, (StatusCode::OK, String::new()))
    }

    /// Back to where something is now, or the form with what was wrong.
    ///
    /// # Errors
    /// What is no fault of the form.
    pub(super) fn answer(self, seat: &Seated, done: Result<String, Refusal>) -> Answer {
        match done {
            Ok(path) => back(&path),
            Err(refusal) => self.again(seat, &refusal),
        }
    }

    fn again(mut self, seat: &Seated, refusal: &Refusal) -> Answer {
        let status = refusal.status();
        if ![StatusCode::UNPROCESSABLE_ENTITY, StatusCode::CONFLICT].contains(&status) {
            return Err(Refused::from(refusal.clone()));
        }
        let mut left = Vec::new();
        let mut faults: Vec<(String, String)> = refusal
            .details()
            .iter()
            .map(|fault| (fault.path.clone(), fault.message.clone()))
            .collect();
        if faults.is_empty() {
            faults.push((
                place(refusal.code()).to_owned(),
                refusal.message().to_owned(),
            ));
        }
        for (path, message) in faults {
            if !self.blame(&path, &message) {
                left.push(if path.is_empty() {
                    message
                } else {
                    format!("{path}: {message}")
                });
            }
        }
        self.show(seat, (status, left.join("; ")))
    }

    /// Puts what is wrong to the field it is about; says whether there is one.
    fn blame(&mut self, path: &str, message: &str) -> bool {
        let fields = self.parts.iter_mut().flat_map(|part| &mut part.fields);
        for field in fields {
            let Some(rest) = path.strip_prefix(field.name.as_str()) else {
                continue;
            };
            let inner = rest
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            let words = match inner.map(str::parse::<usize>) {
                Some(Ok(at)) => format!("{} of them: {message}", ordinal(at)),
                _ if rest.is_empty() => message.to_owned(),
                _ => continue,
            };
            if !field.error.is_empty() {
                field.error.push_str("; ");
            }
            field.error.push_str(&words);
            return true;
        }
        false
    }

    fn show(self, seat: &Seated, (status, error): (StatusCode, String)) -> Answer {
        let view = Sheet {
            csrf: seat.csrf.clone(),
            path: self.path,
            parts: self.parts,
            error,
            call: self.call.to_owned(),
            more: self.more.to_owned(),
            cancel: self.cancel,
        };
        let body = Body {
            title: self.title,
            section: self.section,
            crumbs: self.crumbs,
            deeds: html! {},
            markup: sheet(&view),
        };
        Ok(body.show(seat, status, &[]))
    }
}

/// The field that a refusal by the present state is about; empty is the form as a whole.
fn place(code: &str) -> &'static str {
    match code.split('.').next_back() {
        Some("name_taken") => "name",
        Some("exists") => "id",
        Some("short_name_taken") => "short_name",
        _ => "",
    }
}

/// The place of a pattern among those of a field, as people count.
fn ordinal(at: usize) -> String {
    let number = at.saturating_add(1);
    let end = match (number % 10, number % 100) {
        (1, tens) if tens != 11 => "st",
        (2, tens) if tens != 12 => "nd",
        (3, tens) if tens != 13 => "rd",
        _ => "th",
    };
    format!("the {number}{end}")
}

/// What becomes of what was sent, when it can be read.
///
/// # Errors
/// Why it cannot, and what `deed` says.
pub(super) async fn attempted<D, T, F>(
    draft: Result<D, Refusal>,
    deed: impl FnOnce(D) -> F,
) -> Result<T, Refusal>
where
    F: Future<Output = Result<T, GateError>>,
{
    Ok(deed(draft?).await?)
}

/// Fields without a heading.
pub(super) fn plain(fields: Vec<Field>) -> Part {
    Part {
        fields,
        ..Part::default()
    }
}

/// The choice of a workspace: those there are, and one that is not there but was sent.
pub(super) fn places(workspaces: &[Workspace], sent: &str) -> Kind {
    let choice = |id: &str| Choice {
        value: id.to_owned(),
        name: visible_line(id).into_owned(),
    };
    let known = workspaces.iter().map(|one| one.id.as_str());
    let missing = !sent.is_empty() && known.clone().all(|id| id != sent);
    let all = missing.then_some(sent).into_iter().chain(known);
    Kind::Choice(all.map(choice).collect())
}
