//! The file that says where a guard system is. It is written before every step, so that whoever stops in the
//! middle can go on.

use anyhow::{Context, ensure};
use portcullis_evm::{
    Address, B256,
    deployment::{Placed, Plan},
};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs,
    io::Write,
    path::{Path, PathBuf},
};

/// The largest file that is read, in bytes.
const MOST_BYTES: u64 = 1 << 20;

/// Where a guard system is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Record {
    /// The chain (EIP-155).
    pub(super) chain_id: u64,
    /// Whose transactions they are.
    pub(super) deployer: Address,
    /// Who lists and delists.
    pub(super) owner: Address,
    /// Who may freeze.
    pub(super) guardian: Address,
    /// How long an announcement waits, and may then be done, in seconds.
    pub(super) delay_seconds: u64,
    pub(super) grace_seconds: u64,
    /// The contracts, by their names.
    pub(super) parts: BTreeMap<String, Placing>,
}

/// One contract.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Placing {
    /// Where it is, or will be when its transaction is mined.
    pub(super) address: Address,
    /// The transaction that creates it, with its nonce.
    pub(super) transaction: B256,
    pub(super) nonce: u64,
    /// The block that it was created in; nothing before it is mined.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) block: Option<u64>,
}

impl Record {
    /// Reads a file.
    pub(super) fn read(path: &Path) -> anyhow::Result<Self> {
        let shown = path.display();
        let length = fs::metadata(path).with_context(|| format!("cannot read `{shown}`"))?;
        ensure!(length.len() <= MOST_BYTES, "`{shown}` is too large");
        let text = fs::read_to_string(path).with_context(|| format!("cannot read `{shown}`"))?;
        serde_json::from_str(&text)
            .with_context(|| format!("`{shown}` is not what `vault deploy` writes"))
    }

    /// The same, or nothing when there is no such file.
    pub(super) fn find(path: &Path) -> anyhow::Result<Option<Self>> {
        path.exists().then(|| Self::read(path)).transpose()
    }

    /// Writes it in the file's place, all of it or nothing.
    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let shown = path.display();
        let cannot = || format!("cannot write `{shown}`");
        let folder = path
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        let mut file = tempfile::NamedTempFile::new_in(folder).with_context(cannot)?;
        let mut text = serde_json::to_string_pretty(self)?;
        text.push('\n');
        file.write_all(text.as_bytes())
            .and_then(|()| file.as_file().sync_all())
            .with_context(cannot)?;
        file.persist(path).with_context(cannot)?;
        Ok(())
    }

    /// What it was made by, but for feeds and shares.
    pub(super) const fn plan(&self) -> Plan {
        Plan {
            owner: self.owner,
            guardian: self.guardian,
            delay: self.delay_seconds,
            grace: self.grace_seconds,
            feeds: Vec::new(),
            shares: Vec::new(),
        }
    }

    /// The parts that are mined, and where.
    pub(super) fn addresses(&self) -> impl Iterator<Item = (String, Address)> {
        let mined = self.parts.iter().filter(|(_, part)| part.block.is_some());
        mined.map(|(name, part)| (name.clone(), part.address))
    }

    /// The same, to lean on.
    pub(super) fn placed(&self) -> Placed {
        self.addresses().collect()
    }

    /// Where a part is that is mined.
    pub(super) fn address(&self, name: &str) -> Option<Address> {
        let part = self.parts.get(name)?;
        part.block.map(|_| part.address)
    }

    /// The block from which on there is anything to be read.
    pub(super) fn first_block(&self) -> Option<u64> {
        self.parts.values().filter_map(|part| part.block).min()
    }
}
