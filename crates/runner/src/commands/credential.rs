//! Which variables and files a credential becomes, by the names of its parts.
//!
//! The names of variables and the forms of files are those of the vendors' own tools.

mod table;

use portcullis_firewall::{
    lease::InHand,
    outside::{Part, PrivateFile, SecretName, Variable},
};
use std::path::Path;
use table::{Host, KINDS, Kind, Piece, Put};

/// What a command is given.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Dress {
    pub(super) variables: Vec<(String, Variable)>,
    pub(super) files: Vec<PrivateFile>,
}

/// What no credential may set, for it says how programs are found and run.
const OURS: &[&str] = &["HOME", "LANG", "PATH", "TERM", "TMPDIR"];
const OURS_FROM: &[&str] = &["BASH_", "GIT_", "LD_", "LC_", "MALLOC_", "PYTHON", "RUST_"];

/// Dresses a command for its lease; `folder` is where its files will be.
///
/// Fails closed: a part whose name cannot be a variable's gives no credential at all.
///
/// # Errors
/// What is wrong, for people.
pub(super) fn dress(lease: &InHand, folder: &Path) -> Result<Dress, String> {
    let kind = KINDS.iter().find(|kind| fits(kind, lease));
    match kind {
        Some(kind) => dress_as(kind, lease, folder),
        None => as_named(lease),
    }
}

fn fits(kind: &Kind, lease: &InHand) -> bool {
    let secret = |name: &&str| secret(lease, name).is_some();
    let open = |name: &&str| open(lease, name).is_some();
    kind.secrets.iter().all(secret) && kind.open.iter().all(open)
}

fn secret<'l>(lease: &'l InHand, part: &str) -> Option<&'l SecretName> {
    let found = lease.secrets.iter().find(|(name, _)| name == part);
    found.map(|(_, secret)| secret)
}

fn open<'l>(lease: &'l InHand, part: &str) -> Option<&'l str> {
    let found = lease.open.iter().find(|(name, _)| name == part);
    found.map(|(_, value)| value.as_str())
}

fn dress_as(kind: &Kind, lease: &InHand, folder: &Path) -> Result<Dress, String> {
    let mut dress = Dress::default();
    for put in kind.puts {
        match put {
            Put::Variable(name, part) => {
                let secret = secret(lease, part).map(|name| Variable::Secret(name.clone()));
                let open = open(lease, part).map(|value| Variable::Plain(value.to_owned()));
                // A part that this credential does not have sets nothing.
                let value = secret.or(open);
                dress
                    .variables
                    .extend(value.map(|value| ((*name).to_owned(), value)));
            }
            Put::Fixed(name, value) => {
                let value = Variable::Plain((*value).to_owned());
                dress.variables.push(((*name).to_owned(), value));
            }
            Put::File { path, pieces } => {
                let parts = pieces.iter().map(|piece| part(piece, lease));
                let parts = parts.collect::<Result<Vec<_>, _>>()?;
                dress.files.push(PrivateFile {
                    path: (*path).into(),
                    parts: parts.into_iter().flatten().collect(),
                });
            }
            Put::Path(name, before, path, after) => {
                let path = folder.join(path);
                let path = path.to_str().filter(|path| !path.contains('\''));
                let path =
                    path.ok_or_else(|| "the room's path cannot be written down".to_owned())?;
                let value = Variable::Plain(format!("{before}{path}{after}"));
                dress.variables.push(((*name).to_owned(), value));
            }
        }
    }
    Ok(dress)
}

fn part(piece: &Piece, lease: &InHand) -> Result<Vec<Part>, String> {
    let missing = |name: &str| format!("the credential has no part `{name}`");
    let quoted = |value: &str| serde_json::to_string(value).map_err(|error| error.to_string());
    Ok(match piece {
        Piece::Text(text) => vec![Part::Text((*text).to_owned())],
        Piece::Secret(name) => vec![Part::Secret(
            secret(lease, name).ok_or_else(|| missing(name))?.clone(),
        )],
        Piece::Quoted(name) => match (secret(lease, name), open(lease, name)) {
            (Some(secret), _) => vec![Part::Quoted(secret.clone())],
            (None, Some(value)) => vec![Part::Text(quoted(value)?)],
            (None, None) => return Err(missing(name)),
        },
        Piece::Escaped(name) => vec![Part::Escaped(
            secret(lease, name).ok_or_else(|| missing(name))?.clone(),
        )],
        Piece::WhenThere(before, name) => match open(lease, name) {
            Some(value) => vec![Part::Text(format!("{before}{}\n", quoted(value)?))],
            None => Vec::new(),
        },
        Piece::Host(Host { of, known }) => {
            let value = open(lease, of).ok_or_else(|| missing(of))?;
            vec![Part::Text(host(value, known).to_owned())]
        }
    })
}

/// The host of an address; of a service whose API has a host of its own, the one for people.
fn host<'v>(value: &'v str, known: &[(&str, &'v str)]) -> &'v str {
    let rest = value.split_once("://").map_or(value, |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or(rest);
    let known = known.iter().find(|(api, _)| *api == host);
    known.map_or(host, |(_, people)| people)
}

/// Parts of a credential that no tool is known for: each is the variable that it is named after.
fn as_named(lease: &InHand) -> Result<Dress, String> {
    let secrets = lease.secrets.iter();
    let secrets = secrets.map(|(name, secret)| (name, Variable::Secret(secret.clone())));
    let open = lease.open.iter();
    let open = open.map(|(name, value)| (name, Variable::Plain(value.clone())));
    let mut dress = Dress::default();
    for (name, value) in secrets.chain(open) {
        dress.variables.push((variable(name)?, value));
    }
    Ok(dress)
}

fn variable(part: &str) -> Result<String, String> {
    let name = part.to_ascii_uppercase().replace('-', "_");
    let plain = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    let starts = name
        .bytes()
        .next()
        .is_some_and(|byte| !byte.is_ascii_digit());
    if !starts || !name.bytes().all(plain) {
        return Err(format!("the part `{part}` cannot be a variable"));
    }
    let ours = OURS.contains(&name.as_str());
    if ours || OURS_FROM.iter().any(|start| name.starts_with(start)) {
        return Err(format!("the part `{part}` would change how programs run"));
    }
    Ok(name)
}

#[cfg(test)]
mod tests;
