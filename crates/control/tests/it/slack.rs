//! Slack, against a stand-in for it.

mod attacks;
mod clicks;
mod clients;
mod deliver;
mod door;
mod golden;
mod room;
mod socket;
