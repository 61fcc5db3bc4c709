//! A browser without scripts, and the console it looks at.

use crate::house::{House, PASSWORD, Reply};
use axum::{
    Router,
    body::Body,
    http::{Request, Response},
};
use portcullis_control::{
    Porter,
    console::{
        desk::{Desk, Entrance, Parts},
        rooms,
    },
};
use portcullis_policy::id::TenantId;
use portcullis_testkit::SeededEntropy;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};
use tower::ServiceExt;

pub(super) const URL: &str = "https://gate.example";

/// The console of a house.
pub(super) fn console(house: &House) -> Router {
    console_with(house, HashMap::new())
}

/// The console of a house whose tenants have identity providers.
pub(super) fn console_with(house: &House, entrances: HashMap<TenantId, Entrance>) -> Router {
    let desk = Desk::new(Parts {
        porter: Porter::new(house.firewall.clone()),
        entropy: Arc::new(SeededEntropy::new(5)),
        public_url: URL.to_owned(),
        entrances,
        slack: Default::default(),
        shutting: tokio::sync::watch::channel(false).1,
    });
    rooms::router(desk.unwrap())
}

/// One browser, with its cookies.
#[derive(Clone)]
pub(super) struct Browser {
    console: Router,
    pub(super) cookies: BTreeMap<String, String>,
    /// Headers that go with every form.
    pub(super) says: Vec<(&'static str, &'static str)>,
}

impl Browser {
    pub(super) fn new(console: &Router) -> Self {
        Self {
            console: console.clone(),
            cookies: BTreeMap::new(),
            says: vec![("sec-fetch-site", "same-origin"), ("origin", "null")],
        }
    }

    /// A browser in which somebody of acme has signed in.
    pub(super) async fn signed_in(console: &Router, name: &str) -> Self {
        let mut browser = Self::new(console);
        let answer = browser.sign_in(name, PASSWORD, "").await;
        assert_eq!(answer.status, 303, "{}", answer.text);
        browser
    }

    pub(super) async fn sign_in(&mut self, name: &str, password: &str, next: &str) -> Reply {
        let page = self.get("/console/sign-in").await;
        let fields = [
            ("tenant", "acme"),
            ("name", name),
            ("password", password),
            ("next", next),
        ];
        self.post("/console/sign-in", &page, &fields).await
    }

    pub(super) async fn get(&mut self, path: &str) -> Reply {
        self.send(Request::get(path).body(Body::empty()).unwrap())
            .await
    }

    /// Opens a page, whose body is yet to be read.
    pub(super) async fn open(&self, path: &str) -> Response<Body> {
        let cookie = format!("__Host-portcullis={}", self.secret());
        let request = Request::get(path).header("cookie", cookie);
        let request = request.body(Body::empty()).unwrap();
        self.console.clone().oneshot(request).await.unwrap()
    }

    /// Sends a form of a page.
    pub(super) async fn post(
        &mut self,
        path: &str,
        page: &Reply,
        fields: &[(&str, &str)],
    ) -> Reply {
        let csrf = field(&page.text, "csrf");
        let mut all = vec![("csrf", csrf.as_str())];
        all.extend(fields);
        self.post_plain(path, &all).await
    }

    /// Sends just these fields.
    pub(super) async fn post_plain(&mut self, path: &str, fields: &[(&str, &str)]) -> Reply {
        let mut body = form_urlencoded::Serializer::new(String::new());
        body.extend_pairs(fields);
        self.post_body(path, body.finish().into()).await
    }

    /// Sends a form in whatever way its body comes.
    pub(super) async fn post_body(&mut self, path: &str, body: Body) -> Reply {
        let mut request = Request::post(path);
        for (name, value) in &self.says {
            request = request.header(*name, *value);
        }
        self.send(request.body(body).unwrap()).await
    }

    /// Follows a link of another site: the sign-in's cookie stays behind, as it is strict.
    pub(super) async fn come_from_elsewhere(&mut self, path: &str) -> Reply {
        let kept = self.cookies.remove("__Host-portcullis");
        let request = Request::get(path).header("sec-fetch-site", "cross-site");
        let reply = self.send(request.body(Body::empty()).unwrap()).await;
        if let Some(kept) = kept {
            let strict = "__Host-portcullis".to_owned();
            self.cookies.entry(strict).or_insert(kept);
        }
        reply
    }

    async fn send(&mut self, mut request: Request<Body>) -> Reply {
        let pairs = self
            .cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        let cookie = pairs.collect::<Vec<_>>().join("; ");
        request
            .headers_mut()
            .insert("cookie", cookie.parse().unwrap());
        let response = self.console.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for line in parts.headers.get_all("set-cookie") {
            let pair = line.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Reply {
            status: parts.status,
            headers: parts.headers,
            text: String::from_utf8(bytes.to_vec()).unwrap(),
        }
    }

    /// The secret of the sign-in.
    pub(super) fn secret(&self) -> &str {
        self.cookies
            .get("__Host-portcullis")
            .map_or("", String::as_str)
    }
}

/// The value of the first hidden field of a name.
pub(super) fn field(page: &str, name: &str) -> String {
    let from = format!("name=\"{name}\" value=\"");
    let (_, rest) = page
        .split_once(&from)
        .unwrap_or_else(|| panic!("no `{name}` in {page}"));
    rest.split('"').next().unwrap().to_owned()
}

/// Where an answer leads.
pub(super) fn location(reply: &Reply) -> &str {
    reply.headers["location"].to_str().unwrap()
}
