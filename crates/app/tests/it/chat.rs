//! People who are told outside, and decide there, through the served gate: Slack by its stand-in.

mod browser;
mod outage;
mod room;
mod story;
mod strangers;
