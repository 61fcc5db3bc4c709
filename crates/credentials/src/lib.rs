//! Calls out to other systems, and holds the secrets for it.
//!
//! **What is this?** The ports of [`portcullis_firewall::outside`]: [`HttpCourier`] carries
//! requests and lines of messages, [`Databases`] opens sessions, [`Programs`] starts programs to talk
//! with, [`launch::Launches`] starts those that run once with credentials, [`SmtpMailer`] sends letters,
//! [`Tls`] protects what the command line asks, and [`Secrets`] reads secrets by their names and
//! computes with them. [`keystore`] and [`remote`] sign for accounts on chains. [`issuers`] has credentials made for single actions, and ends them; a
//! [`strongbox`] keeps them as long as they live, and [`embers`] keep at rest what only its holder can end.
//!
//! **What will it never do?** Give a secret back (but to a program that its operator lets have it), or let one into an error, a log line or a
//! `Debug`; call an address that its [`Reach`](portcullis_firewall::outside::Reach) does not allow,
//! whatever a name server says; follow a redirect; read an answer without a bound or wait without
//! an end.
//!
//! **Where do I start reading?** At [`courier`], then `target` and `dialer` for what may be called,
//! and [`secrets`] for where secrets come from; at [`issuer`] for how they are made.
//!
//! ```
//! use portcullis_credentials::{CourierSettings, HttpCourier, Secrets};
//! use portcullis_firewall::outside::{Courier, Method, OutsideError, Parcel, Reach};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let courier = HttpCourier::new(&CourierSettings::default(), Secrets::new())?;
//! let parcel = Parcel {
//!     method: Method::Get,
//!     url: "https://169.254.169.254/latest/meta-data".to_owned(),
//!     headers: Vec::new(),
//!     body: Vec::new(),
//!     credential: None,
//!     reach: Reach::Public,
//! };
//! assert!(matches!(courier.send(parcel).await, Err(OutsideError::Forbidden { .. })));
//! # Ok(())
//! # }
//! ```

mod address;
mod child;
pub mod courier;
pub mod database;
mod dialer;
pub mod embers;
mod idle;
pub mod issuer;
pub mod issuers;
mod jwt;
pub mod keystore;
pub mod launch;
mod letter;
mod line;
pub mod mailer;
pub mod network;
pub mod program;
pub mod remote;
mod request;
mod roots;
pub mod sealed;
mod secret;
pub mod secrets;
pub mod setup;
mod sigv4;
pub mod strongbox;
mod target;
pub mod tls;
mod xml;

pub use courier::{CourierSettings, HttpCourier};
pub use database::{DatabaseSettings, Databases};
pub use mailer::{Login, Security, SmtpMailer, SmtpSettings};
pub use network::{Internet, Network};
pub use program::Programs;
pub use secrets::{SecretFault, Secrets};
pub use setup::SetupError;
pub use tls::Tls;
