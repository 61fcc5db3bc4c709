//! The audit trail in four file formats.
//!
//! | Format | For | Can be verified |
//! |---|---|---|
//! | JSON lines | the records as they were sealed | yes, offline |
//! | CSV | spreadsheets | no: a view |
//! | OCSF | event pipelines: API Activity, schema 1.6.0 | no: a view |
//! | CEF | log collectors, one line each | no: a view |
//!
//! Much of a record is text that an agent chose. In no format can it make a field, a line or a
//! formula.

mod cef;
mod csv;
mod member;
mod ocsf;
mod severity;

pub use ocsf::{CLASS_UID, SCHEMA_VERSION};

use crate::wire::record;
use portcullis_firewall::batch::StoredRecord;

/// A file format for records.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Format {
    /// The sealed records, one a line.
    #[default]
    JsonLines,
    /// Comma-separated values, RFC 4180.
    Csv,
    /// OCSF API Activity events, one JSON object a line.
    Ocsf,
    /// ArcSight's Common Event Format, one a line.
    Cef,
}

impl Format {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::JsonLines, Self::Csv, Self::Ocsf, Self::Cef];

    /// The name in a query.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Ocsf => "ocsf",
            Self::Cef => "cef",
        }
    }

    /// The format with a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == name)
    }

    /// What a file of this format is.
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::JsonLines | Self::Ocsf => "application/x-ndjson",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Cef => "text/plain; charset=utf-8",
        }
    }

    /// The end of a file's name.
    #[must_use]
    pub const fn extension(self) -> &'static str {
        match self {
            Self::JsonLines => "jsonl",
            Self::Csv => "csv",
            Self::Ocsf => "ocsf.jsonl",
            Self::Cef => "cef",
        }
    }

    /// What stands before the first record.
    #[must_use]
    pub const fn head(self) -> &'static str {
        match self {
            Self::Csv => csv::HEAD,
            Self::JsonLines | Self::Ocsf | Self::Cef => "",
        }
    }

    /// Writes a record, with the end of its line.
    pub fn write(self, stored: &StoredRecord, out: &mut Vec<u8>) {
        match self {
            Self::JsonLines => {
                out.extend_from_slice(&record::sealed(stored));
                out.push(b'\n');
            }
            Self::Csv => csv::write(stored, out),
            Self::Ocsf => ocsf::write(stored, out),
            Self::Cef => cef::write(stored, out),
        }
    }
}
