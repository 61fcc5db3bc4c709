//! Tools: read beside what was accepted, and accepted as they were read.

use super::{Shop, led, main_of};
use crate::console::browser::field;
use portcullis_firewall::tool::FirstSight;

#[tokio::test]
async fn a_changed_tool_is_read_and_accepted_as_it_was_read() {
    let shop = Shop::new().await;
    shop.says("read", "Reads a file.", FirstSight::Pin).await;
    shop.says("write", "Writes a file.", FirstSight::Quarantine)
        .await;
    let mut arch = shop.office.browser("Arch").await;
    let list = arch.get("/console/tools").await;
    for word in ["1 tool", "New: nobody accepted it", "Accepted", "files"] {
        assert!(list.text.contains(word), "{word}: {}", main_of(&list));
    }
    // What an eye would not see, and markup, is written out.
    let poisoned = "Reads <script>x()</script>\u{202E} a file.";
    shop.says("read", poisoned, FirstSight::Pin).await;
    let path = "/console/tools/files/read";
    let page = arch.get(path).await;
    assert!(!page.text.contains("<script>x") && !page.text.contains('\u{202E}'));
    for word in [
        "Changed: taken away",
        "removed: </span>Reads a file.",
        "added: </span>Reads &lt;script&gt;",
        "\\u{202E}",
        "Written by its server. Do not trust it.",
    ] {
        assert!(page.text.contains(word), "{word}: {}", main_of(&page));
    }
    let digest = field(&page.text, "digest");
    // It says something else by now: what was looked at is not what would be accepted.
    shop.says("read", "Reads every file.", FirstSight::Pin)
        .await;
    let accept = format!("{path}/accept");
    let moved = arch.post(&accept, &page, &[("digest", &digest)]).await;
    assert_eq!(moved.status, 409);
    assert!(
        moved
            .text
            .contains("has changed again; look at it once more")
    );
    let digest = field(&moved.text, "digest");
    let accepted = arch.post(&accept, &moved, &[("digest", &digest)]).await;
    assert_eq!(led(&accepted), path);
    let page = arch.get(path).await;
    assert!(page.text.contains(">Arch<") && !page.text.contains("Accept exactly this"));
    let again = arch.post(&accept, &moved, &[("digest", &digest)]).await;
    assert_eq!(again.status, 409);
    assert!(again.text.contains("is as it was accepted"));
    let json = arch.get(&format!("{path}/json")).await;
    assert!(json.text.contains("Reads every file."));
}

#[tokio::test]
async fn lists_are_narrowed_and_servers_are_removed() {
    let shop = Shop::new().await;
    shop.says("read", "Reads a file.", FirstSight::Pin).await;
    shop.says("write", "Writes a file.", FirstSight::Quarantine)
        .await;
    let new = serde_json::json!({"name": "tickets", "url": "https://tickets.example.com/mcp"});
    let added = shop.office.house.act("POST", "/v1/mcp/servers", new).await;
    added.must(201);
    let mut vi = shop.office.browser("Vi").await;
    let has = |text: &str, name: &str| text.contains(&format!("/console/tools/files/{name}\""));
    for (query, read, write) in [
        ("", true, true),
        ("?q=WRI", false, true),
        ("?state=waiting", false, true),
        ("?state=pinned", true, false),
        ("?server=files", true, true),
        ("?server=tickets", false, false),
    ] {
        let page = vi.get(&format!("/console/tools{query}")).await;
        assert_eq!(page.status, 200, "{query}");
        assert_eq!(has(&page.text, "read"), read, "{query}");
        assert_eq!(has(&page.text, "write"), write, "{query}");
        assert!(page.text.contains("https://tickets.example.com/mcp"));
        assert!(
            !main_of(&page).contains("method=\"post\""),
            "who only looks"
        );
    }
    assert_eq!(vi.get("/console/tools?state=other").await.status, 422);
    for absent in ["/console/tools/files/none", "/console/tools/none/read"] {
        assert_eq!(vi.get(absent).await.status, 404, "{absent}");
    }
    let page = vi.get("/console/tools/files/write").await;
    assert!(
        !main_of(&page).contains("method=\"post\""),
        "who only looks"
    );
    let mut arch = shop.office.browser("Arch").await;
    let page = arch.get("/console/tools").await;
    let remove = "/console/mcp-servers/tickets/remove";
    assert_eq!(led(&arch.post(remove, &page, &[]).await), "/console/tools");
    assert_eq!(arch.post(remove, &page, &[]).await.status, 404);
    assert!(
        !arch
            .get("/console/tools")
            .await
            .text
            .contains("tickets.example")
    );
}
