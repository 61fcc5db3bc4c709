//! The console in a real browser: Chromium, with axe looking for what keeps people out.

use crate::bin::{Gate, House, Ran, without_proxies};
use serde_json::json;
use std::{path::PathBuf, process::Command};

const TENANT_POLICY: &str = "
version: 1
actions:
  - { action: workloads.list }
  - { action: allocations.release }
  - { action: reports.read }
catalogue:
  - { action: reports.read, tier: 0, free: true }
budgets: { daily_usd: 100 }
";

/// Every page of the console that is not about one thing.
const PAGES: &str = "/console /console/approvals /console/approvals?show=decided \
     /console/activity /console/agents /console/audit /console/account \
     /console/people /console/groups /console/elevations /console/permission-sets \
     /console/workspaces /console/approver-lists /console/new/person /console/new/group \
     /console/new/permission-set /console/new/workspace \
     /console/policies /console/policies/new /console/tenant-policy /console/tenant-policy/edit \
     /console/settings /console/simulator \
     /console/sessions?show=all /console/leases?state=all /console/executions /console/tools \
     /console/scopes /console/new/scope /console/own-credentials";

/// A drawer that is empty, a service that is away, and a server with one tool: enough for every page
/// about work to have something on it.
fn config(folder: &str) -> String {
    let server = format!("{}/tests/browser/tools.mjs", env!("CARGO_MANIFEST_DIR"));
    let lease = json!({"lease": {"provider": "drawer", "bearer": "token"}});
    let config = json!({
        "providers": {"drawer": {"tenants": ["default"], "sealed": {
            "folder": format!("{folder}/drawer"), "master_key": "env:MASTER_KEY",
        }}},
        "tenants": {"default": {
            "targets": {"reports": {
                "http": {"base_url": "http://127.0.0.1:9", "reach": "anywhere", "credential": lease},
                "actions": {"reports.read": {"method": "GET", "path": "/"}},
            }},
            "mcp": {"servers": {"notes": {"command": ["node", server]}}},
        }},
    });
    // JSON is YAML as well.
    config.to_string()
}

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
    let file = folder.path().join("portcullis.yaml");
    std::fs::write(&file, config(&folder.path().display().to_string())).unwrap();
    let key = "ab".repeat(32);
    let gate = Gate::serve_by(&house.data(), &[("MASTER_KEY", &key)], Some(&file));
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
