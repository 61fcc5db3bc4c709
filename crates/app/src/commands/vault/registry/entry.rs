//! What an announcement is about, on the command line.

use crate::{
    commands::vault::{change::Keeping, ground::Ground},
    output::Output,
};
use clap::{Args, Subcommand};
use portcullis_evm::{
    Address,
    errand::{
        Errand,
        registry::{Entry, Flags, Subject},
    },
    names::Names,
};

/// Something that a registry lists.
#[derive(Debug, Subcommand)]
pub(super) enum EntryArgs {
    /// A contract that vaults may call.
    Destination {
        /// The contract.
        #[arg(value_name = "ADDRESS")]
        address: Address,
        /// Who judges the calls: an address, or a name in the deployment.
        #[arg(long, value_name = "GUARD")]
        guard: String,
        #[command(flatten)]
        flags: FlagArgs,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// An asset that vaults may hold.
    Asset {
        /// The asset.
        #[arg(value_name = "ADDRESS")]
        address: Address,
        /// Its price: an address, or a name in the deployment.
        #[arg(long, value_name = "FEED")]
        feed: String,
        /// Its type; zero is a plain token.
        #[arg(long = "type", value_name = "NUMBER", default_value_t = 0)]
        kind: u16,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// The guard of a type of assets.
    Type {
        /// The type.
        #[arg(value_name = "NUMBER")]
        kind: u16,
        /// Who holds, prices and takes apart such assets: an address, or a name in the deployment.
        #[arg(long, value_name = "GUARD")]
        guard: String,
        #[command(flatten)]
        keeping: Keeping,
    },
}

/// What vaults may do with a destination besides calling it.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct FlagArgs {
    /// Its guard looks again after every call.
    #[arg(long)]
    hooked: bool,
    /// Vaults may give it an allowance.
    #[arg(long)]
    spender: bool,
    /// Such an allowance may outlive the call.
    #[arg(long, requires = "spender")]
    standing: bool,
}

/// Something in a registry, by itself.
#[derive(Debug, Subcommand)]
pub(super) enum SubjectArgs {
    /// A contract that vaults may call.
    Destination {
        /// The contract.
        #[arg(value_name = "ADDRESS")]
        address: Address,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// An asset that vaults may hold.
    Asset {
        /// The asset.
        #[arg(value_name = "ADDRESS")]
        address: Address,
        #[command(flatten)]
        keeping: Keeping,
    },
    /// A type of assets.
    Type {
        /// The type.
        #[arg(value_name = "NUMBER")]
        kind: u16,
        #[command(flatten)]
        keeping: Keeping,
    },
}

/// An address, or that of a part of the deployment.
fn place(ground: &Ground, text: &str) -> anyhow::Result<Address> {
    text.parse().or_else(|_| ground.part(None, text))
}

impl EntryArgs {
    pub(super) async fn run(
        self,
        output: Output,
        errand: impl FnOnce(Address, &Entry, &Names) -> Errand,
    ) -> anyhow::Result<u8> {
        match self {
            Self::Destination {
                address,
                guard,
                flags,
                keeping,
            } => {
                let flags = Flags {
                    hooked: flags.hooked,
                    spender: flags.spender,
                    standing: flags.standing,
                };
                let make = |at, ground: &Ground| {
                    let guard = place(ground, &guard)?;
                    let entry = Entry::Destination {
                        address,
                        guard,
                        flags,
                    };
                    Ok(errand(at, &entry, &ground.names))
                };
                keeping.does(output, make).await
            }
            Self::Asset {
                address,
                feed,
                kind,
                keeping,
            } => {
                let make = |at, ground: &Ground| {
                    let feed = place(ground, &feed)?;
                    let entry = Entry::Asset {
                        address,
                        feed,
                        kind,
                    };
                    Ok(errand(at, &entry, &ground.names))
                };
                keeping.does(output, make).await
            }
            Self::Type {
                kind,
                guard,
                keeping,
            } => {
                let make = |at, ground: &Ground| {
                    let guard = place(ground, &guard)?;
                    Ok(errand(at, &Entry::Type { kind, guard }, &ground.names))
                };
                keeping.does(output, make).await
            }
        }
    }
}

impl SubjectArgs {
    pub(super) async fn run(
        self,
        output: Output,
        errand: impl FnOnce(Address, &Subject, &Names) -> anyhow::Result<Errand>,
    ) -> anyhow::Result<u8> {
        let (subject, keeping) = match self {
            Self::Destination { address, keeping } => (Subject::Destination(address), keeping),
            Self::Asset { address, keeping } => (Subject::Asset(address), keeping),
            Self::Type { kind, keeping } => (Subject::Type(kind), keeping),
        };
        let make = |at, ground: &Ground| errand(at, &subject, &ground.names);
        keeping.does(output, make).await
    }
}
