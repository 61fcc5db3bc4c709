//! Folders that are reached without following a link, and are nobody else's.

use super::{RoomFault, system};
use rustix::{
    fs::{CWD, FileType, Gid, Mode, OFlags, Stat, Uid, fchmod, fchown, fstat, mkdirat, openat},
    io::Errno,
    process::geteuid,
};
use std::{
    ffi::OsStr,
    fs, io,
    os::{fd::OwnedFd, unix::fs::PermissionsExt},
    path::{Path, PathBuf},
};

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::NOFOLLOW)
    .union(OFlags::CLOEXEC);

/// An open folder.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    open: OwnedFd,
}

impl Folder {
    /// A folder of the gate's that is there.
    pub(super) fn at(path: &Path) -> Result<Self, RoomFault> {
        Self::at_room(path, None)
    }

    /// A folder that is there, of the gate's or of a room's user.
    pub(super) fn at_room(path: &Path, owner: Option<u32>) -> Result<Self, RoomFault> {
        let open = openat(CWD, path, FOLDER, Mode::empty()).map_err(|error| fault(path, error))?;
        let folder = Self {
            path: path.to_owned(),
            open,
        };
        folder.check(owner)?;
        Ok(folder)
    }

    /// A folder in it, made with these rights when it is not there.
    pub(super) fn below(
        &self,
        name: &OsStr,
        mode: u32,
        owner: Option<u32>,
    ) -> Result<Self, RoomFault> {
        let path = self.path.join(name);
        let is_new = match mkdirat(&self.open, name, Mode::from_raw_mode(0o700)) {
            Ok(()) => true,
            Err(Errno::EXIST) => false,
            Err(error) => return Err(fault(&path, error)),
        };
        let open = openat(&self.open, name, FOLDER, Mode::empty());
        let open = open.map_err(|error| fault(&path, error))?;
        if is_new {
            let given = owner.map_or(Ok(()), |id| {
                fchown(&open, Some(Uid::from_raw(id)), Some(Gid::from_raw(id)))
            });
            given
                .and_then(|()| fchmod(&open, Mode::from_raw_mode(mode)))
                .map_err(|error| fault(&path, error))?;
        }
        let folder = Self { path, open };
        folder.check(owner)?;
        Ok(folder)
    }

    fn check(&self, owner: Option<u32>) -> Result<(), RoomFault> {
        let found: Stat = fstat(&self.open).map_err(|error| fault(&self.path, error))?;
        let me = geteuid().as_raw();
        let owned = found.st_uid == owner.unwrap_or(me);
        let shut = Mode::from_raw_mode(found.st_mode)
            .intersection(OTHERS_WRITE)
            .is_empty();
        match owned && shut {
            true => Ok(()),
            false => Err(RoomFault::Open(self.path.clone())),
        }
    }
}

const OTHERS_WRITE: Mode = Mode::WGRP.union(Mode::WOTH);

fn fault(path: &Path, error: Errno) -> RoomFault {
    match error {
        Errno::NOTDIR | Errno::LOOP | Errno::MLINK => RoomFault::NoFolder(path.to_owned()),
        error => system(path, error.into()),
    }
}

/// Removes a folder with all that is in it; links are removed and not followed. Nothing may run
/// there any more. What is gone is well.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            // A command may take the rights to its own folders away.
            loosen(path)?;
            fs::remove_dir_all(path)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

/// Lets the gate into every folder below one.
fn loosen(path: &Path) -> io::Result<()> {
    let mut next = vec![path.to_owned()];
    while let Some(folder) = next.pop() {
        let found = fs::symlink_metadata(&folder)?;
        if !FileType::from_raw_mode(found.permissions().mode()).is_dir() {
            continue;
        }
        fs::set_permissions(&folder, fs::Permissions::from_mode(0o700))?;
        for entry in fs::read_dir(&folder)? {
            next.push(entry?.path());
        }
    }
    Ok(())
}
