//! A chain on this machine: anvil, as it is, with nothing between it and whoever started it.

use crate::bin::without_proxies;
use serde_json::{Value, json};
use std::{
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, Command, Stdio},
};

/// Where anvil and the libraries are.
fn modules() -> PathBuf {
    let folder = std::env::var_os("PORTCULLIS_CHAIN").unwrap_or_else(|| {
        panic!("PORTCULLIS_CHAIN names no folder with anvil and wallet libraries: run `make test`")
    });
    PathBuf::from(folder).join("node_modules")
}

/// The program itself: the script that npm puts before it leaves the chain running when it is
/// killed.
fn anvil() -> PathBuf {
    let machine = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let package = format!("@foundry-rs/anvil-{}-{machine}", std::env::consts::OS);
    modules().join(package).join("bin/anvil")
}

/// A chain on this machine; it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Anvil {
    pub(crate) url: String,
    child: Child,
}

impl Anvil {
    pub(crate) fn start() -> Self {
        let mut command = Command::new(anvil());
        let args = ["--port", "0", "--hardfork", "prague", "--chain-id", "31337"];
        command.args(args).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut said = BufReader::new(child.stdout.take().unwrap());
        let url = loop {
            let mut line = String::new();
            assert!(said.read_line(&mut line).unwrap() > 0, "anvil ended");
            if let Some(address) = line.trim().strip_prefix("Listening on ") {
                break format!("http://{address}");
            }
        };
        // Whatever else it says is read and forgotten.
        std::thread::spawn(move || std::io::copy(&mut said, &mut std::io::sink()));
        Self { url, child }
    }

    pub(crate) fn client(&self, part: &str) -> Command {
        let folder = env!("CARGO_MANIFEST_DIR");
        let mut node = Command::new("node");
        without_proxies(&mut node);
        node.arg(format!("{folder}/tests/it/chain_client.mjs"))
            .env("ARTIFACTS", format!("{folder}/../../contracts/artifacts"))
            .env("MODULES", modules())
            .env("NODE_URL", &self.url)
            .env("PART", part);
        node
    }
}

impl Anvil {
    /// What it answers to a request that must be answered.
    pub(crate) fn ask(&self, method: &str, params: &Value) -> Value {
        let body =
            json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).to_string();
        let address = self.url.trim_start_matches("http://");
        let mut stream = TcpStream::connect(address).unwrap();
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\nConnection: close\r\n\
             Content-Length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (_, answer) = answer.split_once("\r\n\r\n").unwrap();
        let mut answer: Value = serde_json::from_str(answer).unwrap();
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].take()
    }
}

impl Drop for Anvil {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
