//! Letters as they go to a mail server (RFC 5322).

use lettre::{
    Address, Message,
    message::{
        Mailbox,
        header::{ContentType, HeaderName, HeaderValue},
    },
};
use portcullis_firewall::outside::Letter;

/// How many readers one letter has at most.
const MOST_READERS: usize = 100;

/// The longest subject and the longest id, in bytes.
const MOST_LINE_BYTES: usize = 500;

/// The longest text, in bytes.
const MOST_TEXT_BYTES: usize = 1024 * 1024;

/// Puts a letter together; what is wrong with it otherwise.
///
/// Fails closed: a line break in a subject or an id, by which a letter could be given headers, is
/// no letter.
pub(crate) fn compose(letter: Letter, from: &Mailbox) -> Result<Message, &'static str> {
    if letter.to.is_empty() || letter.to.len() > MOST_READERS {
        return Err("it has no reader, or too many");
    }
    if letter.text.len() > MOST_TEXT_BYTES {
        return Err("its text is too long");
    }
    if letter.subject.len() > MOST_LINE_BYTES || letter.subject.chars().any(char::is_control) {
        return Err("its subject is not one short line");
    }
    let id = message_id(&letter.message_id, from)?;
    // RFC 3834: so that no one's holiday answers it.
    let automatic = HeaderValue::new(
        HeaderName::new_from_ascii_str("Auto-Submitted"),
        "auto-generated".to_owned(),
    );
    let mut message = Message::builder()
        .from(from.clone())
        .subject(letter.subject)
        .message_id(Some(id))
        .raw_header(automatic)
        .header(ContentType::TEXT_PLAIN);
    for reader in &letter.to {
        let address: Address = reader.parse().map_err(|_| "a reader has no mail address")?;
        message = message.to(Mailbox::new(None, address));
    }
    message
        .body(letter.text)
        .map_err(|_| "it cannot be put together")
}

/// RFC 5322, 3.6.4. An id without a place is given the sender's.
fn message_id(id: &str, from: &Mailbox) -> Result<String, &'static str> {
    let inner = id
        .strip_prefix('<')
        .and_then(|rest| rest.strip_suffix('>'))
        .unwrap_or(id);
    let plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'<' | b'>' | b'(' | b')');
    if inner.is_empty() || inner.len() > MOST_LINE_BYTES || !inner.bytes().all(plain) {
        return Err("its id is not usable");
    }
    if inner.contains('@') {
        return Ok(format!("<{inner}>"));
    }
    Ok(format!("<{inner}@{}>", from.email.domain()))
}
