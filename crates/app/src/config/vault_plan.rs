//! What a guard system is to be made of: a file for `vault deploy`.

mod feeds;
mod shares;

use super::{content, sheet::Sheet};
use anyhow::anyhow;
use portcullis_evm::{
    Address, U256,
    deployment::{Feed, WAIT_SECONDS},
    names::units,
};
use portcullis_policy::{fault::Faults, yaml};
pub(crate) use shares::SharesPlan;
use std::path::Path;

/// The keys of the file.
const KEYS: &[&str] = &[
    "delay_seconds",
    "feeds",
    "grace_seconds",
    "guardian",
    "owner",
    "shares",
];

/// What the file says; what it does not say is up to the command line.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct VaultPlan {
    /// Who lists and delists.
    pub(crate) owner: Option<Address>,
    /// Who may freeze.
    pub(crate) guardian: Option<Address>,
    /// How long an announcement waits, and may then be done, in seconds.
    pub(crate) delay: Option<u64>,
    pub(crate) grace: Option<u64>,
    /// Feeds, each behind the ones that it leans on.
    pub(crate) feeds: Vec<(String, Feed)>,
    /// Guards of shares in tokenised vaults.
    pub(crate) shares: Vec<(String, SharesPlan)>,
}

/// Reads a file.
///
/// # Errors
/// When it cannot be read; everything that is wrong with it.
pub(crate) fn load(path: &Path) -> anyhow::Result<VaultPlan> {
    read(&content(path)?).map_err(|faults| {
        let lines = faults.0.iter().map(|fault| format!("\n  {fault}"));
        let shown = path.display();
        anyhow!("`{shown}` is not valid:{}", lines.collect::<String>())
    })
}

fn read(text: &str) -> Result<VaultPlan, Faults> {
    let value = yaml::read(text)?;
    let mut faults = Faults::default();
    let Some(sheet) = Sheet::open(&value, String::new(), KEYS, &mut faults) else {
        return Err(faults);
    };
    let plan = VaultPlan {
        owner: address(&sheet, "owner", &mut faults),
        guardian: address(&sheet, "guardian", &mut faults),
        delay: wait(&sheet, "delay_seconds", &mut faults),
        grace: wait(&sheet, "grace_seconds", &mut faults),
        feeds: feeds::read(&sheet, &mut faults),
        shares: shares::read(&sheet, &mut faults),
    };
    faults.or(plan)
}

fn wait(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<u64> {
    let found = sheet.word(key, "a whole number of seconds", faults)?;
    if !WAIT_SECONDS.contains(&found) {
        let (least, most) = (WAIT_SECONDS.start(), WAIT_SECONDS.end());
        sheet.fault(key, format!("expected {least} to {most}"), faults);
    }
    Some(found)
}

/// Such names are those of no contract.
fn named(name: &str, path: &str, faults: &mut Faults) {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() || !name.bytes().all(plain) {
        faults.add(path, "expected a name of small letters, digits and `-`");
    }
}

/// An amount in the smallest unit, which may be too large for a number.
fn whole(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<U256> {
    let text = sheet.must_text(key, faults)?;
    let found = units(&text, 0);
    if found.is_none() {
        sheet.fault(key, "expected a whole number, in quotes", faults);
    }
    found
}

fn number(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<u64> {
    if sheet.value(key).is_none() {
        sheet.fault(key, "is required", faults);
    }
    sheet.word(key, "a whole number", faults)
}

fn must_address(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<Address> {
    if sheet.value(key).is_none() {
        sheet.fault(key, "is required", faults);
    }
    address(sheet, key, faults)
}

fn address(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> Option<Address> {
    let text = sheet.text(key, faults)?;
    let parsed = text.parse().ok();
    if parsed.is_none() {
        sheet.fault(key, "expected an address, in quotes", faults);
    }
    parsed
}

#[cfg(test)]
mod tests {
    use super::read;

    const SOURCE: &str = "\"0x5f4eC3Df9cbd43714FE2740f5E3616155c5b8419\"";

    #[test]
    fn a_mean_comes_behind_what_it_leans_on() {
        let text = format!(
            "delay_seconds: 7200\nfeeds:\n  a: {{ pool: {SOURCE}, token: {SOURCE}, other: z, window_seconds: 1800, \
             least_liquidity: \"1000\", least_usd: 0.5, most_usd: 2 }}\n  z: {{ aggregator: {SOURCE}, \
             max_age_seconds: 3600, least_usd: 1, most_usd: 100 }}\n"
        );
        let plan = read(&text).unwrap_or_default();
        let names: Vec<_> = plan.feeds.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!((plan.delay, names), (Some(7_200), vec!["z", "a"]));
    }

    #[test]
    fn every_fault_is_told_with_its_path() {
        let text =
            "delay_seconds: 5\nowner: me\nfeeds:\n  a: { least_usd: -1, other: b }\nwhat: 1\n";
        let faults = read(text).err().unwrap_or_default();
        let paths: Vec<_> = faults.0.iter().map(|fault| fault.path.as_str()).collect();
        let expected = [
            "what",
            "owner",
            "delay_seconds",
            "feeds.a.least_usd",
            "feeds.a.most_usd",
        ];
        assert!(
            expected.iter().all(|path| paths.contains(path)),
            "{paths:?}"
        );
    }
}
