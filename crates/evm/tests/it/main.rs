//! The pre-flight as those who use it see it.

mod explained;
mod judged;
mod world;
