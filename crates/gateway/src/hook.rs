//! The hook of a coding agent: asked before each of its tools runs.
//!
//! Claude Code sends every tool use to `/v1/hooks/claude-code` before it happens (event
//! `PreToolUse`), and runs it on `allow` alone. A HELD one is put off: whoever resumes the session
//! asks again about the same tool use, and hears what people decided.
//!
//! Fails closed: the answer is always a 200 that says `allow`, `deny`, `ask` or `defer`, since
//! that client runs the tool on anything else, unless its settings say otherwise. What cannot be
//! read, judged or recorded is denied.

mod read;
mod render;
mod serve;

pub use read::{Event, HookQuery};
pub use serve::{PATH, router};
