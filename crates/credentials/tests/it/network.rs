//! A network that says what a test wants.

use portcullis_credentials::{Network, network::Answered};
use std::{
    collections::VecDeque,
    io,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex},
};
use tokio::net::TcpStream;

/// Where `example.com` was.
pub(crate) const PUBLIC: &str = "93.184.215.14";

/// Answers in turn, the last one for ever, and leads all calls to one place.
#[derive(Debug)]
pub(crate) struct StagedNetwork {
    answers: Mutex<VecDeque<Vec<IpAddr>>>,
    leads_to: Option<SocketAddr>,
    asked: Mutex<Vec<String>>,
    called: Mutex<Vec<SocketAddr>>,
}

impl StagedNetwork {
    pub(crate) fn new(answers: &[&[&str]], leads_to: Option<SocketAddr>) -> Arc<Self> {
        let network = Self {
            answers: Mutex::default(),
            leads_to,
            asked: Mutex::default(),
            called: Mutex::default(),
        };
        network.stage(answers);
        Arc::new(network)
    }

    /// Begins anew with these answers.
    pub(crate) fn stage(&self, answers: &[&[&str]]) {
        let read = |answer: &&[&str]| answer.iter().map(|one| one.parse().unwrap()).collect();
        *self.answers.lock().unwrap() = answers.iter().map(read).collect();
        self.asked.lock().unwrap().clear();
        self.called.lock().unwrap().clear();
    }

    /// The names that were asked for.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }

    /// The addresses that were called.
    pub(crate) fn called(&self) -> Vec<String> {
        let called = self.called.lock().unwrap();
        called.iter().map(ToString::to_string).collect()
    }
}

impl Network for StagedNetwork {
    fn resolve<'a>(&'a self, host: &'a str, port: u16) -> Answered<'a, Vec<SocketAddr>> {
        self.asked.lock().unwrap().push(host.to_owned());
        let mut answers = self.answers.lock().unwrap();
        let answer = if answers.len() > 1 {
            answers.pop_front()
        } else {
            answers.front().cloned()
        };
        let found = answer.unwrap_or_default().into_iter();
        let found = found
            .map(|address| SocketAddr::new(address, port))
            .collect();
        Box::pin(async { Ok(found) })
    }

    fn connect(&self, address: SocketAddr) -> Answered<'_, TcpStream> {
        self.called.lock().unwrap().push(address);
        let leads_to = self.leads_to;
        Box::pin(async move {
            match leads_to {
                Some(place) => TcpStream::connect(place).await,
                None => Err(io::ErrorKind::ConnectionRefused.into()),
            }
        })
    }
}
