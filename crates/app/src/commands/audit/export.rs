//! `portcullis audit export`: records as a file.

use crate::{
    client::Query,
    commands::desk::{self, Desk},
    exit,
    progress::Progress,
};
use clap::{Args, ValueEnum};
use std::{
    io::{self, BufWriter, Write},
    path::PathBuf,
};

/// Writes records as a file: JSON lines that can be verified offline, CSV, OCSF or CEF.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis audit export --to audit.jsonl\n  \
    portcullis audit export --format csv --from 2026-04-01 --until 2026-05-01 > april.csv"
)]
pub(super) struct Export {
    /// The form: `jsonl` (sealed records), `csv`, `ocsf` or `cef`.
    #[arg(long, value_enum, default_value_t, hide_possible_values = true)]
    format: Form,
    /// The file to write, which must not exist; standard output unless given.
    #[arg(long, value_name = "FILE")]
    to: Option<PathBuf>,
    /// Not before this day or moment.
    #[arg(long, value_name = "MOMENT")]
    from: Option<String>,
    /// Before this day or moment.
    #[arg(long, value_name = "MOMENT")]
    until: Option<String>,
    /// Only of this agent.
    #[arg(long, value_name = "ID")]
    agent: Option<String>,
    /// Only with this verdict.
    #[arg(long)]
    verdict: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, ValueEnum)]
enum Form {
    /// One sealed record as JSON on each line.
    #[default]
    Jsonl,
    /// A table for spreadsheets.
    Csv,
    /// Open Cybersecurity Schema Framework, one event on each line.
    Ocsf,
    /// Common Event Format, one event on each line.
    Cef,
}

impl Form {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Ocsf => "ocsf",
            Self::Cef => "cef",
        }
    }
}

impl Export {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let query = Query::of("/v1/audit/export")
            .and("format", Some(self.format.as_str()))
            .and("start_date", self.from.as_deref())
            .and("end_date", self.until.as_deref())
            .and("agent", self.agent.as_deref())
            .and("verdict", self.verdict.as_deref());
        let Some(path) = &self.to else {
            let mut out = io::stdout().lock();
            client
                .pour(query.as_str(), |piece| out.write_all(piece))
                .await?;
            out.flush()?;
            return Ok(exit::OK);
        };
        let shown = path.display();
        let mut file = BufWriter::new(desk::create(path)?);
        let mut progress = Progress::of("exporting, KiB");
        let (mut bytes, mut lines) = (0_u64, 0_u64);
        let poured = client
            .pour(query.as_str(), |piece| {
                bytes += piece.len() as u64;
                lines += piece.iter().filter(|byte| **byte == b'\n').count() as u64;
                progress.at(bytes / 1024, 0);
                file.write_all(piece)
            })
            .await;
        drop(progress);
        if let Err(error) = poured.and_then(|_| Ok(file.flush()?)) {
            // Half of an export could be taken for a whole one.
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        let value = serde_json::json!({
            "file": path.display().to_string(), "bytes": bytes, "lines": lines,
        });
        desk.output
            .done(&value, &format!("{lines} lines in `{shown}`"))?;
        Ok(exit::OK)
    }
}
