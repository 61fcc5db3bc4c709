//! Everything that is printed: text or tables for people, JSON for programs.
//!
//! Results go to standard output and nothing else does; notes, progress and failures go to
//! standard error. What came from elsewhere is [cleaned](clean::clean) before a terminal sees it.

pub(crate) mod clean;
pub(crate) mod style;
pub(crate) mod table;

use crate::{client::ClientError, exit, founding::Founded};
use anstream::ColorChoice;
use anstyle::Style;
use clap::ValueEnum;
use serde::Serialize;
use serde_json::{Value, json};
use std::{
    io::{self, ErrorKind, Write},
    path::Path,
    process::ExitCode,
};
use table::Table;

/// How results are printed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Table,
    /// For programs.
    Json,
}

/// Whether to use colour.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, ValueEnum)]
pub(crate) enum Color {
    /// When the output is a terminal and NO_COLOR is not set.
    #[default]
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Where results go, and in which form.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    format: Format,
}

impl Output {
    /// Output in a form, coloured or not.
    #[must_use]
    pub(crate) fn new(format: Format, color: Color) -> Self {
        match color {
            Color::Auto => ColorChoice::Auto,
            Color::Always => ColorChoice::Always,
            Color::Never => ColorChoice::Never,
        }
        .write_global();
        Self { format }
    }

    /// Whether programs read it.
    #[must_use]
    pub(crate) fn is_json(self) -> bool {
        self.format == Format::Json
    }

    /// A line for people. Programs do not see it: then it goes to standard error.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn line(self, text: &str) -> io::Result<()> {
        if self.is_json() {
            self.note(text)
        } else {
            self.raw(&format!("{}\n", clean::clean(text)))
        }
    }

    /// A line on standard error, whatever the form.
    ///
    /// # Errors
    /// When it cannot be written.
    #[expect(clippy::unused_self, reason = "whoever speaks holds the output")]
    pub(crate) fn note(self, text: &str) -> io::Result<()> {
        writeln!(anstream::stderr().lock(), "{}", clean::clean(text))
    }

    /// Text that is printed as it is, colours included: whoever calls has cleaned its pieces.
    ///
    /// # Errors
    /// When it cannot be written.
    #[expect(clippy::unused_self, reason = "whoever speaks holds the output")]
    pub(crate) fn raw(self, text: &str) -> io::Result<()> {
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()
    }

    /// The same on standard error, for what is said beside the output of something else.
    ///
    /// # Errors
    /// When it cannot be written.
    #[expect(clippy::unused_self, reason = "whoever speaks holds the output")]
    pub(crate) fn aside(self, text: &str) -> io::Result<()> {
        anstream::stderr().lock().write_all(text.as_bytes())
    }

    /// A value for programs.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn json(self, value: &impl Serialize) -> io::Result<()> {
        let mut text = serde_json::to_string_pretty(value)?;
        text.push('\n');
        self.raw(&text)
    }

    /// A value as JSON, or the table made of it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn show(self, value: &Value, table: impl FnOnce(&Value) -> Table) -> io::Result<()> {
        if self.is_json() {
            self.json(value)
        } else {
            self.raw(&table(value).render())
        }
    }

    /// A value as JSON, or a sentence about it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub(crate) fn done(self, value: &Value, sentence: &str) -> io::Result<()> {
        if self.is_json() {
            self.json(value)
        } else {
            self.line(sentence)
        }
    }

    /// The first credentials of a tenant, shown once.
    ///
    /// # Errors
    /// When they cannot be written.
    pub(crate) fn founded(
        self,
        founded: &Founded,
        (url, public): (&str, &str),
        data: &Path,
    ) -> anyhow::Result<()> {
        let public = public.trim_end_matches('/');
        let link = format!("{public}/console/invitation?code={}", founded.invitation);
        if self.is_json() {
            let value = serde_json::to_value(founded)?;
            let place =
                json!({ "url": url, "data": data.display().to_string(), "invitation_link": link });
            return Ok(self.json(&with(value, place))?);
        }
        let data = data.display().to_string();
        let table = Table::facts([
            ("url", url),
            ("data", &data),
            ("tenant", &founded.tenant),
            ("invitation", &link),
            ("admin token", &founded.admin_token),
            ("agent id", &founded.agent_id),
            ("agent key", &founded.agent_key),
            ("client key", &founded.client_key),
            ("gate key", &founded.gate_key),
        ]);
        self.raw(&table.render())?;
        self.line("\nKeep these: the tokens are not stored and not shown again.")?;
        self.line(&format!(
            "Next:\n  export PORTCULLIS_URL={url} PORTCULLIS_TOKEN={}\n  \
             portcullis policy apply --tenant-policy tenant-policy.yaml",
            founded.admin_token
        ))?;
        Ok(())
    }

    /// Says why something was not done, and gives the exit code for it.
    ///
    /// A reader that went away, as `head` does, is no failure.
    #[must_use]
    pub(crate) fn failed(self, error: &anyhow::Error) -> ExitCode {
        if went_away(error) {
            return ExitCode::from(exit::OK);
        }
        // There is nowhere left to say that this failed.
        let _ = if self.is_json() {
            failed_json(error)
        } else {
            failed_text(error)
        };
        ExitCode::from(match error.downcast_ref::<ClientError>() {
            Some(ClientError::Unreachable { .. }) => exit::UNAVAILABLE,
            Some(ClientError::Refused(refusal)) if refusal.status == 503 => exit::UNAVAILABLE,
            _ => exit::FAILED,
        })
    }
}

fn went_away(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == ErrorKind::BrokenPipe)
    })
}

fn failed_text(error: &anyhow::Error) -> io::Result<()> {
    let mut err = anstream::stderr().lock();
    let bad = style::BAD;
    write!(
        err,
        "{bad}error{bad:#}: {}",
        clean::clean(&format!("{error:#}"))
    )?;
    writeln!(err)?;
    let Some(ClientError::Refused(refusal)) = error.downcast_ref() else {
        return Ok(());
    };
    for (path, message) in &refusal.details {
        let (path, message) = (clean::clean(path), clean::clean(message));
        let pause = if path.is_empty() { "" } else { ": " };
        writeln!(err, "  {path}{pause}{message}")?;
    }
    if let Some(id) = &refusal.request_id {
        let faint = style::FAINT;
        writeln!(
            err,
            "  {faint}{} · request {}{faint:#}",
            refusal.code,
            clean::clean(id)
        )?;
    }
    Ok(())
}

fn failed_json(error: &anyhow::Error) -> io::Result<()> {
    let value = match error.downcast_ref() {
        Some(ClientError::Refused(refusal)) => json!({
            "error": {
                "code": refusal.code,
                "message": refusal.message,
                "details": refusal.details.iter()
                    .map(|(path, message)| json!({ "path": path, "message": message }))
                    .collect::<Vec<_>>(),
            },
            "status": refusal.status,
            "request_id": refusal.request_id,
        }),
        Some(ClientError::Unreachable { .. }) => {
            json!({ "error": { "code": "gate.unreachable", "message": format!("{error:#}") } })
        }
        _ => json!({ "error": { "code": "failed", "message": format!("{error:#}") } }),
    };
    writeln!(io::stderr().lock(), "{value}")
}

/// A text in a style, cleaned.
#[must_use]
pub(crate) fn painted(style: Style, text: &str) -> String {
    format!("{style}{}{style:#}", clean::clean(text))
}

/// An object with the members of another laid over its own.
#[must_use]
pub(crate) fn with(mut value: Value, more: Value) -> Value {
    if let (Some(members), Value::Object(more)) = (value.as_object_mut(), more) {
        members.extend(more);
    }
    value
}
