//! Commands: read, understood, and allowed or blocked.

mod properties;
mod shlex;
mod understanding;
