//! Commands: read, understood, and allowed or blocked.

mod shlex;
