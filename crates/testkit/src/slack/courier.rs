//! The stand-in without sockets, for a gate in the same process.

use super::{APP_TOKEN, BOT_TOKEN, SIGNING_SECRET, StandInSlack, clicks::mac};
use portcullis_firewall::outside::{
    Awaited, Courier, Credential, Delivery, Keyring, Line, OutsideError, Parcel, Reach, SecretName,
};
use tokio::sync::mpsc::UnboundedReceiver;

/// Where the methods are.
const BASE: &str = "https://slack.com/api/";
/// Where lines are dialled.
const LINK: &str = "wss://wss.slack.example/link/";

/// Carries everything to the stand-in, and knows three secrets: `bot`, `app` and `signing`.
#[derive(Clone, Debug)]
pub struct SlackCourier(pub StandInSlack);

impl SlackCourier {
    fn secret(name: &SecretName) -> Result<&'static str, OutsideError> {
        match name.as_str() {
            "bot" => Ok(BOT_TOKEN),
            "app" => Ok(APP_TOKEN),
            "signing" => Ok(SIGNING_SECRET),
            other => Err(OutsideError::NoSecret(other.to_owned())),
        }
    }

    fn unreachable() -> OutsideError {
        OutsideError::Unreachable {
            host: "slack.com".to_owned(),
            why: "nobody answers".to_owned(),
        }
    }

    fn deliver(&self, parcel: &Parcel) -> Result<Delivery, OutsideError> {
        let Some(Credential::Bearer(name)) = &parcel.credential else {
            return Err(OutsideError::NoSecret(String::new()));
        };
        let token = Self::secret(name)?;
        let method = parcel.url.strip_prefix(BASE).expect("a method of Slack's");
        let body = serde_json::from_slice(&parcel.body).expect("JSON");
        let answered = self.0.call(method, token, &body, LINK);
        let (status, headers, body) = answered.ok_or_else(Self::unreachable)?;
        Ok(Delivery {
            status,
            headers,
            body: body.to_string().into_bytes(),
        })
    }
}

impl Courier for SlackCourier {
    fn send(&self, parcel: Parcel) -> Awaited<'_, Delivery> {
        Box::pin(async move { self.deliver(&parcel) })
    }

    fn dial<'a>(&'a self, url: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        Box::pin(async move {
            let ticket = url
                .strip_prefix(LINK)
                .and_then(|rest| rest.strip_prefix("?ticket="));
            let opened = ticket.and_then(|ticket| self.0.open_line(ticket));
            let (id, hear) = opened.ok_or_else(Self::unreachable)?;
            let line = OpenLine {
                slack: self.0.clone(),
                id,
                hear,
            };
            Ok(Box::new(line) as Box<dyn Line>)
        })
    }
}

impl Keyring for SlackCourier {
    fn mac(&self, secret: &SecretName, message: &[u8]) -> Result<[u8; 32], OutsideError> {
        Self::secret(secret).map(|secret| mac(secret.as_bytes(), message))
    }
}

#[derive(Debug)]
struct OpenLine {
    slack: StandInSlack,
    id: usize,
    hear: UnboundedReceiver<String>,
}

impl Line for OpenLine {
    fn hear(&mut self) -> Awaited<'_, Option<String>> {
        Box::pin(async move { Ok(self.hear.recv().await) })
    }

    fn say(&mut self, text: String) -> Awaited<'_, ()> {
        Box::pin(async move {
            if self.hear.is_closed() {
                return Err(SlackCourier::unreachable());
            }
            self.slack.hear(&text);
            Ok(())
        })
    }
}

impl Drop for OpenLine {
    fn drop(&mut self) {
        self.slack.forget_line(self.id);
    }
}
