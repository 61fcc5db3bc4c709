//! Founding a tenant: the tenant, its first architect's token, a first agent and its key.

use anyhow::{Context, anyhow};
use portcullis_firewall::{
    firewall::Firewall,
    principal::Role,
    turn::{NewAgent, NewKey},
};
use portcullis_policy::{
    id::TenantId,
    tenant::{TenantPolicy, read},
};
use serde::Serialize;

/// Everything a newcomer needs, shown once.
#[derive(Serialize)]
pub(crate) struct Founded {
    /// The tenant's id.
    pub(crate) tenant: String,
    /// The first architect's token.
    pub(crate) admin_token: String,
    /// The first architect's invitation to the console, good once.
    pub(crate) invitation: String,
    /// The first agent's id.
    pub(crate) agent_id: String,
    /// The first agent's key.
    pub(crate) agent_key: String,
    /// A key for clients that name the agent in each request.
    pub(crate) client_key: String,
    /// The public key that the gate signs with.
    pub(crate) gate_key: String,
}

impl std::fmt::Debug for Founded {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // The secrets are shown on purpose alone.
        f.debug_struct("Founded")
            .field("tenant", &self.tenant)
            .finish_non_exhaustive()
    }
}

/// Founds a tenant, with a tenant policy when one is given.
///
/// # Errors
/// When there is such a tenant already, or the policy is not valid.
pub(crate) async fn found(
    firewall: &Firewall,
    tenant: &str,
    policy: Option<TenantPolicy>,
) -> anyhow::Result<Founded> {
    let id = TenantId::new(tenant).with_context(|| format!("`{tenant}` is no tenant id"))?;
    let new = firewall.create_tenant(id, tenant).await?;
    let architect = firewall
        .authenticate(new.token.reveal())
        .context("the first architect's token is not known")?;
    if let Some(policy) = policy {
        firewall.apply_tenant_policy(&architect, policy).await?;
    }
    let first = NewAgent {
        name: "first-agent".to_owned(),
        ..NewAgent::default()
    };
    let agent = firewall.register_agent(&architect, first).await?;
    let role = Role::Agent(agent.id.clone());
    let (_, agent_key) = firewall
        .issue_key(&architect, NewKey::of("first-agent", role))
        .await?;
    let (_, client_key) = firewall
        .issue_key(&architect, NewKey::of("first-client", Role::Client))
        .await?;
    Ok(Founded {
        tenant: tenant.to_owned(),
        admin_token: new.token.reveal().to_owned(),
        invitation: new.invitation.reveal().to_owned(),
        agent_id: agent.id.to_string(),
        agent_key: agent_key.reveal().to_owned(),
        client_key: client_key.reveal().to_owned(),
        gate_key: firewall.permit_key().to_string(),
    })
}

/// Reads a tenant policy, and says everything that is wrong with it.
///
/// # Errors
/// Every fault on its own line.
pub(crate) fn tenant_policy(text: &str) -> anyhow::Result<TenantPolicy> {
    read::parse(text).map_err(|faults| {
        let lines = faults.0.iter().map(|fault| format!("\n  {fault}"));
        anyhow!(
            "the tenant policy is not valid:{}",
            lines.collect::<String>()
        )
    })
}
