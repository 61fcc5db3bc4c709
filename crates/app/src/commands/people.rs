//! `portcullis people`: the humans of the tenant.

use super::desk::{Desk, entries, id_of, pages};
use crate::{
    client::{Ask, Client, Query, escaped},
    exit,
    output::table::{Column, Table, text_at},
};
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Map, Value, json};

/// Lists people, makes them known, invites and changes them.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis people add \"Ann Lopez\" --email ann@example.com --role operator\n  \
    portcullis people invite \"Ann Lopez\"\n  portcullis people deactivate \"Ann Lopez\""
)]
pub(super) struct People {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists people.
    #[command(after_help = "Example:\n  portcullis people list")]
    List {
        /// At most so many.
        #[arg(long, default_value_t = 1_000)]
        most: usize,
    },
    /// Shows one person.
    #[command(after_help = "Example:\n  portcullis people show \"Ann Lopez\"")]
    Show {
        /// Their name or id.
        person: String,
    },
    /// Makes somebody known; they can do nothing until they are invited.
    #[command(after_help = "Example:\n  portcullis people add Bo --role operator@payments")]
    Add {
        /// Their name.
        name: String,
        #[command(flatten)]
        about: About,
    },
    /// Invites somebody to choose a password; prints the code once.
    #[command(after_help = "Example:\n  portcullis people invite \"Ann Lopez\"")]
    Invite {
        /// Their name or id.
        person: String,
    },
    /// Changes somebody; what is not given stays.
    #[command(after_help = "Example:\n  portcullis people edit Bo --role viewer")]
    Edit {
        /// Their name or id.
        person: String,
        /// Another name.
        #[arg(long)]
        name: Option<String>,
        /// Lets them in again.
        #[arg(long)]
        activate: bool,
        #[command(flatten)]
        about: About,
    },
    /// Lets somebody do nothing any more; their sign-ins end at once.
    #[command(after_help = "Example:\n  portcullis people deactivate Bo")]
    Deactivate {
        /// Their name or id.
        person: String,
    },
}

#[derive(Args, Debug)]
struct About {
    /// Where letters go.
    #[arg(long, value_name = "ADDRESS")]
    email: Option<String>,
    /// A role: `viewer`, `operator` or `architect`, in one workspace as `operator@payments`; may be
    /// given again.
    #[arg(long = "role", value_name = "ROLE")]
    roles: Vec<String>,
}

impl About {
    fn body(self) -> Map<String, Value> {
        let mut body = Map::new();
        body.extend(self.email.map(|email| ("email".to_owned(), email.into())));
        let role = |text: &String| match text.split_once('@') {
            Some((role, workspace)) => json!({ "role": role, "workspace": workspace }),
            None => json!({ "role": text }),
        };
        if !self.roles.is_empty() {
            body.insert("roles".to_owned(), self.roles.iter().map(role).collect());
        }
        body
    }
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("mail", "email"),
    ("roles", "roles"),
    ("groups", "groups"),
    ("active", "active"),
    ("since", "created_at"),
];

const FACTS: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("mail", "email"),
    ("roles", "roles"),
    ("groups", "groups"),
    ("active", "active"),
    ("password", "has_password"),
    ("identity provider", "identity_provider"),
    ("slack", "slack.user"),
    ("since", "created_at"),
    ("known since", "known_since"),
];

impl People {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        match self.command {
            Command::List { most } => {
                let list = pages(&client, &Query::of("/v1/people"), "people", most).await?;
                desk.output.show(&list, |list| {
                    let people: Vec<Value> = entries(list, "people").iter().map(in_words).collect();
                    Table::of(&people, COLUMNS, "nobody")
                })?;
            }
            Command::Show { person } => {
                shown(desk, &client.get(&path(&client, &person).await?).await?)?;
            }
            Command::Add { name, about } => {
                let mut body = about.body();
                body.insert("name".to_owned(), name.into());
                let person = client.post("/v1/people", &Value::Object(body)).await?;
                shown(desk, &person)?;
            }
            Command::Invite { person } => invite(desk, &client, &person).await?,
            Command::Edit {
                person,
                name,
                activate,
                about,
            } => {
                let mut body = about.body();
                body.extend(name.map(|name| ("name".to_owned(), name.into())));
                if activate {
                    body.insert("active".to_owned(), true.into());
                }
                shown(desk, &change(&client, &person, &Value::Object(body)).await?)?;
            }
            Command::Deactivate { person } => {
                let person = change(&client, &person, &json!({ "active": false })).await?;
                let name = text_at(&person, "name");
                desk.output
                    .done(&person, &format!("{name} may do nothing any more"))?;
            }
        }
        Ok(exit::OK)
    }
}

async fn path(client: &Client, person: &str) -> anyhow::Result<String> {
    let id = id_of(client, ("/v1/people", "people"), "per_", person).await?;
    Ok(format!("/v1/people/{}", escaped(&id)))
}

async fn change(client: &Client, person: &str, body: &Value) -> anyhow::Result<Value> {
    let path = path(client, person).await?;
    Ok(client.ask(Method::PATCH, &path, Ask::json(body)).await?)
}

async fn invite(desk: &Desk, client: &Client, person: &str) -> anyhow::Result<()> {
    let path = path(client, person).await? + "/invitation";
    let invitation = client.post(&path, &json!({})).await?;
    let facts = [("code", "code"), ("good until", "expires_at")];
    desk.output.show(&invitation, |invitation| {
        Table::about(invitation, &facts).uncut()
    })?;
    if !desk.output.is_json() {
        let (code, link) = (text_at(&invitation, "code"), text_at(&invitation, "link"));
        desk.output.note(&format!(
            "for the one who is invited alone, good once: in a browser {link}, or \
             `portcullis login --invitation {code}`"
        ))?;
    }
    Ok(())
}

fn shown(desk: &Desk, person: &Value) -> anyhow::Result<()> {
    desk.output
        .show(person, |person| Table::about(&in_words(person), FACTS))?;
    Ok(())
}

/// Roles and groups as people write them.
fn in_words(person: &Value) -> Value {
    let role = |role: &Value| match role.get("workspace").and_then(Value::as_str) {
        Some(workspace) => format!("{}@{workspace}", text_at(role, "role")),
        None => text_at(role, "role"),
    };
    let roles: Vec<String> = entries(person, "roles").iter().map(role).collect();
    let groups = entries(person, "groups").iter();
    let groups: Vec<String> = groups.map(|group| text_at(group, "name")).collect();
    crate::output::with(person.clone(), json!({ "roles": roles, "groups": groups }))
}
