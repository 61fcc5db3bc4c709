//! The gate as an MCP server, over HTTP and a server that is in our hands.

mod asides;
mod attacks;
mod borders;
mod calls;
mod entrance;
mod errands;
mod hostile;
mod listening;
mod lists;
mod panics;
mod pins;
mod rounds;
mod stage;
mod streams;
mod unjudged;
mod waiting;
mod ways;
