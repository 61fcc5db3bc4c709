//! Answers that come bit by bit.

use super::{Awaited, Delivery};
use std::fmt;

/// The beginning of an answer; what follows is in its body.
#[derive(Debug)]
pub struct Arrival {
    /// The status.
    pub status: u16,
    /// Header names, lower case, and values.
    pub headers: Vec<(String, String)>,
    /// The body. Dropping it ends the exchange.
    pub body: Box<dyn Flow>,
}

impl Arrival {
    /// An answer that is there already.
    #[must_use]
    pub fn of(delivery: Delivery) -> Self {
        Self {
            status: delivery.status,
            headers: delivery.headers,
            body: Box::new(Whole(Some(delivery.body))),
        }
    }

    /// The first value of a header, by its lower-case name.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// A body on its way. It has no bound of its own: whoever takes it keeps no more than it wants.
pub trait Flow: fmt::Debug + Send {
    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`super::OutsideError::Unanswered`] when it breaks off.
    fn more(&mut self) -> Awaited<'_, Option<Vec<u8>>>;
}

#[derive(Debug)]
struct Whole(Option<Vec<u8>>);

impl Flow for Whole {
    fn more(&mut self) -> Awaited<'_, Option<Vec<u8>>> {
        Box::pin(std::future::ready(Ok(self.0.take())))
    }
}
