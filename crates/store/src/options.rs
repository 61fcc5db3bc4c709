//! How a ledger's file is used.

/// How many commits wait, how many threads read, how large the file grows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Options {
    /// Threads that read; at least one.
    pub readers: usize,
    /// Commits and reads that may each wait in line before the next asker waits outside.
    pub waiting: usize,
    /// The most batches that share one transaction.
    pub group: usize,
    /// Pages of the write-ahead log after which they are copied into the database.
    pub checkpoint_pages: u32,
    /// The most pages of 4 KiB the database may have; `None` is no bound but the disk.
    pub max_pages: Option<u32>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            readers: 2,
            waiting: 1024,
            group: 512,
            checkpoint_pages: 4000,
            max_pages: None,
        }
    }
}
