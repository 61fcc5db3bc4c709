//! Commands: read, understood, and allowed or blocked.

mod judging;
mod policies;
mod properties;
mod shlex;
mod sight;
mod understanding;
