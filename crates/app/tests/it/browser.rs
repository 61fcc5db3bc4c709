//! The console in a real browser: Chromium, with axe looking for what keeps people out.

use crate::bin::{House, Ran, without_proxies};
use std::{path::PathBuf, process::Command};

const TENANT_POLICY: &str = "
version: 1
actions:
  - { action: workloads.list }
  - { action: allocations.release }
budgets: { daily_usd: 100 }
";

/// Every page of the console that is not about one thing.
const PAGES: &str = "/console /console/approvals /console/approvals?show=decided \
     /console/activity /console/agents /console/audit /console/account \
     /console/people /console/groups /console/elevations /console/permission-sets \
     /console/workspaces /console/approver-lists /console/new/person /console/new/group \
     /console/new/permission-set /console/new/workspace \
     /console/policies /console/policies/new /console/tenant-policy /console/tenant-policy/edit \
     /console/settings /console/simulator";

#[test]
fn two_people_decide_in_a_browser_and_it_happens_once() {
    let Some(modules) = std::env::var_os("PORTCULLIS_BROWSER") else {
        panic!(
            "PORTCULLIS_BROWSER names no folder with playwright-core and axe-core: run `make test`"
        );
    };
    let folder = tempfile::tempdir().unwrap();
    let policy = folder.path().join("tenant-policy.yaml");
    std::fs::write(&policy, TENANT_POLICY).unwrap();
    let house = House::new(&policy.display().to_string());
    let gate = house.serve();
    let here = env!("CARGO_MANIFEST_DIR");
    let pictures = std::env::var_os("PORTCULLIS_PICTURES")
        .map_or_else(|| folder.path().join("pictures"), PathBuf::from);
    let mut walk = Command::new("node");
    walk.arg(format!("{here}/tests/browser/walk.mjs"))
        .env("URL", gate.url.replace("127.0.0.1", "localhost"))
        .env("INVITATION", house.credential("invitation"))
        .env("ADMIN_TOKEN", house.credential("admin_token"))
        .env("AGENT_KEY", house.credential("agent_key"))
        .env("MODULES", modules)
        .env("CHROMIUM", "/usr/bin/chromium")
        .env("PICTURES", &pictures)
        .env("PAGES", PAGES);
    without_proxies(&mut walk);
    let told = Ran::of(&mut walk).ended(0);
    assert!(told.starts_with("walked: "), "{told}");
    assert!(pictures.join("approval-phone.png").exists());
    let admin = house.credential("admin_token");
    assert_eq!(gate.ask(admin, &["audit", "verify"]).code, 0);
}
