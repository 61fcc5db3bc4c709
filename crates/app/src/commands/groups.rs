//! `portcullis groups`: people who count as one.

use super::desk::{Desk, entries, id_of, pages};
use crate::{
    client::{Ask, Client, Query, escaped},
    exit,
    output::table::{Column, Table, text_at},
};
use clap::{Args, Subcommand};
use hyper::Method;
use serde_json::{Map, Value, json};

/// Lists and changes groups, and who is in them.
#[derive(Args, Debug)]
#[command(
    after_help = "Examples:\n  portcullis groups add on-call\n  portcullis groups join on-call \"Ann Lopez\"\n  \
    portcullis groups confirm elv_…"
)]
pub(super) struct Groups {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Lists groups.
    #[command(after_help = "Example:\n  portcullis groups list")]
    List {
        /// At most so many.
        #[arg(long, default_value_t = 1_000)]
        most: usize,
    },
    /// Shows a group with its members.
    #[command(after_help = "Example:\n  portcullis groups show on-call")]
    Show {
        /// Its name or id.
        group: String,
    },
    /// Makes a group.
    #[command(after_help = "Example:\n  portcullis groups add on-call --description \"this week\"")]
    Add {
        /// Its name; approver lists say `group:<name>`.
        name: String,
        /// What it is for.
        #[arg(long)]
        description: Option<String>,
    },
    /// Changes a group; what is not given stays.
    #[command(after_help = "Example:\n  portcullis groups edit on-call --name night-shift")]
    Edit {
        /// Its name or id.
        group: String,
        /// Another name.
        #[arg(long)]
        name: Option<String>,
        /// What it is for.
        #[arg(long)]
        description: Option<String>,
        /// A permission set of its members, by id, in place of all they have; may be given again.
        #[arg(long = "permission-set", value_name = "ID")]
        permission_sets: Vec<String>,
    },
    /// Removes a group.
    #[command(after_help = "Example:\n  portcullis groups remove on-call")]
    Remove {
        /// Its name or id.
        group: String,
    },
    /// Adds somebody; whoever adds themselves waits for another architect.
    #[command(after_help = "Example:\n  portcullis groups join on-call \"Ann Lopez\"")]
    Join(Member),
    /// Takes somebody out.
    #[command(after_help = "Example:\n  portcullis groups leave on-call \"Ann Lopez\"")]
    Leave(Member),
    /// Agrees to what somebody else would gain; without an id, lists what waits for that.
    #[command(after_help = "Example:\n  portcullis groups confirm elv_…")]
    Confirm {
        /// The change's id, `elv_…`.
        id: Option<String>,
    },
}

#[derive(Args, Debug)]
struct Member {
    /// The group's name or id.
    group: String,
    /// The person's name or id.
    person: String,
}

const COLUMNS: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("members", "members"),
    ("for", "description"),
];

const FACTS: &[Column] = &[
    ("id", "id"),
    ("name", "name"),
    ("for", "description"),
    ("members", "members"),
    ("permission sets", "permission_sets"),
    ("since", "created_at"),
];

const WAITING: &[Column] = &[
    ("id", "id"),
    ("who", "person_id"),
    ("wants", "kind"),
    ("group", "group_id"),
    ("ends", "expires_at"),
];

impl Groups {
    pub(super) async fn run(self, desk: &Desk) -> anyhow::Result<u8> {
        let client = desk.client()?;
        let group = match self.command {
            Command::List { most } => {
                let list = pages(&client, &Query::of("/v1/groups"), "groups", most).await?;
                desk.output.show(&list, |list| {
                    let groups: Vec<Value> = entries(list, "groups").iter().map(in_words).collect();
                    Table::of(&groups, COLUMNS, "no groups")
                })?;
                return Ok(exit::OK);
            }
            Command::Confirm { id: None } => {
                let query = Query::of("/v1/elevations");
                let list = pages(&client, &query, "elevations", usize::MAX).await?;
                desk.output.show(&list, |list| {
                    Table::of(entries(list, "elevations"), WAITING, "nothing waits")
                })?;
                return Ok(exit::OK);
            }
            Command::Confirm { id: Some(id) } => {
                let path = format!("/v1/elevations/{}/confirm", escaped(&id));
                client.post(&path, &json!({})).await?
            }
            other => other.change(&client).await?,
        };
        if text_at(&group, "id").starts_with("elv_") {
            let id = text_at(&group, "id");
            let waits =
                format!("this waits for another architect: `portcullis groups confirm {id}`");
            desk.output.done(&group, &waits)?;
        } else {
            desk.output
                .show(&group, |group| Table::about(&in_words(group), FACTS))?;
        }
        Ok(exit::OK)
    }
}

impl Command {
    /// What concerns one group; the group afterwards.
    async fn change(self, client: &Client) -> anyhow::Result<Value> {
        Ok(match self {
            Self::Show { group } => client.get(&path(client, &group).await?).await?,
            Self::Add { name, description } => {
                let body = json!({ "name": name, "description": description.unwrap_or_default() });
                client.post("/v1/groups", &body).await?
            }
            Self::Edit {
                group,
                name,
                description,
                permission_sets,
            } => {
                let mut body = Map::new();
                body.extend(name.map(|name| ("name".to_owned(), name.into())));
                body.extend(description.map(|text| ("description".to_owned(), text.into())));
                if !permission_sets.is_empty() {
                    body.insert("permission_sets".to_owned(), permission_sets.into());
                }
                let (path, body) = (path(client, &group).await?, Value::Object(body));
                client.ask(Method::PATCH, &path, Ask::json(&body)).await?
            }
            Self::Remove { group } => {
                let path = path(client, &group).await?;
                client.ask(Method::DELETE, &path, Ask::default()).await?
            }
            Self::Join(Member { group, person }) => {
                let path = path(client, &group).await? + "/members";
                let person = person_id(client, &person).await?;
                client.post(&path, &json!({ "person_id": person })).await?
            }
            Self::Leave(Member { group, person }) => {
                let (path, person) = (
                    path(client, &group).await?,
                    person_id(client, &person).await?,
                );
                let path = format!("{path}/members/{}", escaped(&person));
                client.ask(Method::DELETE, &path, Ask::default()).await?
            }
            Self::List { .. } | Self::Confirm { .. } => Value::Null,
        })
    }
}

async fn path(client: &Client, group: &str) -> anyhow::Result<String> {
    let id = id_of(client, ("/v1/groups", "groups"), "grp_", group).await?;
    Ok(format!("/v1/groups/{}", escaped(&id)))
}

async fn person_id(client: &Client, person: &str) -> anyhow::Result<String> {
    id_of(client, ("/v1/people", "people"), "per_", person).await
}

/// Members by their ids alone.
fn in_words(group: &Value) -> Value {
    let members = entries(group, "members").iter();
    let members: Vec<String> = members.map(|member| text_at(member, "person_id")).collect();
    crate::output::with(group.clone(), json!({ "members": members }))
}
