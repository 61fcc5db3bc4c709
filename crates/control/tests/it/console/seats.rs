//! Who gets in, who does not, and what is good for nothing afterwards.

use super::browser::{Browser, console, field, location};
use crate::house::{House, PASSWORD};
use axum::body::Body;
use serde_json::json;
use tokio::sync::oneshot;

const OPERATOR: &str = "OPERATOR";

async fn house() -> House {
    let house = House::new().await;
    house.newcomer("Nina", json!([{"role": OPERATOR}])).await;
    house
}

#[tokio::test]
async fn name_and_password_lead_in_and_out_again() {
    let house = house().await;
    let console = console(&house);
    let mut browser = Browser::new(&console);
    let away = browser.get("/console/approvals?show=waiting").await;
    assert_eq!(away.status, 303);
    assert_eq!(
        location(&away),
        "/console/sign-in?next=%2Fconsole%2Fapprovals%3Fshow%3Dwaiting"
    );
    let wrong = browser.sign_in("Nina", "not the password at all", "").await;
    assert_eq!(wrong.status, 401);
    assert!(
        wrong.text.contains("do not belong together"),
        "{}",
        wrong.text
    );
    let nobody = browser.sign_in("Nobody", PASSWORD, "").await;
    assert_eq!(nobody.status, 401);
    let led = browser
        .sign_in("nina", PASSWORD, "/console/approvals?show=waiting")
        .await;
    assert_eq!(
        (led.status.as_u16(), location(&led)),
        (303, "/console/approvals?show=waiting")
    );
    let inbox = browser.get("/console/approvals").await;
    assert_eq!(inbox.status, 200, "{}", inbox.text);
    let secret = browser.secret().to_owned();
    let out = browser.post("/console/sign-out", &inbox, &[]).await;
    assert_eq!(location(&out), "/console/sign-in");
    browser
        .cookies
        .insert("__Host-portcullis".to_owned(), secret);
    assert_eq!(
        browser.get("/console/approvals").await.status,
        303,
        "it is over"
    );
}

#[tokio::test]
async fn a_sign_in_gets_a_new_secret_and_ends_the_one_before() {
    let house = house().await;
    let console = console(&house);
    let mut victim = Browser::signed_in(&console, "Nina").await;
    let planted = victim.secret().to_owned();
    let page = victim.get("/console/approvals").await;
    assert_eq!(page.status, 200);
    let mut other = Browser::new(&console);
    other
        .cookies
        .insert("__Host-portcullis".to_owned(), planted.clone());
    // Signing in where somebody planted a secret gives another one, and the planted one ends.
    other.cookies.remove("__Host-portcullis");
    let form = other.get("/console/sign-in").await;
    other
        .cookies
        .insert("__Host-portcullis".to_owned(), planted.clone());
    let fields = [("tenant", "acme"), ("name", "Nina"), ("password", PASSWORD)];
    let led = other.post("/console/sign-in", &form, &fields).await;
    assert_eq!(led.status, 303, "{}", led.text);
    assert_ne!(other.secret(), planted);
    assert!(house.firewall.signed_in(&planted).is_none());
}

#[tokio::test]
async fn a_form_whose_sign_in_ends_while_it_is_on_the_way_does_nothing() {
    let house = house().await;
    let console = console(&house);
    let mut nina = Browser::signed_in(&console, "Nina").await;
    let account = nina.get("/console/account").await;
    let form = format!("csrf={}&name=kept", field(&account.text, "csrf"));
    // Whoever has the cookie begins to send a form, and holds its body back.
    let (begun, is_read) = oneshot::channel();
    let (go_on, held_back) = oneshot::channel();
    let body = Body::from_stream(futures_util::stream::once(async move {
        begun.send(()).unwrap();
        held_back.await.map(|()| form)
    }));
    let mut thief = nina.clone();
    let late = tokio::spawn(async move {
        thief
            .post_body("/console/account/tokens", body)
            .await
            .status
    });
    is_read.await.unwrap();
    let principal = house.firewall.signed_in(nina.secret()).unwrap();
    let out = nina.post("/console/sign-out", &account, &[]).await;
    assert_eq!(out.status, 303);
    house.firewall.sweep().await.unwrap();
    go_on.send(()).unwrap();
    assert_eq!(late.await.unwrap(), 401);
    let gone = house.firewall.keys(&principal).await.unwrap_err();
    assert_eq!(gone.code(), "auth.unauthenticated");
}

#[tokio::test]
async fn a_form_that_is_not_ours_does_nothing() {
    let house = house().await;
    let console = console(&house);
    let mut nina = Browser::signed_in(&console, "Nina").await;
    house.newcomer("Otto", json!([{"role": OPERATOR}])).await;
    let mut otto = Browser::signed_in(&console, "Otto").await;
    let own = nina.get("/console/account").await;
    let others = otto.get("/console/account").await;
    let path = "/console/account/tokens";
    let tokens = async || {
        let nina = house.firewall.signed_in(nina.secret()).unwrap();
        house.firewall.keys(&nina).await.unwrap().len()
    };
    let before = tokens().await;
    let others = field(&others.text, "csrf");
    for forged in ["", "0", others.as_str()] {
        let fields = [("csrf", forged), ("name", "mine")];
        let mut browser = nina.clone();
        assert_eq!(
            browser.post_plain(path, &fields).await.status,
            403,
            "{forged}"
        );
    }
    let mut browser = nina.clone();
    assert_eq!(
        browser.post_plain(path, &[("name", "mine")]).await.status,
        403
    );
    for says in [
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
        ("origin", "https://evil.example"),
    ] {
        let mut browser = nina.clone();
        browser.says = vec![says];
        let answer = browser.post(path, &own, &[("name", "mine")]).await;
        assert_eq!(answer.status, 403, "{says:?}");
    }
    assert_eq!(tokens().await, before);
    let mut browser = nina.clone();
    assert_eq!(
        browser.post(path, &own, &[("name", "mine")]).await.status,
        200
    );
    assert_eq!(tokens().await, before + 1);
}

#[tokio::test]
async fn the_token_of_a_form_before_signing_in_is_good_for_no_other() {
    let house = house().await;
    let console = console(&house);
    let mut nina = Browser::signed_in(&console, "Nina").await;
    // Whoever plants the cookie of an errand knows the token that belongs to it.
    let mut attacker = Browser::new(&console);
    let page = attacker.get("/console/sign-in").await;
    let errand = "__Host-portcullis-errand".to_owned();
    let planted = attacker.cookies[&errand].clone();
    nina.cookies.insert(errand, planted);
    let csrf = field(&page.text, "csrf");
    let fields = [("csrf", csrf.as_str()), ("name", "mine")];
    let path = "/console/account/tokens";
    assert_eq!(nina.post_plain(path, &fields).await.status, 403);
}

#[tokio::test]
async fn nothing_is_good_in_the_place_of_another() {
    let house = house().await;
    let console = console(&house);
    let browser = Browser::signed_in(&console, "Nina").await;
    let answer = house
        .call(("GET", "/v1/me"), browser.secret(), Body::empty())
        .await;
    assert_eq!(answer.refused(401), "auth.unauthenticated");
    let with_cookie = axum::http::Request::get("/v1/me")
        .header("cookie", format!("__Host-portcullis={}", browser.secret()))
        .body(Body::empty())
        .unwrap();
    assert_eq!(
        house.send(with_cookie).await.refused(401),
        "auth.unauthenticated"
    );
    for token in [
        &house.acme.architect,
        &house.acme.agent_token,
        &house.acme.client,
    ] {
        let mut other = Browser::new(&console);
        other
            .cookies
            .insert("__Host-portcullis".to_owned(), token.clone());
        assert_eq!(other.get("/console/approvals").await.status, 303);
    }
}

#[tokio::test]
async fn nobody_is_led_away_after_signing_in() {
    let house = house().await;
    let console = console(&house);
    for next in [
        "//evil.example",
        "https://evil.example/",
        "/\\evil.example",
        "/v1/me",
        "",
    ] {
        let mut browser = Browser::new(&console);
        let led = browser.sign_in("Nina", PASSWORD, next).await;
        assert_eq!(location(&led), "/console", "{next}");
    }
}

#[tokio::test]
async fn every_answer_forbids_frames_and_foreign_scripts() {
    let house = house().await;
    let console = console(&house);
    let mut browser = Browser::signed_in(&console, "Nina").await;
    let mut answers = Vec::new();
    for path in [
        "/console/sign-in",
        "/console/approvals",
        "/console/approvals/esc_none",
        "/console/nowhere",
        "/console/assets/console.0.css",
        "/console/sign-out",
        "/console/people",
        "/console/invitation?code=x",
    ] {
        answers.push(browser.get(path).await);
    }
    answers.push(browser.post_plain("/console/account/tokens", &[]).await);
    for answer in answers {
        let policy = answer.headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("frame-ancestors 'none'"), "{policy}");
        assert!(policy.contains("script-src 'self'"), "{policy}");
        assert_eq!(answer.headers["x-frame-options"], "DENY");
        assert!(answer.headers.contains_key("strict-transport-security"));
    }
}

#[tokio::test]
async fn guessing_is_slowed_down_for_names_that_exist_and_others() {
    let house = house().await;
    let console = console(&house);
    for name in ["Nina", "Nobody"] {
        let mut browser = Browser::new(&console);
        let mut last = 0;
        for _ in 0..7 {
            last = browser
                .sign_in(name, "a wrong password, again", "")
                .await
                .status
                .as_u16();
        }
        assert_eq!(last, 429, "{name}");
    }
}

#[tokio::test]
async fn a_name_that_is_none_costs_no_memory() {
    let house = house().await;
    let mut browser = Browser::new(&console(&house));
    let long = browser.sign_in(&"x".repeat(255), PASSWORD, "").await;
    assert_eq!(long.status, 422);
    assert!(long.text.contains("at most 254 bytes"), "{}", long.text);
}

#[tokio::test]
async fn who_is_deactivated_or_changed_is_out_at_once() {
    let house = house().await;
    let console = console(&house);
    let nina = house.firewall.authenticate(&house.acme.architect).unwrap();
    let people = house.firewall.people(&nina).await.unwrap();
    let id = people
        .iter()
        .find(|person| person.name == "Nina")
        .unwrap()
        .id
        .to_string();
    for change in [
        json!({"roles": [{"role": "VIEWER"}]}),
        json!({"active": false}),
    ] {
        let mut browser = Browser::signed_in(&console, "Nina").await;
        assert_eq!(browser.get("/console/approvals").await.status, 200);
        house
            .act("PATCH", &format!("/v1/people/{id}"), change)
            .await
            .ok();
        assert_eq!(browser.get("/console/approvals").await.status, 303);
    }
}

#[tokio::test]
async fn news_come_as_long_as_one_is_signed_in_and_there_is_room() {
    let house = house().await;
    let console = console(&house);
    let mut nina = Browser::signed_in(&console, "Nina").await;
    let page = nina.get("/console/approvals").await;
    let mut streams = Vec::new();
    loop {
        let answer = nina.open("/console/events").await;
        if answer.status() != 200 {
            assert_eq!(answer.status(), 429);
            break;
        }
        assert_eq!(answer.headers()["content-type"], "text/event-stream");
        assert_eq!(answer.headers()["x-frame-options"], "DENY");
        streams.push(answer);
    }
    assert_eq!(streams.len(), 16);
    drop(streams.split_off(1));
    assert_eq!(nina.open("/console/events").await.status(), 200);
    let stream = streams.remove(0).into_body();
    let (whole, _) = tokio::join!(axum::body::to_bytes(stream, 1 << 20), async {
        house.held().await;
        nina.post("/console/sign-out", &page, &[]).await;
    });
    let text = String::from_utf8(whole.unwrap().to_vec()).unwrap();
    assert!(text.len() < 200, "{text}");
}

#[tokio::test]
async fn an_invitation_is_taken_up_once() {
    let house = House::new().await;
    let console = console(&house);
    let made = house
        .act("POST", "/v1/people", json!({"name": "Ida"}))
        .await
        .must(201);
    let path = format!("/v1/people/{}/invitation", made["id"].as_str().unwrap());
    let invited = house.act("POST", &path, json!({})).await.must(201);
    let code = invited["code"].as_str().unwrap();
    let mut browser = Browser::new(&console);
    let moved = browser
        .get(&format!("/console/invitation?code={code}"))
        .await;
    assert_eq!(
        location(&moved),
        "/console/invitation",
        "the code leaves the address"
    );
    let page = browser.get("/console/invitation").await;
    assert!(page.text.contains("Welcome, Ida"), "{}", page.text);
    let different = [
        ("password", PASSWORD),
        ("again", "something else altogether"),
    ];
    assert_eq!(
        browser
            .post("/console/invitation", &page, &different)
            .await
            .status,
        422
    );
    let short = [("password", "short"), ("again", "short")];
    assert_eq!(
        browser
            .post("/console/invitation", &page, &short)
            .await
            .status,
        422
    );
    let fields = [("password", PASSWORD), ("again", PASSWORD)];
    let led = browser.post("/console/invitation", &page, &fields).await;
    assert_eq!((led.status.as_u16(), location(&led)), (303, "/console"));
    assert_eq!(browser.get("/console/account").await.status, 200);
    let mut thief = Browser::new(&console);
    let late = thief.get(&format!("/console/invitation?code={code}")).await;
    assert_eq!(late.status, 409, "{}", late.text);
}

#[tokio::test]
async fn a_new_password_ends_what_was_got_by_signing_in() {
    let house = House::new().await;
    let roles = json!([{"role": "OPERATOR"}]);
    let by_program = house.newcomer("Nina", roles).await.token;
    let console = console(&house);
    let mut nina = Browser::signed_in(&console, "Nina").await;
    let mut elsewhere = Browser::signed_in(&console, "Nina").await;
    let account = nina.get("/console/account").await;
    let named = json!({"name": "Nina", "role": "operator"}).to_string();
    let own = house
        .call(("POST", "/v1/keys"), &by_program, named)
        .await
        .must(201);
    let new = "another horse, another battery";
    let fields = [("old", PASSWORD), ("new", new), ("again", new)];
    let changed = nina
        .post("/console/account/password", &account, &fields)
        .await;
    assert!(
        changed.text.contains("Your password is changed."),
        "{}",
        changed.text
    );
    assert_eq!(
        nina.get("/console/account").await.status,
        200,
        "this one stays"
    );
    assert_eq!(elsewhere.get("/console/account").await.status, 303);
    house
        .call(("GET", "/v1/me"), &by_program, "")
        .await
        .refused(401);
    let asked_for = own["token"].as_str().unwrap();
    house.call(("GET", "/v1/me"), asked_for, "").await.ok();
}
