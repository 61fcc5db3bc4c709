//! Keeps what the firewall must not forget, in one SQLite file.
//!
//! **What is this?** [`SqliteLedger`], the embedded implementation of the port
//! [`Ledger`](portcullis_firewall::ports::Ledger): one writer thread that makes the batches of many
//! tenants durable with one flush, and a few reader threads that never wait for it.
//!
//! **What will it never do?** Answer a commit before it is on the disk, write half of a batch, look
//! into a payload, or carry on after the disk has failed it.
//!
//! **Where do I start reading?** At [`ledger`], then `writer` for the way of a commit.
//!
//! ```
//! use portcullis_firewall::ports::Ledger;
//! use portcullis_store::{Options, SqliteLedger};
//! # use portcullis_testkit::ChainBuilder;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("ledger.db");
//! # let mut chain = ChainBuilder::new("acme");
//! let ledger = SqliteLedger::open(&path, Options::default())?;
//! ledger.commit(chain.batch(3)).await?;
//! assert_eq!(ledger.head(chain.tenant()).await?.seq, 3);
//! ledger.close()?;
//! # Ok(())
//! # }
//! ```

mod append;
mod backup;
mod check;
mod checkpoint;
mod columns;
mod documents;
mod fault;
mod file;
pub mod ledger;
mod options;
mod place;
mod readers;
mod records;
mod schema;
mod tenants;
mod writer;

pub use backup::{BackupError, backup};
pub use file::OpenError;
pub use ledger::SqliteLedger;
pub use options::Options;
