//! What a command that asks a gate works with: the output, and the way to the gate.

use crate::{
    client::{Client, ClientError, Query, Trust},
    login::Login,
    output::{Output, table::text_at},
};
use anyhow::{Context, ensure};
use serde_json::Value;
use std::{fs, io::Read, os::unix::fs::OpenOptionsExt, path::Path};

/// The largest file that is read as a whole, in bytes.
const FILE_MAX_BYTES: u64 = 16 << 20;
/// The gate that is asked when none is named.
const USUAL: &str = "http://127.0.0.1:8088";
/// The most entries a page of the gate has.
const PAGE: usize = 200;

/// Where to print, and whom to ask.
#[derive(Debug)]
pub(super) struct Desk {
    pub(super) output: Output,
    url: Option<String>,
    token: Option<String>,
    trust: Trust,
}

impl Desk {
    pub(super) fn new(
        output: Output,
        (url, token): (Option<String>, Option<String>),
        trust: Trust,
    ) -> Self {
        let token = token.filter(|token| !token.trim().is_empty());
        Self {
            output,
            url,
            token,
            trust,
        }
    }

    /// A client for any gate, trusting what the user says.
    pub(super) fn client_of(&self, url: &str, token: Option<&str>) -> anyhow::Result<Client> {
        Client::trusting(url, token, &self.trust)
    }

    /// The gate's address: the one that was given, or that of the login, or the usual one.
    pub(super) fn address(&self) -> anyhow::Result<String> {
        if let Some(url) = &self.url {
            return Ok(url.clone());
        }
        let login = Login::kept()?;
        Ok(login.map_or_else(|| USUAL.to_owned(), |login| login.url))
    }

    /// A client with the token that was given, or that of the login.
    ///
    /// Fails closed: a login's token goes to its own gate alone.
    pub(super) fn client(&self) -> anyhow::Result<Client> {
        if let Some(token) = &self.token {
            let url = self.url.as_deref().unwrap_or(USUAL);
            return self.client_of(url, Some(token));
        }
        let login = Login::kept()?.context(
            "no token: run `portcullis login`, or give one as PORTCULLIS_TOKEN or with `--token`",
        )?;
        let same = |url: &String| url.trim_end_matches('/') == login.url.trim_end_matches('/');
        ensure!(
            self.url.as_ref().is_none_or(same),
            "the login is for `{}`; sign in at the other gate first",
            login.url
        );
        self.client_of(&login.url, Some(&login.token))
    }
}

/// A list from as many pages as it takes, at most `most` entries of it, under its own name.
pub(super) async fn pages(
    client: &Client,
    query: &Query,
    name: &str,
    most: usize,
) -> Result<Value, ClientError> {
    let mut entries = Vec::new();
    let mut has_more = true;
    while has_more && entries.len() < most {
        let limit = PAGE.min(most - entries.len());
        let page = query
            .clone()
            .and("limit", Some(limit))
            .and("offset", Some(entries.len()));
        let mut answer = client.get(page.as_str()).await?;
        has_more = answer
            .get("has_more")
            .and_then(Value::as_bool)
            .unwrap_or(false);
        match answer.get_mut(name).map(Value::take) {
            Some(Value::Array(items)) if !items.is_empty() => entries.extend(items),
            Some(Value::Array(_)) => has_more = false,
            _ => return Err(ClientError::Unreadable(format!("expected `{name}` in it"))),
        }
    }
    Ok(serde_json::json!({ name: entries, "has_more": has_more }))
}

/// The entries of a list.
pub(super) fn entries<'v>(value: &'v Value, name: &str) -> &'v [Value] {
    value
        .get(name)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

/// The id of something that is named by its id or, whatever its case, by its name.
pub(super) async fn id_of(
    client: &Client,
    (path, list): (&str, &str),
    prefix: &str,
    named: &str,
) -> anyhow::Result<String> {
    if named.starts_with(prefix) {
        return Ok(named.to_owned());
    }
    let all = pages(client, &Query::of(path), list, usize::MAX).await?;
    let wanted = named.to_lowercase();
    let fits = |one: &&Value| text_at(one, "name").to_lowercase() == wanted;
    let found = entries(&all, list).iter().find(fits);
    let found = found.with_context(|| format!("nothing among the {list} is called `{named}`"))?;
    Ok(text_at(found, "id"))
}

/// A new file for its owner's eyes; one that is there stays as it is.
pub(super) fn create(path: &Path) -> anyhow::Result<fs::File> {
    fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("cannot create `{}`", path.display()))
}

/// The text of a file; `-` is standard input.
pub(super) fn read(path: &Path) -> anyhow::Result<String> {
    let shown = path.display();
    let mut text = String::new();
    let mut reader: Box<dyn Read> = if path.as_os_str() == "-" {
        Box::new(std::io::stdin().lock())
    } else {
        Box::new(fs::File::open(path).with_context(|| format!("cannot open `{shown}`"))?)
    };
    let length = reader
        .by_ref()
        .take(FILE_MAX_BYTES + 1)
        .read_to_string(&mut text)
        .with_context(|| format!("cannot read `{shown}`"))?;
    anyhow::ensure!(
        length as u64 <= FILE_MAX_BYTES,
        "`{shown}` is larger than 16 MiB"
    );
    Ok(text)
}

/// A text as JSON.
pub(super) fn json(text: &str, name: &str) -> anyhow::Result<Value> {
    serde_json::from_str(text).with_context(|| format!("`{name}` is not JSON"))
}
