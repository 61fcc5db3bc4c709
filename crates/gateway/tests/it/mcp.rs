//! The gate as an MCP server, over HTTP and a server that is in our hands.

mod calls;
mod entrance;
mod hostile;
mod lists;
mod pins;
mod stage;
mod waiting;
mod ways;
