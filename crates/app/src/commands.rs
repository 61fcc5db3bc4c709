//! The command line: what `portcullis` understands, one file for each command.

mod agents;
mod approvals;
mod audit;
mod backup;
mod budgets;
mod call;
mod catalogue;
mod completions;
mod config;
mod demo;
mod desk;
mod doctor;
mod exec;
mod executions;
mod govern;
mod groups;
mod holds;
mod hook;
mod init;
mod keys;
mod leases;
mod login;
mod mcp;
mod openapi;
mod people;
mod permits;
mod policy;
mod principles;
mod replay;
mod rules;
mod scopes;
mod secrets;
mod serve;
mod sessions;
mod vault;
mod violations;
mod wish;
mod workspaces;

use crate::{
    client::Trust,
    exit,
    output::{Color, Format, Output},
};
use clap::{Args, Parser, Subcommand};
use desk::Desk;
use std::{path::PathBuf, process::ExitCode};

/// The action firewall for AI agents: judge what an agent wants to do before it happens.
#[derive(Debug, Parser)]
#[command(
    name = "portcullis",
    version,
    max_term_width = 100,
    after_help = exit::TABLE,
    subcommand_required = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    #[command(flatten)]
    manner: Manner,
    #[command(subcommand)]
    command: Command,
}

/// What every command understands.
#[derive(Args, Debug)]
#[command(next_help_heading = "Everywhere")]
struct Manner {
    /// How results are printed: `table` for people, `json` for programs.
    #[arg(
        short,
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "FORM",
        hide_possible_values = true
    )]
    output: Format,
    /// Whether to use colour: `auto` on a terminal unless NO_COLOR is set, `always`, `never`.
    #[arg(
        long,
        global = true,
        value_enum,
        default_value_t,
        value_name = "WHEN",
        hide_possible_values = true
    )]
    color: Color,
    /// The gate to ask; unless given, the one that `login` was told of, or http://127.0.0.1:8088.
    #[arg(long, global = true, env = "PORTCULLIS_URL", value_name = "URL")]
    url: Option<String>,
    /// The key or token to ask with, in place of a login; better given as PORTCULLIS_TOKEN, where others cannot see it.
    #[arg(long, global = true, env = "PORTCULLIS_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// A PEM file of certificate authorities to trust besides the system's, for a gate behind `https://`.
    #[arg(long, global = true, env = "PORTCULLIS_CA", value_name = "FILE")]
    ca: Option<PathBuf>,
    /// Asks other machines over plain HTTP too, where everybody on the way reads along.
    #[arg(long, global = true, env = "PORTCULLIS_PLAIN_HTTP")]
    plain_http: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Serve),
    Init(init::Init),
    Demo(demo::Demo),
    Govern(govern::Govern),
    Call(call::Call),
    Exec(exec::Exec),
    Policy(policy::Policy),
    Agents(agents::Agents),
    Keys(keys::Keys),
    People(people::People),
    Groups(groups::Groups),
    Approvals(approvals::Approvals),
    Holds(holds::Holds),
    Executions(executions::Executions),
    Workspaces(workspaces::Workspaces),
    Sessions(sessions::Sessions),
    Scopes(scopes::Scopes),
    Leases(leases::Leases),
    Hook(hook::Hook),
    Permits(permits::Permits),
    Mcp(mcp::Mcp),
    Vault(vault::Vault),
    Audit(audit::Audit),
    Violations(violations::Violations),
    Budgets(budgets::Budgets),
    Rules(rules::Rules),
    Replay(replay::Replay),
    Config(config::Config),
    Secrets(secrets::Secrets),
    Backup(backup::Backup),
    Restore(backup::Restore),
    Doctor(doctor::Doctor),
    Catalogue(catalogue::Catalogue),
    Principles(principles::Principles),
    Openapi(openapi::Openapi),
    Login(login::Login),
    Logout(login::Logout),
    Whoami(login::Whoami),
    Completions(completions::Completions),
    /// Says what the exit codes mean.
    #[command(name = "exit-codes", after_help = exit::TABLE)]
    ExitCodes,
}

impl Cli {
    /// Where results go.
    #[must_use]
    pub(crate) fn output(&self) -> Output {
        Output::new(self.manner.output, self.manner.color)
    }

    /// Does what is asked for.
    ///
    /// # Errors
    /// When it could not be done; the text says why.
    pub(crate) async fn run(self, output: Output) -> anyhow::Result<ExitCode> {
        let Manner {
            url,
            token,
            ca,
            plain_http,
            ..
        } = self.manner;
        let trust = Trust {
            authorities: ca,
            plain_http,
        };
        let desk = Desk::new(output, (url, token), trust);
        let code = match self.command {
            Command::Serve(serve) => serve.run(output).await,
            Command::Init(init) => init.run(output).await,
            Command::Demo(demo) => demo.run(output).await,
            Command::Govern(govern) => govern.run(&desk).await,
            Command::Call(call) => call.run(&desk).await,
            Command::Exec(exec) => exec.run(&desk).await,
            Command::Policy(policy) => policy.run(&desk).await,
            Command::Agents(agents) => agents.run(&desk).await,
            Command::People(people) => people.run(&desk).await,
            Command::Groups(groups) => groups.run(&desk).await,
            Command::Keys(keys) => keys.run(&desk).await,
            Command::Approvals(approvals) => approvals.run(&desk).await,
            Command::Holds(holds) => holds.run(&desk).await,
            Command::Executions(executions) => executions.run(&desk).await,
            Command::Workspaces(workspaces) => workspaces.run(&desk).await,
            Command::Sessions(sessions) => sessions.run(&desk).await,
            Command::Scopes(scopes) => scopes.run(&desk).await,
            Command::Leases(leases) => leases.run(&desk).await,
            Command::Hook(hook) => hook.run(&desk).await,
            Command::Permits(permits) => permits.run(&desk).await,
            Command::Mcp(mcp) => mcp.run(&desk).await,
            Command::Vault(vault) => vault.run(output).await,
            Command::Audit(audit) => audit.run(&desk).await,
            Command::Violations(violations) => violations.run(&desk).await,
            Command::Budgets(budgets) => budgets.run(&desk).await,
            Command::Rules(rules) => rules.run(&desk).await,
            Command::Replay(replay) => replay.run(&desk).await,
            Command::Config(config) => config.run(output),
            Command::Secrets(secrets) => secrets.run(output),
            Command::Backup(backup) => backup.run(output).await,
            Command::Restore(restore) => restore.run(output).await,
            Command::Doctor(doctor) => doctor.run(&desk).await,
            Command::Catalogue(catalogue) => catalogue.run(output),
            Command::Principles(principles) => principles.run(output),
            Command::Openapi(openapi) => openapi.run(output),
            Command::Login(login) => login.run(&desk).await,
            Command::Logout(logout) => logout.run(&desk).await,
            Command::Whoami(whoami) => whoami.run(&desk).await,
            Command::Completions(completions) => completions.run(output),
            Command::ExitCodes => exit_codes(output),
        }?;
        Ok(ExitCode::from(code))
    }
}

fn exit_codes(output: Output) -> anyhow::Result<u8> {
    if output.is_json() {
        let codes = [
            ("ok", exit::OK),
            ("failed", exit::FAILED),
            ("usage", exit::USAGE),
            ("refused", exit::REFUSED),
            ("held", exit::HELD),
            ("unavailable", exit::UNAVAILABLE),
        ];
        let codes: serde_json::Map<_, _> = codes
            .into_iter()
            .map(|(name, code)| (name.to_owned(), code.into()))
            .collect();
        output.json(&codes)?;
    } else {
        output.line(exit::TABLE)?;
    }
    Ok(exit::OK)
}
