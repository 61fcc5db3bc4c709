//! A file system in which nothing else exists.
//!
//! It is built in the room's folder `view`, on a file system in memory, from what is there under
//! the same names: the system's folders, read only, a few devices, and two folders of the room.

use super::{For, Refusal};
use crate::plan::{DEVICES, Plan, Wall};
use nix::sched::{CloneFlags, unshare};
use rustix::{
    fs::{StatVfsMountFlags, statvfs},
    mount::{
        MountFlags, MountPropagationFlags, UnmountFlags, mount, mount_bind_recursive, mount_change,
        mount_remount, unmount,
    },
    process::{chdir, pivot_root},
};
use std::{
    ffi::CString,
    fs, io,
    os::unix::fs::symlink,
    path::{Path, PathBuf},
};

/// The folder of a room that a view is built in.
pub(crate) const VIEW: &str = "view";

/// What nobody may do on any of these mounts.
const HARMLESS: MountFlags = MountFlags::NOSUID.union(MountFlags::NODEV);

/// How large the file system in memory may get: it holds folders and links alone.
const IN_MEMORY: &str = "mode=0755,size=1m,nr_inodes=2k";

/// Builds the view and moves into it. The current folder is the room.
pub(super) fn build(plan: &Plan) -> Result<(), Refusal> {
    let wall = Wall::Mounts;
    unshare(CloneFlags::CLONE_NEWNS).of(wall, "a namespace")?;
    let private = MountPropagationFlags::REC | MountPropagationFlags::PRIVATE;
    mount_change("/", private).of(wall, "mounts of its own")?;
    let options = CString::new(IN_MEMORY).of(wall, "a file system in memory")?;
    mount("tmpfs", VIEW, "tmpfs", HARMLESS, options.as_c_str())
        .of(wall, "a file system in memory")?;
    for path in plan.readable() {
        show(path).of(wall, &path.display().to_string())?;
    }
    for device in DEVICES {
        show_device(Path::new(device)).of(wall, device)?;
    }
    let own = plan.own_path();
    // Landlock looks at what is started, and not at what a loader of programs reads and maps.
    let more = match plan.run_own {
        true => HARMLESS,
        false => HARMLESS | MountFlags::NOEXEC,
    };
    bind(&plan.own.join("tmp"), Path::new("/tmp"), more).of(wall, "/tmp")?;
    bind(&plan.home, &plan.home_path(), more).of(wall, "the room")?;
    bind(&plan.own, &own, more).of(wall, "the room")?;
    if plan.has(Wall::OwnProc) {
        show_processes()?;
    }
    enter().of(wall, "moving into it")
}

/// The place of a path in the view.
fn inside(path: &Path) -> PathBuf {
    Path::new(VIEW).join(path.strip_prefix("/").unwrap_or(path))
}

/// Shows a folder or file of the system, to be read; what is not there is not shown.
fn show(path: &Path) -> io::Result<()> {
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    // `/bin` is a link into `/usr` on most systems. A link elsewhere shows what is behind it.
    let target = fs::read_link(path).ok().filter(|_| found.is_symlink());
    if let Some(target) = target
        && path.parent() == Some(Path::new("/"))
    {
        return symlink(target, inside(path));
    }
    let Ok(behind) = fs::metadata(path) else {
        return Ok(());
    };
    let place = inside(path);
    make_place(&place, behind.is_dir())?;
    mount_bind_recursive(path, &place)?;
    restrict(&place, MountFlags::RDONLY | HARMLESS)
}

fn show_device(path: &Path) -> io::Result<()> {
    let place = inside(path);
    make_place(&place, false)?;
    Ok(mount_bind_recursive(path, &place)?)
}

/// Binds a folder of the room, to be written.
fn bind(from: &Path, path: &Path, more: MountFlags) -> io::Result<()> {
    let place = inside(path);
    make_place(&place, true)?;
    mount_bind_recursive(from, &place)?;
    restrict(&place, more)
}

fn make_place(place: &Path, folder: bool) -> io::Result<()> {
    if folder {
        return fs::create_dir_all(place);
    }
    if let Some(parent) = place.parent() {
        fs::create_dir_all(parent)?;
    }
    fs::File::create_new(place).map(drop)
}

/// Adds restrictions to a mount, and keeps those that it has: within a user namespace the kernel
/// lets nobody take them off.
fn restrict(place: &Path, more: MountFlags) -> io::Result<()> {
    let has = statvfs(place)?.f_flag;
    let kept = [
        (StatVfsMountFlags::RDONLY, MountFlags::RDONLY),
        (StatVfsMountFlags::NOEXEC, MountFlags::NOEXEC),
        (StatVfsMountFlags::NOATIME, MountFlags::NOATIME),
        (StatVfsMountFlags::NODIRATIME, MountFlags::NODIRATIME),
        (StatVfsMountFlags::RELATIME, MountFlags::RELATIME),
    ];
    let flags = kept
        .into_iter()
        .filter(|(has_it, _)| has.contains(*has_it))
        .fold(MountFlags::BIND | more, |flags, (_, keep)| flags | keep);
    Ok(mount_remount(place, flags, c"")?)
}

/// Shows the processes of the namespace, and nothing else of `/proc` (Linux 5.8).
fn show_processes() -> Result<(), Refusal> {
    let wall = Wall::OwnProc;
    let place = inside(Path::new("/proc"));
    fs::create_dir_all(&place).of(wall, "/proc")?;
    let flags = HARMLESS | MountFlags::NOEXEC;
    mount("proc", &place, "proc", flags, c"subset=pid").of(wall, "/proc")?;
    for (name, target) in [
        ("fd", "fd"),
        ("stdin", "fd/0"),
        ("stdout", "fd/1"),
        ("stderr", "fd/2"),
    ] {
        let place = inside(&Path::new("/dev").join(name));
        symlink(Path::new("/proc/self").join(target), place).of(wall, "/dev")?;
    }
    Ok(())
}

/// Makes the view the root, and lets go of everything else.
fn enter() -> io::Result<()> {
    chdir(VIEW)?;
    // The old root is stacked upon the new one, and taken off.
    pivot_root(".", ".")?;
    unmount(".", UnmountFlags::DETACH)?;
    chdir("/")?;
    Ok(mount_remount(
        "/",
        MountFlags::BIND | MountFlags::RDONLY | HARMLESS,
        c"",
    )?)
}
