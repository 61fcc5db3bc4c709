//! Targets as the gate meets them: obliging, slow, broken and hostile.

mod http;
mod paths;
mod postgres;
mod statements;
