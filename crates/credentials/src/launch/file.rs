//! Files with secrets in them, for as long as a program runs.

use crate::{child::unreachable, secrets::Secrets};
use portcullis_firewall::outside::{Launch, OutsideError, Part, PrivateFile};
use rustix::{
    fs::{AtFlags, CWD, Gid, Mode, OFlags, Uid, fchown, mkdirat, openat, unlinkat},
    io::Errno,
};
use std::{
    ffi::OsStr,
    fs::File,
    io::Write,
    os::fd::OwnedFd,
    path::{Component, Path},
};
use zeroize::Zeroizing;

/// Files that go when this does.
#[derive(Debug, Default)]
pub(super) struct Placed {
    files: Vec<(OwnedFd, std::ffi::OsString)>,
}

impl Placed {
    /// Writes every file of a launch; all of them, or none stays.
    pub(super) fn put(launch: &Launch, secrets: &Secrets) -> Result<Self, OutsideError> {
        let mut placed = Self::default();
        for file in &launch.files {
            let content = content(file, secrets)?;
            placed
                .put_one(launch, file, &content)
                .map_err(|why| unreachable("a file with a credential", why))?;
        }
        Ok(placed)
    }

    fn put_one(
        &mut self,
        launch: &Launch,
        file: &PrivateFile,
        content: &[u8],
    ) -> Result<(), Errno> {
        let mut names = names(&file.path)?;
        let last = names.pop().ok_or(Errno::INVAL)?;
        let mut folder = openat(CWD, &launch.folder, FOLDER, Mode::empty())?;
        for name in names {
            folder = below(&folder, name, launch.owner)?;
        }
        // What stands there already may be a link to somewhere else; it is not written through.
        match unlinkat(&folder, last, AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => {}
            Err(error) => return Err(error),
        }
        let opened = openat(&folder, last, NEW_FILE, Mode::from_raw_mode(0o600))?;
        give(&opened, launch.owner)?;
        self.files.push((folder, last.to_owned()));
        File::from(opened)
            .write_all(content)
            .map_err(|error| Errno::from_io_error(&error).unwrap_or(Errno::IO))
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        for (folder, name) in &self.files {
            // It may be gone already: the folder was the program's own.
            let _ = unlinkat(folder, name.as_os_str(), AtFlags::empty());
        }
    }
}

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

const NEW_FILE: OFlags = OFlags::WRONLY
    .union(OFlags::CREATE)
    .union(OFlags::EXCL)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// The names that a path goes through: plain ones alone, so that it stays below.
fn names(path: &Path) -> Result<Vec<&OsStr>, Errno> {
    let plain = path.components().map(|component| match component {
        Component::Normal(name) => Ok(name),
        _ => Err(Errno::INVAL),
    });
    plain.collect()
}

fn below(folder: &OwnedFd, name: &OsStr, owner: Option<u32>) -> Result<OwnedFd, Errno> {
    let made = match mkdirat(folder, name, Mode::from_raw_mode(0o700)) {
        Ok(()) => true,
        Err(Errno::EXIST) => false,
        Err(error) => return Err(error),
    };
    let opened = openat(folder, name, FOLDER, Mode::empty())?;
    if made {
        give(&opened, owner)?;
    }
    Ok(opened)
}

fn give(file: &OwnedFd, owner: Option<u32>) -> Result<(), Errno> {
    let Some(id) = owner else { return Ok(()) };
    fchown(file, Some(Uid::from_raw(id)), Some(Gid::from_raw(id)))
}

fn content(file: &PrivateFile, secrets: &Secrets) -> Result<Zeroizing<Vec<u8>>, OutsideError> {
    let mut content = Zeroizing::new(Vec::new());
    for part in &file.parts {
        match part {
            Part::Text(text) => content.extend_from_slice(text.as_bytes()),
            Part::Secret(name) => content.extend_from_slice(secrets.read(name)?.bytes()),
            Part::Quoted(name) => quote(secrets.read(name)?.bytes(), &mut content)?,
            Part::Escaped(name) => escape(secrets.read(name)?.bytes(), &mut content),
        }
    }
    Ok(content)
}

/// A JSON string (RFC 8259, 7).
fn quote(secret: &[u8], content: &mut Vec<u8>) -> Result<(), OutsideError> {
    let text = std::str::from_utf8(secret)
        .map_err(|_| unreachable("a file with a credential", "a secret is no text"))?;
    content.push(b'"');
    for char in text.chars() {
        match char {
            '"' | '\\' => content.extend_from_slice(&[b'\\', u8::try_from(char).unwrap_or(b'?')]),
            char if char.is_control() => {
                content.extend_from_slice(format!("\\u{:04x}", u32::from(char)).as_bytes());
            }
            char => content.extend_from_slice(char.encode_utf8(&mut [0; 4]).as_bytes()),
        }
    }
    content.push(b'"');
    Ok(())
}

/// Everything but the unreserved characters (RFC 3986, 2.3) by its number.
fn escape(secret: &[u8], content: &mut Vec<u8>) {
    for byte in secret {
        match byte {
            b'-' | b'.' | b'_' | b'~' => content.push(*byte),
            byte if byte.is_ascii_alphanumeric() => content.push(*byte),
            byte => content.extend_from_slice(format!("%{byte:02X}").as_bytes()),
        }
    }
}
