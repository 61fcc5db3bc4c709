//! `cargo run -p portcullis-xtask -- tidy` prints every breach of the house rules.

use portcullis_xtask::{
    house::{House, ReadError},
    tidy,
};
use std::{
    io::{self, Write},
    process::ExitCode,
};

const USAGE: &str = "usage: xtask tidy";

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    match (arguments.next().as_deref(), arguments.next()) {
        (Some("tidy"), None) => run_tidy(),
        _ => say(&mut io::stderr(), USAGE, ExitCode::from(2)),
    }
}

fn run_tidy() -> ExitCode {
    let house = match House::read() {
        Ok(house) => house,
        Err(error) => return say(&mut io::stderr(), &reason(&error), ExitCode::from(2)),
    };
    let findings = tidy::findings(&house);
    if findings.is_empty() {
        let files = house.files.len();
        let words = format!("tidy: {files} files keep {} rules", tidy::RULES.len());
        return say(&mut io::stdout(), &words, ExitCode::SUCCESS);
    }
    let lines: Vec<String> = findings.iter().map(ToString::to_string).collect();
    say(&mut io::stdout(), &lines.join("\n"), ExitCode::FAILURE)
}

fn reason(error: &ReadError) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}

/// Writes a line and ends; a reader that has gone away is no reason to panic.
fn say(to: &mut impl Write, words: &str, code: ExitCode) -> ExitCode {
    writeln!(to, "{words}").map_or(ExitCode::FAILURE, |()| code)
}
