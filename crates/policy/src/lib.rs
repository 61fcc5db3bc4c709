//! Decides what may happen to an [`action::Action`], and remembers why.
//!
//! **What is this?** The rules of the house: principles, the catalogue of risk tiers, the tenant
//! policy and the CHAM policies, compiled into a [`rules::RuleSet`] that turns one action and the
//! facts about the world into one [`judgement::Judgement`].
//!
//! **What will it never do?** Open a socket, read a clock, roll dice or wait: facts come in as
//! arguments, a judgement comes out, and the same facts always give the same judgement. Whatever
//! goes wrong in between is a refusal.
//!
//! **Where do I start reading?** At [`rules`]: `compile`, `needs`, `judge`.

pub mod action;
pub mod amount;
pub mod catalogue;
pub mod cham;
pub mod code;
pub mod command;
pub mod conflict;
pub mod facts;
pub mod fault;
pub mod findings;
mod glob;
pub mod id;
pub mod judgement;
pub mod label;
pub mod pack;
pub mod principle;
pub mod rules;
mod spelling;
pub mod tenant;
pub mod tier;
pub mod visible;
pub mod yaml;
