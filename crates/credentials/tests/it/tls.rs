//! Requests over TLS: whose word counts, and for which name.

use crate::{
    authority::{Authority, Certificate},
    network::{PUBLIC, StagedNetwork},
    server::{Answer, Server},
};
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets, SetupError};
use portcullis_firewall::outside::{Courier, Delivery, Method, OutsideError, Parcel, Reach};
use std::{path::PathBuf, time::Duration};

fn settings(extra_roots: Option<PathBuf>) -> CourierSettings {
    CourierSettings {
        extra_roots,
        connect_timeout: Duration::from_secs(60),
        timeout: Duration::from_secs(60),
        ..CourierSettings::default()
    }
}

/// What `https://api.example.com` says, on a network that leads every call to `server`.
async fn ask(server: &Server, extra_roots: Option<PathBuf>) -> Result<Delivery, OutsideError> {
    let network = StagedNetwork::new(&[&[PUBLIC]], Some(server.address));
    let settings = settings(extra_roots);
    let courier = HttpCourier::on(network.clone(), &settings, Secrets::new()).unwrap();
    let parcel = Parcel {
        method: Method::Get,
        url: "https://api.example.com/".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        credential: None,
        reach: Reach::Public,
    };
    let answer = courier.send(parcel).await;
    assert_eq!(network.asked(), ["api.example.com"]);
    assert_eq!(network.called(), [format!("{PUBLIC}:443")]);
    answer
}

async fn refusal(certificate: Certificate) -> String {
    let authority = Authority::new("ours");
    let server = Server::encrypted(Answer::empty(), authority.acceptor(&certificate));
    let mut server = server.await;
    let error = ask(&server, Some(authority.file())).await.unwrap_err();
    assert_eq!(server.heard(), [""; 0]);
    error.to_string()
}

#[tokio::test]
async fn a_public_system_answers_over_tls() {
    let authority = Authority::new("ours");
    let acceptor = authority.acceptor(&Certificate::For("api.example.com"));
    let mut server = Server::encrypted(Answer::empty(), acceptor).await;
    let delivery = ask(&server, Some(authority.file())).await.unwrap();
    assert_eq!(delivery.status, 204);
    let heard = server.heard().remove(0);
    assert!(heard.contains("host: api.example.com\r\n"), "{heard}");
}

#[tokio::test]
async fn a_certificate_has_to_be_signed_by_somebody_known() {
    let acceptor = Authority::new("ours").acceptor(&Certificate::For("api.example.com"));
    let server = Server::encrypted(Answer::empty(), acceptor).await;
    let other = Authority::new("other");
    for extra_roots in [None, Some(other.file())] {
        let error = ask(&server, extra_roots).await.unwrap_err();
        assert_eq!(
            error.to_string(),
            "the answer of `api.example.com` is not usable: \
             nobody who is trusted has signed its certificate"
        );
    }
}

#[tokio::test]
async fn a_certificate_has_to_be_for_the_name_and_the_time() {
    assert_eq!(
        refusal(Certificate::For("other.example.com")).await,
        "the answer of `api.example.com` is not usable: its certificate is for another name"
    );
    assert_eq!(
        refusal(Certificate::Expired("api.example.com")).await,
        "the answer of `api.example.com` is not usable: its certificate has expired"
    );
}

#[tokio::test]
async fn whoever_does_not_speak_tls_hears_nothing() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let plain = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let (mut stream, _) = listener.accept().await.unwrap();
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await;
        let mut heard = vec![0; 4096];
        let read = stream.read(&mut heard).await.unwrap_or(0);
        heard.truncate(read);
        heard
    });
    let network = StagedNetwork::new(&[&[PUBLIC]], Some(address));
    let courier = HttpCourier::on(network, &settings(None), Secrets::new()).unwrap();
    let parcel = Parcel {
        method: Method::Get,
        url: "https://api.example.com/hush".to_owned(),
        headers: Vec::new(),
        body: Vec::new(),
        credential: None,
        reach: Reach::Public,
    };
    let error = courier.send(parcel).await.unwrap_err();
    assert_eq!(error.code(), "outside.unusable");
    let heard = plain.await.unwrap();
    assert!(!heard.windows(4).any(|piece| piece == b"hush"));
}

#[test]
fn a_file_of_authorities_has_to_hold_some() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in [None, Some(""), Some("no certificate"), Some(broken)] {
        if let Some(text) = text {
            std::fs::write(&file, text).unwrap();
        }
        let made = HttpCourier::new(&settings(Some(file.clone())), Secrets::new());
        assert_eq!(
            made.map(drop),
            Err(SetupError::Roots(file.clone())),
            "{text:?}"
        );
    }
}
