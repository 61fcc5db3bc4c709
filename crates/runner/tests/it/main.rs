//! Real programs behind real walls.

mod credentials;
mod escapes;
mod house;
mod launcher;
mod leaving;
mod limits;
mod neighbours;
mod plans;
mod refusals;
mod rooms;
mod sockets;
mod telling;
