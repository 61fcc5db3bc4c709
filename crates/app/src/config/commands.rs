//! How commands are run.

use super::sheet::Sheet;
use portcullis_policy::fault::Faults;
use portcullis_runner::{
    Settings,
    plan::{Network, Wall},
};
use serde_json::Value;
use std::{path::PathBuf, time::Duration};

const KEYS: [&str; 9] = [
    "deadline_seconds",
    "memory_mib",
    "network",
    "output_mib",
    "path",
    "processes",
    "read",
    "required",
    "run_own",
];

/// What stands at `commands`; nothing said, nothing that may be called and the usual bounds.
pub(super) fn settings(document: &Sheet<'_>, faults: &mut Faults) -> Settings {
    let mut settings = Settings::default();
    let Some(sheet) = document.below("commands", &KEYS, faults) else {
        return settings;
    };
    if let Some(seconds) = number(&sheet, "deadline_seconds", 86_400, faults) {
        settings.deadline = Duration::from_secs(seconds);
    }
    if let Some(mib) = number(&sheet, "memory_mib", 1 << 20, faults) {
        settings.limits.memory_bytes = mib << 20;
    }
    if let Some(mib) = number(&sheet, "output_mib", 1 << 20, faults) {
        settings.most_bytes = mib << 20;
    }
    if let Some(processes) = number(&sheet, "processes", 1 << 16, faults) {
        settings.limits.processes = processes;
    }
    if let Some(path) = sheet.text("path", faults) {
        settings.path = path;
    }
    for (at, folder) in sheet
        .texts("read", faults)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        if !folder.starts_with('/') || folder == "/" {
            let path = format!("{}[{at}]", sheet.path_of("read"));
            faults.add(
                path,
                "expected an absolute path of a folder that is not `/`",
            );
        }
        settings.read.push(PathBuf::from(folder));
    }
    for (at, name) in sheet
        .texts("required", faults)
        .unwrap_or_default()
        .iter()
        .enumerate()
    {
        let mut walls = Wall::ALL.into_iter();
        match walls.find(|wall| wall.as_str() == name) {
            Some(wall) => drop(settings.required.insert(wall)),
            None => {
                let known = Wall::ALL.map(Wall::as_str).join("`, `");
                let path = format!("{}[{at}]", sheet.path_of("required"));
                faults.add(path, format!("expected one of `{known}`"));
            }
        }
    }
    settings.run_own = flag(&sheet, "run_own", faults);
    settings.network = network(&sheet, faults);
    settings
}

fn network(sheet: &Sheet<'_>, faults: &mut Faults) -> Network {
    let Some(network) = sheet.below("network", &["ports", "datagrams"], faults) else {
        return Network::None;
    };
    let mut ports = Vec::new();
    for (value, path) in network.list("ports", faults) {
        match value.as_u64().and_then(|port| u16::try_from(port).ok()) {
            Some(port) if port != 0 => ports.push(port),
            _ => faults.add(path, "expected a port, from 1 to 65535"),
        }
    }
    if ports.is_empty() {
        network.fault("ports", "expected the ports that may be called", faults);
    }
    let datagrams = flag(&network, "datagrams", faults);
    Network::Ports { ports, datagrams }
}

fn number(sheet: &Sheet<'_>, key: &str, most: u64, faults: &mut Faults) -> Option<u64> {
    let found = sheet.value(key)?.as_u64();
    let found = found.filter(|number| (1..=most).contains(number));
    if found.is_none() {
        sheet.fault(
            key,
            format!("expected a whole number from 1 to {most}"),
            faults,
        );
    }
    found
}

fn flag(sheet: &Sheet<'_>, key: &str, faults: &mut Faults) -> bool {
    match sheet.value(key) {
        None => false,
        Some(Value::Bool(set)) => *set,
        Some(_) => {
            sheet.fault(key, "expected `true` or `false`", faults);
            false
        }
    }
}
