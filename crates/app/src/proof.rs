//! Checking records offline: without the gate, or any trust in it.

pub(crate) mod fetch;

use anyhow::{Context, bail, ensure};
use portcullis_firewall::{
    chain::{self, Hash, Sealed, Verifier, Walk},
    merkle::{self, Frontier, NodeHash},
    note::{self, Checkpoint},
};
use serde::{Deserialize, Serialize};
use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::Path,
};

/// What a walk over an exported file found.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct FileWalk {
    /// What the walk over the records found.
    #[serde(flatten)]
    pub(crate) walk: Walk,
    /// The root of the tree over all records; none when the file does not begin with the first.
    pub(crate) root: Option<NodeHash>,
    /// A line that is no record, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unreadable: Option<String>,
    /// Whether a checkpoint fits; none when there was none to compare with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) checkpoint_fits: Option<bool>,
}

impl FileWalk {
    /// Whether nothing is wrong.
    #[must_use]
    pub(crate) fn is_good(&self) -> bool {
        self.walk.valid && self.unreadable.is_none() && self.checkpoint_fits != Some(false)
    }
}

/// Walks the records of an export as JSON lines, and compares them with a checkpoint if there is
/// one. `progress` is told how many bytes are read, of how many.
///
/// Fails closed: a line that is no record is a break.
///
/// # Errors
/// When the file cannot be read.
pub(crate) fn walk_file(
    path: &Path,
    checkpoint: Option<&Checkpoint>,
    mut progress: impl FnMut(u64, u64),
) -> anyhow::Result<FileWalk> {
    let shown = path.display();
    let file = File::open(path).with_context(|| format!("cannot open `{shown}`"))?;
    let total = file.metadata().map_or(0, |metadata| metadata.len());
    let mut lines = BufReader::new(file);
    let mut walker = Walker {
        checkpoint,
        ..Walker::default()
    };
    let (mut line, mut read, mut number) = (Vec::new(), 0_u64, 0_u64);
    loop {
        line.clear();
        let length = lines
            .read_until(b'\n', &mut line)
            .with_context(|| format!("cannot read `{shown}`"))?;
        if length == 0 {
            return Ok(walker.finish());
        }
        number += 1;
        read += length as u64;
        progress(read, total);
        if !line.trim_ascii().is_empty() && !walker.take(line.trim_ascii(), number) {
            return Ok(walker.finish());
        }
    }
}

/// A walk under way.
#[derive(Default)]
struct Walker<'c> {
    verifier: Option<Verifier>,
    whole: bool,
    frontier: Frontier,
    checkpoint: Option<&'c Checkpoint>,
    fits: Option<bool>,
    unreadable: Option<String>,
}

impl Walker<'_> {
    /// Takes the next line; whether everything fits so far.
    fn take(&mut self, line: &[u8], number: u64) -> bool {
        let Sealed {
            seq,
            payload,
            prev,
            hash,
        } = match chain::split(line) {
            Ok(record) => record,
            Err(error) => {
                self.unreadable = Some(format!("line {number}: {error}"));
                return false;
            }
        };
        if self.verifier.is_none() {
            self.whole = seq == 1;
        }
        let verifier = self.verifier.get_or_insert_with(|| Verifier::from(seq));
        if !verifier.check(seq, &payload, prev.as_ref(), &hash) {
            return false;
        }
        self.frontier.push(&hash);
        if let Some(checkpoint) = self.checkpoint.filter(|one| self.whole && one.size == seq) {
            self.fits = Some(self.frontier.root() == checkpoint.root);
        }
        true
    }

    fn finish(self) -> FileWalk {
        let verifier = self.verifier.unwrap_or_else(Verifier::from_start);
        // A checkpoint that the records do not reach shows that their end is missing.
        let fits = self.checkpoint.map(|_| self.fits.unwrap_or(false));
        FileWalk {
            walk: verifier.walk(),
            root: self.whole.then(|| self.frontier.root()),
            unreadable: self.unreadable,
            checkpoint_fits: fits,
        }
    }
}

/// Reads a checkpoint that a key signed.
///
/// # Errors
/// When either is malformed, or the key did not sign it.
pub(crate) fn checkpoint(note: &str, key: &str) -> anyhow::Result<Checkpoint> {
    let (name, key) = note::read_verifier_key(key.trim())
        .context("expected a key as `portcullis audit checkpoint --key` prints it")?;
    let checkpoint = Checkpoint::verify(note, &key)?;
    ensure!(
        checkpoint.origin == name,
        "the checkpoint is of another log than the key"
    );
    Ok(checkpoint)
}

/// Proof that one record is in a log.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Inclusion {
    /// The record.
    pub(crate) seq: u64,
    /// Its place in the tree, from 0.
    pub(crate) leaf_index: u64,
    /// Its hash.
    pub(crate) record_hash: Hash,
    /// The size of the tree.
    pub(crate) tree_size: u64,
    /// The root of the tree.
    pub(crate) root_hash: NodeHash,
    /// The siblings, from the leaf up.
    pub(crate) hashes: Vec<NodeHash>,
}

impl Inclusion {
    /// Checks that the record with this sealed JSON is in the log of a checkpoint.
    ///
    /// # Errors
    /// When the proof does not convince.
    pub(crate) fn convinces(&self, record: &[u8], checkpoint: &Checkpoint) -> anyhow::Result<()> {
        let Sealed {
            seq,
            payload,
            prev,
            hash,
        } = chain::split(record)?;
        ensure!(
            chain::seal(&payload, prev.as_ref()) == hash,
            "the record does not have its hash"
        );
        ensure!(
            seq == self.seq && seq == self.leaf_index + 1,
            "the proof is for another record"
        );
        ensure!(hash == self.record_hash, "the proof is for another record");
        if (self.tree_size, &self.root_hash) != (checkpoint.size, &checkpoint.root) {
            bail!("the proof is for another checkpoint");
        }
        let place = (self.leaf_index, self.tree_size);
        merkle::verify_inclusion(&self.record_hash, place, &self.hashes, &self.root_hash)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
