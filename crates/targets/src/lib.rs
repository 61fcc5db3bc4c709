//! What the gate acts on by itself.
//!
//! **What is this?** Hands for the firewall: an action type that the operator bound to a system is
//! carried out there, by a call or a statement whose place and form the operator wrote and whose
//! values the action gives. Looking at what it would do is bound in the same way.
//!
//! **What will it never do?** Let an agent choose where a call goes, or see a credential: calls go
//! out through the ports in [`portcullis_firewall::outside`] and through [`postgres::Opener`], which
//! put secrets in behind its back.
//!
//! **Where do I start reading?** At [`targets::Targets`], which finds what serves an action; then
//! [`http`] and [`postgres`], the kinds of targets; [`planner`] only looks.

pub mod http;
pub mod lease;
mod means;
pub mod planner;
pub mod postgres;
pub mod target;
pub mod targets;
pub mod template;
