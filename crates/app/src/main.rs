//! The binary `portcullis`: the gate, and everything to run and ask it.
//!
//! **What is this?** The composition: it joins the store, the firewall and the doors, reads the
//! command line and the environment, and prints.
//!
//! **What will it never do?** Decide anything: it carries words between people and the gate.
//!
//! **Where do I start reading?** At [`wire`], where the house is joined, and at [`commands`].

mod ask;
mod chains;
mod client;
mod commands;
mod config;
mod databases;
mod demo;
mod estimates;
mod exit;
mod followers;
mod founding;
mod guard;
mod health;
mod house_key;
mod login;
mod memory;
mod metrics;
mod minting;
mod openapi;
mod output;
mod private_file;
mod progress;
mod proof;
mod screening;
mod servers;
mod serving;
mod staff;
mod telemetry;
mod telling;
mod walled;
mod wire;
mod world;

use clap::Parser;
use std::process::ExitCode;

/// Requests are read on one thread and freed on another; the system's allocator locks over that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    portcullis_firewall::last_words::keep_to_oneself();
    // Before anything is started: walls are raised in a process of one thread.
    if let Some(code) = portcullis_runner::walls::enter(std::env::args_os()) {
        return code;
    }
    let cli = commands::Cli::parse();
    let output = cli.output();
    let _telemetry = match telemetry::start() {
        Ok(telemetry) => telemetry,
        Err(error) => return output.failed(&error),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let done = match runtime {
        Ok(runtime) => runtime.block_on(cli.run(output)),
        Err(error) => Err(error.into()),
    };
    match done {
        Ok(code) => code,
        Err(error) => output.failed(&error),
    }
}
