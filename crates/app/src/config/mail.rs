//! Letters: by which mail server, and to whom.

use super::sheet::Sheet;
use portcullis_control::notify::mail::MailSettings;
use portcullis_credentials::{Login, Security, SmtpSettings};
use portcullis_policy::fault::Faults;
use std::time::Duration;

const KEYS: &[&str] = &["host", "port", "security", "reach", "login", "from", "to"];

/// For handing over one letter.
const HANDING_OVER: Duration = Duration::from_secs(30);
/// What the channel is called, where its place in the chain is kept.
const NAME: &str = "people";

/// How letters are sent, and who gets them.
#[derive(Clone, Debug)]
pub(crate) struct Post {
    /// The mail server.
    pub(crate) smtp: SmtpSettings,
    /// The readers.
    pub(crate) readers: MailSettings,
}

/// What stands at `mail`.
pub(super) fn settings(tenant: &Sheet<'_>, faults: &mut Faults) -> Option<Post> {
    let sheet = tenant.below("mail", KEYS, faults)?;
    let host = sheet.must_text("host", faults);
    let from = sheet.must_text("from", faults);
    let words = "`tls`, `starttls` or `none`";
    let security: Security = sheet.word("security", words, faults).unwrap_or_default();
    let usual = match security {
        Security::Tls => 465,
        Security::StartTls => 587,
        Security::None => 25,
    };
    let port: Option<u16> = sheet.word("port", "a port from 1 to 65535", faults);
    let to = sheet.texts("to", faults);
    let readers = MailSettings {
        name: NAME.to_owned(),
        to: to.unwrap_or_else(|| vec!["asked".to_owned()]),
    };
    super::beneath(&tenant.path_of("mail"), readers.faults(), faults);
    let login = login(&sheet, faults);
    let smtp = SmtpSettings {
        port: port.unwrap_or(usual),
        security,
        reach: sheet.reach(faults),
        login,
        extra_roots: None,
        timeout: HANDING_OVER,
        // What is missing is a fault already, and must not hide the others.
        host: host.unwrap_or_else(|| "localhost".to_owned()),
        from: from.unwrap_or_else(|| "gate@localhost".to_owned()),
    };
    for (key, why) in smtp.faults() {
        sheet.fault(key, why, faults);
    }
    Some(Post { smtp, readers })
}

fn login(sheet: &Sheet<'_>, faults: &mut Faults) -> Option<Login> {
    let login = sheet.below("login", &["user", "password"], faults)?;
    let user = login.must_text("user", faults);
    let password = login.must_secret("password", faults);
    Some(Login {
        user: user?,
        password: password?,
    })
}
