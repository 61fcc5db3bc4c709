//! What people may reach.

mod cases;
mod properties;
mod reference;
mod world;
