//! Ready-made compliance packs: HIPAA, SOC 2, PCI DSS and GDPR, as data.
//!
//! A pack is a set of policies that a tenant applies and may then change like any other. The texts
//! below `pack/` are ours: they say how an agent is kept within a standard, and do not replace
//! reading it.

use crate::{
    cham::read::{self, Draft},
    fault::Faults,
    yaml,
};
use serde::Deserialize;
use serde_json::Value;
use std::sync::LazyLock;

/// One pack.
#[derive(Clone, Debug, PartialEq)]
pub struct Pack {
    /// Short and stable, e.g. `hipaa`.
    pub id: String,
    /// The name of the standard.
    pub name: String,
    /// What it does, for people.
    pub description: String,
    /// The policies it applies, tenant-wide.
    pub drafts: Vec<Draft>,
}

/// The packs as they are written.
const SOURCES: [&str; 4] = [
    include_str!("pack/gdpr.yaml"),
    include_str!("pack/hipaa.yaml"),
    include_str!("pack/pci-dss.yaml"),
    include_str!("pack/soc2.yaml"),
];

static PACKS: LazyLock<Vec<Pack>> =
    LazyLock::new(|| SOURCES.iter().filter_map(|text| load(text).ok()).collect());

/// Every pack, by id.
///
/// *Fails closed:* a pack that cannot be read is not offered, so that nobody applies half of it.
#[must_use]
pub fn all() -> &'static [Pack] {
    &PACKS
}

/// The pack of an id, without regard to case.
#[must_use]
pub fn find(id: &str) -> Option<&'static Pack> {
    all()
        .iter()
        .find(|pack| pack.id.eq_ignore_ascii_case(id.trim()))
}

/// Reads a pack from YAML: `id`, `name`, `description` and `policies` as
/// [`draft`](crate::cham::read::draft) reads them.
///
/// # Errors
/// Every fault, with its path.
pub fn load(text: &str) -> Result<Pack, Faults> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Written {
        id: String,
        name: String,
        description: String,
        policies: Value,
    }
    let written: Written = serde_json::from_value(yaml::read(text)?).map_err(|error| {
        let mut faults = Faults::default();
        faults.add("", error.to_string());
        faults
    })?;
    let drafts = read::drafts(&written.policies, "policies")?;
    let Written {
        id,
        name,
        description,
        policies: _,
    } = written;
    Ok(Pack {
        id,
        name,
        description,
        drafts,
    })
}
