//! Looking at a provider without asking it for anything: is it there, does it know the gate, and what
//! time is it there?

use super::{Tools, call::lack};
use jiff::{Timestamp, fmt::rfc2822::DateTimeParser};
use portcullis_firewall::{
    lease::LeaseError,
    outside::{Method, Parcel, Reach},
};

/// What a provider that answers shows of itself.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Seen {
    /// Whether it takes the gate's credential; `None` where nobody can tell without having something
    /// minted.
    pub accepted: Option<bool>,
    /// What time it is there, to the second, as far as it says.
    pub clock: Option<Timestamp>,
}

/// What comes of a call that every holder of the credential may make, and nobody else.
pub(super) async fn with(tools: &Tools, parcel: Parcel) -> Result<Seen, LeaseError> {
    let delivery = tools.courier.send(parcel).await;
    let delivery = delivery.map_err(|error| lack(&error))?;
    let accepted = match delivery.status {
        200..=299 => true,
        // What is badly signed is malformed to some.
        400 | 401 | 403 => false,
        status => {
            let why = format!("it answers with {status}");
            return Err(LeaseError::Unanswered(why));
        }
    };
    let date = delivery.header("date");
    Ok(Seen {
        accepted: Some(accepted),
        clock: date.and_then(clock),
    })
}

/// Whether something answers at an address, whatever it says.
pub(super) async fn at(tools: &Tools, url: String, reach: Reach) -> Result<Seen, LeaseError> {
    let parcel = Parcel {
        method: Method::Get,
        url,
        headers: Vec::new(),
        body: Vec::new(),
        credential: None,
        reach,
    };
    let delivery = tools.courier.send(parcel).await;
    let delivery = delivery.map_err(|error| lack(&error))?;
    Ok(Seen {
        accepted: None,
        clock: delivery.header("date").and_then(clock),
    })
}

/// RFC 9110, 5.6.7.
fn clock(date: &str) -> Option<Timestamp> {
    let parsed = DateTimeParser::new().parse_timestamp(date);
    parsed.ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_an_answer_is_read() {
        let read = clock("Sun, 06 Nov 1994 08:49:37 GMT").map(|at| at.to_string());
        assert_eq!(read.as_deref(), Some("1994-11-06T08:49:37Z"));
        assert_eq!(clock("yesterday"), None);
    }
}
