//! `portcullis vault registry`: which contracts vaults may call, and which assets they may hold.

mod entry;
mod list;

use super::change::Keeping;
use crate::output::Output;
use anyhow::Context;
use clap::{Args, Subcommand};
use entry::{EntryArgs, SubjectArgs};
use portcullis_evm::{
    Address,
    errand::registry::{self, Flags},
};

/// Which contracts vaults may call, which assets they may hold, and who judges both. What opens a way is announced and
/// waits; what closes one is instant.
#[derive(Args, Debug)]
#[command(
    arg_required_else_help = true,
    after_help = "Examples:\n  \
    portcullis vault registry list --rpc https://base.example.com --deployment guards.json\n  \
    portcullis vault registry announce destination 0x4752… --guard UniswapV2Guard --spender \\\n    \
    --rpc https://base.example.com --deployment guards.json \\\n    --keystore owner.json --password env:PASSWORD"
)]
pub(super) struct Registry {
    #[command(subcommand)]
    deed: Deed,
}

#[derive(Debug, Subcommand)]
enum Deed {
    /// Lists everything, with what is announced and what was closed.
    List(list::List),
    /// Announces a destination, an asset or the guard of a type; the owner may.
    #[command(subcommand)]
    Announce(EntryArgs),
    /// Does what was announced, once its time has come; anybody may.
    #[command(subcommand)]
    Finish(EntryArgs),
    /// Takes an announcement back; the owner or the guardian may.
    #[command(subcommand)]
    Cancel(SubjectArgs),
    /// Takes a destination or an asset off the list, at once; the owner may.
    #[command(subcommand)]
    Remove(SubjectArgs),
    /// Closes something until it is announced anew; the owner or the guardian may.
    #[command(subcommand)]
    Freeze(SubjectArgs),
    /// Takes flags from a destination: no vault may give it an allowance, or leave one; the owner may.
    Restrict {
        /// The destination.
        #[arg(value_name = "ADDRESS")]
        destination: Address,
        /// It may keep allowances that are used up within a call; only standing ones are over.
        #[arg(long)]
        standing_only: bool,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// Offers the registry to another owner.
    ProposeOwner {
        /// Who it is offered to.
        #[arg(value_name = "ADDRESS")]
        next: Address,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// Takes the registry that was offered.
    AcceptOwner(Keeping),
    /// Names who may freeze; the owner may.
    SetGuardian {
        /// Who it is.
        #[arg(value_name = "ADDRESS")]
        next: Address,
        #[command(flatten)]
        keeping: Keeping,
    },
}

impl Registry {
    pub(super) async fn run(self, output: Output) -> anyhow::Result<u8> {
        match self.deed {
            Deed::List(list) => list.run(output).await,
            Deed::Announce(entry) => entry.run(output, registry::announce).await,
            Deed::Finish(entry) => entry.run(output, registry::finish).await,
            Deed::Cancel(subject) => {
                let cancel = |at, subject: &_, names: &_| Ok(registry::cancel(at, subject, names));
                subject.run(output, cancel).await
            }
            Deed::Remove(subject) => {
                let remove = |at, subject: &_, names: &_| {
                    let removed = registry::remove(at, subject, names);
                    removed.context("a type cannot be taken off the list; it can be frozen")
                };
                subject.run(output, remove).await
            }
            Deed::Freeze(subject) => {
                let freeze = |at, subject: &_, names: &_| Ok(registry::freeze(at, subject, names));
                subject.run(output, freeze).await
            }
            Deed::Restrict {
                destination,
                standing_only,
                keeping,
            } => {
                let flags = Flags {
                    hooked: false,
                    spender: !standing_only,
                    standing: true,
                };
                let errand = |at, ground: &super::ground::Ground| {
                    Ok(registry::restrict(at, destination, flags, &ground.names))
                };
                keeping.does(output, errand).await
            }
            Deed::ProposeOwner { next, keeping } => {
                let errand = |at, ground: &super::ground::Ground| {
                    Ok(registry::propose_owner(at, next, &ground.names))
                };
                keeping.does(output, errand).await
            }
            Deed::AcceptOwner(keeping) => {
                keeping
                    .does(output, |at, _| Ok(registry::accept_owner(at)))
                    .await
            }
            Deed::SetGuardian { next, keeping } => {
                let errand = |at, ground: &super::ground::Ground| {
                    Ok(registry::set_guardian(at, next, &ground.names))
                };
                keeping.does(output, errand).await
            }
        }
    }
}
