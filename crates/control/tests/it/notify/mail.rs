//! Letters: who gets them, and that nothing an agent writes becomes more than text.

use super::world::{
    FakeBook, FakeMailer, FakeSource, acme, console, decision, ending, held, outline, unended,
    warning,
};
use portcullis_control::notify::{
    channel::{Channel, Told},
    mail::{Mail, MailPorts, MailSettings},
    source::Outline,
};
use portcullis_firewall::{
    hold::HoldStatus,
    outside::{Letter, OutsideError},
};
use portcullis_policy::tier::{Tier, Verdict};
use portcullis_testkit::FakeClock;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::sync::Arc;

fn settings(to: &Value) -> MailSettings {
    serde_json::from_value(json!({"name": "people", "to": to})).unwrap()
}

fn mail(to: &Value, hold: Outline) -> (Mail, Arc<FakeMailer>) {
    let mailer = Arc::new(FakeMailer::default());
    let ports = MailPorts {
        source: FakeSource::with_hold(hold),
        addresses: Arc::new(FakeBook),
        mailer: mailer.clone(),
        clock: Arc::new(FakeClock::default()),
    };
    (Mail::new(settings(to), console(), ports).unwrap(), mailer)
}

/// The letter about an action with this text in every place that an agent fills.
async fn letter(text: &str) -> Letter {
    let mut hold = outline(text);
    text.clone_into(&mut hold.action_type);
    text.clone_into(&mut hold.environment);
    let mut record = held(text);
    text.clone_into(&mut record.action_type);
    text.clone_into(&mut record.agent);
    let (channel, mailer) = mail(&json!(["asked"]), hold);
    assert_eq!(channel.tell(&acme(), &record).await, Told::Done);
    let letters = mailer.letters.lock().unwrap();
    assert_eq!(letters.len(), 1);
    letters[0].clone()
}

#[tokio::test]
async fn people_are_asked_and_shown_where_to_decide() {
    let (channel, mailer) = mail(&json!(["asked"]), outline("cluster-1"));
    assert_eq!(channel.tell(&acme(), &held("cluster-1")).await, Told::Done);
    let letter = mailer.letters.lock().unwrap()[0].clone();
    assert_eq!(letter.to, ["ann@acme.test", "bob@acme.test"]);
    assert_eq!(letter.message_id, "portcullis.acme.2");
    insta::assert_snapshot!("letter", format!("{}\n\n{}", letter.subject, letter.text));
}

#[tokio::test]
async fn who_is_named_is_warned_of_budgets_and_who_is_asked_is_not() {
    let (channel, mailer) = mail(&json!(["asked", "ops@acme.test"]), outline("db"));
    let record = warning("https://evil.test/\n\u{202e}");
    assert_eq!(channel.tell(&acme(), &record).await, Told::Done);
    let letters = mailer.letters.lock().unwrap().clone();
    assert_eq!(letters.len(), 2);
    assert_eq!(letters[0].message_id, "portcullis.acme.2");
    assert_eq!(letters[1].to, ["ops@acme.test"]);
    assert_eq!(letters[1].message_id, "portcullis.acme.2.budget");
    let shown = format!("{}\n\n{}", letters[1].subject, letters[1].text);
    insta::assert_snapshot!("warning", shown);
    let (channel, mailer) = mail(&json!(["asked"]), outline("db"));
    assert_eq!(channel.tell(&acme(), &record).await, Told::Done);
    assert_eq!(mailer.letters.lock().unwrap().len(), 1, "of the hold alone");
}

#[tokio::test]
async fn who_is_named_hears_of_a_credential_that_may_live() {
    let (channel, mailer) = mail(&json!(["asked", "ops@acme.test"]), outline("db"));
    let record = unended("https://evil.test/\n\u{202e}");
    assert_eq!(channel.tell(&acme(), &record).await, Told::Done);
    let letters = mailer.letters.lock().unwrap().clone();
    assert_eq!(letters.len(), 1);
    assert_eq!(letters[0].to, ["ops@acme.test"]);
    let shown = format!("{}\n\n{}", letters[0].subject, letters[0].text);
    insta::assert_snapshot!("alarm", shown);
    let (channel, _) = mail(&json!(["asked"]), outline("db"));
    assert_eq!(channel.tell(&acme(), &record).await, Told::Passed);
}

#[tokio::test]
async fn of_two_letters_about_a_record_only_the_one_that_failed_is_sent_again() {
    let away = || OutsideError::Unreachable {
        host: "mail.acme.test".to_owned(),
        why: "not in time".to_owned(),
    };
    for failed in 0..2 {
        let (channel, mailer) = mail(&json!(["asked", "ops@acme.test"]), outline("db"));
        let answers = (0..=failed).map(|nth| if nth == failed { Err(away()) } else { Ok(()) });
        mailer.answers.lock().unwrap().extend(answers);
        let record = warning("the tenant");
        let told = channel.tell(&acme(), &record).await;
        assert!(matches!(told, Told::Later { .. }), "{told:?}");
        assert_eq!(channel.tell(&acme(), &record).await, Told::Done);
        let letters = mailer.letters.lock().unwrap();
        let mut ids: Vec<&str> = letters.iter().map(|one| one.message_id.as_str()).collect();
        let again = ids.pop().unwrap();
        assert_eq!(ids, ["portcullis.acme.2", "portcullis.acme.2.budget"]);
        assert_eq!(again, ids[failed]);
    }
}

#[tokio::test]
async fn a_letter_sent_again_is_the_same_letter() {
    let (channel, mailer) = mail(&json!(["asked"]), outline("db"));
    let away = OutsideError::Unreachable {
        host: "mail.acme.test".to_owned(),
        why: "not in time".to_owned(),
    };
    mailer.answers.lock().unwrap().push_back(Err(away));
    let told = channel.tell(&acme(), &held("db")).await;
    assert!(matches!(told, Told::Later { .. }), "{told:?}");
    assert_eq!(channel.tell(&acme(), &held("db")).await, Told::Done);
    let letters = mailer.letters.lock().unwrap();
    assert_eq!(letters[0], letters[1]);
}

#[tokio::test]
async fn readers_are_addresses_people_groups_and_who_is_asked() {
    for (to, readers) in [
        (json!(["ops@acme.test"]), vec!["ops@acme.test"]),
        (
            json!(["group:on-call", "person:bob"]),
            vec!["ann@acme.test", "bob@acme.test"],
        ),
        (
            json!(["asked", "zoe@acme.test"]),
            vec!["ann@acme.test", "bob@acme.test", "zoe@acme.test"],
        ),
    ] {
        let (channel, mailer) = mail(&to, outline("db"));
        channel.tell(&acme(), &held("db")).await;
        assert_eq!(mailer.letters.lock().unwrap()[0].to, readers);
    }
    let mut anybody = outline("db");
    anybody.asked.clear();
    let (channel, mailer) = mail(&json!(["asked"]), anybody);
    channel.tell(&acme(), &held("db")).await;
    assert_eq!(
        mailer.letters.lock().unwrap()[0].to,
        ["everybody@acme.test"]
    );
}

#[tokio::test]
async fn an_address_that_is_none_is_not_written_to() {
    let mut hold = outline("db");
    hold.asked = vec!["person:x\r\nBcc: eve@evil.test, y".to_owned()];
    let (channel, mailer) = mail(&json!(["asked"]), hold);
    let told = channel.tell(&acme(), &held("db")).await;
    assert!(matches!(told, Told::Never { .. }), "{told:?}");
    assert!(mailer.letters.lock().unwrap().is_empty());
}

#[tokio::test]
async fn nobody_is_asked_for_what_is_over() {
    let mut decided = outline("db");
    decided.status = HoldStatus::Killed;
    let mut overdue = outline("db");
    overdue.ends_at = "2026-04-10T14:32:01Z".parse().unwrap();
    let mut escalated = outline("db");
    escalated.level = 2;
    for hold in [decided, overdue, escalated] {
        let (channel, mailer) = mail(&json!(["asked"]), hold);
        assert_eq!(channel.tell(&acme(), &held("db")).await, Told::Passed);
        assert!(mailer.letters.lock().unwrap().is_empty());
    }
    let (channel, _) = mail(&json!(["asked"]), outline("db"));
    for record in [
        ending("RELEASED", "operator:key_1"),
        decision((Verdict::Blocked, Tier::C, 3), "db"),
    ] {
        assert_eq!(channel.tell(&acme(), &record).await, Told::Passed);
    }
}

/// Texts that try to be something else in a letter.
fn hostile() -> impl Strategy<Value = String> {
    let pieces = prop::sample::select(vec![
        "\r\n",
        "\n",
        "\r",
        "\0",
        "\t",
        "Bcc: eve@evil.test",
        "\r\n\r\n",
        "\u{202E}",
        "\u{200B}",
        "\u{2066}",
        "\u{FEFF}",
        "\u{E0041}",
        "\u{2028}",
        "\u{85}",
        "https://evil.test/approve",
        "a",
        "é",
        "漢",
        "://",
        "=?utf-8?q?x?=",
        ".\r\n",
        "<b>",
        "\u{7F}",
        "Hold         esc_2",
    ]);
    prop::collection::vec(pieces, 0..120).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn what_an_agent_writes_stays_text_on_its_line(text in hostile()) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let sent = runtime.block_on(letter(&text));
        let usual = runtime.block_on(letter("db"));
        prop_assert!(!sent.subject.chars().any(char::is_control), "{}", sent.subject);
        prop_assert!(sent.subject.len() <= 400, "{}", sent.subject.len());
        // The letter has the lines it always has, each beginning as it always does.
        prop_assert_eq!(sent.text.lines().count(), usual.text.lines().count());
        for (line, known) in sent.text.lines().zip(usual.text.lines()) {
            let name: String = known.chars().take(13).collect();
            prop_assert!(line.starts_with(&name), "{}", line);
            prop_assert!(line.len() < 2_000);
        }
        let unseen = |c: char| c != '\n' && (c.is_control() || portcullis_firewall::visible::is_unseen(c));
        prop_assert!(!sent.text.chars().any(unseen), "{}", sent.text);
        // One link, to the console, and it approves nothing.
        prop_assert_eq!(sent.text.matches("://").count(), 1);
        prop_assert!(sent.text.contains("\nhttps://gate.example.com/console/approvals/esc_1\n"));
        prop_assert_eq!(&sent.message_id, &usual.message_id);
        prop_assert_eq!(&sent.to, &usual.to);
    }
}

#[test]
fn settings_are_read_strictly() {
    let read = |value: Value| serde_json::from_value::<MailSettings>(value);
    assert_eq!(read(json!({"name": "x"})).unwrap().to, ["asked"]);
    assert!(read(json!({"name": "x", "too": []})).is_err());
    let wrong = settings(&json!([
        "ann@acme.test",
        "ann",
        "a@b@c",
        "Ann <ann@acme.test>",
        "a@b\r\nBcc: c@d",
        "group:",
        "a,b@c",
    ]));
    let paths: Vec<String> = wrong
        .faults()
        .0
        .into_iter()
        .map(|fault| fault.path)
        .collect();
    assert_eq!(
        paths,
        ["to[1]", "to[2]", "to[3]", "to[4]", "to[5]", "to[6]"]
    );
    assert_eq!(settings(&json!([])).faults().0.len(), 1);
}
