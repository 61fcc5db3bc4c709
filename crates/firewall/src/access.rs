//! What people may reach: roles give verbs, permission sets say where.
//!
//! [`Rights::of`] puts a person's grants and sets together; [`Rights::may`] answers one question,
//! and [`Rights::why`] is the same answer with what decided it. In short:
//!
//! * Whoever is not active may nothing.
//! * A [`RoleGrant`] gives the verbs of its [`PersonRole`], in one workspace or in the whole tenant.
//! * A role of the whole tenant reaches every workspace, and what has none; a role of a workspace
//!   reaches what an allow [`Entry`] covers, and nothing without one.
//! * A deny entry beats every allow entry and every role but [`PersonRole::Architect`], whom no set
//!   binds where they are architect.
//!
//! Fails closed: what no rule grants is refused.

pub mod entry;
pub mod pattern;
pub mod resource;
pub mod rights;
pub mod role;
pub mod set;
pub mod why;

pub use entry::{Effect, Entry, EntryError};
pub use pattern::{Pattern, PatternError};
pub use resource::{Resource, Verb};
pub use rights::Rights;
pub use role::{PersonRole, RoleGrant};
pub use set::{PermissionSet, SetError};
pub use why::{Source, Why};
