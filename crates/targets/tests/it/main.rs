//! Targets as the gate meets them: obliging, slow, broken and hostile.

mod http;
mod paths;
mod planner;
mod postgres;
mod statements;
