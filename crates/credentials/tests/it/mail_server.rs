//! A small mail server: it takes every letter, and tells what it heard and whether that was
//! encrypted.

use std::net::SocketAddr;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    task::JoinSet,
};
use tokio_rustls::TlsAcceptor;

/// How many guests it has at most.
const MOST_GUESTS: usize = 10;

/// When it encrypts.
#[derive(Clone)]
pub(crate) enum Encrypts {
    Never,
    AtOnce(TlsAcceptor),
    WhenAsked(TlsAcceptor),
}

/// Stops when it is dropped.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    heard: UnboundedReceiver<String>,
    _tasks: JoinSet<()>,
}

/// One command that is answered otherwise, and how.
pub(crate) type Whim = Option<(&'static str, &'static str)>;

struct Guest {
    tell: UnboundedSender<String>,
    acceptor: Option<TlsAcceptor>,
    encrypted: bool,
    whim: Whim,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl MailServer {
    pub(crate) async fn start(encrypts: Encrypts, whim: Whim) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (tell, heard) = unbounded_channel();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            for _ in 0..MOST_GUESTS {
                let (stream, _) = listener.accept().await.unwrap();
                receive(stream, &encrypts, tell.clone(), whim).await;
            }
        });
        Self {
            address,
            heard,
            _tasks: tasks,
        }
    }

    /// Everything it was told so far, a line each; a letter is one.
    pub(crate) fn heard(&mut self) -> Vec<String> {
        let mut all = Vec::new();
        while let Ok(one) = self.heard.try_recv() {
            all.push(one);
        }
        all
    }
}

async fn receive(
    stream: TcpStream,
    encrypts: &Encrypts,
    tell: UnboundedSender<String>,
    whim: Whim,
) {
    let mut guest = Guest {
        tell,
        acceptor: None,
        encrypted: false,
        whim,
    };
    let stream: Box<dyn Stream> = match encrypts {
        Encrypts::Never => Box::new(stream),
        Encrypts::WhenAsked(acceptor) => {
            guest.acceptor = Some(acceptor.clone());
            Box::new(stream)
        }
        Encrypts::AtOnce(acceptor) => {
            let Ok(stream) = acceptor.accept(stream).await else {
                return;
            };
            guest.encrypted = true;
            Box::new(stream)
        }
    };
    // A guest that leaves early is no fault of the server's.
    let _ = guest.converse(stream).await;
}

impl Guest {
    async fn converse(&mut self, stream: Box<dyn Stream>) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 here\r\n").await?;
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let line = line.trim_end();
            self.hear(line);
            let verb = line.split([' ', ':']).next().unwrap().to_owned();
            let answer = match self.whim {
                Some((moody, answer)) if moody == verb => format!("{answer}\r\n"),
                _ => self.answer(&verb).to_owned(),
            };
            stream.write_all(answer.as_bytes()).await?;
            stream.flush().await?;
            if verb == "DATA" && answer.starts_with("354") {
                self.letter(&mut stream).await?;
            }
            if verb == "STARTTLS" && answer.starts_with("220") {
                let Some(acceptor) = self.acceptor.take() else {
                    return Ok(());
                };
                let encrypted = acceptor.accept(stream.into_inner()).await?;
                self.encrypted = true;
                stream = BufReader::new(Box::new(encrypted));
            }
        }
    }

    async fn letter(&self, stream: &mut BufReader<Box<dyn Stream>>) -> std::io::Result<()> {
        let mut letter = String::new();
        while !letter.ends_with("\r\n.\r\n") {
            if stream.read_line(&mut letter).await? == 0 {
                return Ok(());
            }
        }
        self.hear(&letter);
        stream.write_all(b"250 taken\r\n").await?;
        stream.flush().await
    }

    fn answer(&self, verb: &str) -> &'static str {
        match verb {
            "EHLO" if self.acceptor.is_some() => "250-here\r\n250 STARTTLS\r\n",
            "EHLO" => "250-here\r\n250-8BITMIME\r\n250 AUTH PLAIN\r\n",
            "AUTH" => "235 welcome\r\n",
            "MAIL" | "RCPT" => "250 fine\r\n",
            "DATA" => "354 go on\r\n",
            "STARTTLS" => "220 do so\r\n",
            "QUIT" => "221 bye\r\n",
            _ => "500 what\r\n",
        }
    }

    fn hear(&self, text: &str) {
        let way = if self.encrypted { "encrypted" } else { "plain" };
        let _ = self.tell.send(format!("{way}: {text}"));
    }
}
