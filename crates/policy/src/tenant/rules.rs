//! What runs of a tenant policy.

/// What runs of a tenant policy.
#[derive(Debug)]
pub struct TenantRules {}
