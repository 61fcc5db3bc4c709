//! Sessions at databases: with whose password, over which line, and where not.

use crate::{
    authority::Authority,
    network::{PUBLIC, StagedNetwork},
    secrets::Safe,
};
use portcullis_credentials::{DatabaseSettings, Databases, Secrets};
use portcullis_firewall::outside::{OutsideError, Reach, SecretName};
use portcullis_testkit::{
    Postgres,
    postgres::{OWNER, PASSWORD},
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

fn here(port: u16, password: SecretName) -> DatabaseSettings {
    DatabaseSettings {
        host: "127.0.0.1".to_owned(),
        port,
        name: "postgres".to_owned(),
        user: OWNER.to_owned(),
        password: Some(password),
        tls: false,
        reach: Reach::Anywhere,
    }
}

async fn refusal(databases: &Databases, settings: &DatabaseSettings) -> String {
    let refused = databases.open(settings).await;
    refused.map(|_| ()).unwrap_err().to_string()
}

#[tokio::test]
async fn a_session_is_opened_with_the_right_password_alone() {
    let safe = Safe::with(PASSWORD.as_bytes());
    let server = Postgres::shared();
    let databases = Databases::new(None, Secrets::new()).unwrap();
    let settings = here(server.port(), safe.name());
    let (client, _driver) = databases.open(&settings).await.unwrap();
    let row = client
        .query_one("select current_setting('application_name')", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, &str>(0), "portcullis");
    let strange = Safe::with(b"wrong-marker");
    let wrong = here(server.port(), strange.name());
    assert_eq!(
        refusal(&databases, &wrong).await,
        "the answer of `127.0.0.1` is not usable: it answers with code 28P01"
    );
    let absent = SecretName::new("file:/nobody/has/this");
    assert_eq!(
        refusal(&databases, &here(server.port(), absent)).await,
        "the secret `file:/nobody/has/this` cannot be read"
    );
    assert!(!format!("{databases:?} {settings:?}").contains(PASSWORD));
}

#[tokio::test]
async fn nobody_is_called_where_the_reach_does_not_allow_it() {
    let safe = Safe::with(PASSWORD.as_bytes());
    let databases = Databases::new(None, Secrets::new()).unwrap();
    let right = safe.name();
    let mut settings = here(Postgres::shared().port(), right);
    settings.reach = Reach::Public;
    assert_eq!(
        settings.fault(),
        Some("without TLS its reach has to be anywhere")
    );
    settings.tls = true;
    assert_eq!(settings.fault(), None);
    let refused = databases.open(&settings).await.map(|_| ());
    assert!(matches!(refused, Err(OutsideError::Forbidden { .. })));
    settings.reach = Reach::Anywhere;
    settings.host = "169.254.169.254".to_owned();
    let refused = databases.open(&settings).await.map(|_| ());
    assert!(matches!(refused, Err(OutsideError::Forbidden { .. })));
}

#[tokio::test]
async fn a_server_without_tls_is_given_nothing() {
    let safe = Safe::with(PASSWORD.as_bytes());
    let databases = Databases::new(None, Secrets::new()).unwrap();
    let right = safe.name();
    let mut settings = here(Postgres::shared().port(), right);
    settings.tls = true;
    assert_eq!(
        refusal(&databases, &settings).await,
        "the answer of `127.0.0.1` is not usable: it does not speak PostgreSQL or TLS as it must"
    );
}

#[tokio::test]
async fn over_tls_the_server_shows_who_it_is() {
    let authority = Authority::new("ours");
    let (certificate, key) = authority.pem("db.example.com");
    let server = Postgres::start(
        &[
            "ssl=on",
            "ssl_cert_file=../cert.pem",
            "ssl_key_file=../key.pem",
        ],
        &[
            ("cert.pem", certificate.as_bytes()),
            ("key.pem", key.as_bytes()),
        ],
    );
    let safe = Safe::with(PASSWORD.as_bytes());
    let mut settings = here(server.port(), safe.name());
    settings.tls = true;
    settings.reach = Reach::Public;
    let network = || {
        let address = ([127, 0, 0, 1], server.port()).into();
        StagedNetwork::new(&[&[PUBLIC]], Some(address))
    };
    let ours = authority.file();
    let trusting = Databases::on(network(), Some(&ours), Secrets::new()).unwrap();
    settings.host = "db.example.com".to_owned();
    let (client, _driver) = trusting.open(&settings).await.unwrap();
    let ssl = "select ssl from pg_stat_ssl where pid = pg_backend_pid()";
    let row = client.query_one(ssl, &[]).await.unwrap();
    assert!(row.get::<_, bool>(0));

    settings.host = "other.example.com".to_owned();
    let trusting = Databases::on(network(), Some(&ours), Secrets::new()).unwrap();
    assert_eq!(
        refusal(&trusting, &settings).await,
        "the answer of `other.example.com` is not usable: its certificate is for another name"
    );
    settings.host = "db.example.com".to_owned();
    let strange = Databases::on(network(), None, Secrets::new()).unwrap();
    assert_eq!(
        refusal(&strange, &settings).await,
        "the answer of `db.example.com` is not usable: \
         nobody who is trusted has signed its certificate"
    );
}

#[tokio::test]
async fn what_is_no_database_is_told_in_our_own_words() {
    let safe = Safe::with(PASSWORD.as_bytes());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let settings = here(listener.local_addr().unwrap().port(), safe.name());
    let answers = tokio::spawn(async move {
        let mut heard = Vec::new();
        for answer in ["HTTP/1.1 400 marker\r\n\r\n", ""] {
            let (mut stream, _) = listener.accept().await.unwrap();
            heard.resize(1024, 0);
            let _ = stream.read(&mut heard).await.unwrap();
            assert!(!String::from_utf8_lossy(&heard).contains(PASSWORD));
            stream.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    let databases = Databases::new(None, Secrets::new()).unwrap();
    for _ in 0..2 {
        let refused = refusal(&databases, &settings).await;
        assert!(refused.contains("`127.0.0.1`"), "{refused}");
        assert!(!refused.contains("marker"), "{refused}");
    }
    answers.await.unwrap();
}
