//! `portcullis login`, `logout` and `whoami`: being somebody between two commands.

use super::{desk::Desk, rules::GateKey};
use crate::{
    ask,
    client::{Ask, escaped},
    exit,
    guard::{Gates, KeyChanged},
    login::Login as Kept,
    output::table::{Column, Table, text_at},
};
use anyhow::{Context, ensure};
use clap::Args;
use hyper::Method;
use serde_json::{Value, json};

/// Signs in, and keeps the token for the commands that follow. The token is never printed.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis login --name ann\n  portcullis login --invitation pcl_…\n  \
    portcullis login --token-stdin < token\n\n\
    A password is asked for without showing it, or is the first line of standard input."
)]
pub(super) struct Login {
    /// Your name or mail address; the password is asked for.
    #[arg(long, group = "proof")]
    name: Option<String>,
    /// The code of an invitation; a new password is asked for.
    #[arg(long, group = "proof", value_name = "CODE")]
    invitation: Option<String>,
    /// Takes a token from standard input.
    #[arg(long, group = "proof")]
    token_stdin: bool,
    /// The tenant, when the gate has several.
    #[arg(long, requires = "name", value_name = "ID")]
    tenant: Option<String>,
    #[command(flatten)]
    gate_key: GateKey,
}

impl Login {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let url = desk.address()?;
        let stranger = desk.client_of(&url, None)?;
        // A gate with another key than it had is told no secret. One that tells none is not met:
        // then there are no copies of its rules.
        if let Err(error) = Gates::meet(&stranger, self.gate_key.named()).await
            && error.is::<KeyChanged>()
        {
            return Err(error);
        }
        let answer = if let Some(name) = self.name {
            let password = ask::secret("password")?;
            let mut body = json!({ "name": name, "password": *password });
            if let (Some(tenant), Some(map)) = (self.tenant, body.as_object_mut()) {
                map.insert("tenant".to_owned(), tenant.into());
            }
            stranger.post("/v1/sign-in", &body).await?
        } else if let Some(code) = self.invitation {
            let password = ask::secret("new password, at least 15 characters")?;
            let body = json!({ "code": code, "password": *password });
            stranger.post("/v1/invitations/accept", &body).await?
        } else {
            ensure!(
                self.token_stdin,
                "say who: `--name`, `--invitation` or `--token-stdin`"
            );
            json!({ "token": *ask::secret("token")? })
        };
        let token = answer.get("token").and_then(Value::as_str);
        let token = token.context("the gate gave no token")?.trim().to_owned();
        let me = desk.client_of(&url, Some(&token))?.get("/v1/me").await?;
        let login = Kept {
            url,
            token,
            expires_at: me
                .get("expires_at")
                .and_then(Value::as_str)
                .map(str::to_owned),
        };
        login.keep()?;
        desk.output
            .done(&me, &format!("signed in as {}", called(&me)))?;
        Ok(exit::OK)
    }
}

/// Signs out: the kept token is revoked and forgotten.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis logout")]
pub(super) struct Logout {}

impl Logout {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let kept = Kept::kept();
        Kept::forget()?;
        let Some(login) = kept? else {
            desk.output
                .done(&json!({ "revoked": false }), "nobody was signed in")?;
            return Ok(exit::OK);
        };
        // Forgotten first: whatever the gate says, the token is not used from here again.
        let client = desk.client_of(&login.url, Some(&login.token))?;
        let me = client
            .get("/v1/me")
            .await
            .context("forgotten here, but not revoked")?;
        let path = format!("/v1/keys/{}", escaped(&text_at(&me, "key_id")));
        let revoked = client.ask(Method::DELETE, &path, Ask::default()).await;
        revoked.context("forgotten here, but not revoked")?;
        desk.output
            .done(&json!({ "revoked": true }), "signed out")?;
        Ok(exit::OK)
    }
}

/// Says as whom the gate knows you.
#[derive(Args, Debug)]
#[command(after_help = "Example:\n  portcullis whoami")]
pub(super) struct Whoami {}

const FACTS: &[Column] = &[
    ("name", "person.name"),
    ("id", "person.id"),
    ("mail", "person.email"),
    ("kind", "kind"),
    ("role", "role"),
    ("agent", "agent_id"),
    ("tenant", "tenant_id"),
    ("key", "key_id"),
    ("key's name", "key_name"),
    ("ends", "expires_at"),
];

impl Whoami {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let me = desk.client()?.get("/v1/me").await?;
        desk.output.show(&me, |me| Table::about(me, FACTS))?;
        Ok(exit::OK)
    }
}

fn called(me: &Value) -> String {
    match me.pointer("/person/name").and_then(Value::as_str) {
        Some(name) => format!("{name}, {}", text_at(me, "role")),
        None => format!("{} of key `{}`", text_at(me, "kind"), text_at(me, "key_id")),
    }
}
