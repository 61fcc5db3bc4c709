//! Telling people and programs outside.

mod crash;
mod events;
mod follower;
mod gate;
mod mail;
mod webhook;
mod world;
