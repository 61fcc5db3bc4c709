//! What is on each page: a view, and the function that draws it.
//!
//! A view holds what its reader may see, as the caller found it. Texts that came from outside are
//! put in as they came; the pages make them visible.

pub mod account;
pub mod agents;
pub mod approval;
pub mod approvals;
pub mod audit;
pub mod directory;
pub mod draft;
pub mod executions;
pub mod feed;
pub mod leases;
pub mod overview;
pub mod own_credentials;
pub mod policies;
pub mod sessions;
pub mod settings;
pub mod sign_in;
pub mod simulator;
pub mod tenant_policy;
pub mod tools;
