//! Letters, to a mail server on loopback.

use crate::{
    authority::{Authority, Certificate},
    mail_server::{Encrypts, MailServer, Whim},
    network::StagedNetwork,
    secrets::Safe,
};
use portcullis_credentials::{Login, Secrets, Security, SetupError, SmtpMailer, SmtpSettings};
use portcullis_firewall::outside::{Letter, Mailer, OutsideError, Reach, SecretName};
use std::{net::SocketAddr, path::PathBuf, time::Duration};

/// `AUTH PLAIN` of the user `gate` and the password `hush`.
const PLAIN_HUSH: &str = "AUTH PLAIN AGdhdGUAaHVzaA==";

fn letter() -> Letter {
    Letter {
        to: vec!["ann@example.com".to_owned(), "bo@example.org".to_owned()],
        subject: "A hold waits: größer".to_owned(),
        text: "Please look.\n.\nIt is urgent.\n".to_owned(),
        message_id: "hold-7".to_owned(),
    }
}

fn settings(address: SocketAddr, security: Security) -> SmtpSettings {
    SmtpSettings {
        host: "mail.example.com".to_owned(),
        port: address.port(),
        security,
        reach: Reach::Anywhere,
        login: None,
        from: "Portcullis <gate@example.com>".to_owned(),
        extra_roots: None,
        timeout: Duration::from_secs(60),
    }
}

fn login(password: SecretName) -> Option<Login> {
    let user = "gate".to_owned();
    Some(Login { user, password })
}

/// Sends a letter by a name that resolves to `address`.
async fn post_to(
    settings: SmtpSettings,
    address: &str,
    letter: Letter,
) -> Result<(), OutsideError> {
    let network = StagedNetwork::new(&[&[address]], None);
    let mailer = SmtpMailer::on(network, settings, Secrets::new()).unwrap();
    mailer.post(letter).await
}

async fn post(settings: SmtpSettings, letter: Letter) -> Result<(), OutsideError> {
    post_to(settings, "127.0.0.1", letter).await
}

#[tokio::test]
async fn a_letter_arrives_encrypted_from_the_first_byte_or_when_asked() {
    let authority = Authority::new("ours");
    let acceptor = || authority.acceptor(&Certificate::For("mail.example.com"));
    let safe = Safe::with(b"hush\n");
    for (security, encrypts) in [
        (Security::Tls, Encrypts::AtOnce(acceptor())),
        (Security::StartTls, Encrypts::WhenAsked(acceptor())),
    ] {
        let mut server = MailServer::start(encrypts, None).await;
        let settings = SmtpSettings {
            login: login(safe.name()),
            extra_roots: Some(authority.file()),
            ..settings(server.address, security)
        };
        post(settings, letter()).await.unwrap();
        let mut heard = server.heard();
        if security == Security::StartTls {
            let before: Vec<String> = heard.drain(..2).collect();
            assert_eq!(before, ["plain: EHLO example.com", "plain: STARTTLS"]);
        }
        assert!(
            heard.iter().all(|line| line.starts_with("encrypted: ")),
            "{heard:?}"
        );
        assert!(
            heard.contains(&format!("encrypted: {PLAIN_HUSH}")),
            "{heard:?}"
        );
        let taken = heard
            .iter()
            .find(|line| line.contains("Message-ID"))
            .unwrap();
        for part in [
            "Message-ID: <hold-7@example.com>\r\n",
            "From: Portcullis <gate@example.com>\r\n",
            "To: ann@example.com, bo@example.org\r\n",
            "Subject: A hold waits: =?utf-8?b?Z3LDtsOfZXI=?=\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "\r\n\r\nPlease look.\r\n..\r\nIt is urgent.\r\n",
        ] {
            assert!(taken.contains(part), "{part:?} in {taken:?}");
        }
    }
}

#[tokio::test]
async fn without_tls_nothing_is_said_where_it_is_demanded() {
    let safe = Safe::with(b"hush");
    let authority = Authority::new("ours");
    for security in [Security::Tls, Security::StartTls] {
        let mut server = MailServer::start(Encrypts::Never, None).await;
        let settings = SmtpSettings {
            login: login(safe.name()),
            extra_roots: Some(authority.file()),
            timeout: Duration::from_secs(2),
            ..settings(server.address, security)
        };
        assert!(post(settings, letter()).await.is_err());
        let heard = server.heard().concat();
        assert!(
            !heard.contains("AUTH") && !heard.contains("MAIL"),
            "{heard}"
        );
    }
}

#[tokio::test]
async fn the_certificate_has_to_be_for_the_name_by_somebody_known() {
    let authority = Authority::new("ours");
    let safe = Safe::with(b"hush");
    for (name, roots) in [
        ("other.example.com", Some(authority.file())),
        ("mail.example.com", None),
    ] {
        let acceptor = authority.acceptor(&Certificate::For(name));
        let mut server = MailServer::start(Encrypts::WhenAsked(acceptor), None).await;
        let settings = SmtpSettings {
            login: login(safe.name()),
            extra_roots: roots,
            ..settings(server.address, Security::StartTls)
        };
        assert!(post(settings, letter()).await.is_err());
        let heard = server.heard().concat();
        assert!(
            !heard.contains("AUTH") && !heard.contains("MAIL"),
            "{heard}"
        );
    }
}

#[tokio::test]
async fn a_password_goes_bare_to_this_machine_only() {
    let safe = Safe::with(b"hush");
    let mut server = MailServer::start(Encrypts::Never, None).await;
    let settings = || SmtpSettings {
        login: login(safe.name()),
        ..settings(server.address, Security::None)
    };
    let elsewhere = post_to(settings(), "10.0.0.1", letter()).await;
    assert_eq!(elsewhere.unwrap_err().code(), "outside.forbidden");
    post(settings(), letter()).await.unwrap();
    let heard = server.heard();
    assert!(heard.contains(&format!("plain: {PLAIN_HUSH}")), "{heard:?}");
}

#[tokio::test]
async fn a_changed_password_holds_from_the_next_letter_on() {
    let safe = Safe::with(b"old");
    let mut server = MailServer::start(Encrypts::Never, None).await;
    let settings = SmtpSettings {
        login: login(safe.name()),
        ..settings(server.address, Security::None)
    };
    let network = StagedNetwork::new(&[&["127.0.0.1"]], None);
    let mailer = SmtpMailer::on(network, settings, Secrets::new()).unwrap();
    mailer.post(letter()).await.unwrap();
    let before = server.heard();
    assert!(
        !before.contains(&format!("plain: {PLAIN_HUSH}")),
        "{before:?}"
    );
    safe.change(b"hush");
    mailer.post(letter()).await.unwrap();
    let after = server.heard();
    assert!(after.contains(&format!("plain: {PLAIN_HUSH}")), "{after:?}");
    safe.change(b"");
    let error = mailer.post(letter()).await.unwrap_err();
    assert_eq!(error.code(), "outside.no_secret");
    assert_eq!(server.heard(), [""; 0]);
    let told = format!("{mailer:?}");
    assert!(!told.contains("hush") && !told.contains("gate"), "{told}");
}

#[tokio::test]
async fn a_mail_server_is_where_its_reach_allows() {
    let authority = Authority::new("ours");
    let acceptor = authority.acceptor(&Certificate::For("mail.example.com"));
    let mut server = MailServer::start(Encrypts::AtOnce(acceptor), None).await;
    for (reach, address) in [
        (Reach::Public, "127.0.0.1"),
        (Reach::Public, "10.0.0.1"),
        (Reach::Anywhere, "169.254.169.254"),
    ] {
        let settings = SmtpSettings {
            reach,
            ..settings(server.address, Security::Tls)
        };
        let error = post_to(settings, address, letter()).await.unwrap_err();
        assert_eq!(error.code(), "outside.forbidden", "{address}");
    }
    assert_eq!(server.heard(), [""; 0]);
}

#[tokio::test]
async fn what_a_letter_holds_gives_it_no_headers_and_no_readers() {
    let mut server = MailServer::start(Encrypts::Never, None).await;
    let changes: [fn(&mut Letter); 10] = [
        |letter| letter.to.clear(),
        |letter| letter.to = vec!["ann@example.com".to_owned(); 101],
        |letter| {
            letter
                .to
                .push("ann@example.com\r\nRCPT TO:<eve@example.com>".to_owned())
        },
        |letter| {
            letter
                .to
                .push("ann@example.com, eve@example.com".to_owned())
        },
        |letter| letter.to.push(String::new()),
        |letter| letter.subject.push_str("\r\nBcc: eve@example.com"),
        |letter| letter.subject = "x".repeat(501),
        |letter| letter.message_id.push_str(">\r\nBcc: eve@example.com"),
        |letter| letter.message_id.clear(),
        |letter| letter.text = "x".repeat(1024 * 1024 + 1),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut letter = letter();
        change(&mut letter);
        let error = post(settings(server.address, Security::None), letter).await;
        assert_eq!(error.unwrap_err().code(), "outside.forbidden", "{number}");
    }
    assert_eq!(server.heard(), [""; 0]);
}

async fn refusal(whim: Whim) -> OutsideError {
    let server = MailServer::start(Encrypts::Never, whim).await;
    let safe = Safe::with(b"hush");
    let settings = SmtpSettings {
        login: login(safe.name()),
        ..settings(server.address, Security::None)
    };
    post(settings, letter()).await.unwrap_err()
}

#[tokio::test]
async fn what_the_server_refuses_is_told_by_its_code_alone() {
    for (verb, answer, passing) in [
        ("AUTH", "535 hush is wrong", false),
        ("MAIL", "450 hush, later", true),
        ("RCPT", "550 hush, no such reader", false),
        ("DATA", "451 hush, later", true),
    ] {
        let error = refusal(Some((verb, answer))).await;
        assert_eq!(error.is_passing(), passing, "{error}");
        assert!(
            error
                .to_string()
                .ends_with(&format!("code {}", &answer.split(' ').next().unwrap())),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
    }
}

#[tokio::test]
async fn a_server_that_is_not_there_may_be_there_later() {
    let gone = MailServer::start(Encrypts::Never, None).await.address;
    let error = post(settings(gone, Security::None), letter())
        .await
        .unwrap_err();
    assert!(error.is_passing(), "{error}");
}

#[test]
fn settings_that_cannot_be_meant_are_told_at_once() {
    let address: SocketAddr = "127.0.0.1:25".parse().unwrap();
    let changes: [fn(&mut SmtpSettings); 7] = [
        |settings| settings.reach = Reach::Public,
        |settings| settings.host = String::new(),
        |settings| settings.host = "mail.example.com/inbox".to_owned(),
        |settings| settings.host = "user@mail.example.com".to_owned(),
        |settings| settings.host = "mail.example.com:25".to_owned(),
        |settings| settings.port = 0,
        |settings| settings.from = "nobody".to_owned(),
    ];
    for (number, change) in changes.into_iter().enumerate() {
        let mut settings = settings(address, Security::None);
        change(&mut settings);
        let made = SmtpMailer::new(settings, Secrets::new()).map(drop);
        assert!(
            matches!(made, Err(SetupError::Mail(_))),
            "{number}: {made:?}"
        );
    }
    let missing = PathBuf::from("/nobody/has/this.pem");
    let settings = SmtpSettings {
        extra_roots: Some(missing.clone()),
        ..settings(address, Security::Tls)
    };
    let made = SmtpMailer::new(settings, Secrets::new()).map(drop);
    assert_eq!(made, Err(SetupError::Roots(missing)));
}
