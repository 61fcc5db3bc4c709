//! The style, the script and the mark, under names that change with their bytes.
//!
//! A name never stands for other bytes, so browsers keep them for a year and never ask again.

use crate::console::paths;
use sha2::{Digest, Sha256};
use std::sync::LazyLock;

/// What a browser is told to do with an asset.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

/// One file that pages need.
#[derive(Clone, Debug)]
pub struct Asset {
    /// Its name, with a part of the SHA-256 of its bytes: `console.0123456789abcdef.css`.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// What is in it.
    pub text: &'static str,
}

impl Asset {
    fn new(stem: &str, ending: &str, media_type: &'static str, text: &'static str) -> Self {
        let digest = hex(&Sha256::digest(text.as_bytes()));
        Self {
            name: format!("{stem}.{digest}.{ending}"),
            media_type,
            text,
        }
    }

    /// Where a browser finds it.
    #[must_use]
    pub fn path(&self) -> String {
        paths::asset(&self.name)
    }
}

/// The style of every page.
pub static STYLE: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("assets/console.css");
    Asset::new("console", "css", "text/css; charset=utf-8", text)
});

/// The script of every page.
pub static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("assets/console.js");
    Asset::new("console", "js", "text/javascript; charset=utf-8", text)
});

/// The mark that browsers show in a tab.
pub static MARK: LazyLock<Asset> = LazyLock::new(|| {
    let text = include_str!("assets/mark.svg");
    Asset::new("mark", "svg", "image/svg+xml", text)
});

/// The asset of a name; `None` for any other name, also for one with an older hash.
#[must_use]
pub fn asset(name: &str) -> Option<&'static Asset> {
    [&*STYLE, &*SCRIPT, &*MARK]
        .into_iter()
        .find(|asset| asset.name == name)
}

fn hex(digest: &[u8]) -> String {
    digest
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests;
