//! The private directories of sessions.
//!
//! ```text
//! rooms/t-<tenant>/s-<session>/home   where its commands run; all of them write here
//!                              run/…  for each command that runs: its temporary files and credentials
//!                              view   where a file system is built around a command
//! ```

mod folder;
mod user;

#[cfg(target_os = "linux")]
use crate::walls;
use folder::Folder;
use portcullis_firewall::ports::Doing;
use portcullis_policy::id::{SessionId, TenantId};
use std::{
    collections::HashMap,
    fs, io,
    path::{Path, PathBuf},
    sync::{
        Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{sync::watch, task::spawn_blocking, time::timeout};

/// The folder of a room that its commands share.
pub(crate) const HOME: &str = "home";
/// The folder of a room with a folder for each command that runs.
pub(crate) const RUN: &str = "run";
/// The folder of a room that a file system is built in.
const VIEW: &str = "view";

/// How long commands may take to end when their room is cleared.
const PATIENCE: Duration = Duration::from_secs(20);

/// The port [`Rooms`](portcullis_firewall::ports::Rooms): directories below one folder.
///
/// Fails closed: a folder that somebody else may write to, or that is a link, is no room.
#[derive(Debug)]
pub struct Rooms {
    root: PathBuf,
    /// Who listens in each room for its end.
    closing: Mutex<HashMap<PathBuf, watch::Sender<bool>>>,
    /// Numbers the folders of commands.
    next: AtomicU64,
}

/// Why there is no room.
#[derive(Debug, thiserror::Error)]
pub enum RoomFault {
    /// Somebody else may write to the folder, or owns it.
    #[error("others may write to `{0}`: give it to the gate alone")]
    Open(PathBuf),
    /// The folder is there, and is none, or a link.
    #[error("`{0}` is no folder")]
    NoFolder(PathBuf),
    /// Its session has not begun, or is over.
    #[error("the session has no room")]
    None,
    /// Something still runs there.
    #[error("something does not end in `{0}`")]
    Occupied(PathBuf),
    /// The system refuses.
    #[error("`{path}`: {source}")]
    System {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Rooms {
    /// Rooms below a folder, which is made when it is not there. The folder above it is the gate's
    /// own.
    ///
    /// # Errors
    /// [`RoomFault`].
    pub fn at(root: &Path) -> Result<Self, RoomFault> {
        let parent = root
            .parent()
            .ok_or_else(|| RoomFault::NoFolder(root.into()))?;
        let name = root
            .file_name()
            .ok_or_else(|| RoomFault::NoFolder(root.into()))?;
        let parent = fs::canonicalize(parent).map_err(|error| system(parent, error))?;
        let root = parent.join(name);
        Folder::at(&parent)?.below(name, user::passable(), None)?;
        Ok(Self {
            root,
            closing: Mutex::default(),
            next: AtomicU64::new(0),
        })
    }

    /// Where the room of a session is. No name leads out of it: each has a letter before it.
    fn path(&self, tenant: &TenantId, session: &SessionId) -> PathBuf {
        self.root.join(of(tenant)).join(in_tenant(session))
    }

    fn make(&self, tenant: &TenantId, session: &SessionId) -> Result<(), RoomFault> {
        let user = user::of(tenant, session);
        let root = Folder::at(&self.root)?;
        let tenant = root.below(of(tenant).as_ref(), user::passable(), None)?;
        let room = tenant.below(in_tenant(session).as_ref(), 0o700, user)?;
        for name in [HOME, RUN, VIEW] {
            room.below(name.as_ref(), 0o700, user)?;
        }
        Ok(())
    }

    /// A place for one command in a session's room.
    ///
    /// # Errors
    /// [`RoomFault`]; always when the room was not opened.
    pub(crate) fn enter(&self, tenant: &TenantId, session: &SessionId) -> Result<Place, RoomFault> {
        let room = self.path(tenant, session);
        let user = user::of(tenant, session);
        if !room.join(RUN).is_dir() {
            return Err(RoomFault::None);
        }
        let closing = {
            let mut rooms = self.rooms();
            let sender = rooms
                .entry(room.clone())
                .or_insert_with(|| watch::Sender::new(false));
            if *sender.borrow() {
                return Err(RoomFault::None);
            }
            sender.subscribe()
        };
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let own = PathBuf::from(RUN).join(number.to_string());
        // Left by a gate that was killed; whatever ran there has ended with it.
        let _ = fs::remove_dir_all(room.join(&own));
        let folder = Folder::at_room(&room.join(RUN), user)?;
        let folder = folder.below(number.to_string().as_ref(), 0o700, user)?;
        folder.below("tmp".as_ref(), 0o700, user)?;
        Ok(Place {
            room,
            own,
            user,
            closing,
        })
    }

    fn rooms(&self) -> MutexGuard<'_, HashMap<PathBuf, watch::Sender<bool>>> {
        self.closing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends what runs in a room, and waits for it.
    async fn empty(&self, room: &Path) -> Result<(), RoomFault> {
        let sender = {
            let mut rooms = self.rooms();
            let sender = rooms
                .entry(room.to_owned())
                .or_insert_with(|| watch::Sender::new(false));
            sender.send_replace(true);
            sender.clone()
        };
        let left = timeout(PATIENCE, sender.closed()).await;
        left.map_err(|_| RoomFault::Occupied(room.to_owned()))
    }

    async fn remove(&self, room: PathBuf) -> Result<(), RoomFault> {
        self.empty(&room).await?;
        let (at, whole) = (room.clone(), room.clone());
        let removed = spawn_blocking(move || {
            sweep(&at)?;
            folder::remove(&at).map_err(|error| system(&at, error))
        });
        let removed = removed
            .await
            .unwrap_or_else(|_| Err(system(&whole, io::Error::other("its removal broke off"))));
        if removed.is_ok() {
            self.rooms().remove(&room);
        }
        removed
    }
}

#[cfg(target_os = "linux")]
fn sweep(room: &Path) -> Result<(), RoomFault> {
    match walls::end_all(room) {
        true => Ok(()),
        false => Err(RoomFault::Occupied(room.to_owned())),
    }
}

#[cfg(not(target_os = "linux"))]
fn sweep(_: &Path) -> Result<(), RoomFault> {
    // Nothing ever runs there.
    Ok(())
}

impl portcullis_firewall::ports::Rooms for Rooms {
    fn open<'a>(
        &'a self,
        tenant: &'a TenantId,
        session: &'a SessionId,
    ) -> Doing<'a, Result<(), String>> {
        // A few calls on names that are at hand: not worth another thread.
        let made = self.make(tenant, session);
        Box::pin(async move { made.map_err(|fault| fault.to_string()) })
    }

    fn clear<'a>(
        &'a self,
        tenant: &'a TenantId,
        session: &'a SessionId,
    ) -> Doing<'a, Result<(), String>> {
        let room = self.path(tenant, session);
        Box::pin(async move {
            let removed = self.remove(room).await;
            removed.map_err(|fault| fault.to_string())
        })
    }
}

/// The place of one command in a room; its folder goes when this does.
#[derive(Debug)]
pub(crate) struct Place {
    /// The room.
    pub(crate) room: PathBuf,
    /// The command's own folder, below the room.
    pub(crate) own: PathBuf,
    /// Who the command becomes.
    pub(crate) user: Option<u32>,
    /// Says when the room is cleared.
    pub(crate) closing: watch::Receiver<bool>,
}

impl Drop for Place {
    fn drop(&mut self) {
        // What cannot be removed now goes with the room.
        let _ = folder::remove(&self.room.join(&self.own));
    }
}

fn of(tenant: &TenantId) -> String {
    format!("t-{tenant}")
}

fn in_tenant(session: &SessionId) -> String {
    format!("s-{session}")
}

fn system(path: &Path, source: io::Error) -> RoomFault {
    RoomFault::System {
        path: path.to_owned(),
        source,
    }
}
