//! Everybody else: who may only look, who may not even that, and who belongs elsewhere.

use super::Shop;
use crate::console::browser::{Browser, field};
use portcullis_firewall::tool::FirstSight;

/// One of each kind, by id.
struct Things {
    session: String,
    lost: u64,
}

/// A deed, with what it takes, and what a viewer and a member without rights are told.
type Deed = (String, Vec<(&'static str, &'static str)>, [u16; 2]);

/// Who may see a page.
#[derive(Clone, Copy, PartialEq)]
enum For {
    /// Everybody, what is theirs.
    All,
    /// Who sees the thing; for others it is not there.
    Seers,
    /// Roles in the whole tenant.
    Readers,
    /// Architects.
    Architects,
}

impl Things {
    async fn of(shop: &Shop) -> Self {
        let session = shop.session().await;
        shop.act(&session, "cluster-1").await;
        shop.says("read", "Reads a file.", FirstSight::Pin).await;
        shop.says("read", "Reads every file.", FirstSight::Pin)
            .await;
        let new = serde_json::json!({"name": "tickets", "url": "https://tickets.example.com/mcp"});
        let added = shop.office.house.act("POST", "/v1/mcp/servers", new).await;
        added.must(201);
        let lost = shop.lost().await;
        Self { session, lost }
    }

    fn pages(&self) -> Vec<(String, For)> {
        let own = |path: &str, whose| (format!("/console/{path}"), whose);
        vec![
            own("sessions", For::All),
            own(&format!("sessions/{}", self.session), For::Seers),
            own("leases", For::All),
            own("scopes", For::All),
            own("scopes/cluster", For::Seers),
            own("own-credentials", For::All),
            own("executions", For::Readers),
            own(&format!("executions/{}", self.lost), For::Readers),
            own("tools", For::Readers),
            own("tools/files/read", For::Readers),
            own("tools/files/read/json", For::Readers),
            own("new/scope", For::Architects),
            own("scopes/cluster/edit", For::Architects),
        ]
    }

    fn deeds(&self) -> Vec<Deed> {
        let session = |deed: &str| format!("/console/sessions/{}/{deed}", self.session);
        let own = |path: &str| format!("/console/own-credentials{path}");
        let scope = vec![
            ("name", "reports"),
            ("provider", "fake"),
            ("environment", "staging"),
            ("mode", "read"),
        ];
        vec![
            (session("renew"), vec![], [403, 404]),
            (session("take-away"), vec![("scope", "orders")], [403, 404]),
            (session("close"), vec![], [403, 404]),
            (
                "/console/tools/files/read/accept".to_owned(),
                vec![("digest", "x")],
                [403, 403],
            ),
            (
                "/console/mcp-servers/tickets/remove".to_owned(),
                vec![],
                [403, 403],
            ),
            (
                format!("/console/executions/{}/resolve", self.lost),
                vec![("done", "true"), ("reason", "looked")],
                [403, 403],
            ),
            ("/console/new/scope".to_owned(), scope.clone(), [403, 403]),
            ("/console/scopes/cluster/edit".to_owned(), scope, [403, 403]),
            (
                "/console/scopes/cluster/remove".to_owned(),
                vec![],
                [403, 403],
            ),
            (own(""), vec![("scope", "cluster")], [404, 404]),
            (own("/cluster/on"), vec![], [404, 404]),
            (own("/cluster/off"), vec![], [404, 404]),
            (own("/cluster/forget"), vec![], [404, 404]),
        ]
    }
}

/// Everything there is: nothing that is refused changes the chain.
async fn records(shop: &Shop) -> u64 {
    let tenant = shop.office.house.get("/v1/tenant").await.ok();
    tenant["chain"]["seq"].as_u64().unwrap()
}

#[tokio::test]
async fn each_sees_what_they_may_and_changes_nothing_else() {
    let shop = Shop::new().await;
    let things = Things::of(&shop).await;
    let mut nobody = Browser::new(&shop.office.console);
    for (who, name) in ["Vi", "Mia"].into_iter().enumerate() {
        let mut browser = shop.office.browser(name).await;
        let before = records(&shop).await;
        for (page, whose) in things.pages() {
            assert_eq!(nobody.get(&page).await.status, 303, "{page}");
            let shown = browser.get(&page).await;
            let status = match (whose, name) {
                (For::All, _) | (For::Seers | For::Readers, "Vi") => 200,
                (For::Seers, _) => 404,
                (For::Readers | For::Architects, _) => 403,
            };
            assert_eq!(shown.status, status, "{name} at {page}: {}", shown.text);
            let main = shown.text.split("<main").nth(1).unwrap_or_default();
            assert!(
                !main.contains("method=\"post\""),
                "{name} at {page}: {main}"
            );
            if name == "Mia" {
                for hidden in ["OPS-17", "cluster", "is-silent", "files"] {
                    let told = main.replace(page.rsplit('/').next().unwrap(), "");
                    assert!(
                        !told.contains(hidden),
                        "{hidden} for {name} at {page}: {main}"
                    );
                }
            }
        }
        let page = browser.get("/console/account").await;
        for (deed, fields, statuses) in things.deeds() {
            let refused = browser.post(&deed, &page, &fields).await;
            assert_eq!(
                refused.status, statuses[who],
                "{name} at {deed}: {}",
                refused.text
            );
        }
        assert_eq!(records(&shop).await, before, "{name}");
    }
}

#[tokio::test]
async fn a_deed_that_no_page_of_ours_asked_for_is_not_done() {
    let shop = Shop::new().await;
    let things = Things::of(&shop).await;
    let mut arch = shop.office.browser("Arch").await;
    let mut vi = shop.office.browser("Vi").await;
    let own = arch.get("/console/account").await;
    let foreign = field(&vi.get("/console/account").await.text, "csrf");
    let before = records(&shop).await;
    for (deed, fields, _) in things.deeds() {
        assert_eq!(arch.post_plain(&deed, &fields).await.status, 403, "{deed}");
        let mut forged = vec![("csrf", foreign.as_str())];
        forged.extend(&fields);
        assert_eq!(arch.post_plain(&deed, &forged).await.status, 403, "{deed}");
        let mut elsewhere = arch.clone();
        elsewhere.says = vec![("sec-fetch-site", "cross-site")];
        let refused = elsewhere.post(&deed, &own, &fields).await;
        assert_eq!(refused.status, 403, "{deed}");
        let mut nobody = Browser::new(&shop.office.console);
        let refused = nobody.post_plain(&deed, &fields).await;
        assert!(refused.status.is_client_error(), "{deed}");
    }
    assert_eq!(records(&shop).await, before);
}

#[tokio::test]
async fn what_is_another_tenants_is_not_there() {
    let shop = Shop::new().await;
    let things = Things::of(&shop).await;
    let mut gil = shop.office.stranger().await;
    let before = records(&shop).await;
    for (page, _) in things.pages() {
        let shown = gil.get(&page).await;
        let is_list = page.matches('/').count() == 2 || page == "/console/new/scope";
        let status = if is_list { 200 } else { 404 };
        assert_eq!(shown.status, status, "{page}: {}", shown.text);
        for word in ["OPS-17", ">cluster<", "is-silent", "tickets.example"] {
            assert!(!shown.text.contains(word), "{word} at {page}");
        }
    }
    let page = gil.get("/console/account").await;
    for (deed, fields, _) in things.deeds() {
        if deed == "/console/new/scope" {
            continue;
        }
        let absent = gil.post(&deed, &page, &fields).await;
        assert_eq!(absent.status, 404, "{deed}: {}", absent.text);
    }
    assert_eq!(records(&shop).await, before);
}
