//! The launcher alone: what `portcullis __walls` is. The tests start their commands by it.

use std::process::ExitCode;

fn main() -> ExitCode {
    portcullis_runner::walls::enter(std::env::args_os()).unwrap_or(ExitCode::FAILURE)
}
