//! Requests over HTTP without TLS, to servers on loopback.

use crate::{
    secrets::Safe,
    server::{Answer, Server},
};
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets, strongbox::Strongbox};
use portcullis_firewall::{
    firewall::Screens,
    outside::{Courier, Credential, Delivery, Method, OutsideError, Parcel, Reach, SecretName},
};
use portcullis_testkit::FakeClock;
use std::{sync::Arc, time::Duration};

const LONG: Duration = Duration::from_secs(60);

fn settings() -> CourierSettings {
    CourierSettings {
        connect_timeout: LONG,
        timeout: LONG,
        most_bytes: 1000,
        ..CourierSettings::default()
    }
}

fn courier() -> HttpCourier {
    HttpCourier::new(&settings(), Secrets::new()).unwrap()
}

fn parcel(method: Method, url: String) -> Parcel {
    Parcel {
        method,
        url,
        headers: Vec::new(),
        body: Vec::new(),
        credential: None,
        reach: Reach::Anywhere,
    }
}

/// A POST of a form with a credential, as the server heard it.
async fn heard_with(credential: Credential) -> String {
    let mut server = Server::plain(Answer::empty()).await;
    let mut sent = parcel(Method::Post, server.url("/token"));
    sent.body = b"grant=code".to_vec();
    sent.credential = Some(credential);
    courier().send(sent).await.unwrap();
    server.heard().remove(0)
}

async fn answer_to(answer: Answer) -> Result<Delivery, OutsideError> {
    let server = Server::plain(answer).await;
    courier().send(parcel(Method::Get, server.url("/"))).await
}

async fn code_of(sent: Parcel) -> &'static str {
    courier().send(sent).await.unwrap_err().code()
}

#[tokio::test]
async fn a_request_and_its_answer_arrive_whole() {
    let answer =
        "HTTP/1.1 404 Not Found\r\nX-Thing: one\r\nx-thing: two\r\ncontent-length: 4\r\n\r\nnope";
    let mut server = Server::plain(Answer::text(answer)).await;
    let mut sent = parcel(Method::Post, server.url("/a/b?c=d#e"));
    sent.headers = vec![("X-Mine".to_owned(), "1".to_owned())];
    sent.body = b"{}".to_vec();
    let delivery = courier().send(sent).await.unwrap();
    assert_eq!(delivery.status, 404);
    assert_eq!(delivery.header("x-thing"), Some("one"));
    assert_eq!(delivery.body, b"nope");
    let heard = server.heard().remove(0);
    assert!(heard.starts_with("POST /a/b?c=d HTTP/1.1\r\n"), "{heard}");
    assert!(
        heard.contains(&format!("host: {}\r\n", server.address)),
        "{heard}"
    );
    assert!(heard.contains("x-mine: 1\r\n"), "{heard}");
    assert!(heard.ends_with("\r\n\r\n{}"), "{heard}");
}

#[tokio::test]
async fn a_secret_goes_along_as_it_is_told() {
    let safe = Safe::with(b"hu:sh/&=+\n");
    let secret = safe.name();
    let bearer = heard_with(Credential::Bearer(secret.clone())).await;
    assert!(
        bearer.contains("authorization: Bearer hu:sh/&=+\r\n"),
        "{bearer}"
    );
    let basic = heard_with(Credential::Basic {
        user: "a:b".to_owned(),
        secret: secret.clone(),
    });
    let basic = basic.await;
    // `a%3Ab:hu%3Ash%2F%26%3D%2B`
    let pair = "authorization: Basic YSUzQWI6aHUlM0FzaCUyRiUyNiUzRCUyQg==\r\n";
    assert!(basic.contains(pair), "{basic}");
    let login = heard_with(Credential::Login {
        user: "ann".to_owned(),
        secret: secret.clone(),
    });
    let login = login.await;
    // `ann:hu:sh/&=+`
    assert!(
        login.contains("authorization: Basic YW5uOmh1OnNoLyY9Kw==\r\n"),
        "{login}"
    );
    let name = "X-Api-Key".to_owned();
    let secret_of = secret.clone();
    let header = heard_with(Credential::Header {
        name,
        secret: secret_of,
    });
    let header = header.await;
    assert!(header.contains("x-api-key: hu:sh/&=+\r\n"), "{header}");
    let name = "client_secret".to_owned();
    let field = heard_with(Credential::FormField { name, secret }).await;
    assert!(
        field.ends_with("\r\n\r\ngrant=code&client_secret=hu%3Ash%2F%26%3D%2B"),
        "{field}"
    );
    assert!(
        field.contains("content-type: application/x-www-form-urlencoded\r\n"),
        "{field}"
    );
}

#[tokio::test]
async fn a_form_takes_several_secret_fields() {
    let (one, two) = (Safe::with(b"hu:sh"), Safe::with(b"a&b"));
    let fields = vec![
        ("client_secret".to_owned(), one.name()),
        ("subject_token".to_owned(), two.name()),
    ];
    let heard = heard_with(Credential::FormFields(fields)).await;
    let want = "\r\n\r\ngrant=code&client_secret=hu%3Ash&subject_token=a%26b";
    assert!(heard.ends_with(want), "{heard}");
    let twice = vec![("grant".to_owned(), one.name())];
    let mut sent = parcel(Method::Post, "http://127.0.0.1:9/".to_owned());
    sent.body = b"grant=code".to_vec();
    sent.credential = Some(Credential::FormFields(twice));
    assert_eq!(code_of(sent).await, "outside.forbidden");
}

#[tokio::test]
async fn nothing_is_signed_by_who_does_not_know_the_time_or_with_what_is_no_key() {
    let (key, odd) = (Safe::with(b"AKIDEXAMPLE"), Safe::with(b"AKID EXAMPLE"));
    let signed = |id: &Safe| Credential::Aws {
        key_id: id.name(),
        key: key.name(),
        token: None,
        service: "sts".to_owned(),
        region: "eu-central-1".to_owned(),
    };
    let mut server = Server::plain(Answer::empty()).await;
    let mut sent = parcel(Method::Get, server.url("/"));
    sent.credential = Some(signed(&key));
    assert_eq!(code_of(sent.clone()).await, "outside.forbidden");
    let clock = Arc::new(FakeClock::default());
    let secrets = Secrets::with(Strongbox::new(Screens::default(), clock));
    let courier = HttpCourier::new(&settings(), secrets).unwrap();
    courier.send(sent.clone()).await.unwrap();
    let heard = server.heard().remove(0);
    assert!(
        heard.contains("x-amz-date: 20260410T143201Z\r\n"),
        "{heard}"
    );
    let begins =
        "authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260410/eu-central-1/sts/";
    assert!(heard.contains(begins), "{heard}");
    sent.credential = Some(signed(&odd));
    let refused = courier.send(sent).await.unwrap_err();
    assert_eq!(refused.code(), "outside.no_secret");
    assert_eq!(server.heard(), [""; 0]);
}

#[tokio::test]
async fn a_changed_secret_goes_along_from_the_next_request_on() {
    let safe = Safe::with(b"old");
    let mut server = Server::plain(Answer::empty()).await;
    let courier = courier();
    for secret in ["old", "new"] {
        safe.change(secret.as_bytes());
        let mut sent = parcel(Method::Get, server.url("/"));
        sent.credential = Some(Credential::Bearer(safe.name()));
        courier.send(sent).await.unwrap();
        let heard = server.heard().remove(0);
        assert!(heard.contains(&format!("Bearer {secret}\r\n")), "{heard}");
    }
}

#[tokio::test]
async fn without_its_secret_nothing_is_sent() {
    let mut server = Server::plain(Answer::empty()).await;
    let split = Safe::with(b"hush\r\nhost: elsewhere");
    for name in [SecretName::new("env:NOBODY_SETS_THIS"), split.name()] {
        let mut sent = parcel(Method::Get, server.url("/"));
        sent.credential = Some(Credential::Bearer(name));
        assert_eq!(code_of(sent).await, "outside.no_secret");
    }
    assert_eq!(server.heard(), [""; 0]);
}

#[tokio::test]
async fn a_form_takes_one_field_of_a_name() {
    let safe = Safe::with(b"hush");
    let field = || Credential::FormField {
        name: "client_secret".to_owned(),
        secret: safe.name(),
    };
    let mut server = Server::plain(Answer::empty()).await;
    let mut twice = parcel(Method::Post, server.url("/"));
    twice.body = b"client%5Fsecret=mine".to_vec();
    let mut json = parcel(Method::Post, server.url("/"));
    json.headers = vec![("content-type".to_owned(), "application/json".to_owned())];
    let get = parcel(Method::Get, server.url("/"));
    for mut sent in [twice, json, get] {
        sent.credential = Some(field());
        assert_eq!(code_of(sent).await, "outside.forbidden");
    }
    assert_eq!(server.heard(), [""; 0]);
}

#[tokio::test]
async fn a_composer_sets_no_credentials_and_no_frames() {
    let mut server = Server::plain(Answer::empty()).await;
    for (name, value) in [
        ("Authorization", "Bearer mine"),
        ("Proxy-Authorization", "Basic mine"),
        ("Cookie", "a=b"),
        ("Host", "elsewhere"),
        ("Content-Length", "0"),
        ("Transfer-Encoding", "chunked"),
        ("Connection", "keep-alive"),
        ("Upgrade", "websocket"),
        ("X-Two", "a\r\nx-three: b"),
        ("X Two", "a"),
        ("", "a"),
    ] {
        let mut sent = parcel(Method::Get, server.url("/"));
        sent.headers = vec![(name.to_owned(), value.to_owned())];
        assert_eq!(code_of(sent).await, "outside.forbidden", "{name}");
    }
    let mut body = parcel(Method::Get, server.url("/"));
    body.body = b"x".to_vec();
    assert_eq!(code_of(body).await, "outside.forbidden");
    assert_eq!(server.heard(), [""; 0]);
}

#[tokio::test]
async fn a_redirect_is_an_answer() {
    let target = Server::plain(Answer::empty()).await;
    for status in [301, 302, 303, 307, 308] {
        let location = target.url("/");
        let answer =
            format!("HTTP/1.1 {status} Moved\r\nlocation: {location}\r\ncontent-length: 0\r\n\r\n");
        let delivery = answer_to(Answer::text(&answer)).await.unwrap();
        assert_eq!(delivery.status, status);
        assert_eq!(delivery.header("location"), Some(location.as_str()));
    }
    let mut target = target;
    assert_eq!(target.heard(), [""; 0]);
}

#[tokio::test]
async fn a_body_has_a_bound() {
    let body = "x".repeat(1000);
    let chunks = format!("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3e8\r\n{body}\r\n");
    let fits = [
        format!("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{body}"),
        format!("HTTP/1.1 200 OK\r\n\r\n{body}"),
        format!("{chunks}0\r\n\r\n"),
    ];
    for answer in fits {
        assert_eq!(
            answer_to(Answer::text(&answer)).await.unwrap().body.len(),
            1000
        );
    }
    let does_not = [
        format!("HTTP/1.1 200 OK\r\ncontent-length: 1001\r\n\r\n{body}x"),
        "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n".to_owned(),
        format!("HTTP/1.1 200 OK\r\n\r\n{body}x"),
        format!("{chunks}1\r\nx\r\n0\r\n\r\n"),
    ];
    for answer in does_not {
        let error = answer_to(Answer::text(&answer)).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the answer of `127.0.0.1` is not usable: it has more than 1000 bytes"
        );
    }
}

#[tokio::test]
async fn what_is_no_whole_answer_is_none() {
    for (answer, code) in [
        ("", "outside.unanswered"),
        ("HTTP/1.1 200 OK\r\ncontent-le", "outside.unanswered"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
            "outside.unanswered",
        ),
        ("SSH-2.0-OpenSSH_9.9\r\n\r\n", "outside.unusable"),
        (
            "HTTP/1.1 200 OK\r\ncontent-length: x\r\n\r\n",
            "outside.unusable",
        ),
    ] {
        let error = answer_to(Answer::text(answer)).await.unwrap_err();
        assert_eq!(error.code(), code, "{answer}: {error}");
    }
    let long = format!("HTTP/1.1 200 OK\r\nx: {}\r\n\r\n", "x".repeat(100_000));
    assert!(answer_to(Answer::text(&long)).await.is_err());
}

#[tokio::test]
async fn a_call_that_was_surely_not_sent_is_told_from_one_that_may_have_been() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    drop(listener);
    assert_eq!(
        code_of(parcel(Method::Post, url)).await,
        "outside.unreachable"
    );
    let server = Server::plain(Answer::text("")).await;
    let sent = parcel(Method::Post, server.url("/"));
    assert_eq!(code_of(sent).await, "outside.unanswered");
}

#[tokio::test]
async fn a_credential_stands_in_no_header_that_frames_the_message() {
    let safe = Safe::with(b"hush");
    let mut server = Server::plain(Answer::empty()).await;
    for name in [
        "host",
        "content-length",
        "transfer-encoding",
        "cookie",
        "a b",
        "",
    ] {
        let mut sent = parcel(Method::Get, server.url("/"));
        sent.credential = Some(Credential::Header {
            name: name.to_owned(),
            secret: safe.name(),
        });
        assert_eq!(code_of(sent).await, "outside.forbidden", "{name}");
    }
    assert_eq!(server.heard(), [""; 0]);
}

#[tokio::test]
async fn nobody_is_waited_for_without_an_end() {
    let short = CourierSettings {
        timeout: Duration::from_millis(200),
        ..settings()
    };
    let courier = HttpCourier::new(&short, Secrets::new()).unwrap();
    for answer in [
        Answer::Silence,
        Answer::Trickle(b"HTTP/1.1 200 OK\r\nx: "),
        Answer::Trickle(b"HTTP/1.1 200 OK\r\n\r\n"),
    ] {
        let server = Server::plain(answer).await;
        let error = courier
            .send(parcel(Method::Get, server.url("/")))
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "`127.0.0.1` was asked and does not answer: not in time"
        );
        assert!(error.is_passing());
    }
}

#[tokio::test]
async fn a_secret_is_in_nothing_that_is_told() {
    let safe = Safe::with(b"hush-hush");
    let courier = courier();
    let mut told = format!("{courier:?} {:?}", Secrets::new());
    let echo = Server::plain(Answer::text("HTTP/1.1 hush-hush\r\n\r\n")).await;
    let gone = Server::plain(Answer::text("")).await;
    let plain = |url: String| parcel(Method::Post, url);
    for mut sent in [
        plain(echo.url("/hush-hush?hush-hush")),
        plain(gone.url("/hush-hush?hush-hush")),
        plain("https://127.0.0.1:0/hush-hush".to_owned()),
        plain("http://hush-hush:hush-hush@127.0.0.1/".to_owned()),
    ] {
        sent.credential = Some(Credential::Bearer(safe.name()));
        told.push_str(&format!("{sent:?}").replace(&sent.url, ""));
        let error = courier.send(sent).await.unwrap_err();
        told.push_str(&format!("{error} {error:?}"));
    }
    assert!(!told.contains("hush-hush"), "{told}");
}

#[tokio::test]
async fn an_answer_that_comes_bit_by_bit_is_taken_bit_by_bit() {
    let server = Server::plain(Answer::Trickle(b"HTTP/1.1 200 OK\r\nx: y\r\n\r\nbegun")).await;
    let sent = parcel(Method::Get, server.url("/"));
    let few = CourierSettings {
        most_bytes: 100,
        ..settings()
    };
    let courier = HttpCourier::new(&few, Secrets::new()).unwrap();
    let mut arrival = courier.begin(sent).await.unwrap();
    assert_eq!((arrival.status, arrival.header("x")), (200, Some("y")));
    let mut all = Vec::new();
    while all.len() < 200 {
        all.extend(arrival.body.more().await.unwrap().unwrap());
    }
    assert!(
        all.starts_with(b"begun"),
        "more than a whole answer may have"
    );
}

#[tokio::test]
async fn the_beginning_of_an_answer_is_not_waited_for_without_an_end() {
    let short = CourierSettings {
        timeout: Duration::from_millis(200),
        ..settings()
    };
    let courier = HttpCourier::new(&short, Secrets::new()).unwrap();
    let server = Server::plain(Answer::Silence).await;
    let sent = parcel(Method::Get, server.url("/"));
    let error = courier.begin(sent).await.unwrap_err();
    assert_eq!(error.code(), "outside.unanswered");
    let broken = Server::plain(Answer::text(
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nab",
    ))
    .await;
    let sent = parcel(Method::Get, broken.url("/"));
    let mut arrival = courier.begin(sent).await.unwrap();
    let mut broke = Ok(Some(Vec::new()));
    while matches!(broke, Ok(Some(_))) {
        broke = arrival.body.more().await;
    }
    assert_eq!(broke.unwrap_err().code(), "outside.unanswered");
}

#[tokio::test]
async fn a_connection_is_used_again_when_its_answer_has_ended() {
    let mut server = Server::lasting("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let courier = courier();
    for _ in 0..3 {
        let sent = parcel(Method::Post, server.url("/again"));
        assert_eq!(courier.send(sent).await.unwrap().body, b"hi");
    }
    let mut begun = courier
        .begin(parcel(Method::Get, server.url("/again")))
        .await
        .unwrap();
    while begun.body.more().await.unwrap().is_some() {}
    let sent = parcel(Method::Post, server.url("/again"));
    courier.send(sent).await.unwrap();
    assert_eq!(server.heard().len(), 5);
    assert_eq!(server.guests(), 1);
}

#[tokio::test]
async fn an_answer_that_nobody_read_to_its_end_is_not_taken_for_the_next() {
    let mut server = Server::lasting("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let courier = courier();
    let begun = courier.begin(parcel(Method::Get, server.url("/first")));
    drop(begun.await.unwrap());
    let sent = parcel(Method::Get, server.url("/second"));
    assert_eq!(courier.send(sent).await.unwrap().body, b"hi");
    assert_eq!(server.heard().len(), 2);
    assert_eq!(server.guests(), 2);
}

#[tokio::test]
async fn what_may_be_called_under_one_reach_opens_no_way_under_another() {
    let server = Server::lasting("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let courier = courier();
    let mut sent = parcel(Method::Get, server.url("/"));
    courier.send(sent.clone()).await.unwrap();
    sent.reach = Reach::Public;
    let refused = courier.send(sent).await.unwrap_err();
    assert_eq!(refused.code(), "outside.forbidden");
}

#[tokio::test]
async fn a_connection_does_not_wait_longer_than_servers_do() {
    let server = Server::lasting("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi").await;
    let courier = courier();
    courier
        .send(parcel(Method::Get, server.url("/")))
        .await
        .unwrap();
    tokio::time::sleep(Duration::from_millis(1_001)).await;
    courier
        .send(parcel(Method::Get, server.url("/")))
        .await
        .unwrap();
    assert_eq!(server.guests(), 2);
}
