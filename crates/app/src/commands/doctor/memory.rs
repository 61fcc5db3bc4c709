//! How much memory the processes of a command may use, beside how much there is.

use super::{
    finding::{Finding, Health, bad, ok},
    groups::Groups,
};
use crate::config;
use portcullis_runner::plan::Limits;
use std::{fs, path::Path};

/// The bounds of the operator's file, or the usual ones, beside this machine; nothing when the file
/// says none that could be read.
pub(super) fn examine(file: Option<&Path>) -> Option<Finding> {
    let limits = match file {
        None => Limits::default(),
        Some(file) => config::load(file).ok()?.commands.limits,
    };
    let machine = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    Some(told(
        limits,
        total(&machine),
        &Groups::of(Path::new("/proc/self")),
    ))
}

/// The machine's memory in bytes, as Linux tells it (proc_meminfo(5)).
fn total(said: &str) -> Option<u64> {
    let mut lines = said.lines();
    let total = lines.find_map(|line| line.strip_prefix("MemTotal:"))?;
    let kib: u64 = total.trim().strip_suffix(" kB")?.parse().ok()?;
    kib.checked_mul(1_024)
}

fn told(limits: Limits, machine: Option<u64>, groups: &Groups) -> Finding {
    let mib = |bytes: u64| format!("{} MiB", bytes >> 20);
    let together = limits.processes.saturating_mul(limits.memory_bytes);
    let (each, processes) = (mib(limits.memory_bytes), limits.processes);
    let mut found = format!("a command may use {} ({processes} × {each})", mib(together));
    let there = machine.map(|machine| format!("the machine has {}", mib(machine)));
    let there = there.unwrap_or_else(|| "what the machine has cannot be told".to_owned());
    found.push_str(&format!("; {there}"));
    if let Some(bound) = groups.bound {
        found.push_str(&format!(", its control group may use {}", mib(bound)));
    }
    let usable = match &groups.obstacle {
        None => "groups for commands could be made here".to_owned(),
        Some(why) => format!("groups for commands could not be made here: {why}"),
    };
    found.push_str(&format!("; {usable}"));
    let most = [machine, groups.bound].into_iter().flatten().min();
    if most.is_some_and(|most| together <= most) {
        return ok("memory", found);
    }
    let remedy = "choose `commands.processes` and `commands.memory_mib` so that it fits, or have the \
        gate's service bounded as a whole; commands end first when memory runs out";
    bad("memory", Health::Warn, found, remedy)
}

#[cfg(test)]
mod tests {
    use super::{Groups, Health, Limits, told, total};

    const GIB: u64 = 1 << 30;

    fn limits(processes: u64, memory_bytes: u64) -> Limits {
        Limits {
            processes,
            memory_bytes,
            ..Limits::default()
        }
    }

    #[test]
    fn what_fits_is_well_and_what_does_not_is_told() {
        let health = |machine, bound| {
            let groups = Groups {
                bound,
                ..Groups::default()
            };
            told(limits(8, GIB), machine, &groups).health
        };
        assert_eq!(health(Some(8 * GIB), None), Health::Ok);
        assert_eq!(health(Some(8 * GIB - 1), None), Health::Warn);
        assert_eq!(health(Some(64 * GIB), Some(4 * GIB)), Health::Warn);
        assert_eq!(health(Some(64 * GIB), Some(8 * GIB)), Health::Ok);
        assert_eq!(health(None, None), Health::Warn);
        let most = told(limits(u64::MAX, u64::MAX), Some(GIB), &Groups::default());
        assert_eq!(most.health, Health::Warn);
    }

    #[test]
    fn the_numbers_and_the_groups_are_said() {
        let said = |groups: &Groups| told(limits(128, GIB), Some(16 * GIB), groups).found;
        assert_eq!(
            said(&Groups::default()),
            "a command may use 131072 MiB (128 × 1024 MiB); the machine has 16384 MiB; \
             groups for commands could be made here"
        );
        let bounded = Groups {
            bound: Some(2 * GIB),
            obstacle: Some("version 2 is not there".to_owned()),
        };
        let bounded = said(&bounded);
        let due = "16384 MiB, its control group may use 2048 MiB; groups for commands could not be \
                   made here: version 2 is not there";
        assert!(bounded.ends_with(due), "{bounded}");
    }

    #[test]
    fn the_kernel_says_how_much_there_is() {
        assert_eq!(
            total("MemFree: 1 kB\nMemTotal:       24731708 kB\n"),
            Some(24_731_708 << 10)
        );
        for odd in [
            "",
            "MemTotal: 7",
            "MemTotal: many kB",
            "MemTotal: 18446744073709551615 kB",
        ] {
            assert_eq!(total(odd), None, "{odd}");
        }
    }
}
