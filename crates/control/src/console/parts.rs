//! What pages are put together from. Each part is a function from plain values to markup.

pub mod actor;
pub mod badge;
pub mod button;
pub mod change;
pub mod code;
pub mod conflict;
pub mod deed;
pub mod diff;
pub mod dry_run;
pub mod empty;
pub mod faults;
pub mod field;
pub mod filter;
pub mod form;
pub mod icon;
pub mod moment;
pub mod notice;
pub mod pager;
pub mod pairs;
pub mod table;
pub mod tabs;
pub mod tile;
pub mod versions;
pub mod words;
