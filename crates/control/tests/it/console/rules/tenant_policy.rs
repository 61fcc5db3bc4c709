use super::{Room, location, typed};
use crate::console::browser::field;
use portcullis_firewall::settings::Settings;

const PAGE: &str = "/console/tenant-policy";
const EDIT: &str = "/console/tenant-policy/edit";
const SETTINGS: &str = "/console/settings";

#[tokio::test]
async fn a_tenant_policy_is_checked_applied_and_compared() {
    let room = Room::new().await;
    let mut arch = room.browser("Arch").await;
    let form = arch.get(EDIT).await;
    let text = typed(&form, "draft");
    assert!(text.starts_with("version: 1\n"), "{text}");
    assert_eq!(field(&form.text, "version"), "1");
    let tighter = text.replace("daily_usd: 100", "daily_usd: 50");
    assert_ne!(text, tighter);
    let fields = [
        ("draft", tighter.as_str()),
        ("version", "1"),
        ("deed", "check"),
    ];
    let checked = arch.post(EDIT, &form, &fields).await;
    assert_eq!(checked.status, 200, "{}", checked.text);
    assert!(
        checked.text.contains("budgets.daily_usd"),
        "{}",
        checked.text
    );
    let fields = [
        ("draft", tighter.as_str()),
        ("version", "1"),
        ("deed", "save"),
    ];
    let applied = arch.post(EDIT, &form, &fields).await;
    assert_eq!((applied.status.as_u16(), location(&applied)), (303, PAGE));
    // What loosens is seen first.
    let form = arch.get(EDIT).await;
    let looser = text.replace("daily_usd: 100", "daily_usd: 5000");
    let fields = [
        ("draft", looser.as_str()),
        ("version", "2"),
        ("deed", "save"),
    ];
    let first = arch.post(EDIT, &form, &fields).await;
    assert_eq!(first.status, 409, "{}", first.text);
    assert!(first.text.contains("Loosens"));
    let digest = field(&first.text, "looked_at");
    let fields = [
        ("draft", looser.as_str()),
        ("version", "2"),
        ("deed", "save"),
        ("looked_at", &digest),
    ];
    assert_eq!(arch.post(EDIT, &form, &fields).await.status, 303);
    let mut vi = room.browser("Vi").await;
    let page = vi.get(&format!("{PAGE}?version=3&against=2")).await;
    assert!(page.text.contains("Version 2 to 3") && page.text.contains("Loosens"));
    assert!(page.text.contains(">Arch<") && !page.text.contains(EDIT));
    let older = vi.get(&format!("{PAGE}?version=1")).await;
    assert!(older.text.contains("This is not in force"));
    let kept = vi.get(&format!("{PAGE}/text?version=3")).await;
    assert_eq!(kept.text, looser, "what is taken away can be applied");
    assert_eq!(vi.get(&format!("{PAGE}?version=9")).await.status, 404);
}

#[tokio::test]
async fn a_bad_tenant_policy_says_why_and_one_that_moved_says_what() {
    let room = Room::new().await;
    let mut arch = room.browser("Arch").await;
    let form = arch.get(EDIT).await;
    let text = typed(&form, "draft");
    let deep = format!(
        "version: 1\nactions: {}{}",
        "[".repeat(50_000),
        "]".repeat(50_000)
    );
    for (draft, fault) in [
        (text.as_str(), "in force already"),
        ("version: 2\n", "version"),
        ("version: 1\nversion: 1\n", "comes twice"),
        ("version: 1\ntenant: globex\n", "globex"),
        (
            "version: 1\nactions:\n  - action: data_read\n    colour: red\n",
            "colour",
        ),
        ("version: 1\ntimezone: \"a\u{202E}b\"\n", "U+202E"),
        ("version: [\n", "fault"),
        (&deep, "fault"),
        ("", "fault"),
    ] {
        let fields = [("draft", draft), ("version", "1"), ("deed", "save")];
        let refused = arch.post(EDIT, &form, &fields).await;
        assert_eq!(refused.status, 422, "{fault}");
        assert!(refused.text.contains(fault), "{fault}: {}", refused.text);
        assert!(!refused.text.contains('\u{202E}'));
    }
    let mine = text.replace("daily_usd: 100", "daily_usd: 40");
    let theirs = text.replace("daily_usd: 100", "daily_usd: 60");
    let fields = [
        ("draft", theirs.as_str()),
        ("version", "1"),
        ("deed", "save"),
    ];
    let mut other = room.browser("Arch").await;
    let page = other.get(EDIT).await;
    assert_eq!(other.post(EDIT, &page, &fields).await.status, 303);
    let fields = [("draft", mine.as_str()), ("version", "1"), ("deed", "save")];
    let refused = arch.post(EDIT, &form, &fields).await;
    assert_eq!(refused.status, 409, "{}", refused.text);
    assert!(refused.text.contains("daily_usd: 60"), "{}", refused.text);
    assert_eq!(typed(&refused, "draft"), mine);
    assert_eq!(field(&refused.text, "version"), "2");
    let kept = room
        .house
        .firewall
        .tenant_policy(&room.owner)
        .await
        .unwrap();
    assert_eq!(kept.version, 2);
}

async fn settings(room: &Room) -> Settings {
    let overview = room.house.firewall.overview(&room.owner).await.unwrap();
    overview.tenant.settings
}

/// The fields of the settings' form.
fn fields<'f>(seen: &'f str, changed: &[(&'f str, &'f str)]) -> Vec<(&'f str, &'f str)> {
    let mut fields = vec![
        ("seen", seen),
        ("mode", "ENFORCED"),
        ("mode_expires_at", ""),
        ("scope_mode", "strict"),
        ("autonomy_reset", "raise_to_b"),
        ("step_up", "when_registered"),
        ("permit_seconds", "300"),
        ("retry_seconds", "150"),
        ("rules_seconds", "600"),
    ];
    for (name, value) in changed {
        let place = fields.iter().position(|(own, _)| own == name).unwrap();
        fields[place].1 = value;
    }
    fields
}

#[tokio::test]
async fn settings_are_changed_as_they_were_seen_or_not_at_all() {
    let room = Room::new().await;
    let mut arch = room.browser("Arch").await;
    let page = arch.get(SETTINGS).await;
    let seen = field(&page.text, "seen").replace("&quot;", "\"");
    for (name, value) in [
        ("mode", "OFF"),
        ("mode", "AUDIT_ONLY"),
        ("scope_mode", ""),
        ("permit_seconds", "0"),
        ("permit_seconds", "99999999999999"),
        ("retry_seconds", "-1"),
        ("step_up", "<script>"),
    ] {
        let refused = arch
            .post(SETTINGS, &page, &fields(&seen, &[(name, value)]))
            .await;
        assert_eq!(refused.status, 422, "{name}: {}", refused.text);
        assert!(refused.text.contains("aria-invalid=\"true\""), "{name}");
    }
    for end in ["soon", "1999-01-01"] {
        let change = [("mode", "AUDIT_ONLY"), ("mode_expires_at", end)];
        let refused = arch.post(SETTINGS, &page, &fields(&seen, &change)).await;
        assert_eq!(refused.status, 422, "{end}");
        assert!(
            refused.text.contains(&format!("value=\"{end}\"")),
            "it is kept"
        );
    }
    let change = [
        ("mode", "AUDIT_ONLY"),
        ("mode_expires_at", "2090-01-01"),
        ("scope_mode", "override"),
    ];
    let saved = arch.post(SETTINGS, &page, &fields(&seen, &change)).await;
    assert_eq!((saved.status.as_u16(), location(&saved)), (303, SETTINGS));
    let after = settings(&room).await;
    assert_eq!(
        after.mode_expires_at.unwrap().to_string(),
        "2090-01-02T00:00:00Z"
    );
    let shown = arch.get(SETTINGS).await;
    assert!(shown.text.contains("Audit only until") && shown.text.contains("Set by Arch"));
    let stale = arch
        .post(SETTINGS, &page, &fields(&seen, &[("permit_seconds", "60")]))
        .await;
    assert_eq!(stale.status, 409, "{}", stale.text);
    assert!(stale.text.contains("Somebody changed them meanwhile"));
    assert!(stale.text.contains("AUDIT_ONLY") && stale.text.contains("value=\"60\""));
    assert_eq!(settings(&room).await, after);
    let again = field(&stale.text, "seen").replace("&quot;", "\"");
    let kept = [
        ("mode", "AUDIT_ONLY"),
        ("mode_expires_at", "2090-01-02T00:00:00Z"),
        ("scope_mode", "override"),
        ("permit_seconds", "60"),
    ];
    let over = arch.post(SETTINGS, &stale, &fields(&again, &kept)).await;
    assert_eq!(over.status, 303, "{}", over.text);
    let wanted = Settings {
        permit_seconds: 60,
        ..after
    };
    assert_eq!(settings(&room).await, wanted, "who set the mode stays");
    for seen in ["", "{}x", "{\"mode\": \"OFF\"}", "[]"] {
        let refused = arch.post(SETTINGS, &page, &fields(seen, &[])).await;
        assert_eq!(refused.status, 422, "{seen}");
    }
    let mut vi = room.browser("Vi").await;
    let read = vi.get(SETTINGS).await;
    assert!(!read.text.contains("name=\"seen\"") && read.text.contains("Stands in for the other"));
}
