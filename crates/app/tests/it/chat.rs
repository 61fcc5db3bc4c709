//! People and programs that are told outside, and people who decide there, through the served gate.

mod browser;
mod notices;
mod outage;
mod post_office;
mod premises;
mod receiver;
mod room;
mod story;
mod strangers;
