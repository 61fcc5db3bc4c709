//! The screen from outside.

mod conformance;
mod cutting;
mod reference;
mod registered;
mod values;
