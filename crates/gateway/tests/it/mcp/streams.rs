//! A server over HTTP whose answers do not end, are too large, break off, or are no answers.

use super::stage::Stage;
use portcullis_firewall::outside::{
    Arrival, Awaited, Courier, Delivery, Flow, Line, OutsideError, Parcel, Reach,
};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// How a call is answered.
#[derive(Clone, Copy, Debug)]
enum Manner {
    Obliging,
    Endless,
    EndlessEvent,
    EndlessBody,
    BreaksOff,
    AnswersOthers,
    NoAnswer,
}

#[derive(Debug)]
struct Hostile(Mutex<Manner>);

/// The same bytes, again and again.
#[derive(Debug)]
struct Again(&'static str, usize);

impl Flow for Again {
    fn more(&mut self) -> Awaited<'_, Option<Vec<u8>>> {
        Box::pin(async {
            // As slow as a network: whoever waits for an end sees the time pass.
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            if self.1 == 0 {
                return Err(OutsideError::Unreachable {
                    host: "files.test".to_owned(),
                    why: "the answer broke off".to_owned(),
                });
            }
            self.1 -= 1;
            Ok(Some(self.0.repeat(1_000).into_bytes()))
        })
    }
}

fn answer(status: u16, body: &str) -> Arrival {
    Arrival::of(Delivery {
        status,
        headers: vec![("content-type".to_owned(), "application/json".to_owned())],
        body: body.as_bytes().to_vec(),
    })
}

fn flow(kind: &str, bytes: &'static str, times: usize) -> Arrival {
    Arrival {
        status: 200,
        headers: vec![("content-type".to_owned(), kind.to_owned())],
        body: Box::new(Again(bytes, times)),
    }
}

impl Hostile {
    fn arrival(&self, asked: &Value) -> Arrival {
        let id = &asked["id"];
        let result = match asked["method"].as_str() {
            Some("initialize") => json!({
                "protocolVersion": "2025-11-25", "capabilities": {"tools": {}},
                "serverInfo": {"name": "hostile", "version": "1"},
            }),
            Some("tools/list") => json!({"tools": [
                {"name": "read", "description": "Reads", "inputSchema": {"type": "object"}},
            ]}),
            Some("tools/call") => match *self.0.lock().unwrap() {
                Manner::Obliging => json!({"content": [{"type": "text", "text": "done"}]}),
                Manner::Endless => {
                    return flow("text/event-stream", ": still at it\n\n", usize::MAX);
                }
                Manner::EndlessEvent => {
                    return flow("text/event-stream", "data: more\n", usize::MAX);
                }
                Manner::EndlessBody => return flow("application/json", "[[[[[[[[[", usize::MAX),
                Manner::BreaksOff => return flow("text/event-stream", "data: {\n", 3),
                Manner::AnswersOthers => {
                    let forged = json!({"jsonrpc": "2.0", "id": 99, "result": {"content": []}});
                    return answer(200, &forged.to_string());
                }
                Manner::NoAnswer => return answer(500, "<h1>oops</h1>"),
            },
            _ => return answer(404, ""),
        };
        let message = json!({"jsonrpc": "2.0", "id": id, "result": result});
        answer(200, &message.to_string())
    }
}

impl Courier for Hostile {
    fn send(&self, _: Parcel) -> Awaited<'_, Delivery> {
        Box::pin(async {
            Ok(Delivery {
                status: 202,
                headers: Vec::new(),
                body: Vec::new(),
            })
        })
    }

    fn begin(&self, parcel: Parcel) -> Awaited<'_, Arrival> {
        let asked: Value = serde_json::from_slice(&parcel.body).unwrap();
        Box::pin(async move { Ok(self.arrival(&asked)) })
    }

    fn dial<'a>(&'a self, _: &'a str, _: Reach) -> Awaited<'a, Box<dyn Line>> {
        Box::pin(async {
            Err(OutsideError::Forbidden {
                url: String::new(),
                why: "nobody opens lines here".to_owned(),
            })
        })
    }
}

#[tokio::test(start_paused = true)]
async fn none_of_it_holds_the_gate_up_and_each_is_on_record_as_unknown() {
    let hostile = Arc::new(Hostile(Mutex::new(Manner::Obliging)));
    let stage = Stage::over(Arc::clone(&hostile) as Arc<dyn Courier>).await;
    let call = async || stage.call("files__read", json!({})).await;
    assert_eq!(call().await["result"]["content"][0]["text"], "done");
    let manners = [
        Manner::Endless,
        Manner::EndlessEvent,
        Manner::EndlessBody,
        Manner::BreaksOff,
        Manner::AnswersOthers,
        Manner::NoAnswer,
    ];
    for manner in manners {
        *hostile.0.lock().unwrap() = manner;
        let answer = call().await;
        assert_eq!(answer["error"]["code"], -32603, "{manner:?}: {answer}");
        assert!(answer.to_string().len() < 1_000, "{manner:?}");
    }
    *hostile.0.lock().unwrap() = Manner::Obliging;
    assert_eq!(call().await["result"]["content"][0]["text"], "done");
    let outcomes = stage.outcomes().await;
    let unknown = outcomes.iter().filter(|line| line.starts_with("unknown"));
    assert_eq!(unknown.count(), manners.len(), "{outcomes:?}");
}
