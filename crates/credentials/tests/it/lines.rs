//! Lines over WebSocket.

use crate::{
    authority::{Authority, Certificate},
    network::{PUBLIC, StagedNetwork},
    server::{Answer, Server},
};
use futures_util::{SinkExt, StreamExt};
use portcullis_credentials::{CourierSettings, HttpCourier, Secrets};
use portcullis_firewall::outside::{Courier, Line, OutsideError, Reach};
use std::{net::SocketAddr, time::Duration};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinHandle,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

const LONG: Duration = Duration::from_secs(60);

/// The other side of a line, for one guest.
async fn host<F, D>(deed: F) -> (SocketAddr, JoinHandle<()>)
where
    F: FnOnce(WebSocketStream<TcpStream>) -> D + Send + 'static,
    D: Future<Output = ()> + Send,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        deed(accept_async(stream).await.unwrap()).await;
    });
    (address, task)
}

async fn dial(address: SocketAddr, silence: Duration) -> Result<Box<dyn Line>, OutsideError> {
    let settings = CourierSettings {
        most_bytes: 1000,
        connect_timeout: LONG,
        timeout: LONG,
        silence,
        ..CourierSettings::default()
    };
    let courier = HttpCourier::new(&settings, Secrets::new()).unwrap();
    let url = format!("ws://{address}/link?ticket=hush");
    courier.dial(&url, Reach::Anywhere).await
}

#[tokio::test]
async fn what_is_said_is_heard() {
    let (address, task) = host(|mut socket| async move {
        while let Some(Ok(message)) = socket.next().await {
            if message.is_text() {
                socket.send(message).await.unwrap();
            }
        }
    })
    .await;
    let mut line = dial(address, LONG).await.unwrap();
    for text in ["one", "", "zwei – drei"] {
        line.say(text.to_owned()).await.unwrap();
        assert_eq!(line.hear().await.unwrap().as_deref(), Some(text));
    }
    assert_eq!(format!("{line:?}"), "WebSocketLine(127.0.0.1)");
    drop(line);
    task.await.unwrap();
}

#[tokio::test]
async fn a_ping_is_answered_by_itself() {
    let (address, task) = host(|mut socket| async move {
        socket.send(Message::Ping("here?".into())).await.unwrap();
        let answer = socket.next().await.unwrap().unwrap();
        assert_eq!(answer, Message::Pong("here?".into()));
        socket.send(Message::text("good")).await.unwrap();
    })
    .await;
    let mut line = dial(address, LONG).await.unwrap();
    assert_eq!(line.hear().await.unwrap().as_deref(), Some("good"));
    task.await.unwrap();
}

#[tokio::test]
async fn whoever_hangs_up_has_hung_up() {
    let (address, task) = host(|mut socket| async move {
        socket.send(Message::text("last")).await.unwrap();
        socket.close(None).await.unwrap();
        while socket.next().await.is_some() {}
    })
    .await;
    let mut line = dial(address, LONG).await.unwrap();
    assert_eq!(line.hear().await.unwrap().as_deref(), Some("last"));
    assert_eq!(line.hear().await, Ok(None));
    assert_eq!(line.hear().await, Ok(None));
    task.await.unwrap();
}

#[tokio::test]
async fn a_line_that_breaks_is_an_error() {
    let (address, task) = host(|socket| async move { drop(socket) }).await;
    let mut line = dial(address, LONG).await.unwrap();
    assert_eq!(line.hear().await.unwrap_err().code(), "outside.unreachable");
    task.await.unwrap();
}

#[tokio::test]
async fn bytes_and_long_messages_are_refused() {
    for message in [Message::binary(vec![1, 2]), Message::text("x".repeat(1001))] {
        let (address, _task) = host(|mut socket| async move {
            socket.send(message).await.unwrap();
            while let Some(Ok(_)) = socket.next().await {}
        })
        .await;
        let mut line = dial(address, LONG).await.unwrap();
        assert_eq!(line.hear().await.unwrap_err().code(), "outside.unusable");
    }
}

#[tokio::test]
async fn who_falls_silent_is_given_up() {
    let (address, task) = host(|socket| async move {
        // Reads nothing, so that no question is answered.
        tokio::time::sleep(LONG).await;
        drop(socket);
    })
    .await;
    let mut line = dial(address, Duration::from_millis(100)).await.unwrap();
    assert_eq!(
        line.hear().await.unwrap_err().to_string(),
        "`127.0.0.1` does not answer: it has fallen silent"
    );
    task.abort();
}

#[tokio::test]
async fn who_says_nothing_but_is_there_is_waited_for() {
    let (address, task) = host(|mut socket| async move {
        let mut questions = 0;
        while questions < 3 {
            let message = socket.next().await.unwrap().unwrap();
            questions += usize::from(message.is_ping());
        }
        socket.send(Message::text("still here")).await.unwrap();
    })
    .await;
    let mut line = dial(address, Duration::from_millis(500)).await.unwrap();
    assert_eq!(line.hear().await.unwrap().as_deref(), Some("still here"));
    task.await.unwrap();
}

#[tokio::test]
async fn who_answers_otherwise_opens_no_line() {
    for (status, passing) in [
        (200, false),
        (302, false),
        (403, false),
        (429, true),
        (503, true),
    ] {
        let answer = format!(
            "HTTP/1.1 {status} Hush\r\nlocation: ws://127.0.0.1/hush\r\ncontent-length: 4\r\n\r\nhush"
        );
        let mut server = Server::plain(Answer::text(&answer)).await;
        let error = dial(server.address, LONG).await.map(drop).unwrap_err();
        assert_eq!(error.is_passing(), passing, "{error}");
        assert!(
            error.to_string().ends_with(&format!("status {status}")),
            "{error}"
        );
        assert!(!format!("{error:?}").contains("hush"), "{error:?}");
        assert_eq!(server.heard().len(), 1);
    }
}

#[tokio::test]
async fn a_public_line_is_encrypted() {
    let authority = Authority::new("ours");
    let acceptor = authority.acceptor(&Certificate::For("wss.example.com"));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let task = tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        let stream = acceptor.accept(stream).await.unwrap();
        let mut socket = accept_async(stream).await.unwrap();
        socket.send(Message::text("hello")).await.unwrap();
    });
    let settings = CourierSettings {
        extra_roots: Some(authority.file()),
        connect_timeout: LONG,
        timeout: LONG,
        ..CourierSettings::default()
    };
    let network = StagedNetwork::new(&[&[PUBLIC]], Some(address));
    let courier = HttpCourier::on(network.clone(), &settings, Secrets::new()).unwrap();
    let line = courier
        .dial("wss://wss.example.com/link", Reach::Public)
        .await;
    let mut line = line.unwrap();
    assert_eq!(line.hear().await.unwrap().as_deref(), Some("hello"));
    assert_eq!(network.called(), [format!("{PUBLIC}:443")]);
    task.await.unwrap();
}
