//! The life of one action, from arrival to record.
//!
//! **What is this?** The heart of the gate: it freezes an action, gathers the facts, lets the
//! rules judge, seals the verdict into the tenant's chain, and keeps holds, permits, budgets,
//! windows and agents.
//!
//! **What will it never do?** Open a socket or a file, read a clock or roll dice: the world comes
//! in through [`ports`]. It never answers a verdict that is not durable.
//!
//! **Where do I start reading?** At [`turn::Turn::govern`], the life of one action; [`lane`] says
//! how turns become durable, and [`firewall::Firewall`] is what doors hold.

pub mod access;
pub mod added_server;
pub mod agent;
pub mod alarm;
pub mod answer;
pub mod approval;
pub mod attempt;
pub mod batch;
pub mod canonical;
pub mod chain;
pub mod click;
pub mod digest;
pub mod driver;
pub mod dry_run;
pub mod dsse;
pub mod effects;
pub mod electorate;
pub mod elevation;
pub mod error;
pub mod execution;
pub mod firewall;
pub mod freeze;
pub mod frozen;
pub mod group;
pub mod hands;
pub mod hold;
pub mod holds;
pub mod house;
pub mod issuers;
pub mod kept_hold;
pub mod kept_lease;
pub mod kept_scope;
pub mod key;
pub mod lane;
pub mod last_words;
pub mod lease;
pub mod live;
pub mod merkle;
pub mod moment;
pub mod note;
pub mod order;
pub mod outside;
pub mod own_credential;
pub mod passkey;
pub mod password;
pub mod people;
pub mod permit;
pub mod permit_state;
pub mod person;
pub mod ports;
pub mod principal;
pub mod proof;
pub mod proposal;
pub mod query;
mod reach;
pub mod record;
pub mod request;
pub mod retry;
pub mod rule_copy;
pub mod rulebook;
pub mod scope;
pub mod session;
pub mod sessions;
pub mod settings;
pub mod showcase;
pub mod sight;
pub mod sign;
pub mod stake;
pub mod state;
pub mod stored;
pub mod strict;
pub mod tally;
mod token;
pub mod tool;
pub mod turn;
pub mod view;
pub mod violation;
pub mod visible;
pub mod workspace;
