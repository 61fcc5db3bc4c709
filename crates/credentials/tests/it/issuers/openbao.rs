//! A real OpenBao, which makes roles at a real server.

use super::{
    Counterpart, Deed, Stolen,
    postgres::Shop,
    remote::{Program, scope},
    suite,
};
use portcullis_credentials::issuer::Provider;
use portcullis_firewall::scope::{Mode, Scope};
use portcullis_testkit::postgres::{OWNER, PASSWORD};
use serde_json::json;
use std::sync::Arc;

pub(super) struct Bao {
    program: Program,
    shop: Shop,
}

impl Bao {
    pub(super) async fn open() -> Self {
        let shop = Shop::open().await;
        let port = shop.server.port().to_string();
        let arguments = [port.as_str(), &shop.database, OWNER, PASSWORD];
        Self {
            program: Program::with("openbao.py", &arguments),
            shop,
        }
    }
}

impl Counterpart for Bao {
    const NAME: &'static str = "OpenBao";

    fn provider(&self) -> Arc<dyn Provider> {
        let settings = json!({
            "address": self.program.address(), "policy": "lease", "reach": "anywhere",
        });
        self.program.provider("openbao", settings)
    }

    fn scope(&self, mode: Mode) -> Scope {
        scope(mode, &json!({"read": "reader", "write": "writer"}))
    }

    async fn attempt(&self, stolen: &Stolen, deed: Deed) -> bool {
        let mut stolen = stolen.clone();
        let user = stolen["username"].clone();
        stolen.insert("user".to_owned(), user);
        self.shop.attempt(&stolen, deed).await
    }

    async fn minted(&self) -> usize {
        self.alive().await
    }

    async fn exceed(&self) -> bool {
        false
    }

    async fn alive(&self) -> usize {
        self.shop
            .count("select count(*) from pg_roles where rolname ~ '^v-'")
            .await
    }
}

#[tokio::test]
async fn dynamic_secrets_pass_the_suite() {
    suite(Bao::open().await).await;
}
