//! Control groups, as far as they bound memory. Commands run in the gate's, and no others are made.
//!
//! Sources: cgroups(7), proc_pid_mountinfo(5), and the kernel's pages on both versions.

use rustix::fs::{Access, access};
use std::{
    fs,
    path::{Component, Path, PathBuf},
};

/// What control groups do for the memory of whatever a process starts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Groups {
    /// The least bound on the process's group and those above it, in bytes.
    pub(super) bound: Option<u64>,
    /// Why the process can make no group with a bound of its own; `None` when it can.
    pub(super) obstacle: Option<String>,
}

/// From here on a bound of version 1 is none: it is written as the largest number that there is.
const NO_BOUND: u64 = 1 << 60;

impl Groups {
    /// Those of a process, by its folder in `/proc`. What cannot be read bounds nothing.
    pub(super) fn of(process: &Path) -> Self {
        let read = |name: &str| fs::read_to_string(process.join(name)).unwrap_or_default();
        let (own, mounts) = (read("cgroup"), read("mountinfo"));
        let first = Group::find((&own, &mounts), Version::One);
        let second = Group::find((&own, &mounts), Version::Two);
        let bounds = [
            first.as_ref().and_then(Group::hierarchical_limit),
            second.as_ref().and_then(Group::least_maximum),
        ];
        Self {
            bound: bounds.into_iter().flatten().min(),
            obstacle: match second {
                Some(group) => group.obstacle(),
                None => Some("version 2 is not there".to_owned()),
            },
        }
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Version {
    One,
    Two,
}

impl Version {
    /// Whether groups of this version, with bounds on memory where that is said, are mounted so.
    fn is_mounted_as(self, kind: &str, options: &str) -> bool {
        match self {
            Self::One => kind == "cgroup" && options.split(',').any(|option| option == "memory"),
            Self::Two => kind == "cgroup2",
        }
    }

    /// Whether a line of a process's groups is about this version.
    fn is_named_by(self, number: &str, controllers: &str) -> bool {
        match self {
            Self::One => controllers.split(',').any(|one| one == "memory"),
            Self::Two => number == "0" && controllers.is_empty(),
        }
    }
}

/// A group, as a folder.
#[derive(Debug)]
struct Group {
    /// Where the topmost group is that can be seen from here.
    top: PathBuf,
    folder: PathBuf,
}

impl Group {
    /// A process's group, by what the kernel says of its groups and mounts.
    fn find((own, mounts): (&str, &str), version: Version) -> Option<Self> {
        let (root, top) = mounts.lines().find_map(|line| {
            let (place, how) = line.split_once(" - ")?;
            let mut how = how.split(' ');
            let (kind, options) = (how.next()?, how.nth(1)?);
            let mut place = place.split(' ').skip(3);
            let found = (place.next()?, PathBuf::from(place.next()?));
            version.is_mounted_as(kind, options).then_some(found)
        })?;
        let path = own.lines().find_map(|line| {
            let (number, rest) = line.split_once(':')?;
            let (controllers, path) = rest.split_once(':')?;
            version.is_named_by(number, controllers).then_some(path)
        })?;
        let below = Path::new(path).strip_prefix(root).ok()?;
        // Upwards is out of what is mounted here.
        let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
        below.components().all(plain).then(|| Self {
            folder: top.join(below),
            top,
        })
    }

    fn read(folder: &Path, name: &str) -> Option<String> {
        fs::read_to_string(folder.join(name)).ok()
    }

    /// The bound of version 1; the kernel says the least of all those above.
    fn hierarchical_limit(&self) -> Option<u64> {
        let said = Self::read(&self.folder, "memory.stat")?;
        let mut lines = said.lines();
        let limit = lines.find_map(|line| line.strip_prefix("hierarchical_memory_limit "))?;
        limit.parse().ok().filter(|limit| *limit < NO_BOUND)
    }

    /// The least bound of version 2; `max` is none.
    fn least_maximum(&self) -> Option<u64> {
        let groups = self.folder.ancestors();
        let groups = groups.take_while(|folder| folder.starts_with(&self.top));
        let maximum = |folder| Self::read(folder, "memory.max")?.trim().parse().ok();
        groups.filter_map(maximum).min()
    }

    /// Why no group with a bound on memory can be made in this one.
    fn obstacle(&self) -> Option<String> {
        let shown = self.folder.display();
        let Some(controllers) = Self::read(&self.folder, "cgroup.controllers") else {
            return Some(format!("`{shown}` cannot be read"));
        };
        if !controllers.split_whitespace().any(|one| one == "memory") {
            return Some("version 2 does not bound memory here".to_owned());
        }
        let writable = access(&self.folder, Access::WRITE_OK).is_ok();
        (!writable).then(|| format!("`{shown}` was not handed over to this user"))
    }
}

#[cfg(test)]
mod tests {
    use super::Groups;
    use std::{fs, path::Path};

    /// A process, and groups of both versions, below one folder.
    fn lay_out(root: &Path, own: &str, mounts: &str) -> Groups {
        let shown = root.to_str().unwrap();
        fs::write(root.join("cgroup"), own).unwrap();
        fs::write(root.join("mountinfo"), mounts.replace("ROOT", shown)).unwrap();
        Groups::of(root)
    }

    fn write(root: &Path, file: &str, text: &str) {
        let path = root.join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    const SECOND: &str =
        "30 23 0:26 / ROOT/two rw,nosuid shared:4 - cgroup2 cgroup2 rw,nsdelegate\n";
    const FIRST: &str = "35 31 0:32 / ROOT/cpu rw - cgroup cgroup rw,cpu\n\
        36 31 0:33 / ROOT/one rw - cgroup cgroup rw,memory\n";

    #[test]
    fn the_least_bound_of_all_groups_above_counts() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write(root, "two/gate/inner/memory.max", "max\n");
        write(
            root,
            "two/gate/inner/cgroup.controllers",
            "cpu memory pids\n",
        );
        write(root, "two/gate/memory.max", "4096\n");
        write(root, "two/memory.max", "8192\n");
        // Not a group: it is above what is mounted.
        write(root, "memory.max", "1\n");
        let found = lay_out(root, "0::/gate/inner\n", SECOND);
        assert_eq!(
            found,
            Groups {
                bound: Some(4_096),
                obstacle: None
            }
        );
        write(root, "two/gate/memory.max", "max\n");
        write(root, "two/memory.max", "max\n");
        let found = lay_out(root, "0::/gate/inner\n", SECOND);
        assert_eq!(found, Groups::default());
    }

    #[test]
    fn a_bound_of_the_first_version_counts_too() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        let own = "5:cpu:/other\n4:memory:/box\n0::/\n";
        write(root, "two/cgroup.controllers", "hugetlb\n");
        for (said, bound) in [("1048576", Some(1 << 20)), ("9223372036854771712", None)] {
            let said = format!("cache 0\nhierarchical_memory_limit {said}\n");
            write(root, "one/box/memory.stat", &said);
            let found = lay_out(root, own, &format!("{FIRST}{SECOND}"));
            assert_eq!(found.bound, bound);
            let why = found.obstacle.unwrap();
            assert_eq!(why, "version 2 does not bound memory here");
        }
        let found = lay_out(root, own, FIRST);
        assert_eq!(found.obstacle.as_deref(), Some("version 2 is not there"));
    }

    #[test]
    fn what_is_not_mounted_here_is_not_looked_for_elsewhere() {
        let root = tempfile::tempdir().unwrap();
        let root = root.path();
        write(root, "two/memory.max", "1\n");
        write(root, "memory.max", "1\n");
        for own in ["0::/../..\n", "0::/elsewhere\n", "", "nonsense\n"] {
            let found = lay_out(root, own, SECOND);
            // A group that is there, and cannot be read, is below one that can.
            let bound = (own == "0::/elsewhere\n").then_some(1);
            assert_eq!(found.bound, bound, "{own}");
            assert!(found.obstacle.is_some(), "{own}");
        }
        let elsewhere = SECOND.replace(" / ", " /container ");
        assert_eq!(lay_out(root, "0::/\n", &elsewhere).bound, None);
        assert_eq!(lay_out(root, "0::/container\n", &elsewhere).bound, Some(1));
    }
}
