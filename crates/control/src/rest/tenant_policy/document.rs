//! A tenant policy as text: YAML or JSON, whatever its content type says.

use axum::extract::{FromRequest, Request};
use portcullis_door::{body::Payload, reply::Refusal};
use portcullis_policy::{
    fault::Faults,
    id::TenantId,
    tenant::{TenantPolicy, read, rules::TenantRules},
};

/// The text of a tenant policy.
#[derive(Debug)]
pub(super) struct Document(pub String);

impl<S: Sync> FromRequest<S> for Document {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let Payload(bytes) = Payload::from_request(request, state).await?;
        if bytes.trim_ascii().is_empty() {
            return Err(Refusal::malformed(
                "the body is empty; expected a tenant policy",
            ));
        }
        match std::str::from_utf8(&bytes) {
            Ok(text) => Ok(Self(text.to_owned())),
            Err(_) => Err(Refusal::malformed("the body is not UTF-8")),
        }
    }
}

impl Document {
    /// The policy.
    ///
    /// # Errors
    /// 422 with every fault.
    pub(super) fn parse(&self) -> Result<TenantPolicy, Refusal> {
        Ok(read::parse(&self.0)?)
    }
}

/// Whether a policy could be put in force for this tenant.
///
/// # Errors
/// Every fault, e.g. that it names another tenant.
pub(super) fn fits(policy: &TenantPolicy, tenant: &TenantId) -> Result<(), Faults> {
    TenantRules::compile(Some(policy), tenant).map(drop)
}
