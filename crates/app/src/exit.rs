//! The exit codes, which scripts may rely on.

/// Done; for `govern`, CLEARED.
pub(crate) const OK: u8 = 0;
/// It could not be done.
pub(crate) const FAILED: u8 = 1;
/// The command line is not understood.
pub(crate) const USAGE: u8 = 2;
/// `govern`: BLOCKED. `audit verify`: the chain is broken. `policy lint`, `doctor`: there are
/// faults. `policy diff`: something would change.
pub(crate) const REFUSED: u8 = 3;
/// `govern`: HELD.
pub(crate) const HELD: u8 = 4;
/// The gate cannot be reached, or cannot answer.
pub(crate) const UNAVAILABLE: u8 = 5;

/// The codes for people.
pub(crate) const TABLE: &str = "Exit codes:
  0  done; for `govern`, CLEARED
  1  it could not be done
  2  the command line is not understood
  3  `govern`: BLOCKED; `audit verify`: the chain is broken; `policy lint` and `doctor`: there are
     faults; `policy diff`: something would change; `replay`: something comes out otherwise
  4  `govern`: HELD
  5  the gate cannot be reached, or cannot answer now; nothing was decided, do not act";
