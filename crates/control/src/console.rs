//! The console: what people see of the gate in a browser.
//!
//! Every page is made here, on the server, and works without scripts; the one script makes it more
//! comfortable. A page is a pure function from a view (plain words and numbers, already cut down
//! to what the reader may see) to markup, so it reads nothing, decides nothing and cannot leak
//! what it was not given. [`page`] is the frame around all of them.

pub mod assets;
pub mod charts;
pub mod desk;
pub mod figure;
pub mod headers;
pub mod page;
pub mod pages;
pub mod parts;
pub mod paths;
pub mod rooms;
