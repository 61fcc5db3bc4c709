//! Sends letters over SMTP.

use crate::{
    dialer,
    letter::compose,
    network::{Internet, Network},
    roots,
    secret::Secret,
    secrets::Secrets,
    setup::SetupError,
    target::Place,
};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::Mailbox,
    transport::smtp::{
        Error as SmtpError,
        authentication::Credentials,
        client::{Certificate, Tls, TlsParameters},
        extension::ClientId,
    },
};
use portcullis_firewall::outside::{Awaited, Letter, Mailer, OutsideError, Reach, SecretName};
use serde::{Deserialize, Serialize};
use std::{fmt, net::SocketAddr, path::PathBuf, str, sync::Arc, time::Duration};
use tokio::time::timeout;
use url::Host;

/// How many addresses of the mail server are tried.
const MOST_TRIES: usize = 3;

/// How the line to the mail server is protected.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314), usually at port 465.
    #[default]
    Tls,
    /// TLS after asking for it (RFC 3207), usually at port 587; without it nothing is sent.
    StartTls,
    /// None, for a server inside. A password goes this way to this machine only.
    None,
}

/// Who sends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Login {
    /// The user.
    pub user: String,
    /// The password.
    pub password: SecretName,
}

/// How letters are sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SmtpSettings {
    /// The mail server's name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the line to it is protected.
    pub security: Security,
    /// Where it may be. [`Security::None`] asks for [`Reach::Anywhere`].
    pub reach: Reach,
    /// Who sends, unless the server takes letters from everybody.
    pub login: Option<Login>,
    /// The sender, e.g. `Portcullis <gate@example.com>`.
    pub from: String,
    /// A PEM file of authorities that are trusted besides the system's.
    pub extra_roots: Option<PathBuf>,
    /// For handing over one letter.
    pub timeout: Duration,
}

impl SmtpSettings {
    /// Everything that is wrong with them before anything is called or read: the setting's name,
    /// and why.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        // A port says nothing about a host: each is looked at with the other as it may be.
        let host = Place::named(&self.host, 1, "smtp").is_some();
        let open = self.security == Security::None && self.reach != Reach::Anywhere;
        let from: Result<Mailbox, _> = self.from.parse();
        let looks = [
            (host, ("host", "expected a name or an address alone")),
            (self.port != 0, ("port", "expected a port from 1 to 65535")),
            (!open, ("reach", "without TLS it has to be `anywhere`")),
            (from.is_ok(), ("from", "this is no mail address")),
        ];
        let wrong = looks.into_iter().filter(|(fits, _)| !fits);
        wrong.map(|(_, fault)| fault).collect()
    }
}

/// The port [`Mailer`] over SMTP (RFC 5321). Every letter has a connection of its own.
///
/// Fails closed: without TLS where it is demanded, without its password, or at an address that
/// its reach does not allow, nothing is sent.
pub struct SmtpMailer {
    network: Arc<dyn Network>,
    secrets: Secrets,
    place: Place,
    from: Mailbox,
    tls: Tls,
    settings: SmtpSettings,
}

impl fmt::Debug for SmtpMailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let settings = &self.settings;
        f.debug_struct("SmtpMailer")
            .field("host", &settings.host)
            .field("port", &settings.port)
            .field("security", &settings.security)
            .finish_non_exhaustive()
    }
}

impl SmtpMailer {
    /// A mailer on this machine's network. Reads the system's certificate authorities.
    ///
    /// # Errors
    /// [`SetupError::Mail`], [`SetupError::Roots`], [`SetupError::Tls`].
    pub fn new(settings: SmtpSettings, secrets: Secrets) -> Result<Self, SetupError> {
        Self::on(Arc::new(Internet), settings, secrets)
    }

    /// The same with the names of another network. Letters still go out on this machine's.
    ///
    /// # Errors
    /// As [`SmtpMailer::new`].
    pub fn on(
        network: Arc<dyn Network>,
        settings: SmtpSettings,
        secrets: Secrets,
    ) -> Result<Self, SetupError> {
        let place = Place::named(&settings.host, settings.port, "smtp")
            .ok_or(SetupError::Mail("the host or the port is none"))?;
        if settings.security == Security::None && settings.reach != Reach::Anywhere {
            return Err(SetupError::Mail("without TLS its reach has to be anywhere"));
        }
        let from = settings.from.parse();
        let from = from.map_err(|_| SetupError::Mail("the sender is no mail address"))?;
        let tls = tls(&settings, &place)?;
        Ok(Self {
            network,
            secrets,
            place,
            from,
            tls,
            settings,
        })
    }

    async fn hand_over(&self, letter: Letter) -> Result<(), OutsideError> {
        let place = &self.place;
        let message = compose(letter, &self.from).map_err(|why| place.forbidden(why))?;
        let handed = timeout(self.settings.timeout, self.hand_to_first(message)).await;
        handed.unwrap_or_else(|_| Err(place.unreachable("not in time")))
    }

    /// Goes through the addresses until one takes the letter or says no. When a line breaks the
    /// letter may have been taken all the same; readers know it again by its id.
    async fn hand_to_first(&self, message: Message) -> Result<(), OutsideError> {
        let addresses = self.addresses().await?;
        let mut last = self.place.unreachable("it has no address");
        for address in addresses.iter().take(MOST_TRIES) {
            let transport = self.transport(*address)?;
            let Err(error) = transport.send(message.clone()).await else {
                return Ok(());
            };
            last = mail_error(&self.place, &error);
            if error.status().is_some() || !last.is_passing() {
                break;
            }
        }
        Err(last)
    }

    async fn addresses(&self) -> Result<Vec<SocketAddr>, OutsideError> {
        let SmtpSettings {
            reach,
            security,
            login,
            ..
        } = &self.settings;
        if let Some(why) = self.place.name_refusal(*reach) {
            return Err(self.place.forbidden(why));
        }
        let addresses = dialer::resolve(&*self.network, &self.place, *reach).await?;
        let bare = *security == Security::None && login.is_some();
        if bare && !addresses.iter().all(|one| one.ip().is_loopback()) {
            let why = "a password goes without TLS to this machine only";
            return Err(self.place.forbidden(why));
        }
        Ok(addresses)
    }

    /// A connection to the very address that was looked at; the certificate is still for the name.
    fn transport(
        &self,
        address: SocketAddr,
    ) -> Result<AsyncSmtpTransport<Tokio1Executor>, OutsideError> {
        let hello = ClientId::Domain(self.from.email.domain().to_owned());
        let server = address.ip().to_string();
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server)
            .port(self.settings.port)
            .hello_name(hello)
            .timeout(Some(self.settings.timeout))
            .tls(self.tls.clone());
        if let Some(login) = &self.settings.login {
            let password = self.secrets.read(&login.password)?;
            let password = password_text(&password)
                .ok_or_else(|| OutsideError::NoSecret(login.password.as_str().to_owned()))?;
            builder = builder.credentials(Credentials::new(login.user.clone(), password));
        }
        Ok(builder.build())
    }
}

impl Mailer for SmtpMailer {
    fn post(&self, letter: Letter) -> Awaited<'_, ()> {
        Box::pin(self.hand_over(letter))
    }
}

fn tls(settings: &SmtpSettings, place: &Place) -> Result<Tls, SetupError> {
    let make = match settings.security {
        Security::None => return Ok(Tls::None),
        Security::Tls => Tls::Wrapper,
        Security::StartTls => Tls::Required,
    };
    let name = match &place.host {
        Host::Domain(name) => name.clone(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address.to_string(),
    };
    let mut parameters = TlsParameters::builder(name);
    if let Some(path) = &settings.extra_roots {
        let wrong = || SetupError::Roots(path.clone());
        let extra = Certificate::from_pem(&roots::pem(path)?).map_err(|_| wrong())?;
        parameters = parameters.add_root_certificate(extra);
    }
    Ok(make(parameters.build().map_err(|_| SetupError::Tls)?))
}

/// The text that a password is, when it can stand in a command.
fn password_text(secret: &Secret) -> Option<String> {
    let text = str::from_utf8(secret.bytes()).ok()?;
    (!text.chars().any(char::is_control)).then(|| text.to_owned())
}

/// In our own words: a server's may repeat what was sent.
fn mail_error(place: &Place, error: &SmtpError) -> OutsideError {
    if let Some(code) = error.status() {
        let why = format_args!("it answers with code {code}");
        return if error.is_transient() {
            place.unreachable(why)
        } else {
            place.unusable(why)
        };
    }
    if error.is_tls() {
        return place.unusable("it does not speak TLS as it must, or its certificate is not valid");
    }
    if error.is_client() || error.is_response() {
        return place.unusable("it does not speak SMTP as it must");
    }
    place.unreachable("the connection broke")
}
