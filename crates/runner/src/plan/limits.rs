//! What a command may use up.

use serde::{Deserialize, Serialize};

/// The least bound on memory.
const MEMORY_LEAST_BYTES: u64 = 64 << 20;
/// The least bound on processes.
const PROCESSES_LEAST: u64 = 8;
/// The least bound on open files.
const OPEN_FILES_LEAST: u64 = 16;

/// Bounds that the kernel holds. A bound that is passed ends the command, or fails its call.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Limits {
    /// Seconds of processor time for each process.
    pub cpu_seconds: u64,
    /// Bytes of memory that each process may write to. Its address space may have four times as
    /// many, for what is mapped and not used.
    pub memory_bytes: u64,
    /// Processes and threads, all together.
    pub processes: u64,
    /// The bytes of the longest file.
    pub file_bytes: u64,
    /// Files that a process has open.
    pub open_files: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            cpu_seconds: 300,
            memory_bytes: 1 << 30,
            processes: 128,
            file_bytes: 1 << 30,
            open_files: 256,
        }
    }
}

impl Limits {
    /// Whether what raises the walls has enough itself: it puts itself under the same bounds.
    #[must_use]
    pub const fn leave_room(&self) -> bool {
        self.cpu_seconds >= 1
            && self.memory_bytes >= MEMORY_LEAST_BYTES
            && self.processes >= PROCESSES_LEAST
            && self.open_files >= OPEN_FILES_LEAST
    }

    /// The bytes of address space for each process.
    #[must_use]
    pub const fn address_bytes(&self) -> u64 {
        self.memory_bytes.saturating_mul(4)
    }
}
