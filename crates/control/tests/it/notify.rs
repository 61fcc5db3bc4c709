//! Telling people and programs outside.

mod crash;
mod events;
mod follower;
mod mail;
mod webhook;
mod world;
